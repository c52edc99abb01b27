"""Learning from a traveller's reactions: small, bounded steps, each with its reason.

What is learned is a function of the stated wish and of the reactions that still stand, newest
last; nothing else is kept. To take a reaction back is to compute the function without it, so it
is taken back exactly.

Everything is judged by *contrast*: the tour reacted to against the mean of the page on which it was
shown. Tours on one page were chosen for the same wish and have much in common; what a traveller
tells us by liking one of them is how it differs from the others (Joachims, 2002). Two things move:

- The weights of the stated criteria, by an exponentiated gradient (Kivinen and Warmuth, 1997):
  a weight is multiplied by exp(rate * mean of pull * contrast of similarity).
- Tastes on criteria that were not stated, by Rocchio's rule (1971): a preference curve over
  lengths or prices, or a text vector, made of what was liked less what was disliked. It needs two
  reactions that bear each other out, and weighs little.

What was stated is never moved: a wish goes on to say what the traveller has said. The bounds, and
what it all gains, stand in docs/learning.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from recommender.encoding import EncodedWish, TextWish
from recommender.ranker import MIDDLE
from recommender.reactions import Change, Effect, Evidence, Reaction, standing_evidence
from recommender.schemas import TEXT_CRITERIA, WEIGHTS, Criterion
from recommender.tastes import DOUBT, Taste, affordable, tastes

MOST_WEIGHT: Final = 2.0
LEAST_WEIGHT: Final = 0.5
"""Times its start, between which the weight of a stated criterion stays."""
_RATE = 1.5
_WORTH_SAYING = 0.05


@dataclass(frozen=True, slots=True)
class Learned:
    """What to rank by after some reactions.

    Attributes:
        wish: the stated wish with the tastes that were found.
        weights: of every criterion.
        changes: what differs from the stated wish and the weights at the start.
    """

    wish: EncodedWish
    weights: Mapping[Criterion, float]
    changes: tuple[Change, ...] = ()


def learn(
    wish: EncodedWish,
    reactions: Sequence[Reaction],
    weights: Mapping[Criterion, float] = WEIGHTS,
) -> Learned:
    """Return what to rank by.

    Args:
        wish: what was stated, and only that.
        reactions: those that still stand, oldest first.
        weights: of every criterion, before anything was learned.
    """
    evidence = standing_evidence(reactions)
    stated = wish.criteria()
    factors = {key: _factor(key, evidence) for key in stated}
    own = {key: weight * factors.get(key, 1.0) for key, weight in weights.items()}
    found = affordable(tastes(stated, evidence, weights), sum(own[key] for key in stated))
    own |= {key: taste.weight for key, taste in found.items()}
    changes = [_weight_change(key, factor, evidence) for key, factor in factors.items()]
    changes += [taste.change for taste in found.values()]
    return Learned(_with_tastes(wish, found), own, tuple(filter(None, changes)))


def _factor(key: Criterion, evidence: Sequence[Evidence]) -> float:
    """Return by what the weight of a stated criterion is multiplied."""
    total = sum(each.mass for each in evidence)
    gradient = sum(
        each.pull * each.recency * _similarity_contrast(key, each.reaction) for each in evidence
    )
    step = _RATE * gradient / (DOUBT + total)
    return math.exp(min(max(step, math.log(LEAST_WEIGHT)), math.log(MOST_WEIGHT)))


def _similarity_contrast(key: Criterion, reaction: Reaction) -> float:
    """Return how much better than its page a tour fits; one silent on it tells nothing."""
    own = reaction.shown.similarities.get(key)
    if own is None:
        return 0.0
    others = [shown.similarities.get(key, MIDDLE) for shown in reaction.beside]
    return own - (own + sum(others)) / (1 + len(others))


def _weight_change(key: Criterion, factor: float, evidence: Sequence[Evidence]) -> Change | None:
    if abs(factor - 1) < _WORTH_SAYING:
        return None
    direction = math.copysign(1.0, factor - 1)
    because = [
        each.reaction.shown.package_id
        for each in evidence
        if direction * each.pull * _similarity_contrast(key, each.reaction) > 0
    ]
    effect = Effect.MORE if factor > 1 else Effect.LESS
    return Change(criterion=key, effect=effect, factor=round(factor, 3), because=tuple(because))


def _with_tastes(wish: EncodedWish, found: Mapping[Criterion, Taste]) -> EncodedWish:
    vectors = {key: taste.wish for key, taste in found.items()}
    learned = {
        key: TextWish(vector, (), ()) for key, vector in vectors.items() if key in TEXT_CRITERIA
    }
    return EncodedWish(
        places=wish.places,
        duration=vectors.get(Criterion.DURATION, wish.duration),
        budget=vectors.get(Criterion.BUDGET, wish.budget),
        texts={**wish.texts, **learned},
    )
