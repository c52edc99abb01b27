"""The same ranking as plainly as it can be said: every tour scored by the formula, one by one.

It is what the fast ranker is checked against, in the tests and by `travelbuddy bench rank`.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from recommender.embedding import Calibration
from recommender.encoders import places
from recommender.encoders.texts import combine, word_key
from recommender.encoding import EncodedPackage, EncodedWish, TextWish, Vector
from recommender.ranker.scores import DECIMALS, MIDDLE, Ranked, share_weights
from recommender.schemas import WEIGHTS, Criterion


def rank_all(
    packages: Sequence[EncodedPackage],
    calibration: Calibration,
    wish: EncodedWish,
    weights: Mapping[Criterion, float] = WEIGHTS,
) -> list[Ranked]:
    """Return all tours, best first; equal scores in the catalogue's order."""
    shares = share_weights(wish.criteria(), weights)
    ranked = []
    for index, package in enumerate(packages):
        judged = {key: _judge(package, calibration, wish, key) for key in shares}
        score = sum(shares[key] * judged[key][0] for key in shares) if shares else MIDDLE
        ranked.append(
            Ranked(
                index=index,
                score=round(score, DECIMALS),
                similarities={key: similarity for key, (similarity, _) in judged.items()},
                known=frozenset(key for key, (_, known) in judged.items() if known),
            )
        )
    return sorted(ranked, key=lambda each: (-each.score, each.index))


def _judge(
    package: EncodedPackage, calibration: Calibration, wish: EncodedWish, key: Criterion
) -> tuple[float, bool]:
    """Return a tour's similarity on one criterion, and whether it says anything about it."""
    if key is Criterion.LOCATION:
        return _judge_places(package, wish)
    if key in wish.texts:
        return _judge_text(package, calibration, wish.texts[key], key)
    if key is Criterion.DURATION:
        return _judge_number(package.duration, wish.duration)
    return _judge_number(package.budget, wish.budget)


def _judge_places(package: EncodedPackage, wish: EncodedWish) -> tuple[float, bool]:
    shares = [places.best_share(place, package.places, package.words) for place in wish.places]
    said = any(places.is_mentioned(place, package.words) for place in wish.places)
    return sum(shares) / len(shares), bool(package.places) or said


def _judge_number(vector: Vector | None, preference: Vector | None) -> tuple[float, bool]:
    if vector is None or preference is None:
        return MIDDLE, False
    cosine = float(np.clip(vector.astype(np.float64) @ preference.astype(np.float64), -1, 1))
    return (1 + cosine) / 2, True


def _judge_text(
    package: EncodedPackage, calibration: Calibration, wish: TextWish, key: Criterion
) -> tuple[float, bool]:
    vector = package.texts.get(key)
    likeness = 1.0 if vector is None else _likeness(vector, wish.vector, calibration)
    if not wish.asked:
        return (MIDDLE if vector is None else likeness), vector is not None
    named = sum(concept in package.concepts for concept in wish.concepts)
    named += sum(word_key(word) in package.words for word in wish.words)
    return combine(named / wish.asked, likeness), vector is not None or named > 0


def _likeness(vector: Vector, wished: Vector, calibration: Calibration) -> float:
    return float(calibration.closeness(np.asarray(vector @ wished, np.float32)))
