"""The column of places: each distinct list of places once, found by what lies in or near it."""

from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.encoders import places
from recommender.encoders.places import Spot
from recommender.ranker.columns import Dictionary
from recommender.ranker.kernels import Codes, Floats, raise_to, spread

Key = TypeVar("Key", bound=Hashable)
Route = tuple[Spot, ...]


def route_key(route: Route) -> tuple[tuple[int, str], ...]:
    """Return what two lists of the same places have in common."""
    return tuple((spot.id, spot.key) for spot in route)


def sort_routes(routes: Dictionary[Route]) -> tuple[list[Route], Codes]:
    """Return the distinct lists of places, neighbours side by side, and each row's code.

    Tours in the same area get codes that are close, so that whole blocks of rows can be skipped.
    """
    order = sorted(range(len(routes.values)), key=lambda at: _area(routes.values[at]))
    rank = np.zeros(len(order) + 1, np.uint32)
    for place, at in enumerate(order, 1):
        rank[at + 1] = place
    return [routes.values[at] for at in order], rank[routes.codes()]


def _area(route: Route) -> list[tuple[str, float, float, str]]:
    return [
        (spot.place.country, round(spot.place.latitude, 1), spot.place.longitude, spot.key)
        if spot.place
        else ("", 0.0, 0.0, spot.key)
        for spot in route
    ]


class Visited:
    """Which lists of places serve a wished place, and how well.

    Args:
        routes: the distinct lists, numbered from 1.

    Attributes:
        size: how many codes there are, that of silent tours included.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.size = len(routes) + 1
        spots = {(spot.id, spot.key): spot for route in routes for spot in route}
        numbers = {key: number for number, key in enumerate(spots)}
        self._spots = list(spots.values())
        self._points = _stack_points(self._spots)
        stops: list[array[int]] = [array("I") for _ in self._spots]
        inside: dict[int, array[int]] = {}
        for code, route in enumerate(routes, 1):
            for number in {numbers[spot.id, spot.key] for spot in route}:
                stops[number].append(code)
            for area in {area for spot in route for area in _ids_around(spot)}:
                inside.setdefault(area, array("I")).append(code)
        self._inside = {area: np.array(codes, np.uint32) for area, codes in inside.items()}
        self._stops = np.array([code for codes in stops for code in codes], np.uint32)
        self._starts = np.cumsum([0, *map(len, stops)], dtype=np.int64)
        self._same_id = _group(self._spots, lambda spot: spot.id)
        self._same_key = _group(self._spots, lambda spot: spot.key)
        self._names = NameIndex([spot.key for spot in self._spots])
        self._unknown = np.flatnonzero([spot.place is None for spot in self._spots])
        self._unknown_names = NameIndex([self._spots[number].key for number in self._unknown])

    def shares(self, wished: Spot) -> Floats:
        """Return how well each list of places serves a wished one, shape (lists + 1,)."""
        shares = np.zeros(self.size, np.float32)
        shares[0] = places.UNSAID
        spread(self._shares_of_spots(wished), self._starts, self._stops, shares)
        raise_to(shares, self.within(wished.id), places.INSIDE)
        return shares

    def within(self, place_id: int) -> Codes:
        """Return the codes of the lists that go to a place or to somewhere inside it."""
        return self._inside.get(place_id, _NONE)

    def _shares_of_spots(self, wished: Spot) -> NDArray[np.float64]:
        """Return `places.share` of every distinct place, but that those inside are not raised."""
        if wished.place is None:
            shares = self._names.overlaps(wished.key)
        else:
            shares = places.nearness(wished, self._points)
            shares[self._unknown] = self._unknown_names.overlaps(wished.key)
            for area in wished.place.parents:
                around = self._same_id.get(area, [])
                shares[around] = np.maximum(shares[around], places.AROUND)
        shares[self._same_id.get(wished.id, [])] = 1.0
        shares[self._same_key.get(wished.key, [])] = 1.0
        return shares


class NameIndex:
    """Names by their trigrams, to find those that overlap with another."""

    def __init__(self, keys: Sequence[str]) -> None:
        trigrams = [places.trigrams(key) for key in keys]
        self.sizes = np.array([len(each) for each in trigrams], np.float64)
        found: dict[str, list[int]] = {}
        for number, each in enumerate(trigrams):
            for trigram in each:
                found.setdefault(trigram, []).append(number)
        self._numbers = {trigram: np.array(numbers) for trigram, numbers in found.items()}

    def overlaps(self, key: str) -> NDArray[np.float64]:
        """Return `places.name_overlap` of *key* with every name, shape (names,)."""
        wanted = places.trigrams(key)
        shared = np.zeros(len(self.sizes))
        for trigram in wanted:
            if trigram in self._numbers:
                shared[self._numbers[trigram]] += 1
        overlap = shared / np.maximum(np.minimum(self.sizes, len(wanted)), 1)
        return np.where(overlap >= places.SAME_NAME, overlap, 0.0)


def _stack_points(spots: Sequence[Spot]) -> Floats:
    """Return the points of places on the unit sphere, shape (n, 3); zero for areas."""
    points = [np.zeros(3) if places.is_area(spot) else spot.vector() for spot in spots]
    return np.array(points, np.float32).reshape(-1, 3)


def _ids_around(spot: Spot) -> tuple[int, ...]:
    return (spot.id, *(spot.place.parents if spot.place else ()))


def _group(spots: Sequence[Spot], key: Callable[[Spot], Key]) -> Mapping[Key, list[int]]:
    groups: dict[Key, list[int]] = {}
    for number, spot in enumerate(spots):
        groups.setdefault(key(spot), []).append(number)
    return groups


_NONE = np.zeros(0, np.uint32)
