"""What the traveller wants to do, eat, ride in and sleep in."""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conversation.understanding.reading import TAKEN, Reading, Span
from recommender.schemas import Criterion
from recommender.vocabulary import Concept, ConceptMatch, vocabulary

_REACH = 24
_TAKEN_BACK = re.compile(
    r"\b(?:remove|drop|skip|leave out|forget(?: about)?"
    r"|(?<!di )(?<!tan )(?<!dao )(?<!duong )(?<!toan )(?<!noi )bo(?: qua)?|bot|loai(?: bo)?"
    r"|khoi(?: can)?|huy|gach)\s+"
    r"(?:(?:the|any|phan|muc|cai|vu|mon|khoan|may|cac|nhung|cho|diem|hoat dong)\s+)*$"
)
_PARTICLES = re.compile(r"\b(?:nhé|nhá|nhen|nha|ạ)\b", re.IGNORECASE)
"""Words that only soften a sentence: "leo núi nhé" is no "leo núi nhẹ"."""
_STAY = "stay."
_FIELDS = {
    Criterion.TRANSPORTATION: "transportation",
    Criterion.FOOD: "food",
    Criterion.ACTIVITIES: "activities",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """The concepts of a message.

    Attributes:
        texts: for each field of `recommender.schemas.Interests` the English labels wished.
        negated: ids of the concepts refused.
        spans: where the message speaks of them.
    """

    texts: dict[str, str]
    negated: tuple[str, ...]
    spans: tuple[Span, ...]


def find_wishes(reading: Reading) -> Wishes:
    """Return what a message wishes, in the same words whatever language it is in.

    Args:
        reading: the message; what is used up in it is no wish: the "mountains" of "Marble
            Mountains", the "day trip" of "5 day trip", the "budget" of "budget 300 USD".
    """
    text = _PARTICLES.sub(lambda found: " " * len(found.group()), reading.text)
    found = vocabulary().find(text, fuzzy=True)
    matches = [match for match in found if _untouched(match, reading)]
    refused = {match.concept.id for match in matches if _is_refused(match, reading)}
    wished = {match.concept.id for match in matches} - refused
    spans = tuple((match.start, match.end) for match in matches)
    return Wishes(labelled(wished), tuple(sorted(refused)), spans)


def labelled(concepts: Iterable[str]) -> dict[str, str]:
    """Return the English labels of *concepts* by field, always in the vocabulary's order."""
    wanted = set(concepts)
    labels: dict[str, list[str]] = {}
    for concept in vocabulary():
        if concept.id in wanted:
            labels.setdefault(field_of(concept), []).append(concept.labels["en"])
    return {field: ", ".join(names) for field, names in labels.items()}


def with_words(texts: Mapping[str, str], words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the wishes by field with *words* that the vocabulary does not know behind them."""
    both = {name: [texts[name]] for name in texts}
    for name, plain in words.items():
        both.setdefault(name, []).extend(plain)
    return {name: ", ".join(parts) for name, parts in both.items() if parts}


def label_in(label: str, language: str) -> str:
    """Return an English label of the vocabulary in *language*; other words as they are."""
    concept = _concepts_by_label().get(label)
    return concept.labels.get(language, label) if concept else label


def concept_labelled(label: str) -> str | None:
    """Return the id of the concept whose English label this is."""
    concept = _concepts_by_label().get(label)
    return concept.id if concept else None


@functools.cache
def _concepts_by_label() -> dict[str, Concept]:
    return {concept.labels["en"]: concept for concept in vocabulary()}


def field_of(concept: Concept) -> str:
    """Return the name of the field of `Interests` in which a concept is a wish."""
    if concept.criterion is Criterion.NOTES:
        return "accommodation" if concept.id.startswith(_STAY) else "notes"
    return _FIELDS[concept.criterion]


def _is_refused(match: ConceptMatch, reading: Reading) -> bool:
    before = reading.plain[max(0, match.start - _REACH) : match.start]
    return match.negated or _TAKEN_BACK.search(before) is not None


def _untouched(match: ConceptMatch, reading: Reading) -> bool:
    return TAKEN not in reading.plain[match.start : match.end]
