"""What a ranking returns, and how weights are shared out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from recommender.schemas import WEIGHTS, Criterion

DECIMALS = 6
"""Scores are reported, and compared, with so many."""
MIDDLE: Final = 0.5
"""Similarity of a tour that is silent on a criterion, and score where nothing was asked."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One tour's place in a ranking.

    Attributes:
        index: the tour's row in the catalogue.
        score: weighted sum, in [0, 1].
        similarities: (1 + cos) / 2 for each stated criterion.
        known: the stated criteria that the tour says something about.
    """

    index: int
    score: float
    similarities: Mapping[Criterion, float]
    known: frozenset[Criterion]


def share_weights(
    stated: Sequence[Criterion], weights: Mapping[Criterion, float] = WEIGHTS
) -> dict[Criterion, float]:
    """Return the weights of the stated criteria, scaled to sum to 1."""
    total = sum(weights[key] for key in stated)
    return {key: weights[key] / total for key in stated}
