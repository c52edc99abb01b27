"""A text as it was read: its units, and what each of them is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingestion.splitting.headings import Heading, Kind
from ingestion.splitting.rules import Piece, judge
from ingestion.splitting.schemas import Split, Topic
from ingestion.splitting.units import Unit, units

LONGEST_TEXT = 200_000
"""Characters of a text that are read."""

_NOTES = frozenset({Topic.NOTES})
_ENDS = ".!?…:;"


@dataclass(frozen=True, slots=True)
class Reading:
    """The pieces of one text in its order, and what it says not to include.

    Attributes:
        pieces: sentences and parts of sentences with their topics.
        excluded: what is not included, each with the heading that says so.
    """

    pieces: list[Piece]
    excluded: list[tuple[Heading, str]]

    def undecided(self) -> Iterator[int]:
        """Yield the positions of the pieces that are about no topic yet."""
        return (index for index, piece in enumerate(self.pieces) if not piece.topics)

    def decide(self, index: int, topics: frozenset[Topic]) -> None:
        """Say what the piece at this position is about."""
        self.pieces[index] = self.pieces[index]._replace(topics=topics)


def read(text: str) -> Reading:
    """Read *text* by its words and headings."""
    reading = Reading([], [])
    found = list(units(text[:LONGEST_TEXT]))
    judged = iter(judge([unit for unit in found if not _announced(unit)]))
    for unit in found:
        if not _announced(unit):
            reading.pieces.extend(next(judged))
        elif unit.under and unit.under.kind is Kind.EXCLUDED:
            reading.excluded.append((unit.under, unit.text))
        else:
            reading.pieces.append(Piece(unit.text, _NOTES, settled=True))
    return reading


def _announced(unit: Unit) -> bool:
    """Tell whether the heading alone decides: what is not included is no offer."""
    return unit.under is not None and unit.under.kind in (Kind.EXCLUDED, Kind.NOTES)


def assemble(reading: Reading) -> Split:
    """Return the pieces by topic."""
    by_topic = {
        topic: _lines(piece.text for piece in reading.pieces if topic in piece.topics)
        for topic in Topic
    }
    notes = [*by_topic[Topic.NOTES], *_exclusions(reading)]
    return Split(
        transportation=_text(by_topic[Topic.TRANSPORTATION]),
        food=_text(by_topic[Topic.FOOD]),
        activities=_text(by_topic[Topic.ACTIVITIES]),
        accommodation=_text(by_topic[Topic.ACCOMMODATION]),
        notes=_text(notes),
        rest=_text(_lines(piece.text for piece in reading.pieces if not piece.topics)),
    )


def _exclusions(reading: Reading) -> Iterator[str]:
    """Yield a line per heading of exclusions: without it they would read like an offer.

    They come last, since whoever reads "not included:" takes all that follows for excluded.
    """
    by_heading: dict[str, list[str]] = {}
    for under, text in reading.excluded:
        by_heading.setdefault(under.words, []).append(text.rstrip(_ENDS))
    for words, items in by_heading.items():
        yield f"{words}: {'; '.join(_distinct(items))}."


def _lines(texts: Iterable[str]) -> list[str]:
    return [text if text[-1] in _ENDS else f"{text}." for text in _distinct(texts)]


def _text(lines: list[str]) -> str | None:
    """Join lines that each end as a sentence, so that none runs into the next one."""
    return "\n".join(lines) or None


def _distinct(texts: Iterable[str]) -> list[str]:
    """Return *texts* without those that repeat an earlier one."""
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(text.casefold().rstrip(" .!;:"), text)
    return list(kept.values())
