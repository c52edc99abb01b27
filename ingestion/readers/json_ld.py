"""schema.org in JSON-LD: documents, and the scripts in which web pages carry it.

Read are TouristTrip, Trip and Product, and TouristAttraction where it is offered for sale. See
https://schema.org/TouristTrip.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from ingestion.readers.decoding import TextFile, encoding_of
from ingestion.readers.html_scripts import scripts
from ingestion.readers.json_array import JsonArrayReader
from ingestion.readers.json_lines import start_of_json
from ingestion.readers.json_text import BrokenError
from ingestion.readers.json_values import json_value
from ingestion.readers.limits import TOO_LONG, head_of, reject
from ingestion.readers.port import Options
from ingestion.readers.schema_org import fields, is_tour, kinds, tours_in
from ingestion.schemas import Record, Reject

_MEDIA_TYPE = "application/ld+json"
_STREAMED = ("@graph", "itemListElement")
_CONTEXT = re.compile(r'"@context"\s*:[^"]{0,20}"[^"]{0,200}schema\.org')
_KINDS_NAMED = 5


class JsonLdReader(JsonArrayReader):
    """Reads schema.org's tours as records under our own names; see `port.Reader`.

    A document is read as an array where it is one, or is a graph or a list of items; a record's
    number is the position in it, or of the script in the page. What has no name of ours keeps
    its own.
    """

    format: ClassVar[str] = "json-ld"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonld", ".json", ".html", ".htm")

    def __init__(self, path: Path, options: Options) -> None:
        super().__init__(path, options)
        self._others: dict[str, None] = {}
        self._is_page = start_of_json(head_of(path))[:1] == "<"
        if self._is_page:
            self._encoding = encoding_of(path, options.encoding)

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell whether it is a web page, or a document with the context of schema.org."""
        start = start_of_json(head)
        page = start[:15].lower().startswith(("<!doctype html", "<html", "<head"))
        return page or (start[:1] in ("{", "[") and bool(_CONTEXT.search(start)))

    def records(self) -> Iterator[Record | Reject]:
        """Yield every tour, in order; a reject says so where there is none.

        Raises:
            InvalidInputError: the file cannot be read.
        """
        empty = True
        for each in self._from_page() if self._is_page else super().records():
            empty = False
            yield each
        if empty:
            others = ", ".join(list(self._others)[:_KINDS_NAMED]) or "nothing of schema.org"
            yield reject(1, f"no TouristTrip, Trip or Product in it, but {others}")

    def _from_page(self) -> Iterator[Record | Reject]:
        with TextFile(self._path, self._encoding) as file:
            for number, script in enumerate(scripts(file.pieces(), _MEDIA_TYPE), 1):
                self.position = file.position
                yield from self._read(number, script)
        self.position = self.size

    def _path_of_items(self) -> str | None:
        """Return where the array of a document is; None where it is a single thing."""
        with self._text() as (_, text):
            if text.peek() == "[":
                return ""
            try:
                for name in text.members() if text.peek() == "{" else ():
                    if name in _STREAMED and text.peek() == "[":
                        return name
                    text.skip()
            except BrokenError:
                return None  # told when it is read
        return None

    def _read(self, number: int, element: str | None) -> Iterator[Record | Reject]:
        if element is None:
            yield reject(number, TOO_LONG)
            return
        try:
            value = json_value(element, self._encoding, lenient=True)
        except ValueError as error:
            yield reject(number, str(error), element)
            return
        for tour in tours_in(value):
            if is_tour(tour):
                yield Record(number, fields(tour))
            elif len(self._others) < _KINDS_NAMED:
                self._others |= dict.fromkeys(kind[:40] for kind in kinds(tour))
