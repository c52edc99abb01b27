"""The XML parts of an Office Open XML workbook, read as they pass, never as a whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from ingestion.readers.limits import LONGEST_RECORD, MOST_COLUMNS

Item = TypeVar("Item")
_PIECE = 65_536
_DEEPEST = 64
_COLUMN = re.compile(r"[A-Za-z]{1,3}")
_MOST_BETWEEN_ROWS = 4 * LONGEST_RECORD
"""Bytes of markup; a row of the longest record with a tag around every few characters."""


class MarkupError(Exception):
    """A part of the workbook cannot be read."""


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, or fewer at the end."""
        ...


@dataclass(slots=True)
class Cell:
    """A cell as it is written: its kind, the number of its style and its text.

    Attributes:
        computed: whether a formula stands in it.
    """

    column: int
    kind: str = "n"
    style: int = 0
    text: str | None = None
    computed: bool = False


@dataclass(slots=True)
class Row:
    """A row of a sheet, and the cells in it that are written."""

    number: int
    cells: list[Cell] = field(default_factory=list)


class _Part(Generic[Item]):
    """Takes the events of one part; subclasses put what they make of them in `ready`."""

    def __init__(self) -> None:
        self.ready: list[Item] = []
        self._text: list[str] | None = None
        self._length = 0
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_: object) -> None:
        """Refuse what every attack by entities needs, before any entity is declared."""
        raise MarkupError("declares a document type, which no workbook does")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise MarkupError("is nested too deeply")
        self.begin(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(name.rpartition(":")[2])

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._length += len(text)
            if self._length > LONGEST_RECORD:
                raise MarkupError(f"holds a text longer than {LONGEST_RECORD:,} characters")
            self._text.append(text)

    def listen(self) -> None:
        """Collect the characters that follow."""
        self._text, self._length = [], 0

    def heard(self) -> str:
        """Return the characters that were collected, and stop."""
        text, self._text = self._text, None
        return "".join(text or ())

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def read(self, source: Source) -> Iterator[Item]:
        """Yield what is ready, as the part is read.

        Raises:
            MarkupError: the part is not well-formed, declares entities, or has too large a row.
        """
        silent = 0
        while piece := source.read(_PIECE):
            fault = self._fault(piece)
            silent = 0 if self.ready else silent + len(piece)
            yield from self._taken()
            if fault:
                raise fault
            if silent > _MOST_BETWEEN_ROWS:
                raise MarkupError(f"holds a row of more than {_MOST_BETWEEN_ROWS:,} bytes")
        if fault := self._fault(b"", last=True):
            raise fault
        yield from self._taken()

    def _taken(self) -> list[Item]:
        ready, self.ready = self.ready, []
        return ready

    def _fault(self, piece: bytes, *, last: bool = False) -> MarkupError | None:
        """Return what is wrong in a piece; what came before it is ready all the same."""
        try:
            self._parser.Parse(piece, last)
        except MarkupError as error:
            return error
        except (expat.ExpatError, ValueError, LookupError) as error:
            return MarkupError(f"is damaged ({error})")
        return None


class SheetPart(_Part[Row]):
    """A sheet, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self._row = Row(0)
        self._cell: Cell | None = None
        self._aside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of a row, a cell, its value or its formula."""
        if name == "c":
            self._cell = self._new_cell(attributes)
        elif name in ("v", "t"):
            if self._cell is not None and not self._aside:
                self.listen()
        elif name == "f":
            if self._cell is not None:
                self._cell.computed = True
        elif name == "row":
            self._row = Row(int(attributes.get("r", self._row.number + 1)))
        elif name == "rPh":
            self._aside = True

    def _new_cell(self, attributes: dict[str, str]) -> Cell:
        column = len(self._row.cells)
        if place := _COLUMN.match(attributes.get("r", "")):
            column = column_index_from_string(place[0]) - 1
        elif self._row.cells:
            column = self._row.cells[-1].column + 1
        if max(column, len(self._row.cells)) >= MOST_COLUMNS:
            raise MarkupError(f"has more than {MOST_COLUMNS:,} columns")
        return Cell(column, attributes.get("t", "n"), int(attributes.get("s", 0)))

    def end(self, name: str) -> None:
        """Take the end of a row, a cell or its value."""
        if name in ("v", "t"):
            if self._cell is not None and not self._aside:
                self._cell.text = (self._cell.text or "") + self.heard()
        elif name == "c":
            if self._cell is not None:
                self._row.cells.append(self._cell)
            self._cell = None
        elif name == "row":
            self.ready.append(self._row)
        elif name == "rPh":
            self._aside = False


class StringsPart(_Part[str]):
    """The texts that cells share, in the order of their numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[str] = []
        self._aside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """Take the start of a text, or of how it is pronounced."""
        if name == "si":
            self._runs = []
        elif name == "t" and not self._aside:
            self.listen()
        elif name == "rPh":
            self._aside = True

    def end(self, name: str) -> None:
        """Take the end of a run of a text, or of the text."""
        if name == "t" and not self._aside:
            self._runs.append(self.heard())
        elif name == "si":
            self.ready.append("".join(self._runs))
        elif name == "rPh":
            self._aside = False


Element = tuple[str, dict[str, str]]


class ElementsPart(_Part[Element]):
    """The elements of a small part with their attributes, each named after its parent.

    Args:
        wanted: names to yield, such as "sheets/sheet".
    """

    def __init__(self, *wanted: str) -> None:
        super().__init__()
        self._wanted = frozenset(wanted)
        self._within: list[str] = [""]

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        path = f"{self._within[-1]}/{name}"
        self._within.append(name)
        if path in self._wanted:
            self.ready.append((path, attributes))

    def end(self, name: str) -> None:  # noqa: ARG002
        """Take the end of an element."""
        self._within.pop()
