"""The place that a location sent from a phone lies in."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer

_NEAR_KM = 60.0
_EARTH_KM = 6371.0
_TELLING = 20_000
"""A place of fewer inhabitants is named only where no larger one is near."""


def nearest(latitude: float, longitude: float) -> Place | None:
    """Return the place that a location is best called by; None far from any.

    Args:
        latitude: degrees north.
        longitude: degrees east.
    """
    ids, points, populations = _towns()
    distances = _EARTH_KM * np.arccos(np.clip(points @ _point(latitude, longitude), -1, 1))
    for least in (_TELLING, 0):
        allowed = np.where(populations >= least, distances, np.inf)
        at = int(np.argmin(allowed))
        if allowed[at] <= _NEAR_KM:
            return gazetteer().get(int(ids[at]))
    return None


def _point(latitude: float, longitude: float) -> NDArray[np.float64]:
    """Return the point on the unit sphere."""
    north, east = np.radians(latitude), np.radians(longitude)
    return np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


@functools.cache
def _towns() -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Return the ids, points on the unit sphere and populations of all towns and sites."""
    places = [p for p in gazetteer() if p.kind in {PlaceKind.CITY, PlaceKind.SITE}]
    points = np.array([_point(place.latitude, place.longitude) for place in places])
    ids = np.array([place.id for place in places], np.int64)
    return ids, points, np.array([place.population for place in places], np.int64)
