"""What every reader of a feed offers; a new format is one new file in this folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from ingestion.schemas import Record, Reject


class Options(BaseModel):
    """How to read a feed, where the feed itself does not tell; each format takes its own.

    Attributes:
        encoding: of a text file, by any name that Python knows.
        delimiter: the character between the cells of delimited text.
        sheet: name of the sheet of a workbook; the first that holds anything by default.
        items: dotted path to the array of records in a JSON document.
        table: name of the table or view of a database; the only one by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    items: str | None = None
    table: str | None = None


class Reader(Protocol):
    """Reads one file of a format, record after record, in memory that does not grow with it.

    Args:
        path: the file.
        options: what the file itself does not tell.

    Attributes:
        format: by which the format is asked for.
        suffixes: of files in this format, in lower case, with the dot.
        position: bytes read so far.
        size: bytes in all.

    Raises:
        InvalidInputError: the file cannot be read as this format at all.
    """

    format: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    position: int
    size: int

    def __init__(self, path: Path, options: Options) -> None: ...

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell whether a file that begins so is of this format."""
        ...

    def records(self) -> Iterator[Record | Reject]:
        """Yield every record that is not blank, in order, and a reject for each that is broken.

        Raises:
            InvalidInputError: the file cannot be read as this format at all.
        """
        ...
