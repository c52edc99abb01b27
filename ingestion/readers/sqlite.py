"""SQLite databases: one table or view, as somebody else's file that may do nothing but be read."""

import math
import sqlite3
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from core.errors import InvalidInputError
from ingestion.readers.decoding import UNREADABLE, text_of
from ingestion.readers.limits import LONGEST_RECORD, MOST_COLUMNS, TOO_LONG, checked_size, reject
from ingestion.readers.port import Options
from ingestion.schemas import Record, Reject

_Row = tuple[object, ...]
_LEAST_KEY = -(2**63)
_MAGIC = b"SQLite format 3\0"
_FAULTS = (sqlite3.Error, UnicodeError)
_LONGEST_STEP = 10.0
"""Seconds that a view may compute until its next row."""
_MOST_OF_A_VIEW = 5_000_000
"""Rows; a view can make rows without end."""
_STEPS_BETWEEN_LOOKS = 10_000
_SETTINGS = (
    "pragma query_only = on",
    "pragma trusted_schema = off",
    "pragma cell_size_check = on",
    "pragma mmap_size = 0",
    "pragma cache_size = -4096",  # kB
    "pragma temp_store = file",
)
_ALLOWED = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
_TABLES = """
    select name, type, sql from sqlite_schema
    where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'
    order by name limit 1000
"""


class _Table:
    """The rows of a table or view; pictures and other binary values are None.

    A value that is too long ends a query. A table goes on behind it, row by row of its key.
    """

    def __init__(self, connection: sqlite3.Connection, name: str, *, is_view: bool) -> None:
        self._connection = connection
        self._from = f"from {_quoted(name)}"
        self.is_view = is_view
        self.names = [each[0] for each in self._select("*", "limit 0").description]
        self._columns = ", ".join(
            f"case typeof({_quoted(each)}) when 'blob' then null else {_quoted(each)} end"
            for each in self.names
        )
        self._key = None if is_view else self._hidden_key()

    def _select(self, columns: str, rest: str, *values: int) -> sqlite3.Cursor:
        return self._connection.execute(f"select {columns} {self._from} {rest}", values)

    def _hidden_key(self) -> str | None:
        """Return a name of the number that every row has, where no column hides it."""
        taken = {name.lower() for name in self.names}
        key = next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)
        try:
            if key:
                self._select(key, "limit 0")
        except sqlite3.OperationalError:
            return None
        return key

    def rows(self) -> Iterator[_Row]:
        """Yield every row, and an empty one for each that holds too long a value."""
        if self._key is None:
            yield from self._select(self._columns, "")
            return
        last: int | None = _LEAST_KEY
        while last is not None:
            last = yield from self._until_a_long_one(last)

    def _until_a_long_one(self, last: int) -> Generator[_Row, None, int | None]:
        """Yield the rows after a key until one is too long; return its key, None at the end."""
        try:
            for key, *row in self._after(last, self._columns, ""):
                last = key
                yield tuple(row)
        except sqlite3.DataError:
            before = last
            for key, found in self._past_the_long_one(last):
                last = key
                yield found
            if last == before:
                raise
            return last
        return None

    def _after(self, key: int, columns: str, rest: str) -> sqlite3.Cursor:
        where = f"where {self._key} > ? order by {self._key} {rest}"
        return self._select(f"{self._key}, {columns}", where, key)

    def _past_the_long_one(self, last: int) -> Iterator[tuple[int, _Row]]:
        """Yield the row that was fetched ahead, if any, and the long one as an empty row."""
        for key, _ in self._after(last, "1", "limit 2").fetchall():
            try:
                where = f"where {self._key} = ?"
                yield key, self._select(self._columns, where, key).fetchone()
            except sqlite3.DataError:
                yield key, ()
                return


