"""Wishes that the vocabulary has no word for: "I want to try zorbing", "muốn chơi zorbing".

A word is taken only behind a cue that asks for something to do or to eat, and only where it looks
like a name for such a thing: what is taken by mistake would be looked for in every tour.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from conversation.understanding.languages import is_function_word
from conversation.understanding.reading import Reading, Span
from core.text import fold

_FILE = Path(__file__).parent / "data" / "fillers.tsv"
_MOST_WORDS = 3

_WORD = r"[a-z][a-z'-]*"
_WORDS = rf"(?P<words>{_WORD}(?: {_WORD}){{0,1}})"
_SURE_CUES = (
    r"\b(?:try|trying)\s+(?:out\s+|some\s+)?" + _WORDS,
    r"\b(?:do some|go|have a go at)\s+(?:some\s+)?(?=[a-z'-]+ing\b)" + _WORDS,
    r"\b(?:choi|thu|tap|trai nghiem)\s+(?:mon\s+|thu\s+)?" + _WORDS,
)
_LIKELY_CUES = (
    r"\b(?:love|enjoy|fan of|interested in|keen on)\s+(?=[a-z'-]+ing\b)" + _WORDS,
    r"\b(?:thich|khoai)\s+(?:choi\s+|mon\s+)?" + _WORDS,
)
_FOOD_CUES = (
    r"\b(?:eat|eating|taste|tasting)\s+(?:some\s+|the\s+|local\s+)*" + _WORDS,
    r"\b(?:(?:muon|them|thich|duoc|mun) an|an thu|nem thu)\s+(?:mon\s+)?" + _WORDS,
)
_ALSO = re.compile(rf"\s*(?:,|&|\band\b|\bor\b|\bva\b|\bhoac\b)\s*{_WORDS}")
_SYLLABLE = re.compile(
    r"(?:ngh?|[cgknptq]h|tr|th|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
"""The shape of a Vietnamese word without its diacritics; "zorbing" has another."""
_LEAST_LETTERS = 4


def find_unknown_wishes(reading: Reading, *, told: bool) -> dict[str, tuple[str, ...]]:
    """Use up the words of a wish that the vocabulary lacks, and return them by field.

    Args:
        reading: the message, of which everything known has been used up.
        told: whether it states something else that shows that it is about travel.
    """
    cues = _SURE_CUES + (_LIKELY_CUES if told else ())
    found = {"activities": _behind(reading, cues), "food": _behind(reading, _FOOD_CUES)}
    return {field: words for field, words in found.items() if words}


def _behind(reading: Reading, cues: tuple[str, ...]) -> tuple[str, ...]:
    words: list[str] = []
    for cue in cues:
        for match in list(re.finditer(cue, reading.plain)):
            for span in _list_from(reading, match):
                words.append(reading.plain[span[0] : span[1]])
                reading.take(span)
    return tuple(dict.fromkeys(words))[:_MOST_WORDS]


def _list_from(reading: Reading, match: re.Match[str]) -> Iterator[Span]:
    """Yield the things named from *match* on: "zorbing and wingsuiting"."""
    plain = reading.plain
    found: re.Match[str] | None = match
    while found is not None:
        end = _end_of_name(plain, found.span("words"))
        if end is None:
            return
        yield found.start("words"), end
        found = _ALSO.match(plain, end)


def _end_of_name(plain: str, span: Span) -> int | None:
    """Return where the name of a thing ends; None where the words name none."""
    first, _, second = plain[span[0] : span[1]].partition(" ")
    if not _names_something(first):
        return None
    if second and _names_something(second):
        return span[1]
    return span[0] + len(first)


def _names_something(word: str) -> bool:
    """Tell whether a word may name an activity or a dish that nobody has told us of."""
    if len(word) < _LEAST_LETTERS or _SYLLABLE.fullmatch(word):
        return False
    return not is_function_word(word) and fold(word) not in _fillers()


@cache
def _fillers() -> frozenset[str]:
    """Return common words that stand behind such a cue and name nothing to do or eat."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return frozenset(row["word"] for row in csv.DictReader(file, delimiter="\t"))
