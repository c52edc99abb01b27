"""The scripts of a kind in a web page, found as the page passes.

No tree is built of the page: a hostile one makes it grow far beyond its own size.
"""

import re
from collections.abc import Iterator

from ingestion.readers.limits import LONGEST_RECORD

_RAW = ("script", "style", "textarea", "title")
"""Elements in which a browser sees no other elements."""
_OPENING = re.compile(rf"<!--|<({'|'.join(_RAW)})\b", re.IGNORECASE)
_CLOSING = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in _RAW}
_END_OF_COMMENT, _END_OF_TAG = re.compile("-->"), re.compile(">")
_LONGEST_MATCH = 16
_LONGEST_TAG = 10_000
_CDATA, _END_OF_CDATA = "<![CDATA[", "]]>"
_LONGEST_WRAPPING = 40
_COMMENTS = "/* \t\r\n"


class _Page:
    """A cursor on the text of a page."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._at = 0

    def until(self, pattern: re.Pattern[str], most: int = 0) -> tuple[str | None, str] | None:
        """Go past the next match of a pattern.

        Returns:
            What stands before it (None where that is longer than *most*) and what matched;
            None where the page ends before.
        """
        before: list[str] = []
        length = 0
        while True:
            found = pattern.search(self._text, self._at)
            may_go_on = found is None or found.end() == len(self._text)
            piece = next(self._pieces, "") if may_go_on else ""
            if found is None and not piece:
                self._at = len(self._text)
                return None
            whole = found if not piece else None
            end = whole.start() if whole else max(self._at, len(self._text) - _LONGEST_MATCH)
            length += end - self._at
            before = [*before, self._text[self._at : end]] if length <= most else []
            if whole:
                self._at = whole.end()
                return ("".join(before) if length <= most else None), whole[0]
            self._text, self._at = self._text[end:] + piece, 0


def scripts(pieces: Iterator[str], kind: str) -> Iterator[str | None]:
    """Yield the text of every script of a kind, and None for one that is too long.

    Args:
        pieces: the text of the page.
        kind: media type, as in the attribute `type`.
    """
    page = _Page(pieces)
    wanted = re.compile(rf"\btype\s*=\s*[\"']?\s*{re.escape(kind)}\b", re.IGNORECASE)
    while opening := page.until(_OPENING):
        name = opening[1][1:].lower()
        if name == "!--":
            page.until(_END_OF_COMMENT)
            continue
        tag = page.until(_END_OF_TAG, _LONGEST_TAG)
        is_wanted = name == "script" and bool(tag and tag[0] and wanted.search(tag[0]))
        content = page.until(_CLOSING[name], LONGEST_RECORD if is_wanted else 0)
        if is_wanted and content:
            yield None if content[0] is None else _unwrapped(content[0])


def _unwrapped(text: str) -> str:
    """Return a script without the section of CDATA that older pages put it into."""
    text = text.strip()
    before, mark, _ = text[:_LONGEST_WRAPPING].partition(_CDATA)
    if not mark or before.strip(_COMMENTS):
        return text
    return text[len(before) + len(mark) :].rpartition(_END_OF_CDATA)[0].strip(_COMMENTS)
