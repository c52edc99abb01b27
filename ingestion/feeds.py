"""A feed: the files that a mapping names, read and joined into one record for each tour."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import InvalidInputError
from core.text import tidy
from ingestion.mapping.paths import as_key, follow
from ingestion.mapping.schemas import MAIN, Mapping, Source
from ingestion.mapping.service import key_of, rejected, without_id
from ingestion.readers.port import Reader
from ingestion.readers.registry import open_reader
from ingestion.schemas import Record, Reject
from ingestion.scratch.repository import Scratch

_CHUNK = 1 << 20
_ANY = ("utf-8", "surrogateescape")
"""How a file's name is told that need not be UTF-8."""


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """A source of a mapping, and the files that it was found to have."""

    name: str
    source: Source
    files: tuple[Path, ...]


class Feed:
    """Reads all sources of a feed, and joins them.

    Args:
        sources: the files of each source, the one whose records are the tours first.
        mapping: the provider's; None where the records are tours in our own form.
        scratch: where joined records wait.

    Attributes:
        size: bytes in all files.
    """

    def __init__(
        self, sources: list[SourceFiles], mapping: Mapping | None, scratch: Scratch
    ) -> None:
        self._sources, self._mapping, self._scratch = sources, mapping, scratch
        self._readers = {
            each.name: [
                open_reader(file, each.source.options(), each.source.format) for file in each.files
            ]
            for each in sources
        }
        self.size = sum(reader.size for reader in self._all_readers())

    @property
    def position(self) -> int:
        """Bytes read so far, of all files."""
        return sum(min(reader.position, reader.size) for reader in self._all_readers())

    @property
    def formats(self) -> set[str]:
        """Formats of the files whose records are the tours."""
        return {reader.format for reader in self._readers[self._sources[0].name]}

    def _all_readers(self) -> Iterator[Reader]:
        for readers in self._readers.values():
            yield from readers

    def records(self) -> Iterator[Record | Reject]:
        """Yield a record for each tour, with the joined ones in it under their sources' names.

        Raises:
            InvalidInputError: a file cannot be read.
        """
        main, *others = self._sources
        for each in others:
            yield from self._keep(each)
        records = self._read(main)
        if self._mapping is not None and self._mapping.repeats == "merge":
            records = self._merged(records, self._mapping)
        for record in records:
            yield self._joined(record, others) if isinstance(record, Record) else record

    def _read(self, source: SourceFiles) -> Iterator[Record | Reject]:
        """Yield the records of a source's files that it does not pass over."""
        several = sum(len(each.files) for each in self._sources) > 1
        for file, reader in zip(source.files, self._readers[source.name], strict=True):
            name = tidy(file.name) if several else ""
            for each in reader.records():
                if isinstance(each, Reject):
                    yield Reject(each.line, each.reason, each.content, name)
                elif _wanted(each, source.source):
                    yield Record(each.number, each.values, name)

    def _keep(self, source: SourceFiles) -> Iterator[Reject]:
        """Put a joined source's records aside, under what joins them; yield what is broken."""
        column = next(iter(source.source.on))
        for each in self._read(source):
            if isinstance(each, Reject):
                yield each
                continue
            keys = follow(each.values, column)
            self._scratch.add_joined((source.name, as_key(key), each.values) for key in keys)

    def _joined(self, record: Record, others: list[SourceFiles]) -> Record | Reject:
        """Return a record with those of the other sources that belong to it."""
        values = dict(record.values)
        for each in others:
            if each.name in record.values:
                raise InvalidInputError(
                    f"sources.{each.name}: the first source has a column of that name; call it "
                    "something else"
                )
            keys = follow(values, next(iter(each.source.on.values())))
            try:
                found = [self._scratch.joined(each.name, key) for key in _distinct(keys)]
            except ValueError as error:
                return rejected(record, f"{each.name}: {error}")
            values[each.name] = [row for rows in found for row in rows]
        return replace(record, values=values)

    def _merged(
        self, records: Iterable[Record | Reject], mapping: Mapping
    ) -> Iterator[Record | Reject]:
        """Make one record of all that have the same id: each column has all its values."""
        for each in records:
            if isinstance(each, Reject):
                yield each
            elif key := key_of(each.values, mapping):
                self._scratch.add_record(key, each.number, each.source, each.values)
            else:
                yield without_id(each, mapping)
        for key, line, source in self._scratch.record_keys():
            yield self._united(key, line, source)

    def _united(self, key: str, line: int, source: str) -> Record | Reject:
        try:
            records = self._scratch.records_of(key)
        except ValueError as error:
            return Reject(line, f"id: {error}", key, source)
        return Record(line, _united(records), source, len(records))


def _united(records: list[dict[str, Any]]) -> dict[str, Any]:
    if len(records) == 1:
        return records[0]
    columns = dict.fromkeys(name for values in records for name in values)
    return {name: [values.get(name) for values in records] for name in columns}


def _distinct(keys: Iterable[object]) -> Iterable[str]:
    return dict.fromkeys(map(as_key, keys))


def _wanted(record: Record, source: Source) -> bool:
    for path, wanted in source.where.items():
        accepted = wanted if isinstance(wanted, list) else [wanted]
        found = {as_key(each).casefold() for each in follow(record.values, path)}
        if not found & {as_key(each).casefold() for each in accepted}:
            return False
    return True


def locate(location: Path, mapping: Mapping | None) -> list[SourceFiles]:
    """Find the files of a feed.

    Args:
        location: a file, or the folder in which the mapping's patterns are looked for.
        mapping: the provider's.

    Raises:
        InvalidInputError: there is no such file, or a folder without a mapping that names files.
    """
    sources = mapping.sources if mapping else {MAIN: Source()}
    if location.is_dir():
        return [
            SourceFiles(name, source, matching(location, name, source))
            for name, source in sources.items()
        ]
    if len(sources) > 1:
        raise InvalidInputError(
            f"{location}: the mapping has {len(sources)} sources; give the folder that they are in"
        )
    name, source = next(iter(sources.items()))
    return [SourceFiles(name, source, (location,))]


def matching(folder: Path, name: str, source: Source) -> tuple[Path, ...]:
    """Find the files of one source in a feed's folder.

    Raises:
        InvalidInputError: it names none, or one that is not there or lies outside.
    """
    if not source.file:
        raise InvalidInputError(f"{folder} is a folder; name its files in the mapping's `sources`")
    found: dict[Path, None] = {}
    for pattern in source.file:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise InvalidInputError(f"sources.{name}: {pattern} lies outside the feed's folder")
        matches = sorted(_glob(folder, pattern))
        if not matches:
            raise InvalidInputError(f"sources.{name}: no file {pattern} in {folder}")
        found |= dict.fromkeys(matches)
    return tuple(found)


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return [path for path in folder.glob(pattern) if path.is_file()]
    except (ValueError, IndexError, NotImplementedError):  # "**.csv", "."
        return []


def digest(sources: list[SourceFiles], version: str) -> bytes:
    """Return the hash of all files of a feed, and of what decides what is made of them."""
    total = hashlib.sha256(version.encode())
    for each in sources:
        for file in each.files:
            total.update(f"\n{each.name}/{file.name}/{file.stat().st_size}\n".encode(*_ANY))
            with file.open("rb") as content:
                while chunk := content.read(_CHUNK):
                    total.update(chunk)
    return total.digest()
