"""Places: matched by identity, containment, distance and, where unknown, by name.

A place's vector is its point on the unit sphere, so that the cosine of two places is that of the
angle between them, which is their distance. A tour has one vector for each place it visits and a
wish is met by the best of them: a mean would punish long trips.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer
from core.text import fold

Vector = NDArray[np.float32]

EARTH_RADIUS_KM: Final = 6_371.0
_REACH_KM = 200.0
"""Beyond this distance from the wished place a tour is no match at all."""
_NEAR = 0.9
"""Best similarity of a place that is near the wished one but is another."""
AROUND: Final = 0.6
"""Similarity share of a tour that names only the country or region around the wished place."""
NEARBY: Final = 0.5
"""Share from which another place may be called near the wished one: within 90 km."""
SAME_PLACE: Final = 0.95
"""Share from which a tour may be said to go to the wished place."""
_SAME_NAME = 90.0


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


def similarities(wished: Spot, visited: Sequence[Spot], vectors: NDArray[np.float32]) -> Vector:
    """Return how well each visited place serves the wished one.

    Args:
        wished: one place of the wish.
        visited: n places.
        vectors: their points on the sphere, shape (n, 3).

    Returns:
        Cosine-like similarities, shape (n,), from 1 (there) to -1 (elsewhere).
    """
    shares = _nearness(wished, vectors)
    for index, candidate in enumerate(visited):
        shares[index] = max(shares[index], _identity(wished, candidate))
    return (2 * shares - 1).astype(np.float32)


def _nearness(wished: Spot, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Fall linearly with distance; areas are matched by what they contain instead."""
    if wished.place is None or wished.place.kind in (PlaceKind.COUNTRY, PlaceKind.REGION):
        return np.zeros(len(vectors))
    known = np.einsum("ij,ij->i", vectors, vectors) > 0
    kilometres = _kilometres(wished.vector(), vectors)
    return np.where(known, _NEAR * np.clip(1 - kilometres / _REACH_KM, 0, 1), 0.0)


def _kilometres(point: Vector, vectors: Vector) -> NDArray[np.float64]:
    """Return great-circle distances; the chord is precise where a cosine near 1 is not."""
    chords = np.linalg.norm(vectors.astype(np.float64) - point, axis=1)
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1)))


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


def _identity(wished: Spot, visited: Spot) -> float:
    """Tell how far two places are the same one, or one is inside the other."""
    if wished.id == visited.id or wished.key == visited.key:
        return 1.0
    if wished.place and visited.place:
        if is_inside(visited, wished):
            return 1.0
        return AROUND if visited.place.id in wished.place.parents else 0.0
    ratio = fuzz.token_set_ratio(wished.key, visited.key)
    return float(ratio) / 100 if ratio >= _SAME_NAME else 0.0
