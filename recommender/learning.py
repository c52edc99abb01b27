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

What was stated is never moved: the measurements in docs/learning.md show nothing to gain by it.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from recommender.encoders.axis import HARMONICS
from recommender.encoding import EncodedPackage, EncodedWish, TextWish
from recommender.schemas import TEXT_CRITERIA, WEIGHTS, Criterion
from recommender.vocabulary import vocabulary

Vector = NDArray[np.float32]
Feature = Callable[[EncodedPackage], Vector | None]

MOST_REACTIONS: Final = 30
"""Older reactions are forgotten: tastes change, and one evening's clicks are no life's."""
MOST_WEIGHT: Final = 2.0
LEAST_WEIGHT: Final = 0.5
"""Times its start, between which the weight of a stated criterion stays."""
TASTE_SHARE: Final = 1 / 3
"""Of the stated criteria's weights: what all learned tastes together weigh at most."""
_FADING = 0.97
"""Each newer reaction makes those before it count a little less."""
_RATE = 1.5
_DOUBT = 3.0
"""Reactions that are as good as none: what is learned from n of them is scaled by n / (n + 3)."""
_NEEDED = 2.0
"""Reactions that must bear each other out before anything unstated is learned."""
_TEXT_SHARE = 0.5
"""Of a text criterion's weight: what a vector without words can tell of a taste."""
_BREADTH = 0.35
"""Radians of an axis: lengths within a factor of 1.6, prices within 1.9, are much the same."""
_WORTH_SAYING = 0.05
_MOST_NAMED = 2
_MIDDLE = 0.5


class Kind(StrEnum):
    """What a traveller did with a tour."""

    UP = "up"
    DOWN = "down"
    CLICK = "click"
    MORE_LIKE = "more_like"


