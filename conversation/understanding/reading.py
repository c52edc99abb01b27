"""A message prepared for the rules: its text, and the same text without case and diacritics."""

import re
import unicodedata
from collections.abc import Callable

from core.text import tidy, without_diacritics

MAX_CHARACTERS = 4_096
"""The longest text that WhatsApp delivers; nothing behind it is read."""

TAKEN = "\x00"
"""Stands in `Reading.plain` for what a rule has used, so that no other rule uses it again."""

Span = tuple[int, int]

_LINE_END = re.compile(r"\s*[\n\r\u2028\u2029]+\s*")
_WORD = re.compile(r"[^\W_]+")
_ACCENTED_SHARE = 0.3  # careful Vietnamese has about 0.75; English with place names below 0.2


class Reading:
    """A text that rules read and use up piece by piece.

    Attributes:
        text: the message in NFC, on one line, without invisible characters.
        plain: as long as `text`: lower case, no diacritics; what was used is `TAKEN`.
        accented: whether the traveller types diacritics.
    """

    def __init__(self, message: str) -> None:
        one_line = _LINE_END.sub(". ", message[: 2 * MAX_CHARACTERS].strip())
        self.text = tidy(_visible(one_line))[:MAX_CHARACTERS]
        self.plain = "".join(map(_plain, self.text))
        words = self.text.split()
        marked = sum(without_diacritics(word) != word for word in words)
        self.accented = bool(words) and marked >= _ACCENTED_SHARE * len(words)

    def take(self, span: Span) -> None:
        """Use up a piece."""
        start, end = span
        self.plain = self.plain[:start] + TAKEN * (end - start) + self.plain[end:]

    def take_all(self, pattern: re.Pattern[str]) -> None:
        """Use up everything that *pattern* finds."""
        self.plain = pattern.sub(lambda found: TAKEN * len(found.group()), self.plain)

    def untaken(self) -> str:
        """Return the text without what was used up."""
        return "".join(
            " " if plain == TAKEN else char
            for char, plain in zip(self.text, self.plain, strict=True)
        )

    def share_used(self, says_nothing: Callable[[str], bool]) -> float:
        """Return which share of the telling words has been used up, from 0 to 1.

        Args:
            says_nothing: tells the words that do not count where they are left over.
        """
        used = rest = 0
        for word in _WORD.finditer(self.text):
            if TAKEN in self.plain[word.start() : word.end()]:
                used += 1
            elif not says_nothing(word.group()):
                rest += 1
        return used / (used + rest) if used else 0.0

    def written(self, span: Span, *forms: str) -> bool:
        """Tell whether a Vietnamese word may stand here: its diacritics are right or not typed.

        Args:
            span: where the word was found in `plain`.
            forms: how it is spelled with diacritics.
        """
        word = self.text[span[0] : span[1]].casefold()
        if word in forms:
            return True
        return not self.accented and without_diacritics(word) == word


def _visible(text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    return "".join(
        " " if char == "\t" else char
        for char in normal
        if char in "\t\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"}
    )


def _plain(char: str) -> str:
    folded = without_diacritics(char).lower()
    folded = "'" if folded in "’‘´`" and folded else folded
    folded = "-" if folded in "–—−‐‑" and folded else folded
    return folded if len(folded) == 1 else char
