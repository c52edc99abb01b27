"""Tastes on criteria that were not stated, by Rocchio's rule (1971).

A taste is a preference curve over lengths or prices, or a text vector, made of what was liked less
what was disliked, each as it differs from the page on which it was shown.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recommender.encoders.axis import HARMONICS
from recommender.encoding import EncodedPackage
from recommender.reactions import Change, Effect, Evidence, Reaction, Shown
from recommender.schemas import TEXT_CRITERIA, Criterion
from recommender.vocabulary import vocabulary

Vector = NDArray[np.float32]
Feature = Callable[[EncodedPackage], Vector | None]

TASTE_SHARE: Final = 1 / 3
"""Of the stated criteria's weights: what all tastes together weigh at most."""
DOUBT: Final = 3.0
"""Reactions that are as good as none: what is learned from n of them is scaled by n / (n + 3)."""
_NEEDED = 2.0
"""Reactions that must bear each other out before anything unstated is learned."""
_TEXT_SHARE = 0.5
"""Of a text criterion's weight: what a vector without words can tell of a taste."""
_BREADTH = 0.35
"""Radians of an axis: lengths within a factor of 1.6, prices within 1.9, are much the same."""
_MOST_NAMED = 2


@dataclass(frozen=True, slots=True)
class _Contrast:
    """How a tour differs from its page in one feature; *centre* is the mean of the page."""

    evidence: Evidence
    centre: Vector
    difference: Vector


@dataclass(frozen=True, slots=True)
class Taste:
    """A preference found on a criterion that was not stated."""

    wish: Vector
    weight: float
    change: Change


def tastes(
    stated: Sequence[Criterion],
    evidence: Sequence[Evidence],
    weights: Mapping[Criterion, float],
) -> dict[Criterion, Taste]:
    """Return what the reactions tell of the criteria that were not stated."""
    found: dict[Criterion, Taste] = {}
    for key, feature in _FEATURES.items():
        taste = None if key in stated else _taste(key, feature, evidence, weights[key])
        if taste is not None:
            found[key] = taste
    return found


def _taste(
    key: Criterion, feature: Feature, evidence: Sequence[Evidence], start: float
) -> Taste | None:
    """Return the preference that the reactions agree on, if enough of them do."""
    contrasts = [each for each in (_contrast(feature, one) for one in evidence) if each]
    agreeing = _agreeing(contrasts)
    liked = [each for each in agreeing if each.pull > 0]
    support = sum(abs(each.pull) for each in liked)
    if support < _NEEDED:
        return None
    most = _TEXT_SHARE if key in TEXT_CRITERIA else 1.0
    scale = most * support / (support + DOUBT)
    change = Change(
        criterion=key,
        effect=Effect.TASTE,
        factor=scale,
        because=tuple(each.reaction.shown.package_id for each in liked),
        concepts=_shared_concepts(key, liked) if key in TEXT_CRITERIA else (),
        amount=_typical(key, liked),
    )
    make = _text_vector if key in TEXT_CRITERIA else _curve
    return Taste(make(contrasts), start * scale, change)


def _contrast(feature: Feature, evidence: Evidence) -> _Contrast | None:
    own = feature(evidence.reaction.shown.package)
    others = [feature(shown.package) for shown in evidence.reaction.beside]
    known = [vector for vector in others if vector is not None]
    if own is None or not known:
        return None
    centre = np.mean([own, *known], axis=0)
    return _Contrast(evidence, centre, own - centre)


def _agreeing(contrasts: Sequence[_Contrast]) -> list[Evidence]:
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


def _shared_concepts(key: Criterion, liked: Sequence[Evidence]) -> tuple[str, ...]:
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


def _typical(key: Criterion, liked: Sequence[Evidence]) -> float | None:
    facets = [each.reaction.shown.package.facets for each in liked]
    if key is Criterion.DURATION:
        return median(known) if (known := [each.days for each in facets if each.days]) else None
    if key is Criterion.BUDGET:
        return median(known) if (known := [each.price for each in facets if each.price]) else None
    return None


def affordable(tastes: Mapping[Criterion, Taste], stated: float) -> dict[Criterion, Taste]:
    """Scale the tastes down so that what was stated dominates; alone they need not.

    Args:
        tastes: what was found.
        stated: the sum of the stated criteria's weights.
    """
    total = sum(taste.weight for taste in tastes.values())
    scale = min(1.0, TASTE_SHARE * stated / total) if stated and total else 1.0
    return {key: _scaled(taste, scale) for key, taste in tastes.items()}


def _scaled(taste: Taste, scale: float) -> Taste:
    factor = round(taste.change.factor * scale, 3)
    change = taste.change.model_copy(update={"factor": factor})
    return replace(taste, weight=taste.weight * scale, change=change)


def _text_feature(key: Criterion) -> Feature:
    return lambda package: package.texts.get(key)


_FEATURES: Mapping[Criterion, Feature] = {
    Criterion.DURATION: lambda package: package.duration,
    Criterion.BUDGET: lambda package: package.budget,
    **{key: _text_feature(key) for key in TEXT_CRITERIA},
}
"""Places are missing: where to go is never guessed."""
