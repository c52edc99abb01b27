"""What a traveller did with the tours they saw, and what may be learned from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from recommender.encoding import EncodedPackage
from recommender.schemas import Criterion

MOST_REACTIONS: Final = 30
"""Older reactions are forgotten: tastes change, and one evening's clicks are no life's."""
_FADING = 0.97
"""Each newer reaction makes those before it count a little less."""


class Kind(StrEnum):
    """What a traveller did with a tour."""

    UP = "up"
    DOWN = "down"
    CLICK = "click"
    MORE_LIKE = "more_like"


PULL: Mapping[Kind, float] = {
    Kind.UP: 1.0,
    Kind.DOWN: -1.0,
    Kind.CLICK: 0.3,
    Kind.MORE_LIKE: 1.0,
}
"""A click is curiosity, not yet liking."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A tour that a traveller has seen.

    Attributes:
        package_id: our key of it.
        package: the tour, encoded.
        similarities: to the wish for which it was shown, on each criterion that it speaks of.
    """

    package_id: int
    package: EncodedPackage
    similarities: Mapping[Criterion, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a traveller did with one tour.

    Attributes:
        shown: the tour.
        kind: what they did.
        beside: the other tours of the same page; without any there is no contrast, and nothing
            is learned.
    """

    shown: Shown
    kind: Kind
    beside: tuple[Shown, ...] = ()


class Effect(StrEnum):
    """What a change does to a criterion."""

    MORE = "more"
    LESS = "less"
    TASTE = "taste"


class Change(BaseModel):
    """One thing that was learned.

    Attributes:
        criterion: what it is about.
        effect: whether a stated criterion counts more or less, or a taste was found on another.
        factor: the criterion's weight, as a multiple of its start.
        because: keys of the tours whose reactions led to it.
        concepts: for a taste in texts, what the liked tours share, as ids of the vocabulary.
        amount: for a taste in numbers, the median of the liked tours: days, or US dollars each.
    """

    model_config = ConfigDict(frozen=True)

    criterion: Criterion
    effect: Effect
    factor: float
    because: tuple[int, ...]
    concepts: tuple[str, ...] = ()
    amount: float | None = None

    @property
    def size(self) -> float:
        """How far the criterion's weight has moved, as a multiple of its start."""
        return self.factor if self.effect is Effect.TASTE else abs(self.factor - 1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reaction that counts: *pull* is above 0 for liking; *recency* is 1 for the newest."""

    reaction: Reaction
    pull: float
    recency: float

    @property
    def mass(self) -> float:
        """How much it counts, whichever way."""
        return abs(self.pull) * self.recency


def standing_evidence(reactions: Sequence[Reaction]) -> list[Evidence]:
    """Keep one reaction for each tour: the newest verdict, or a click where there is none."""
    standing: dict[int, Reaction] = {}
    for reaction in reactions:
        before = standing.get(reaction.shown.package_id)
        if before is None or reaction.kind is not Kind.CLICK or before.kind is Kind.CLICK:
            standing.pop(reaction.shown.package_id, None)
            standing[reaction.shown.package_id] = reaction
    newest_first = list(standing.values())[: -MOST_REACTIONS - 1 : -1]
    return [
        Evidence(reaction, PULL[reaction.kind], _FADING**age)
        for age, reaction in enumerate(newest_first)
    ]
