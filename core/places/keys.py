"""The forms in which place names are compared."""

import re
import unicodedata
from collections import Counter

_BASE_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
)  # letters that Unicode does not decompose

_SEPARATORS = re.compile(r"[\s\u2010-\u2014./-]+")


def key(name: str) -> str:
    """Return the letters and digits of *name* alone: ``Sa Pa``, ``SaPa`` and ``sapa`` are one."""
    decomposed = unicodedata.normalize("NFD", name.casefold())
    joined = "".join(char for char in decomposed.translate(_BASE_LETTERS) if char.isalnum())
    return unicodedata.normalize("NFC", joined)


def spaced(name: str) -> str:
    """Return the keys of the words of *name* with a blank between them."""
    return " ".join(filter(None, map(key, _SEPARATORS.split(name))))


def marks(name: str) -> Counter[str]:
    """Count the diacritics of *name*, wherever they sit (``Hoà`` and ``Hòa`` are one spelling)."""
    lowered = name.casefold().replace("ð", "đ")
    decomposed = unicodedata.normalize("NFD", lowered)
    return Counter(char for char in decomposed if char == "đ" or unicodedata.combining(char))


def spelling(name: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Return what tells two careful spellings apart: the letters and the diacritics."""
    return key(name), tuple(sorted(marks(name).items()))