_PULL: Mapping[Kind, float] = {
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
        similarities: to the stated wish, for each stated criterion that the tour speaks of.
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


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A reaction that counts: *pull* is above 0 for liking; *recency* is 1 for the newest."""

    reaction: Reaction
    pull: float
    recency: float

    @property
    def mass(self) -> float:
        return abs(self.pull) * self.recency


@dataclass(frozen=True, slots=True)
class _Contrast:
    """How a tour differs from its page in one feature; *centre* is the mean of the page."""

    evidence: _Evidence
    centre: Vector
    difference: Vector


@dataclass(frozen=True, slots=True)
class _Taste:
    """A preference found on a criterion that was not stated."""

    wish: Vector
    weight: float
    change: Change


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
    evidence = _evidence(reactions)
    stated = wish.criteria()
    factors = {key: _factor(key, evidence) for key in stated}
    own = {key: weight * factors.get(key, 1.0) for key, weight in weights.items()}
    tastes = _affordable(_tastes(stated, evidence, weights), sum(own[key] for key in stated))
    own |= {key: taste.weight for key, taste in tastes.items()}
    changes = [_weight_change(key, factor, evidence) for key, factor in factors.items()]
    changes += [taste.change for taste in tastes.values()]
    return Learned(_with_tastes(wish, tastes), own, tuple(filter(None, changes)))


def _evidence(reactions: Sequence[Reaction]) -> list[_Evidence]:
    """Keep one reaction for each tour: the newest verdict, or a click where there is none."""
    standing: dict[int, Reaction] = {}
    for reaction in reactions:
        before = standing.get(reaction.shown.package_id)
        if before is None or reaction.kind is not Kind.CLICK or before.kind is Kind.CLICK:
            standing.pop(reaction.shown.package_id, None)
            standing[reaction.shown.package_id] = reaction
    newest_first = list(standing.values())[: -MOST_REACTIONS - 1 : -1]
    return [
        _Evidence(reaction, _PULL[reaction.kind], _FADING**age)
        for age, reaction in enumerate(newest_first)
    ]


def _factor(key: Criterion, evidence: Sequence[_Evidence]) -> float:
    """Return by what the weight of a stated criterion is multiplied."""
    total = sum(each.mass for each in evidence)
    gradient = sum(
        each.pull * each.recency * _similarity_contrast(key, each.reaction) for each in evidence
    )
    step = _RATE * gradient / (_DOUBT + total)
    return math.exp(min(max(step, math.log(LEAST_WEIGHT)), math.log(MOST_WEIGHT)))


def _similarity_contrast(key: Criterion, reaction: Reaction) -> float:
    """Return how much better than its page a tour fits; one silent on it tells nothing."""
    own = reaction.shown.similarities.get(key)
    if own is None:
        return 0.0
    others = [shown.similarities.get(key, _MIDDLE) for shown in reaction.beside]
    return own - (own + sum(others)) / (1 + len(others))


def _weight_change(key: Criterion, factor: float, evidence: Sequence[_Evidence]) -> Change | None:
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


def _tastes(
    stated: Sequence[Criterion],
    evidence: Sequence[_Evidence],
    weights: Mapping[Criterion, float],
) -> dict[Criterion, _Taste]:
    found: dict[Criterion, _Taste] = {}
    for key, feature in _FEATURES.items():
        taste = None if key in stated else _taste(key, feature, evidence, weights[key])
        if taste is not None:
            found[key] = taste
    return found


def _taste(
    key: Criterion, feature: Feature, evidence: Sequence[_Evidence], start: float
) -> _Taste | None:
    """Return the preference that the reactions agree on, if enough of them do."""
    contrasts = [each for each in (_contrast(feature, one) for one in evidence) if each]
    agreeing = _agreeing(contrasts)
    liked = [each for each in agreeing if each.pull > 0]
    support = sum(abs(each.pull) for each in liked)
    if support < _NEEDED:
        return None
    most = _TEXT_SHARE if key in TEXT_CRITERIA else 1.0
    scale = most * support / (support + _DOUBT)
    change = Change(
        criterion=key,
        effect=Effect.TASTE,
        factor=scale,
        because=tuple(each.reaction.shown.package_id for each in liked),
        concepts=_shared_concepts(key, liked) if key in TEXT_CRITERIA else (),
        amount=_typical(key, liked),
    )
    make = _text_vector if key in TEXT_CRITERIA else _curve
    return _Taste(make(contrasts), start * scale, change)


def _contrast(feature: Feature, evidence: _Evidence) -> _Contrast | None:
    own = feature(evidence.reaction.shown.package)
    others = [feature(shown.package) for shown in evidence.reaction.beside]
    known = [vector for vector in others if vector is not None]
    if own is None or not known:
        return None
    centre = np.mean([own, *known], axis=0)
    return _Contrast(evidence, centre, own - centre)


def _agreeing(contrasts: Sequence[_Contrast]) -> list[_Evidence]:
    """Return the reactions that the others, taken together, bear out."""
    if not contrasts:
        return []
    pulls = np.array([each.evidence.pull * each.evidence.recency for each in contrasts])
    differences = np.array([each.difference for each in contrasts], np.float64)
    of_the_others = pulls @ differences - pulls[:, None] * differences
    agreement = pulls * np.einsum("ij,ij->i", of_the_others, differences)
    return [each.evidence for each, agrees in zip(contrasts, agreement > 0, strict=True) if agrees]


def _direction(contrasts: Sequence[_Contrast]) -> NDArray[np.float64]:
    """Return the mean difference of what was liked, less that of what was disliked."""
    total = sum(each.evidence.mass for each in contrasts)
    pulled = [each.evidence.pull * each.evidence.recency * each.difference for each in contrasts]
    return np.asarray(np.sum(pulled, axis=0, dtype=np.float64) / total)


def _curve(contrasts: Sequence[_Contrast]) -> Vector:
    """Return a preference curve's vector; each value is broadened to a bell of height 1.

    The bells' heights lie in [0, 1], so the mean of their differences lies in [-1, 1].
    """
    return (_BELL * _direction(contrasts)).astype(np.float32)


def _bell() -> NDArray[np.float64]:
    """Return by what each harmonic is multiplied to make a bell of a sharp peak."""
    heights = np.exp(-0.5 * (np.arange(HARMONICS) * _BREADTH) ** 2)
    return np.tile(heights * (HARMONICS / heights.sum()), 2)


_BELL = _bell()


def _text_vector(contrasts: Sequence[_Contrast]) -> Vector:
    """Return a unit vector: the mean of the pages, moved towards what was liked."""
    masses = np.array([each.evidence.mass for each in contrasts])
    centre = np.average([each.centre for each in contrasts], axis=0, weights=masses)
    moved = centre + _direction(contrasts)
    return np.asarray(moved / np.linalg.norm(moved), np.float32)


def _shared_concepts(key: Criterion, liked: Sequence[_Evidence]) -> tuple[str, ...]:
    """Return what most sets the liked tours apart: named by two of them at least."""
    held = Counter(concept for each in liked for concept in _concepts_of(each.reaction.shown, key))
    lead = {
        concept: sum(_concept_contrast(concept, each.reaction) for each in liked)
        for concept, count in held.items()
        if count > 1
    }
    ranked = sorted((concept for concept in lead if lead[concept] > 0), key=lambda c: (-lead[c], c))
    wider = {broad for concept in ranked for broad in vocabulary().get(concept).broader}
    return tuple(concept for concept in ranked if concept not in wider)[:_MOST_NAMED]


def _concepts_of(shown: Shown, key: Criterion) -> Iterable[str]:
    words = vocabulary()
    return (each for each in shown.package.concepts if words.get(each).criterion is key)


def _concept_contrast(concept: str, reaction: Reaction) -> float:
    page = [concept in shown.package.concepts for shown in (reaction.shown, *reaction.beside)]
    return page[0] - sum(page) / len(page)


def _typical(key: Criterion, liked: Sequence[_Evidence]) -> float | None:
    facets = [each.reaction.shown.package.facets for each in liked]
    if key is Criterion.DURATION:
        return median(known) if (known := [each.days for each in facets if each.days]) else None
    if key is Criterion.BUDGET:
        return median(known) if (known := [each.price for each in facets if each.price]) else None
    return None


def _affordable(tastes: Mapping[Criterion, _Taste], stated: float) -> dict[Criterion, _Taste]:
    """Scale the tastes down so that what was stated dominates; alone they need not."""
    total = sum(taste.weight for taste in tastes.values())
    if not stated or total <= TASTE_SHARE * stated:
        return dict(tastes)
    scale = TASTE_SHARE * stated / total
    return {key: _scaled(taste, scale) for key, taste in tastes.items()}


def _scaled(taste: _Taste, scale: float) -> _Taste:
    factor = round(taste.change.factor * scale, 3)
    return replace(
        taste,
        weight=taste.weight * scale,
        change=taste.change.model_copy(update={"factor": factor}),
    )


def _with_tastes(wish: EncodedWish, tastes: Mapping[Criterion, _Taste]) -> EncodedWish:
    vectors = {key: taste.wish for key, taste in tastes.items()}
    learned = {
        key: TextWish(vector, (), ()) for key, vector in vectors.items() if key in TEXT_CRITERIA
    }
    return EncodedWish(
        places=wish.places,
        duration=vectors.get(Criterion.DURATION, wish.duration),
        budget=vectors.get(Criterion.BUDGET, wish.budget),
        texts={**wish.texts, **learned},
    )


def _text_feature(key: Criterion) -> Feature:
    return lambda package: package.texts.get(key)


_FEATURES: Mapping[Criterion, Feature] = {
    Criterion.DURATION: lambda package: package.duration,
    Criterion.BUDGET: lambda package: package.budget,
    **{key: _text_feature(key) for key in TEXT_CRITERIA},
}
"""Places are missing: where to go is never guessed."""
