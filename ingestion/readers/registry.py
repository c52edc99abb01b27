"""Which reader reads a file: the one asked for, or told by its suffix, or by its beginning."""

import importlib
import inspect
import pkgutil
import weakref
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import ingestion.readers
from core.errors import InvalidInputError
from ingestion.readers.limits import checked_size, head_of
from ingestion.readers.port import Options, Reader
from ingestion.readers.unpacking import unpacked


@cache
def readers() -> tuple[type[Reader], ...]:
    """Return the readers found in this package, those of the more special formats first.

    A reader that extends another reads a special case of its format, so it is asked before it.
    """
    names = [module.name for module in pkgutil.iter_modules(ingestion.readers.__path__)]
    found = [each for name in names for each in _defined_in(f"ingestion.readers.{name}")]
    return tuple(sorted(found, key=lambda reader: -len(reader.__mro__)))


def _defined_in(module: str) -> list[type[Reader]]:
    members = vars(importlib.import_module(module)).values()
    return [each for each in members if _is_reader(each) and each.__module__ == module]


def _is_reader(thing: object) -> bool:
    return inspect.isclass(thing) and hasattr(thing, "format") and hasattr(thing, "recognises")


def formats() -> list[str]:
    """Return the names of the formats that can be read, in alphabetical order."""
    return sorted(reader.format for reader in readers())


def open_reader(
    path: Path,
    options: Options | None = None,
    format: str | None = None,  # noqa: A002
) -> Reader:
    """Return the reader of a file; a packed one (.gz, .zip of one file) is unpacked aside first.

    Args:
        path: the file.
        options: what the file itself does not tell.
        format: one of `formats`; told by the suffix or the beginning of the file by default.

    Raises:
        InvalidInputError: the file cannot be read, or is of no format that is known.
    """
    checked_size(path)
    folder = TemporaryDirectory(prefix="travelbuddy-feed-")
    try:
        file = unpacked(path, folder)
        kind = _named(format) if format else _told(file)
        reader = kind(file, options or Options())
    except BaseException:
        folder.cleanup()
        raise
    weakref.finalize(reader, folder.cleanup)
    return reader


def _named(name: str) -> type[Reader]:
    for reader in readers():
        if reader.format == name:
            return reader
    raise InvalidInputError(f"{name!r} is no format; the formats are {', '.join(formats())}")


def _told(path: Path) -> type[Reader]:
    head = head_of(path)
    claiming = [reader for reader in readers() if path.suffix.lower() in reader.suffixes]
    if len(claiming) == 1:
        return claiming[0]
    for reader in claiming or readers():
        if reader.recognises(head):
            return reader
    if claiming:
        return claiming[-1]
    raise InvalidInputError(
        f"{path.name} is of no format that can be told; "
        f"name it, or give one of {', '.join(formats())}"
    )
