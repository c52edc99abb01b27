"""All SQL of the scratch file: joined sources, ids seen, and what waits to be stored.

It is a SQLite database in a temporary folder, so that a feed of any size needs no more memory than
a small one.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingestion.mapping.paths import plain

_SCHEMA = """
    create table joined (source text not null, key text not null, content text not null);
    create index joined_key on joined (source, key);
    create table records (
        number integer primary key, key text not null, line integer not null,
        source text not null, content text not null);
    create index records_key on records (key);
    create table seen (
        provider text not null, key text not null, line integer not null, source text not null,
        primary key (provider, key)) without rowid;
    create table waiting (number integer primary key, content text not null);
"""
_ROWS_AT_ONCE = 500


class Scratch:
    """One run's scratch file; a context manager that deletes it.

    Attributes:
        folder: where the run may put files of its own.
    """

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="travelbuddy-feed-")
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
        """Return a joined source's records of one key, in their order."""
        rows = self._connection.execute(
            "select content from joined where source = ? and key = ? order by rowid", (source, key)
        )
        return [json.loads(content) for (content,) in rows]

    def add_records(self, rows: Iterable[tuple[str, int, str, Mapping[str, Any]]]) -> None:
        """Keep the first source's records, to be merged: key, line, source and values."""
        self._connection.executemany(
            "insert into records (key, line, source, content) values (?, ?, ?, ?)",
            ((key, line, source, _dump(values)) for key, line, source, values in rows),
        )

    def grouped_records(self) -> Iterator[list[tuple[int, str, dict[str, Any]]]]:
        """Yield the records of each key together, keys in the order of their first record."""
        keys = self._connection.execute("select key from records group by key order by min(number)")
        for (key,) in keys:
            rows = self._connection.execute(
                "select line, source, content from records where key = ? order by number", (key,)
            )
            yield [(line, source, json.loads(content)) for line, source, content in rows]

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
        row = self._connection.execute("select count(*) from waiting").fetchone()
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


def _dump(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), default=plain, ensure_ascii=False)
