"""Delimited text: CSV and its relatives, of any delimiter and encoding."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import ClassVar

from core.errors import InvalidInputError
from ingestion.readers.decoding import UNREADABLE, TextFile, encoding_of
from ingestion.readers.limits import HEAD, LONGEST_RECORD, TOO_LONG, checked_size, reject
from ingestion.readers.port import Options
from ingestion.readers.tables import Header, is_blank
from ingestion.schemas import Record, Reject

_USUAL, _RARE = ",;\t|", "^~:\x1f"
_ENOUGH = 0.5
"""Part of the rows that have as many cells as the header, below which it is one column."""
_MOST_ROWS_LOOKED_AT = 500
_HINT = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)
"""First line by which spreadsheets tell the delimiter."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are set apart and quoted; a quotation mark is doubled or escaped."""

    delimiter: str
    escape: str | None = None
    blank_after_delimiter: bool = False


class DelimitedReader:
    """Reads delimited text with a header. Needs no more memory than a row; see `port.Reader`.

    A record's number is the line on which it starts.
    """

    format: ClassVar[str] = "csv"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab", ".psv", ".txt")

    def __init__(self, path: Path, options: Options) -> None:
        self.size = checked_size(path)
        self.position = 0
        self._path = path
        self._options = options
        if options.delimiter is not None and (
            len(options.delimiter) != 1 or options.delimiter in '"\r\n'
        ):
            raise InvalidInputError(f"{options.delimiter!r} is no delimiter; give one character")

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell whether the first line has several cells and is not of another format."""
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            head = head[2:].replace(b"\0", b"")
        first = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")[0]
        if b"\0" in head or first[:1] in (b"{", b"[", b"<"):
            return False
        return any(delimiter.encode() in first for delimiter in _USUAL)

    def records(self) -> Iterator[Record | Reject]:
        """Yield every row below the header that is not blank, in order.

        Raises:
            InvalidInputError: the file is not text, or two columns have the same name.
        """
        encoding = encoding_of(self._path, self._options.encoding)
        hint, dialect = self._dialect(encoding)
        with TextFile(self._path, encoding) as file:
            rows = _Rows(file, dialect, skip=hint)
            header: Header | None = None
            for number, row in rows:
                self.position = file.position
                if isinstance(row, str):
                    yield reject(number, row)
                elif is_blank(row):
                    continue
                elif header is None:
                    header = Header(row, self._path.name)
                else:
                    yield _read(number, row, header, dialect, encoding)
            self.position = file.position

    def _dialect(self, encoding: str) -> tuple[bool, Dialect]:
        """Return whether the first line only tells the delimiter, and how cells are set apart."""
        with TextFile(self._path, encoding) as file:
            sample = next(file.pieces(), "")
        hint = _HINT.match(sample.partition("\n")[0])
        asked = self._options.delimiter or (hint and hint[1])
        if hint:
            sample = sample.partition("\n")[2]
        return bool(hint), dialect_of(sample, asked or None)


def _read(
    number: int, row: Sequence[str], header: Header, dialect: Dialect, encoding: str
) -> Record | Reject:
    content = dialect.delimiter.join(row)
    if UNREADABLE in content:
        return reject(number, f"not {encoding.upper()}", content)
    try:
        return Record(number, header.record(row))
    except ValueError as error:
        return reject(number, str(error), content)


class _SetAsideError(Exception):
    """A row that cannot be read."""


class _Rows:
    """Rows of cells with the line on which each starts, or the reason for setting one aside."""

    def __init__(self, file: TextFile, dialect: Dialect, *, skip: bool) -> None:
        self._file = file
        self._lines = file.lines()
        self._taken = 0
        self._dialect = dialect
        if skip:
            next(self._lines)

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        rows = _parsed(iter(self._next_line, None), self._dialect)
        while True:
            self._taken = 0
            start = self._file.number + 1
            try:
                yield start, next(rows)
            except StopIteration:
                return
            except (_SetAsideError, csv.Error) as error:
                yield start, str(error)

    def _next_line(self) -> str | None:
        """Return the next line for the row at hand, None at the end of the file."""
        for line in self._lines:
            self._taken += len(line or "")
            if line is None:
                raise _SetAsideError(TOO_LONG)
            if self._taken > LONGEST_RECORD:
                raise _SetAsideError(f"{TOO_LONG}: is a quotation mark in it never closed?")
            return line
        if self._taken:
            raise _SetAsideError("a quotation mark is opened in this row and never closed")
        return None


def _parsed(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_RECORD)
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        doublequote=dialect.escape is None,
        escapechar=dialect.escape,
        skipinitialspace=dialect.blank_after_delimiter,
    )


def dialect_of(sample: str, delimiter: str | None = None) -> Dialect:
    """Return how the cells of a text are set apart.

    The delimiter is the one by which most rows have as many cells as the first; among several,
    the one that gives the most cells.

    Args:
        sample: the beginning of the text.
        delimiter: where it is known.
    """
    for delimiters in [delimiter] if delimiter else [_USUAL, _RARE]:
        scored = [(_agreement(sample, each), each) for each in _dialects(sample, delimiters)]
        (agreement, _), best = max(scored, key=itemgetter(0), default=((0.0, 0), Dialect(",")))
        if agreement >= _ENOUGH:
            return best
    return Dialect(delimiter or ",")


def _dialects(sample: str, delimiters: str) -> list[Dialect]:
    escapes = (None, "\\") if '\\"' in sample else (None,)
    return [
        Dialect(char, escape, blank_after_delimiter=f'{char} "' in sample)
        for char in delimiters
        if char in sample
        for escape in escapes
    ]


def _agreement(sample: str, dialect: Dialect) -> tuple[float, int]:
    """Return which part of the rows has as many cells as the first, and how many those are."""
    rows = _parsed(io.StringIO(sample, newline=""), dialect)
    widths = [len(row) for row in islice(rows, _MOST_ROWS_LOOKED_AT) if row]
    if len(sample) >= HEAD and len(widths) > 1:
        widths.pop()  # cut off
    if not widths or widths[0] < 2:
        return 0.0, 0
    return round(widths.count(widths[0]) / len(widths), 2), widths[0]
