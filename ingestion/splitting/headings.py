"""Headings: lines that say what the lines below them are about."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from ingestion.splitting.lexicon import Found, Phrases, folded_words, words_table
from ingestion.splitting.schemas import Topic


class Kind(StrEnum):
    """What a heading announces: a topic, or how to take what follows."""

    EXCLUDED = "excluded"
    NOTES = "notes"
    OTHER = "other"
    TRANSPORTATION = "transportation"
    FOOD = "food"
    ACTIVITIES = "activities"
    ACCOMMODATION = "accommodation"
    INCLUDED = "included"

    @property
    def topic(self) -> Topic | None:
        """The topic that it announces and that a sentence may share with others."""
        return _TOPICS.get(self)


_TOPICS = {
    Kind.TRANSPORTATION: Topic.TRANSPORTATION,
    Kind.FOOD: Topic.FOOD,
    Kind.ACTIVITIES: Topic.ACTIVITIES,
    Kind.ACCOMMODATION: Topic.ACCOMMODATION,
}


class Heading(NamedTuple):
    """A heading: its kind, and its words as they were written, without the colon."""

    kind: Kind
    words: str


_LISTS = frozenset({Kind.INCLUDED, Kind.EXCLUDED})
_LONGEST = 90
_MOST_WORDS = 10
_MOST_OTHERS = 2  # words of another kind before a colon: "Hotels used on this trip:"
_DAY = re.compile(
    r"(?:day|days|ngày|ngay|ngày thứ|hari|jour|tag|día|dia)\s*(?:\d{1,2}|one|two|three)\b",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^(?:[IVX]{1,4}|\d{1,2}|[A-Za-z])[.)]\s+")
_DECORATION = " \t*#=_~•●►▶➤➢✓✔★☆:.-–—|>"


def is_day(line: str) -> bool:
    """Tell whether a line is the title of a day: "Day 3: Hoi An", "NGÀY 1: HUẾ"."""
    return _DAY.match(line.lstrip(_DECORATION)) is not None


def heading(line: str) -> Heading | None:
    """Return the heading that *line* is, or None if it says anything else."""
    if len(line) > _LONGEST or line.endswith("."):
        return None
    bare = _NUMBERING.sub("", line.strip(_DECORATION)).strip(_DECORATION)
    return _read(bare, introduces=line.rstrip("* ").endswith(":"))


def inline_heading(line: str) -> tuple[Heading, str] | None:
    """Return the heading that opens *line* and what follows: "Meals: breakfast daily"."""
    before, colon, behind = line.partition(":")
    if not colon or len(before) > _LONGEST or not behind.strip():
        return None
    found = _read(before.strip(_DECORATION), introduces=False)
    return (found, behind.strip()) if found else None


def _read(bare: str, *, introduces: bool) -> Heading | None:
    if not 0 <= bare.count(" ") < _MOST_WORDS:
        return None
    found = _longest(_phrases().find(bare))
    kinds = {label for phrase in found for label in phrase.labels} - {"filler"}
    if not kinds or _other_words(bare, found) > (_MOST_OTHERS if introduces else 0):
        return None
    if len(kinds) > 1 and not kinds.isdisjoint(_LISTS):
        # "Inclusions and exclusions" promises neither; "Flights not included" is an item.
        if kinds >= _LISTS:
            return Heading(Kind.OTHER, bare)
        if not introduces:
            return None
    return Heading(next(kind for kind in Kind if kind in kinds), bare)


def _longest(found: Iterable[Found]) -> list[Found]:
    """Return phrases without those that are parts of others: "included" in "not included"."""
    phrases = list(found)
    return [
        inner
        for inner in phrases
        if not any(
            outer.start <= inner.start and inner.end <= outer.end and outer[:2] != inner[:2]
            for outer in phrases
        )
    ]


def _other_words(bare: str, found: Iterable[Found]) -> int:
    """Return how many words of a line none of the phrases explains."""
    letters = list(bare)
    for phrase in found:
        letters[phrase.start : phrase.end] = " " * (phrase.end - phrase.start)
    return len(folded_words("".join(letters)))


@cache
def _phrases() -> Phrases:
    table = dict(words_table()["headings"])
    table["filler"] = tuple(word for line in table["filler"] for word in line.split())
    return Phrases(table)
