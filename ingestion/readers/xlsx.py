"""Workbooks of Excel and its relatives (.xlsx, .xlsm): one sheet with a header.

Values only: macros, links to other files and pictures are never opened, formulas never computed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from core.errors import InvalidInputError
from core.text import fold
from ingestion.readers.limits import checked_size, head_of, reject
from ingestion.readers.port import Options
from ingestion.readers.sheet_xml import MarkupError, Row, SheetPart
from ingestion.readers.tables import Header
from ingestion.readers.unpacking import damage_told, opened_zip
from ingestion.readers.workbook import Texts, Workbook
from ingestion.schemas import Record, Reject

_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class XlsxReader:
    """Reads one sheet of a workbook. Needs no more memory than a row; see `port.Reader`.

    A record's number is its row in the sheet.
    """

    format: ClassVar[str] = "xlsx"
    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm", ".xls")

    def __init__(self, path: Path, options: Options) -> None:
        self.size = checked_size(path)
        self.position = 0
        self._path = path
        self._sheet = options.sheet
        if head_of(path).startswith(_OLD_OR_LOCKED):
            raise InvalidInputError(
                f"{path.name} is an old Excel file (.xls) or is locked with a password; "
                "save it as .xlsx without a password"
            )

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell whether it is a zip file of a workbook's parts, or an old or locked workbook."""
        zipped = head.startswith(b"PK\x03\x04")
        return head.startswith(_OLD_OR_LOCKED) or (
            zipped and (b"[Content_Types].xml" in head or b"xl/" in head)
        )

    def records(self) -> Iterator[Record | Reject]:
        """Yield every row below the header that is not blank, in order.

        Raises:
            InvalidInputError: it is no workbook, has no such sheet, or unpacks to too much.
        """
        with damage_told(self._path), opened_zip(self._path) as archive, Texts() as texts:
            try:
                book = Workbook(archive, texts)
                part = self._chosen(book)
            except (MarkupError, KeyError, ValueError) as error:
                raise InvalidInputError(f"{self._path.name} is no workbook: {error}") from error
            if part:
                yield from self._records_of(book, part)
        self.position = self.size

    def _chosen(self, book: Workbook) -> str | None:
        """Return the part of the sheet that was asked for, or of the first that holds anything."""
        if self._sheet is None:
            return next((part for part in book.sheets.values() if book.holds_anything(part)), None)
        for name, part in book.sheets.items():
            if fold(name) == fold(self._sheet):
                return part
        names = ", ".join(name[:40] for name in list(book.sheets)[:20])
        raise InvalidInputError(f"{self._path.name} has no sheet {self._sheet!r}; it has {names}")

    def _records_of(self, book: Workbook, part: str) -> Iterator[Record | Reject]:
        header: Header | None = None
        number = 0
        try:
            for row in self._rows(book, part):
                number = row.number
                if book.is_blank(row):
                    continue
                if header:
                    yield _record(book, row, header)
                else:
                    header = Header(book.shown(row), self._path.name)
        except MarkupError as error:
            yield reject(number + 1, f"the sheet {error}; nothing after row {number} was read")

    def _rows(self, book: Workbook, part: str) -> Iterator[Row]:
        """Yield the rows of a sheet, and keep the position."""
        whole = max(book.archive.getinfo(part).file_size, 1)
        with book.archive.open(part) as file:
            for row in SheetPart().read(file):
                self.position = self.size * file.tell() // whole
                yield row


def _record(book: Workbook, row: Row, header: Header) -> Record | Reject:
    try:
        return Record(row.number, header.record(book.values(row), pad=True))
    except ValueError as error:
        return reject(row.number, str(error), " | ".join(filter(None, book.shown(row))))
