"""Which of the two languages a message is in."""

import csv
import re
from functools import cache
from pathlib import Path

from conversation.understanding.schemas import Language
from core.text import fold, without_diacritics

_WORD = re.compile(r"[^\W\d_]+")
_NUMBERED = re.compile(r"\bso \d")  # "số 2", which no English text has

_FILE = Path(__file__).parent / "data" / "function_words.tsv"
_ACCENT_WEIGHT = 1.0
_PLAIN_WEIGHT = 0.8
_DOUBTFUL_WEIGHT = 0.5
_NAME_WEIGHT = 0.25  # "Hạ Long" is written so in English too
_CLEAR_MARGIN = 0.4
_CHANGE_MARGIN = 1.1  # one foreign word, such as "ok" or "more", does not change the language


def detect_language(text: str, before: Language | None = None) -> Language:
    """Return the language of *text*.

    Args:
        text: a message in NFC.
        before: the language that the traveller used last, for a text that does not tell.
    """
    english = 0.0
    vietnamese = _PLAIN_WEIGHT * len(_NUMBERED.findall(fold(text)))
    for word in _WORD.findall(text):
        english += _english_weight(word)
        vietnamese += _vietnamese_weight(word)
    margin = _CLEAR_MARGIN if before is None else _CHANGE_MARGIN
    if abs(english - vietnamese) < margin:
        return before or ("vi" if vietnamese > english or _only_accents(text) else "en")
    return "vi" if vietnamese > english else "en"


def is_function_word(word: str) -> bool:
    """Tell whether a word says nothing by itself, in either language."""
    return word.casefold() in _words("en") or fold(word) in _words("vi")


def _only_accents(text: str) -> bool:
    """Tell whether a text that holds no telling word is written as Vietnamese writes it."""
    return without_diacritics(text) != text


def _english_weight(word: str) -> float:
    lower = word.casefold()
    if lower not in _words("en"):
        return 0.0
    return _DOUBTFUL_WEIGHT if lower in _words("vi") else 1.0


def _vietnamese_weight(word: str) -> float:
    lower = word.casefold()
    if without_diacritics(lower) != lower:
        return _NAME_WEIGHT if word[0].isupper() else _ACCENT_WEIGHT
    if lower not in _words("vi"):
        return 0.0
    return _DOUBTFUL_WEIGHT if lower in _words("en") else _PLAIN_WEIGHT


@cache
def _words(language: Language) -> frozenset[str]:
    """Return common words of a language that tell it; Vietnamese ones without diacritics."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return frozenset(row["word"] for row in rows if row["language"] == language)
