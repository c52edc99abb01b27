"""What the vocabulary knows: concepts, and where a text speaks of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.schemas import Criterion


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a traveller may wish for and a tour may offer.

    Attributes:
        id: its name, such as ``food.vegetarian``.
        criterion: the criterion under which it is matched.
        labels: how it is called in the middle of a sentence, by language (``en``, ``vi``).
        broader: ids of the more general concepts that it satisfies.
        conflicts: ids of the concepts that, offered alone, contradict a wish for this one.
    """

    id: str
    criterion: Criterion
    labels: Mapping[str, str]
    broader: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """A place where a text speaks of a concept.

    Attributes:
        concept: what is spoken of.
        start: offset of the first character in the NFC form of the text.
        end: offset behind the last character.
        text: the words themselves.
        negated: whether the text refuses or excludes it ("no flights", "không đi máy bay").
    """

    concept: Concept
    start: int
    end: int
    text: str
    negated: bool
