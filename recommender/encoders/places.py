"""Places: matched by identity, containment, distance and, where unknown, by name.

A place's vector is its point on the unit sphere, so that the cosine of two places is that of the
angle between them, which is their distance. A tour has one vector for each place it visits and a
wish is met by the best of them: a mean would punish long trips.
"""

import hashlib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer
from core.text import fold
from recommender.encoders.texts import word_keys

Vector = NDArray[np.float32]

EARTH_RADIUS_KM: Final = 6_371.0
_REACH_KM = 100.0
"""Beyond this distance from the wished place a tour is no match at all."""
_NEAR = 0.7
"""Best share of a place that is near the wished one but is another."""
INSIDE: Final = 0.96
"""Share of a place inside the wished one: who asks for Goa is surest of a tour that says Goa."""
AROUND: Final = 0.6
"""Share of a tour that names only the country or region around the wished place."""
MENTIONED: Final = 0.9
"""Least share of a tour whose texts have the name of a wished place that no map of ours has."""
UNSAID: Final = 0.5
"""Share of a tour that names no place at all."""
NEARBY: Final = 0.28
"""Share from which another place may be called near the wished one: within 60 km."""
SAME_PLACE: Final = 0.95
"""Share from which a tour may be said to go to the wished place."""
_AREAS = (PlaceKind.COUNTRY, PlaceKind.REGION)
"""These are matched by what they contain."""
SAME_NAME: Final = 0.75
"""Overlap from which two names, one of them unknown, may be those of the same place."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a tour or a wish names it.

    Attributes:
        id: the gazetteer's id; a negative number made from the name where it is unknown there.
        key: the name in the form in which names are compared.
        place: the gazetteer's place, if known.
    """

    id: int
    key: str
    place: Place | None

    def vector(self) -> NDArray[np.float32]:
        """Return the point on the unit sphere, shape (3,); zero where it is unknown."""
        if self.place is None:
            return np.zeros(3, np.float32)
        latitude, longitude = math.radians(self.place.latitude), math.radians(self.place.longitude)
        return np.array(
            [
                math.cos(latitude) * math.cos(longitude),
                math.cos(latitude) * math.sin(longitude),
                math.sin(latitude),
            ],
            np.float32,
        )


def spot(name: str, country: str | None = None) -> Spot:
    """Look a name up in the gazetteer; *country* helps where several places share it."""
    key = fold(name)
    place = gazetteer().find(name, country)
    return Spot(place.id if place else _unknown_id(key), key, place)


def _unknown_id(key: str) -> int:
    digest = hashlib.sha256(key.encode()).digest()
    return -1 - int.from_bytes(digest[:7], "big")


def share(wished: Spot, visited: Spot) -> float:
    """Return how well a visited place serves the wished one, from 0 (elsewhere) to 1 (there)."""
    return _share(wished, visited, distance_km(wished, visited) or 0.0)


def best_share(wished: Spot, visited: Sequence[Spot], said: Collection[str]) -> float:
    """Return how well a tour serves one wished place: by the best of its places, or in words.

    Args:
        wished: one place of the wish.
        visited: the tour's places.
        said: the words of its texts, as `texts.word_key` gives them.
    """
    best = max((share(wished, place) for place in visited), default=UNSAID)
    return max(best, MENTIONED) if is_mentioned(wished, said) else best


def is_mentioned(wished: Spot, said: Collection[str]) -> bool:
    """Tell whether a tour's words have the name of a place that the gazetteer does not know.

    Args:
        wished: one place of the wish.
        said: the words of the tour's texts, as `texts.word_key` gives them.
    """
    wanted = mention_keys(wished)
    return bool(wanted) and all(key in said for key in wanted)


def mention_keys(wished: Spot) -> frozenset[str]:
    """Return the words by which a place is found in texts; none where the gazetteer knows it."""
    return frozenset() if wished.place else word_keys(wished.key)


def name_overlap(a: str, b: str) -> float:
    """Return how much of the shorter of two folded names is in the other, from 0 to 1.

    Compared are the sets of three letters in a row, each word with a blank on both sides: an
    overlap of 1 means that one name, "Quvexo", is all in the other, "Quvexo Falls".
    """
    ours, theirs = trigrams(a), trigrams(b)
    return len(ours & theirs) / max(min(len(ours), len(theirs)), 1)


def distance_km(a: Spot, b: Spot) -> float | None:
    """Return the distance between two places, or None where one of them is unknown."""
    if a.place is None or b.place is None:
        return None
    return float(_kilometres(a.vector(), b.vector().reshape(1, 3))[0])


def is_inside(inner: Spot, outer: Spot) -> bool:
    """Tell whether the gazetteer has one place inside the other."""
    if inner.place is None or outer.place is None:
        return False
    return outer.place.id in inner.place.parents


def _share(wished: Spot, visited: Spot, kilometres: float) -> float:
    if wished.id == visited.id or wished.key == visited.key:
        return 1.0
    if is_inside(visited, wished):
        return INSIDE
    if is_inside(wished, visited):
        return max(AROUND, _nearness(wished, visited, kilometres))
    if wished.place is None or visited.place is None:
        overlap = name_overlap(wished.key, visited.key)
        return overlap if overlap >= SAME_NAME else 0.0
    return _nearness(wished, visited, kilometres)


def _nearness(wished: Spot, visited: Spot, kilometres: float) -> float:
    if is_area(wished) or is_area(visited):
        return 0.0
    return _NEAR * max(0.0, 1 - kilometres / _REACH_KM)


def is_area(spot: Spot) -> bool:
    """Tell whether a place is a country or region, whose centre says nothing."""
    return spot.place is not None and spot.place.kind in _AREAS


def nearness(wished: Spot, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the shares of places by their distance alone; 0 where one of the two has no point.

    Args:
        wished: one place of the wish.
        vectors: points of n places, shape (n, 3); zero where a place is unknown, or an area.
    """
    if wished.place is None or is_area(wished):
        return np.zeros(len(vectors))
    kilometres = _kilometres(wished.vector(), vectors)  # what has no point is a radian away
    return np.asarray(_NEAR * np.maximum(1 - kilometres / _REACH_KM, 0.0))


def _kilometres(point: Vector, vectors: Vector) -> NDArray[np.float64]:
    """Return great-circle distances; the chord is precise where a cosine near 1 is not."""
    chords = np.linalg.norm(vectors.astype(np.float64) - point, axis=1)
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1)))


def trigrams(name: str) -> frozenset[str]:
    """Return all runs of three letters of a folded name, each word with a blank on both sides."""
    padded = (f" {word} " for word in name.split())
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