class SqliteReader:
    """Reads a table or a view. Needs no more memory than a row; see `port.Reader`.

    The file is opened as one that nothing changes; no extension is loaded, and of the file's own
    SQL only what makes the view is run. A record's number is its place in the table, from 1.
    Binary values, such as pictures, are None.
    """

    format: ClassVar[str] = "sqlite"
    suffixes: ClassVar[tuple[str, ...]] = (".sqlite", ".sqlite3", ".db", ".db3")

    def __init__(self, path: Path, options: Options) -> None:
        self.size = checked_size(path)
        self.position = 0
        self._path = path
        self._table = options.table
        self._deadline = math.inf

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell by the first sixteen bytes, which all these files share."""
        return head.startswith(_MAGIC)

    def records(self) -> Iterator[Record | Reject]:
        """Yield every row, in order.

        Raises:
            InvalidInputError: it is no such database, or has no such table.
        """
        try:
            with closing(self._connection()) as connection:
                table, is_view = self._chosen(connection)
                connection.set_authorizer(_authorised)
                yield from self._records(_Table(connection, table, is_view=is_view))
        except _FAULTS as error:
            raise InvalidInputError(
                f"{self._path.name} cannot be read: {self._why(error)}"
            ) from error
        self.position = self.size

    def _connection(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self._path.absolute()))}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        connection.text_factory = text_of
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_RECORD)
        connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS)
        connection.set_progress_handler(self._is_late, _STEPS_BETWEEN_LOOKS)
        self._deadline = time.monotonic() + _LONGEST_STEP
        for setting in _SETTINGS:
            connection.execute(setting)
        return connection

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def _chosen(self, connection: sqlite3.Connection) -> tuple[str, bool]:
        """Return the table to read, and whether it is a view."""
        found: dict[str, bool] = {
            name: kind == "view"
            for name, kind, sql in connection.execute(_TABLES)
            if not str(sql).lstrip().lower().startswith("create virtual")
        }
        wanted = self._table or (next(iter(found)) if len(found) == 1 else None)
        if wanted in found:
            return wanted, found[wanted]
        names = ", ".join(name[:40] for name in list(found)[:20]) or "none"
        problem = f"has no table {wanted!r}" if wanted else "has not just one table; name one"
        raise InvalidInputError(f"{self._path.name} {problem}. Its tables: {names}")

    def _why(self, error: Exception) -> str:
        if self._is_late():
            return f"took more than {_LONGEST_STEP:.0f} seconds"
        return "a name in it is not UTF-8" if isinstance(error, UnicodeError) else str(error)

    def _records(self, table: _Table) -> Iterator[Record | Reject]:
        number = 0
        try:
            for row in table.rows():
                number += 1
                self._deadline = time.monotonic() + _LONGEST_STEP
                self.position = min(self.position + _bytes_of(row), self.size)
                yield _record(number, table.names, row)
                if table.is_view and number == _MOST_OF_A_VIEW:
                    yield reject(number + 1, f"a view; only {number:,} rows of it are read")
                    return
                self._deadline = time.monotonic() + _LONGEST_STEP
        except _FAULTS as error:
            reason = self._why(error)
            yield reject(number + 1, f"reading stopped after row {number:,}: {reason}")


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _authorised(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _bytes_of(row: _Row) -> int:
    """Return about how much of the file a row takes."""
    return sum(len(value) if isinstance(value, str) else 4 for value in row)


def _record(number: int, names: list[str], row: _Row) -> Record | Reject:
    if not row:
        return reject(number, TOO_LONG)
    values = dict(zip(names, row, strict=True))
    for name, value in values.items():
        if isinstance(value, str) and UNREADABLE in value:
            return reject(number, f"{name}: not UTF-8", value)
        if isinstance(value, float) and math.isinf(value):
            return reject(number, f"{name}: not a finite number")
    if sum(len(value) for value in values.values() if isinstance(value, str)) > LONGEST_RECORD:
        return reject(number, TOO_LONG)
    return Record(number, values)
