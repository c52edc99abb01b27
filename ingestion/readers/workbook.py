"""What the cells of a workbook mean: texts that are shared, styles that make dates of numbers."""

import datetime as dt
import math
import posixpath
import struct
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel
from openpyxl.utils.escape import unescape

from ingestion.readers.sheet_xml import (
    Cell,
    Element,
    ElementsPart,
    MarkupError,
    Row,
    SheetPart,
    StringsPart,
)
from ingestion.readers.tables import is_blank

_OFFSET = struct.Struct("<Q")
_CACHED_TEXTS = 256
"""Values such as currencies and countries repeat; more would fill the memory with long texts."""
_LARGEST_WHOLE = 2**53
_LONGEST_FORMAT = 255
_MOST_STYLES = 70_000
_MOST_DIGITS = 18
_SECONDS_OF_A_DAY = 86_400
_UNKNOWN = "#N/A"


class Texts:
    """The texts that cells share, kept in a temporary file; there may be more than memory."""

    def __enter__(self) -> Self:
        self._texts = TemporaryFile()
        self._ends = TemporaryFile()
        self._count = 0
        self.text = lru_cache(_CACHED_TEXTS)(self._read)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._texts.close()
        self._ends.close()

    def add(self, text: str) -> None:
        """Keep the next text."""
        self._texts.write(text.encode("utf-8", "surrogatepass"))
        self._ends.write(_OFFSET.pack(self._texts.tell()))
        self._count += 1

    def _read(self, number: int) -> str:
        if not 0 <= number < self._count:
            raise MarkupError(f"refers to text {number}, which is not in the workbook")
        start = self._end(number - 1) if number else 0
        length = self._end(number) - start
        self._texts.seek(start)
        return self._texts.read(length).decode("utf-8", "surrogatepass")

    def _end(self, number: int) -> int:
        self._ends.seek(number * _OFFSET.size)
        end: int = _OFFSET.unpack(self._ends.read(_OFFSET.size))[0]
        return end


class Workbook:
    """The sheets of a workbook and the values of their cells.

    Args:
        archive: the workbook's file.
        texts: where shared texts are kept.

    Attributes:
        sheets: the part of each sheet that holds cells, by name, in their order.

    Raises:
        MarkupError: a part is damaged.
        KeyError: a part is missing.
        ValueError: a number in a part is none.
    """

    def __init__(self, archive: zipfile.ZipFile, texts: Texts) -> None:
        self.archive = archive
        self._texts = texts
        part = next((target for _, target in self._targets("", "officeDocument")), None)
        if part is None:
            raise MarkupError("names no workbook")
        self.sheets = self._sheets(part)
        self._read_styles(part)
        for _, strings in self._targets(part, "sharedStrings"):
            with archive.open(strings) as file:
                for text in StringsPart().read(file):
                    texts.add(unescape(text))

    def _elements(self, part: str, *wanted: str) -> Iterator[Element]:
        with self.archive.open(part) as file:
            yield from ElementsPart(*wanted).read(file)

    def _targets(self, part: str, kind: str) -> list[tuple[str, str]]:
        """Return the id and the path of every part of a kind that *part* refers to."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        base = posixpath.join("/", folder)
        return [
            (each.get("Id", ""), posixpath.normpath(posixpath.join(base, each["Target"]))[1:])
            for _, each in self._elements(relations, "Relationships/Relationship")
            if each.get("Type", "").endswith(f"/{kind}") and "Target" in each
        ]

    def _sheets(self, part: str) -> dict[str, str]:
        parts = dict(self._targets(part, "worksheet"))
        sheets: dict[str, str] = {}
        self._epoch = WINDOWS_EPOCH
        for path, each in self._elements(part, "sheets/sheet", "workbook/workbookPr"):
            key = next((value for name, value in each.items() if name.endswith(":id")), "")
            if path == "sheets/sheet" and parts.get(key) in self.archive.NameToInfo:
                sheets[each.get("name", key)] = parts[key]
            elif each.get("date1904") in ("1", "true"):
                self._epoch = MAC_EPOCH
        return sheets

    def _read_styles(self, part: str) -> None:
        """Note the number format of every style of a cell."""
        codes = dict(BUILTIN_FORMATS)
        self._formats: list[str] = []
        for _, styles in self._targets(part, "styles"):
            for path, each in self._elements(styles, "numFmts/numFmt", "cellXfs/xf"):
                number = int(each.get("numFmtId", 0))
                if path == "numFmts/numFmt":
                    codes[number] = each.get("formatCode", "")[:_LONGEST_FORMAT]
                elif len(self._formats) < _MOST_STYLES:
                    self._formats.append(codes.get(number, "General"))

    def holds_anything(self, part: str) -> bool:
        """Tell whether any cell of a sheet holds anything."""
        with self.archive.open(part) as file:
            return any(not self.is_blank(row) for row in SheetPart().read(file))

    def is_blank(self, row: Row) -> bool:
        """Tell whether no cell of a row holds anything; a formula without a result does."""
        return is_blank(self.shown(row)) and not any(cell.computed for cell in row.cells)

    def shown(self, row: Row) -> list[str | None]:
        """Return the texts of a row's cells as they are written, None where there is none.

        Raises:
            MarkupError: a cell refers to a text that is not there.
        """
        texts: list[str | None] = [None] * (
            max((cell.column for cell in row.cells), default=-1) + 1
        )
        for cell in row.cells:
            texts[cell.column] = self._text(cell)
        return texts

    def _text(self, cell: Cell) -> str | None:
        if cell.kind == "s" and cell.text:
            return self._texts.text(_index(cell.text))
        return cell.text if cell.text is None else unescape(cell.text)

    def values(self, row: Row) -> list[object]:
        """Return the values of a row's cells, None for each that is not written.

        Raises:
            ValueError: a cell holds none.
        """
        values: list[object] = [*self.shown(row)]
        for cell in row.cells:
            try:
                values[cell.column] = self._value(cell)
            except (ValueError, OverflowError) as error:
                raise ValueError(f"column {get_column_letter(cell.column + 1)}: {error}") from None
        return values

    def _value(self, cell: Cell) -> object:
        text = self._text(cell)
        if cell.computed and not text and cell.kind != "str":
            raise ValueError("a formula without its result; save the file in a spreadsheet program")
        if cell.kind == "e":
            if text == _UNKNOWN:
                return None
            raise ValueError(f"the error {text}")
        if text is None or cell.kind in ("s", "str", "inlineStr"):
            return text
        if cell.kind == "b":
            return text.strip() == "1"
        return dt.datetime.fromisoformat(text) if cell.kind == "d" else self._number(cell, text)

    def _number(self, cell: Cell, text: str) -> object:
        if not text.strip():
            return None
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"{text[:40]} is no number")
        whole = number.is_integer() and abs(number) < _LARGEST_WHOLE
        code = self._formats[cell.style] if 0 <= cell.style < len(self._formats) else "General"
        if is_date_format(code):
            return self._date(number, code)
        return int(number) if whole else number

    def _date(self, number: float, code: str) -> object:
        """Return a date, with its time where it has one; a time of day or a span as text."""
        if is_timedelta_format(code):
            minutes, seconds = divmod(round(number * _SECONDS_OF_A_DAY), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        moment = from_excel(number, self._epoch)
        if isinstance(moment, dt.datetime):
            return moment.date() if number.is_integer() else moment
        return str(moment)


def _index(text: str) -> int:
    """Return the number of a shared text; only digits make one."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else -1
