"""JSON documents: an array of records, as a whole or within an object."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import ClassVar

from core.errors import InvalidInputError
from ingestion.readers.decoding import TextFile
from ingestion.readers.json_lines import JsonLinesReader, encoding_of_json, start_of_json
from ingestion.readers.json_text import BrokenError, JsonText
from ingestion.readers.json_values import json_object
from ingestion.readers.limits import TOO_LONG, checked_size, reject
from ingestion.readers.port import Options
from ingestion.schemas import Record, Reject

_NAMED_IN_A_MESSAGE = 5


class JsonArrayReader:
    """Reads an array of JSON objects. Needs no more memory than a record; see `port.Reader`.

    The array is the whole document, or lies at `Options.items`, or is the only array of objects
    in it; a document without one is a single record. A record's number is its position from 1.
    """

    format: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def __init__(self, path: Path, options: Options) -> None:
        self.size = checked_size(path)
        self.position = 0
        self._path = path
        self._items = options.items
        self._encoding = encoding_of_json(path, options.encoding)

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell whether it begins with an array, or an object that is more than a line."""
        return start_of_json(head)[:1] in ("{", "[") and not JsonLinesReader.recognises(head)

    def records(self) -> Iterator[Record | Reject]:
        """Yield every element of the array, in order; where the document breaks, a reject says so.

        Raises:
            InvalidInputError: the file cannot be read, or it is not clear which array to take.
        """
        path = self._path_of_items() if self._items is None else self._items
        number = 0
        with self._text() as (file, text):
            try:
                for element in self._elements(text, path):
                    number += 1
                    self.position = file.position
                    yield from self._read(number, element)
                if not path and text.peek():
                    yield reject(number + 1, "not JSON: the document goes on after its end")
            except BrokenError as error:
                yield reject(number + 1, f"not JSON: the document {error}")
            self.position = self.size

    @contextmanager
    def _text(self) -> Iterator[tuple[TextFile, JsonText]]:
        with TextFile(self._path, self._encoding) as file:
            yield file, JsonText(file.pieces())

    def _path_of_items(self) -> str | None:
        """Return the path of the only array of objects; None where there is none."""
        found: list[str] = []
        with self._text() as (_, text):
            if text.peek() == "[":
                return ""
            with suppress(BrokenError):  # told when it is read
                for each in islice(text.arrays_of_objects(), _NAMED_IN_A_MESSAGE):
                    found.append(each)  # noqa: PERF402 - what was found before it breaks counts
        return self._only(found)

    def _only(self, found: list[str]) -> str | None:
        if len(found) > 1:
            raise InvalidInputError(
                f"{self._path.name} holds several arrays of objects; "
                f"name the one of the records as items: {', '.join(path[:80] for path in found)}"
            )
        return found[0] if found else None

    def _elements(self, text: JsonText, path: str | None) -> Iterator[str | None]:
        if path is None:
            return iter([text.value()])
        if not text.go_to(path) or text.peek() != "[":
            raise InvalidInputError(f"{self._path.name} holds no array at {path!r}")
        return text.elements()

    def _read(self, number: int, element: str | None) -> Iterator[Record | Reject]:
        if element is None:
            yield reject(number, TOO_LONG)
            return
        try:
            values = json_object(element, self._encoding)
        except ValueError as error:
            yield reject(number, str(error), element)
        else:
            yield Record(number, self.shaped(values))

    def shaped(self, values: dict[str, object]) -> Mapping[str, object]:
        """Return the values of a record, for special formats under our own names."""
        return values
