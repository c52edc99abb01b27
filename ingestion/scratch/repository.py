"""All SQL of the scratch file: joined sources, ids seen, and what waits to be stored.

It is a SQLite database in a temporary folder, so that a feed of any size needs no more memory than
a small one.
"""

import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingestion.mapping.paths import plain
from ingestion.readers.limits import LONGEST_RECORD

_SCHEMA = """
    create table joined (source text not null, key text not null, content blob not null);
    create index joined_key on joined (source, key);
    create table records (
        number integer primary key, key text not null, line integer not null,
        source text not null, content blob not null);
    create index records_key on records (key);
    create table seen (
        provider text not null, key text not null, line integer not null, source text not null,
        primary key (provider, key)) without rowid;
    create table waiting (number integer primary key, content text not null);
"""
_ROWS_AT_ONCE = 500
_PREFIX = "travelbuddy-feed-"


class Scratch:
    """One run's scratch file; a context manager that deletes it.

    Attributes:
        folder: where the run may put files of its own.
    """

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix=_PREFIX)
        self.folder = Path(self._temporary.name)
        self._connection = sqlite3.connect(self.folder / "scratch.sqlite", isolation_level=None)
        self._connection.execute("pragma journal_mode = off")
        self._connection.execute("pragma synchronous = off")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("begin")  # never committed: nobody else reads it

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._temporary.cleanup()

    def add_joined(self, rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Keep the records of the joined sources: source, key and values."""
        self._connection.executemany(
            "insert into joined (source, key, content) values (?, ?, ?)",
            ((source, key, _dump(values)) for source, key, values in rows),
        )

    def joined(self, source: str, key: str) -> list[dict[str, Any]]:
        """Return a joined source's records of one key, in their order.

        Raises:
            ValueError: they are more than a record may hold.
        """
        return list(
            self._loaded(
                "select content from joined where source = ? and key = ? order by rowid",
                (source, key),
            )
        )

    def add_record(self, key: str, line: int, source: str, values: Mapping[str, Any]) -> None:
        """Keep a record of the first source, to be merged with others of its key."""
        self._connection.execute(
            "insert into records (key, line, source, content) values (?, ?, ?, ?)",
            (key, line, source, _dump(values)),
        )

    def record_keys(self) -> Iterator[tuple[str, int, str]]:
        """Yield each key with line and source of its first record, in the order of those."""
        rows = self._connection.execute(
            # The bare columns are those of the row with the minimum.
            "select key, line, source, min(number) as n from records group by key order by n"
        )
        for key, line, source, _ in rows:
            yield key, line, source

    def records_of(self, key: str) -> list[dict[str, Any]]:
        """Return the records of a key, in their order.

        Raises:
            ValueError: they are more than a record may hold.
        """
        return list(
            self._loaded("select content from records where key = ? order by number", (key,))
        )

    def _loaded(self, query: str, parameters: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        room = LONGEST_RECORD
        for (content,) in self._connection.execute(query, parameters):
            room -= len(content)
            if room < 0:
                raise ValueError(f"more than {LONGEST_RECORD:,} bytes belong to it")
            yield json.loads(content)

    def first_seen(self, provider: str, key: str, line: int, source: str) -> tuple[int, str] | None:
        """Note that a record is there; return where its id stood before, if it did."""
        known: tuple[int, str] | None = self._connection.execute(
            "select line, source from seen where provider = ? and key = ?", (provider, key)
        ).fetchone()
        if known is None:
            self._connection.execute(
                "insert into seen (provider, key, line, source) values (?, ?, ?, ?)",
                (provider, key, line, source),
            )
        return known

    def unseen(self, provider: str, keys: Iterable[tuple[int, str]]) -> Iterator[int]:
        """Yield the numbers of those (number, key) whose key did not come."""
        for number, key in keys:
            known = self._connection.execute(
                "select 1 from seen where provider = ? and key = ?", (provider, key)
            ).fetchone()
            if known is None:
                yield number

    def providers(self) -> list[str]:
        """Return whose records were seen."""
        rows = self._connection.execute("select distinct provider from seen order by provider")
        return [name for (name,) in rows]

    def add_waiting(self, contents: Iterable[str]) -> None:
        """Keep what is to be stored once the whole feed has been read."""
        self._connection.executemany(
            "insert into waiting (content) values (?)", ((content,) for content in contents)
        )

    def count_waiting(self) -> int:
        """Return how many wait to be stored."""
        # They are numbered without gaps: the last number is found without reading them all.
        row = self._connection.execute("select coalesce(max(number), 0) from waiting").fetchone()
        return int(row[0])

    def waiting(self) -> Iterator[str]:
        """Yield what waits to be stored, in order."""
        last = 0
        while rows := self._connection.execute(
            "select number, content from waiting where number > ? order by number limit ?",
            (last, _ROWS_AT_ONCE),
        ).fetchall():
            last = rows[-1][0]
            yield from (content for _, content in rows)


def _dump(values: Mapping[str, Any]) -> bytes:
    """Return values as JSON; halves of surrogate pairs, which are no text to SQLite, survive."""
    text = json.dumps(dict(values), default=plain, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def discard_old_scratch(older_than_s: float) -> int:
    """Delete what runs left behind that were killed; return how many folders that were.

    Args:
        older_than_s: seconds since a folder was made, by which its run is surely over.
    """
    before = time.time() - older_than_s
    folders = Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/")
    old = [each for each in folders if each.stat().st_mtime < before]
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return len(old)
