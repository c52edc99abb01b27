"""JSON Lines: one record a line, as a JSON object."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from ingestion.readers.decoding import TextFile, encoding_of
from ingestion.readers.json_values import json_object
from ingestion.readers.limits import TOO_LONG, checked_size, reject
from ingestion.readers.port import Options
from ingestion.schemas import Record, Reject

_UTF = ("utf-8", "utf-16", "utf-32", "utf-16-le", "utf-16-be")


def encoding_of_json(path: Path, asked: str | None) -> str:
    """Return the encoding of a JSON file: UTF-8 or UTF-16 where no other one is asked for.

    Raises:
        InvalidInputError: no such encoding is known, or the file is not text.
    """
    told = encoding_of(path, asked)
    return told if asked or told in _UTF else "utf-8"


def start_of_json(head: bytes) -> str:
    """Return how a file begins as text, without marks and white space."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:2]
    text = head.decode("latin-1")
    return (text.replace("\0", "") if wide else text).lstrip("\xef\xbb\xbf\xff\xfe \t\r\n")


class JsonLinesReader:
    """Reads JSON Lines. Needs no more memory than a line; see `port.Reader`."""

    format: ClassVar[str] = "jsonl"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".jsonlines", ".json")

    def __init__(self, path: Path, options: Options) -> None:
        self.size = checked_size(path)
        self.position = 0
        self._path = path
        self._options = options

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell whether the first line is an object, and the second begins another one."""
        first, _, rest = start_of_json(head).partition("\n")
        return first[:1] == "{" and first.rstrip()[-1:] == "}" and rest.lstrip()[:1] == "{"

    def records(self) -> Iterator[Record | Reject]:
        """Yield every line that is not blank, in order.

        Raises:
            InvalidInputError: the file cannot be read.
        """
        encoding = encoding_of_json(self._path, self._options.encoding)
        with TextFile(self._path, encoding, newline="\n") as file:
            for line in file.lines():
                self.position = file.position
                if line is None:
                    yield reject(file.number, TOO_LONG)
                elif line.strip():
                    yield _record(file.number, line, encoding)


def _record(number: int, line: str, encoding: str) -> Record | Reject:
    try:
        return Record(number, json_object(line, encoding))
    except ValueError as error:
        return reject(number, str(error), line)
