"""The ranking once more, tour by tour and straight from its formula, to hold others against."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.embedding import Calibration
from recommender.encoders.places import Spot
from recommender.encoders.texts import word_key
from recommender.encoding import EncodedPackage, EncodedWish, Facets
from recommender.filters import Limits
from recommender.schemas import TEXT_CRITERIA, Criterion

EARTH_RADIUS_KM = 6_371.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What one tour gets on one criterion, and whether it says anything about it."""

    similarity: float
    known: bool


def judge(tour: EncodedPackage, wish: EncodedWish, scale: Calibration) -> dict[Criterion, Judged]:
    """Return the tour's similarity on every stated criterion."""
    judged = {}
    if wish.places:
        judged[Criterion.LOCATION] = _places(tour, wish.places)
    if wish.duration is not None:
        judged[Criterion.DURATION] = _number(tour.duration, wish.duration)
    if wish.budget is not None:
        judged[Criterion.BUDGET] = _number(tour.budget, wish.budget)
    for key in TEXT_CRITERIA:
        if key in wish.texts:
            judged[key] = _text(tour, wish, key, scale)
    return judged


def total(judged: Mapping[Criterion, Judged], weights: Mapping[Criterion, float]) -> float:
    """Return the score, not rounded."""
    if not judged:
        return 0.5
    whole = math.fsum(weights[key] for key in judged)
    return math.fsum(weights[key] / whole * each.similarity for key, each in judged.items())


def passes(tour: EncodedPackage, limits: Limits) -> bool:
    """Tell whether the tour contradicts none of the limits."""
    facets = tour.facets
    ceiling = math.inf if limits.ceiling_usd is None else limits.ceiling_usd
    around = {area for spot in tour.places if spot.place for area in spot.place.parents}
    return (
        _leaves_in_time(facets, limits)
        and (facets.price or 0) <= ceiling
        and not (limits.countries and facets.countries and not facets.countries & limits.countries)
        and not (limits.languages and facets.language and facets.language not in limits.languages)
        and not (around | {spot.id for spot in tour.places}) & limits.avoided_places
        and not tour.concepts & limits.avoided_concepts
    )


def _leaves_in_time(facets: Facets, limits: Limits) -> bool:
    spans = [(span.start.toordinal(), span.end.toordinal()) for span in facets.available]
    days = [day for start, end in spans for day in range(start, end + 1)]
    first = limits.start.toordinal() if limits.start else 0
    last = limits.end.toordinal() if limits.end else math.inf
    further = math.ceil(facets.days or 1) - 1
    return not days or any(first <= day and day + further <= last for day in days)


def _places(tour: EncodedPackage, wished: Sequence[Spot]) -> Judged:
    shares = []
    known = bool(tour.places)
    for place in wished:
        share = max((_share(place, each) for each in tour.places), default=0.5)
        words = {word_key(word) for word in _letters(place.key).split()}
        if place.place is None and words and words <= tour.words:
            share, known = max(share, 0.9), True
        shares.append(share)
    return Judged(math.fsum(shares) / len(shares), known)


def _share(wished: Spot, visited: Spot) -> float:
    if wished.id == visited.id or wished.key == visited.key:
        return 1.0
    if wished.place is None or visited.place is None:
        ours, theirs = _trigrams(wished.key), _trigrams(visited.key)
        overlap = len(ours & theirs) / min(len(ours), len(theirs))
        return overlap if overlap >= 0.75 else 0.0
    if wished.id in visited.place.parents:
        return 0.96
    around = 0.6 if visited.id in wished.place.parents else 0.0
    if {"country", "region"} & {wished.place.kind, visited.place.kind}:
        return around
    chord = math.dist(wished.vector().tolist(), visited.vector().tolist())
    return max(around, 0.7 * (1 - 2 * EARTH_RADIUS_KM * math.asin(chord / 2) / 100))


def _trigrams(name: str) -> set[str]:
    words = [f" {word} " for word in name.split()]
    return {word[start : start + 3] for word in words for start in range(len(word) - 2)}


def _letters(name: str) -> str:
    return "".join(char if char.isalnum() else " " for char in name)


def _number(stated: np.ndarray | None, wished: np.ndarray) -> Judged:
    if stated is None:
        return Judged(0.5, False)
    return Judged((1 + min(1.0, max(-1.0, _dot(stated, wished)))) / 2, True)


def _text(tour: EncodedPackage, wish: EncodedWish, key: Criterion, scale: Calibration) -> Judged:
    wanted = wish.texts[key]
    said = tour.texts.get(key)
    likeness = None
    if said is not None:
        span = max(scale.alike - scale.unrelated, 1e-6)
        likeness = min(1.0, max(0.0, (_dot(said, wanted.vector) - scale.unrelated) / span))
    asked = len(wanted.concepts) + len(wanted.words)
    if not asked:
        return Judged(0.5 if likeness is None else likeness, said is not None)
    named = sum(concept in tour.concepts for concept in wanted.concepts)
    named += sum(word_key(word) in tour.words for word in wanted.words)
    covered = named / asked
    similarity = covered + (1 - covered) * 0.5 * (1.0 if likeness is None else likeness)
    return Judged(similarity, said is not None or covered > 0)


def _dot(a: np.ndarray, b: np.ndarray) -> float:
    return float(a.astype(np.float64) @ b.astype(np.float64))
