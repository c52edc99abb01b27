"""What the words of a sentence say that it is about."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from ingestion.splitting.headings import Kind
from ingestion.splitting.lexicon import Phrases, words_table
from ingestion.splitting.schemas import Topic
from ingestion.splitting.units import Unit
from recommender.schemas import TEXT_CRITERIA, Criterion
from recommender.vocabulary import ConceptMatch, vocabulary


class Force(IntEnum):
    """How much one word says."""

    WEAK = 1
    STRONG = 2
    REFUSED = 3
    EXCLUDED = 4
    CONDITION = 5


class Evidence(NamedTuple):
    """A word or phrase of a unit that says what it is about; offsets are those of the unit."""

    start: int
    end: int
    topic: Topic
    force: Force


class Piece(NamedTuple):
    """A unit or a part of it.

    Attributes:
        text: its words.
        topics: what it is about; none where the words do not tell.
        settled: whether it is a condition or an exclusion, which nothing may turn into an offer.
    """

    text: str
    topics: frozenset[Topic]
    settled: bool = False


_PARENTHESIS = re.compile(r"\s*\(([^()]{2,300})\)")
_CLAUSE = re.compile(r"\s*[;,]\s+")
Span = tuple[int, int]
_SETTLING = frozenset({Force.EXCLUDED, Force.CONDITION})
_BETWEEN = "\n\n\n"  # what one sentence excludes ("not included\n") ends at the blank line
_NAMING = frozenset({Topic.FOOD, Topic.ACCOMMODATION})
_MOST_REFUSED = 12  # words of a sentence that a refusal at its beginning rules over
_ONLY_NOTES = frozenset({Topic.NOTES})
_MEAL_LETTERS = re.compile(r"[(\[]\s*(?:B|L|D|BB|HB|FB)(?:\s*[/,&+-]\s*(?:B|L|D))*\s*[)\]]")


def judge(units: Sequence[Unit]) -> list[list[Piece]]:
    """Return for each unit the pieces that the rules cut it into, with their topics."""
    evidence = _evidence([unit.text for unit in units])
    return [_pieces(unit, found) for unit, found in zip(units, evidence, strict=True)]


def _evidence(texts: Sequence[str]) -> list[list[Evidence]]:
    """Find what all *texts* say in one go: the vocabulary is dear to call."""
    joined = _BETWEEN.join(texts)
    starts = _starts(texts)
    by_text: list[list[Evidence]] = [[] for _ in texts]
    for start, end, topic, force in _all_evidence(joined):
        index = bisect_right(starts, start) - 1
        shift = starts[index]
        by_text[index].append(Evidence(start - shift, end - shift, topic, force))
    return by_text


def _all_evidence(text: str) -> list[Evidence]:
    """Return what *text* says, where words that are refused offer nothing.

    Phrases explain the concepts within them: "check in at the hotel" is no place for photographs
    though "check in" alone may be one.
    """
    concepts = _concepts(text)
    refused = {item.start for item in concepts if item.force is Force.REFUSED}
    phrases = [item for item in _phrases_in(text) if item.start not in refused]
    longer = [item for item in phrases if " " in text[item.start : item.end]]
    return phrases + _outside(_without_parts_of_names(concepts), longer)


def _outside(items: Sequence[Evidence], spans: Sequence[Evidence]) -> list[Evidence]:
    """Return the *items* that begin within none of *spans*, which are in order."""
    starts = [span.start for span in spans]
    ends = [0, *accumulate((span.end for span in spans), max)]
    return [item for item in items if item.start >= ends[bisect_right(starts, item.start)]]


def _without_parts_of_names(concepts: Sequence[Evidence]) -> list[Evidence]:
    """Leave out what only belongs to a dish or a place to stay: a beach resort is no beach."""
    kept: list[Evidence] = []
    behind, name = 0, None
    for item in sorted(concepts, key=lambda item: (item.start, -item.end)):
        if item.start < behind and item.topic is not name:
            continue
        kept.append(item)
        if item.topic in _NAMING and item.end > behind:
            behind, name = item.end, item.topic
    return kept


def _starts(texts: Sequence[str]) -> list[int]:
    starts: list[int] = []
    behind = 0
    for text in texts:
        starts.append(behind)
        behind += len(text) + len(_BETWEEN)
    return starts


def _concepts(text: str) -> list[Evidence]:
    return [
        Evidence(match.start, match.end, _topic(match), _force(match))
        for match in vocabulary().find(text, TEXT_CRITERIA)
    ]


def _topic(match: ConceptMatch) -> Topic:
    criterion = match.concept.criterion
    if criterion is not Criterion.NOTES:
        return Topic(criterion.value)
    stay = match.concept.id.startswith("stay.")
    return Topic.ACCOMMODATION if stay else Topic.NOTES


def _force(match: ConceptMatch) -> Force:
    if match.negated:
        return Force.REFUSED
    return Force.WEAK if match.concept.id in _weak_concepts() else Force.STRONG


@cache
def _weak_concepts() -> frozenset[str]:
    return frozenset(words_table()["concepts"]["weak"])


def _phrases_in(text: str) -> list[Evidence]:
    found = [
        Evidence(start, end, *_CUES[label])
        for start, end, labels in _cues().find(text)
        for label in labels
    ]
    letters = _MEAL_LETTERS.finditer(text)
    return found + [Evidence(*meals.span(), Topic.FOOD, Force.STRONG) for meals in letters]


_CUES: dict[str, tuple[Topic, Force]] = {
    **{f"strong {topic}": (topic, Force.STRONG) for topic in Topic},
    **{f"weak {topic}": (topic, Force.WEAK) for topic in Topic},
    "conditions": (Topic.NOTES, Force.CONDITION),
    "excluded": (Topic.NOTES, Force.EXCLUDED),
}


@cache
def _cues() -> Phrases:
    table = words_table()
    phrases = {
        f"{name} {topic}": table[name][topic] for name in ("strong", "weak") for topic in Topic
    }
    return Phrases(
        {
            **phrases,
            "conditions": table["conditions"]["phrases"],
            "excluded": table["excluded"]["phrases"],
        }
    )


def _pieces(unit: Unit, evidence: Sequence[Evidence]) -> list[Piece]:
    asides = _asides(unit, evidence)
    inner = [item for item in evidence if not _inside(item, asides)]
    steered = unit.under.kind if unit.under else None
    found = [
        _piece(_without(unit.text, span, asides), _within(inner, span), steered)
        for span in _clauses(unit.text, inner)
    ]
    found += [
        _piece(unit.text[start:end].strip(" ()"), _within(evidence, (start, end)), None)
        for start, end in asides
    ]
    return [piece for piece in found if any(char.isalnum() for char in piece.text)]


def _piece(text: str, evidence: Sequence[Evidence], steered: Kind | None) -> Piece:
    topics = _ONLY_NOTES if _refuses(text, evidence) else _topics(evidence)
    settled = topics == _ONLY_NOTES and any(item.force >= Force.REFUSED for item in evidence)
    if settled or steered is None:
        return Piece(text, topics, settled)
    if steered is Kind.INCLUDED:
        return Piece(text, topics or _ONLY_NOTES)
    if steered.topic:
        return Piece(text, _strong(evidence) - _ONLY_NOTES | {steered.topic})
    return Piece(text, topics)


def _refuses(text: str, evidence: Sequence[Evidence]) -> bool:
    """Tell whether a short sentence begins with a refusal: "No lunch, dinner or flights"."""
    topical = [item for item in evidence if item.force in (Force.STRONG, Force.REFUSED)]
    if not topical or text.count(" ") >= _MOST_REFUSED:
        return False
    return min(topical).force is Force.REFUSED


def _asides(unit: Unit, evidence: Sequence[Evidence]) -> list[Span]:
    """Return the parentheses that speak of something else than the words around them.

    That is what costs extra, and behind the title of a day its meals.
    """
    if "(" not in unit.text or not evidence:
        return []
    spans = [found.span() for found in _PARENTHESIS.finditer(unit.text)]
    return [span for span in spans if _stands_apart(_within(evidence, span), title=unit.title)]


def _stands_apart(evidence: Sequence[Evidence], *, title: bool) -> bool:
    if any(item.force in (Force.EXCLUDED, Force.REFUSED) for item in evidence):
        return True
    return title and bool(_topics(evidence))


def _clauses(text: str, evidence: Sequence[Evidence]) -> list[Span]:
    """Return where to cut: at commas and semicolons between parts that have no topic in common.

    A part that says nothing by itself stays with the one before it. What is refused may be a list
    ("no lunch, dinner or drinks"), so nothing is cut off it.
    """
    whole = [(0, len(text))]
    if any(item.force is Force.REFUSED for item in evidence):
        return whole
    if len(_strong(evidence)) < 2 and not _settles(evidence):
        return whole
    parts: list[tuple[Span, frozenset[Topic]]] = []
    for span in _parts(text):
        topics = _strong(within := _within(evidence, span))
        if topics == _ONLY_NOTES and not _settles(within):
            topics = frozenset()  # "the guide takes you to the market, …" is of one piece
        if parts and not (topics and parts[-1][1] and topics.isdisjoint(parts[-1][1])):
            (start, _), before = parts.pop()
            parts.append(((start, span[1]), topics | before))
        else:
            parts.append((span, topics))
    return [span for span, _ in parts]


def _parts(text: str) -> list[Span]:
    closed = [found.span() for found in _PARENTHESIS.finditer(text)]
    cuts = [
        found.end()
        for found in _CLAUSE.finditer(text)
        if not any(start < found.start() < end for start, end in closed)
    ]
    return list(zip([0, *cuts], [*cuts, len(text)], strict=True))


def _topics(evidence: Sequence[Evidence]) -> frozenset[Topic]:
    """Return what words say together: conditions outweigh all, strong words the weak ones."""
    if strong := _strong(evidence):
        return strong
    if any(item.force is Force.REFUSED for item in evidence):
        return _ONLY_NOTES
    return frozenset(item.topic for item in evidence)


def _strong(evidence: Sequence[Evidence]) -> frozenset[Topic]:
    """Return the topics of strong words, or of two weak ones that go together."""
    topics: set[Topic] = set()
    weak: dict[Topic, int] = {}
    for start, _, topic, force in evidence:
        if force in _SETTLING:
            return _ONLY_NOTES
        if force is Force.STRONG or (
            force is Force.WEAK and weak.setdefault(topic, start) != start
        ):
            topics.add(topic)
    return frozenset(topics - _ONLY_NOTES or topics)


def _settles(evidence: Sequence[Evidence]) -> bool:
    """Tell whether words make their sentence a condition or an exclusion, whatever else it says."""
    return any(item.force in _SETTLING for item in evidence)


def _within(evidence: Sequence[Evidence], span: Span) -> list[Evidence]:
    return [item for item in evidence if span[0] <= item.start < span[1]]


def _inside(item: Evidence, spans: Sequence[Span]) -> bool:
    return any(start <= item.start < end for start, end in spans)


def _without(text: str, span: Span, asides: Sequence[Span]) -> str:
    """Return a part of *text* without the parentheses that were set aside."""
    kept = []
    at, behind = span
    for start, end in asides:
        if at <= start < behind:
            kept.append(text[at:start])
            at = end
    return "".join([*kept, text[at:behind]]).strip(" ,;")
