"""JSON documents of any length, value by value, in memory that does not grow with them.

The text is only cut into values here, by its brackets and quotation marks; each value is then
read by itself, so that a broken one costs no other.
"""

import json
import re
from collections.abc import Iterator

from ingestion.readers.limits import LONGEST_RECORD

DEEPEST = 32
"""Objects within which the array of records may lie."""
_SPACE = re.compile(r"[ \t\r\n]*")
_STRUCTURE = re.compile(r'["\[\]{}]')
_END_OF_SCALAR = re.compile(r"[ \t\r\n,\]}]")


class BrokenError(Exception):
    """The document breaks off, or goes on with what JSON does not allow there."""


class JsonText:
    """A cursor on the text of a JSON document.

    Args:
        pieces: the text; only one of them, and the value at hand, is in memory.
    """

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._piece = ""
        self._at = 0
        self._before = 0
        self._kept: list[str] | None = None
        self._kept_from = 0
        self._length = 0

    @property
    def offset(self) -> int:
        """Characters read so far."""
        return self._before + self._at

    def _next_piece(self) -> bool:
        self._keep_until(len(self._piece))
        self._kept_from = 0
        self._before += len(self._piece)
        self._piece, self._at = next(self._pieces, ""), 0
        return bool(self._piece)

    def _keep_until(self, end: int) -> None:
        """Keep what was read of the value at hand, unless it grows too long."""
        self._length += end - self._kept_from
        if self._length > LONGEST_RECORD:
            self._kept = None
        if self._kept is not None:
            self._kept.append(self._piece[self._kept_from : end])

    def _need_piece(self) -> None:
        if not self._next_piece():
            raise BrokenError(f"breaks off after {self.offset:,} characters")

    def peek(self) -> str:
        """Return the next character that is not white space, "" at the end."""
        while True:
            space = _SPACE.match(self._piece, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._piece):
                return self._piece[self._at]
            if not self._next_piece():
                return ""

    def take(self, allowed: str) -> str:
        """Return the next character that is not white space, and go past it.

        Raises:
            BrokenError: it is none of *allowed*.
        """
        char = self.peek()
        if not char:
            raise BrokenError(f"breaks off after {self.offset:,} characters")
        if char not in allowed:
            due = " or ".join(allowed)
            raise BrokenError(f"has {char} where {due} is due, at character {self.offset + 1:,}")
        self._at += 1
        return char

    def value(self) -> str | None:
        """Return the text of the next value and go past it; None where it is too long.

        Raises:
            BrokenError: the document breaks off within it.
        """
        self.peek()
        self._kept, self._length, self._kept_from = [], 0, self._at
        self.skip()
        self._keep_until(self._at)
        kept, self._kept = self._kept, None
        return None if kept is None else "".join(kept)

    def skip(self) -> None:
        """Go past the next value.

        Raises:
            BrokenError: the document breaks off within it.
        """
        first = self.peek()
        if first in ("{", "["):
            self._past_brackets(0)
        elif first == '"':
            self._at += 1
            self._past_string()
        else:
            self._past_scalar()

    def _past_brackets(self, depth: int) -> None:
        while True:
            found = _STRUCTURE.search(self._piece, self._at)
            if found is None:
                self._need_piece()
                continue
            self._at = found.end()
            if found[0] == '"':
                self._past_string()
                continue
            depth += 1 if found[0] in "[{" else -1
            if depth == 0:
                return

    def _past_string(self) -> None:
        """Go past the quotation mark that an even number of backslashes stands before."""
        odd = False
        while True:
            end = self._piece.find('"', self._at)
            text = self._piece[self._at : len(self._piece) if end < 0 else end]
            slashes = len(text) - len(text.rstrip("\\"))
            odd = (slashes % 2 == 1) != (odd and slashes == len(text))
            if end < 0:
                self._need_piece()
                continue
            self._at = end + 1
            if not odd:
                return
            odd = False

    def _past_scalar(self) -> None:
        while True:
            found = _END_OF_SCALAR.search(self._piece, self._at)
            if found is not None:
                self._at = found.start()
                return
            self._at = len(self._piece)
            if not self._next_piece():
                return

    def members(self) -> Iterator[str]:
        """Yield the names in the next object; the caller goes past the value of each.

        Raises:
            BrokenError: the document breaks off, or is no JSON there.
        """
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            self.take('"')
            self._at -= 1
            yield self._name()
            if self.take(",}") == "}":
                return

    def _name(self) -> str:
        text = self.value()
        self.take(":")
        try:
            return str(json.loads(text or ""))
        except ValueError:
            raise BrokenError(f"has a broken name before character {self.offset:,}") from None

    def elements(self) -> Iterator[str | None]:
        """Yield the text of each value in the next array, and None for one that is too long.

        Raises:
            BrokenError: the document breaks off, or is no JSON there.
        """
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def arrays_of_objects(self, path: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield the dotted path of each array of objects that lies in no other array.

        Raises:
            BrokenError: the document breaks off, or is no JSON there.
        """
        first = self.peek()
        if first == "[":
            self.take("[")
            if self.peek() == "{":
                yield ".".join(path)
            self._past_brackets(1)
        elif first == "{" and len(path) < DEEPEST:
            for name in self.members():
                yield from self.arrays_of_objects((*path, name))
        else:
            self.skip()

    def go_to(self, path: str) -> bool:
        """Go to the value at a dotted path, and tell whether there is one.

        Raises:
            BrokenError: the document breaks off, or is no JSON there.
        """
        for wanted in path.split(".") if path else []:
            if self.peek() != "{":
                return False
            for name in self.members():
                if name == wanted:
                    break
                self.skip()
            else:
                return False
        return True
