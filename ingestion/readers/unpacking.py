"""Packed files: how much they hold is checked before they are unpacked and while they are."""

import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Protocol

from core.errors import InvalidInputError
from ingestion.readers.limits import LARGEST_DIRECTORY, MOST_RATIO, MOST_UNPACKED, head_of

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_END_OF_ZIP_MARK = b"PK\x05\x06"
_END_OF_ZIP = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 65_535
_SMALL = 10 << 20
"""Bytes up to which any ratio is harmless."""
_PIECE = 1 << 20
_DAMAGED = (
    EOFError,
    NotImplementedError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpacked(path: Path, folder: TemporaryDirectory[str]) -> Path:
    """Return *path*, or for a .gz or a .zip of one file the path of an unpacked copy.

    Args:
        path: the file.
        folder: where a copy is put.

    Raises:
        InvalidInputError: it is damaged, holds more than one file, or unpacks to too much.
    """
    head = head_of(path)[:4]
    if head[:2] == _GZIP:
        target = Path(folder.name, path.stem if path.suffix.lower() == ".gz" else path.name)
        with damage_told(path), gzip.open(path) as file:
            _copy(file, target, path)
        return target
    if head == _ZIP and path.suffix.lower() == ".zip":
        return _only_file(path, folder)
    return path


def _only_file(path: Path, folder: TemporaryDirectory[str]) -> Path:
    with damage_told(path), opened_zip(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        names = [name for name in names if not name.startswith("__MACOSX/")]
        if "[Content_Types].xml" in names:
            return path
        if len(names) != 1:
            raise InvalidInputError(f"{path.name} holds {len(names)} files; give one at a time")
        target = Path(folder.name, PurePosixPath(names[0]).name or "feed")
        with archive.open(names[0]) as file:
            _copy(file, target, path)
        return target


def _copy(source: _Source, target: Path, path: Path) -> None:
    """Copy until the end, or until it is more than a feed of that size would unpack to."""
    most = min(MOST_UNPACKED, max(_SMALL, path.stat().st_size * MOST_RATIO))
    copied = 0
    with target.open("wb") as file:
        while piece := source.read(_PIECE):
            copied += len(piece)
            if copied > most:
                raise InvalidInputError(f"{path.name} unpacks to more than {most:,} bytes")
            file.write(piece)
    if copied == 0:
        raise InvalidInputError(f"{path.name} is empty")


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Tell what is wrong with a packed file in one line.

    Raises:
        InvalidInputError: it is damaged, locked or packed in a way that is not known.
    """
    try:
        yield
    except _DAMAGED as error:
        raise InvalidInputError(f"{path.name} cannot be unpacked: {error}") from error
    except OSError as error:
        raise InvalidInputError(f"{path.name}: {error.strerror or error}") from error


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip file whose directory promises no more than a feed may unpack to.

    Raises:
        InvalidInputError: it promises too much, or is locked with a password.
    """
    _check_directory(path)
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise InvalidInputError(f"{path.name} is locked with a password; save it without one")
        _check_promised(path, members)
        yield archive


def _check_directory(path: Path) -> None:
    """Refuse a directory that would fill the memory, before it is read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST_COMMENT - _END_OF_ZIP.size))
        tail = file.read()
    start = tail.rfind(_END_OF_ZIP_MARK)
    if start < 0 or len(tail) - start < _END_OF_ZIP.size:
        raise InvalidInputError(f"{path.name} cannot be unpacked: its end is missing")
    if _END_OF_ZIP.unpack_from(tail, start)[5] > LARGEST_DIRECTORY:
        raise InvalidInputError(f"{path.name} holds more files than a feed has")


def _check_promised(path: Path, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if total > MOST_UNPACKED:
        raise InvalidInputError(
            f"{path.name} unpacks to {total:,} bytes; at most {MOST_UNPACKED:,} are read"
        )
    for member in members:
        if member.file_size > max(_SMALL, member.compress_size * MOST_RATIO):
            raise InvalidInputError(
                f"{path.name} is packed as no feed is: {member.filename[:80]!r} unpacks "
                f"from {member.compress_size:,} to {member.file_size:,} bytes"
            )
