"""Text as people type it: Unicode forms, diacritics and case."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


class _WithoutMarks(dict[int, int | None]):
    """A table for `str.translate` that leaves out what only sits on a letter, filled as needed."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.category(chr(code)) == "Mn" else code
        return self[code]


_WITHOUT_MARKS = _WithoutMarks(
    {ord("đ"): ord("d"), ord("Đ"): ord("D")}
)  # not decomposed in Unicode


def tidy(text: str) -> str:
    """Return *text* in Unicode NFC with runs of white space as one blank.

    What PostgreSQL cannot store (NUL, halves of surrogate pairs) is left out.
    """
    storable = text.replace("\0", "").encode("utf-8", "ignore").decode()
    return _SPACES.sub(" ", unicodedata.normalize("NFC", storable)).strip()


def without_diacritics(text: str) -> str:
    """Return *text* with its diacritics removed (``Hạ Long`` becomes ``Ha Long``)."""
    if text.isascii():
        return text
    bare = unicodedata.normalize("NFD", text).translate(_WITHOUT_MARKS)
    return unicodedata.normalize("NFC", bare)


def fold(text: str) -> str:
    """Return the form in which texts are compared: no diacritics, no case, single blanks."""
    return tidy(without_diacritics(text).casefold())


def has_diacritics(text: str) -> bool:
    """Tell whether *text* carries any diacritic, as carefully typed Vietnamese does."""
    return without_diacritics(text) != unicodedata.normalize("NFC", text)
