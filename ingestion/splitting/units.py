"""A text in units: its sentences and list items, each with the heading that it stands under."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingestion.splitting.headings import Heading, Kind, heading, inline_heading, is_day

_LONGEST_UNIT = 1_200
_OPEN = (None, Kind.OTHER)
_BULLET = re.compile(r"[-–—•●▪◦*+►➢✓✔](?:\s+(?=\S)|(?=[^\W\d_]))")
# Possessive, and at the first of several dots only: a line of a hundred thousand dots is no trap.
_SENTENCE_END = re.compile(
    r"(?<![.!?…。！？])[.!?…。！？]++[\"”’)\]]*+(\s*+)(?=[\"“‘(\[]*+([^\W\d_]))"
)
_ENDS_ALONE = "。！？"
_LETTERS_BEFORE = 3  # "…the lake.Lunch is…" is two sentences, "U.S.A" is none
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:mr|mrs|ms|dr|st|mt|no|vs|approx|incl|excl|tel|e\.g|i\.e|a\.m|p\.m|tp|tx|ths|ts"
    r"|q|p|[a-z])\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or a list item.

    Attributes:
        text: its words, in NFC, on one line.
        under: the heading whose words steer it, if any.
        title: whether it is the title of a day.
    """

    text: str
    under: Heading | None = None
    title: bool = False


@dataclass(slots=True)
class _Place:
    """Where the reading stands: below which heading, and in which list of it."""

    section: Heading | None = None
    of_list: Heading | None = None
    bulleted: bool = False
    blank: bool = True


def units(text: str) -> Iterator[Unit]:
    """Yield the units of *text* in its order; headings steer and are left out."""
    place = _Place()
    lines = [line.strip() for line in unicodedata.normalize("NFC", text).splitlines()]
    for line, following in zip(lines, _following(lines), strict=True):
        if line:
            yield from _read_line(line, following, place)
        place.blank = not line


def _following(lines: Sequence[str]) -> list[str]:
    """Return for each line the next one that is not blank, or nothing behind the last."""
    found: list[str] = []
    following = ""
    for line in reversed(lines):
        found.append(following)
        following = line or following
    return found[::-1]


def _read_line(line: str, following: str, place: _Place) -> Iterator[Unit]:
    bullet = _BULLET.match(line)
    body = line[bullet.end() :] if bullet else line
    if not bullet:
        _leave_list(place)
    if is_day(body):
        place.section = place.of_list = None
        yield from _cut(body, None, title=True)
    elif (found := heading(body)) and _stands_alone(found, line, following, place):
        _enter(found, place, in_list=bool(bullet))
        if found.kind.topic and not (body.endswith(":") or _BULLET.match(following)):
            yield Unit(body, found)  # it may be an item all the same, and no word gets lost
    else:
        place.bulleted = place.bulleted or bool(bullet)
        yield from _content(body, place)


def _leave_list(place: _Place) -> None:
    """A line without a bullet ends the list above it; behind a blank line, the section too."""
    place.of_list = None
    if place.blank and place.bulleted:
        place.section = None
        place.bulleted = False


def _enter(found: Heading, place: _Place, *, in_list: bool) -> None:
    around = place.section.kind if place.section else None
    if found.kind.topic and (around is Kind.INCLUDED or (in_list and around not in _OPEN)):
        place.of_list = found  # "Meals:" within "Included"
        return
    place.section, place.of_list, place.bulleted = found, None, False


def _stands_alone(found: Heading, line: str, following: str, place: _Place) -> bool:
    """Tell whether a line of heading's words is one, and no item such as "Breakfast"."""
    if line.rstrip("* ").endswith(":"):
        return True
    if _BULLET.match(line):
        return False
    if found.kind.topic is None:
        return True
    if not following or is_day(following) or heading(following):
        return False  # nothing stands below it
    if place.blank or found.words.isupper():
        return True
    listing = place.section is not None and place.section.kind is Kind.INCLUDED
    return not listing and _BULLET.match(following) is not None


def _content(body: str, place: _Place) -> Iterator[Unit]:
    under = place.of_list or place.section
    ruled_out = under is not None and under.kind in (Kind.EXCLUDED, Kind.NOTES)
    opened = None if ruled_out else inline_heading(body)
    if opened:
        under, behind = opened
        body = behind if under.kind is Kind.EXCLUDED else body  # its heading goes with it anyway
    yield from _cut(body, under)


def _cut(line: str, under: Heading | None, *, title: bool = False) -> Iterator[Unit]:
    for sentence in sentences(line):
        yield Unit(sentence, under, title)


def sentences(line: str) -> list[str]:
    """Return the sentences of one line, none of them longer than 1,200 characters."""
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(line):
        if _is_end(line, start, end):
            found.append(line[start : end.end()].strip())
            start = end.end()
    found.append(line[start:].strip())
    return [part for sentence in found for part in _bounded(sentence) if part]


def _is_end(line: str, start: int, end: re.Match[str]) -> bool:
    at = end.start()
    if end[2].islower():
        return False
    if end[1]:
        return not _ABBREVIATION.search(line, max(start, at - 10), at + 1)
    before = line[max(start, at - _LETTERS_BEFORE) : at]
    glued = len(before) == _LETTERS_BEFORE and before.isalpha()
    return line[at] in _ENDS_ALONE or glued


def _bounded(sentence: str) -> Iterator[str]:
    while len(sentence) > _LONGEST_UNIT:
        blank = sentence.rfind(" ", 1, _LONGEST_UNIT)
        at = blank if blank > 0 else _LONGEST_UNIT
        yield sentence[:at].strip()
        sentence = sentence[at:].strip()
    yield sentence
