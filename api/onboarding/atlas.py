"""A small map of Vietnam: where the places are that can be ticked."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api.onboarding.places import Offer

WIDTH: Final = 172
HEIGHT: Final = 312
_SCALE = 20.0
_WEST, _EAST = 101.7, 110.2
_NORTH, _SOUTH = 23.8, 8.3
_SHRINK = math.cos(math.radians(16.2))
"""A degree of longitude is so much shorter than one of latitude, in the middle of the map."""
_LABELLED_LEFT = 0.62
"""Right of this share of the width, a name stands on the left of its pin."""

_OUTLINE = """
102.14,22.40 102.47,22.77 102.86,22.58 103.08,22.50 103.33,22.79 103.65,22.78 103.97,22.50
104.37,22.69 104.80,22.93 105.32,23.39 105.87,22.92 106.55,22.93 106.75,22.80 106.60,22.40
106.72,21.98 107.35,21.60 107.97,21.54 107.60,21.25 107.05,20.95 106.75,20.70 106.58,20.25
106.00,19.95 105.85,19.40 105.72,18.82 106.05,18.35 106.48,17.95 106.65,17.45 107.10,17.05
107.60,16.60 108.05,16.25 108.30,16.10 108.42,15.85 108.82,15.38 109.00,14.90 109.08,14.60
109.23,13.80 109.30,13.20 109.46,12.90 109.22,12.25 109.20,11.75 109.02,11.37 108.65,11.18
108.10,10.92 107.60,10.50 107.08,10.33 106.80,10.40 106.75,10.05 106.65,9.80 106.40,9.50
105.90,9.25 105.30,8.90 104.75,8.58 104.82,9.20 104.83,9.80 105.08,9.99 104.60,10.20
104.45,10.42 105.10,10.95 105.75,10.98 106.18,11.07 105.85,11.30 105.80,11.65 106.45,11.68
106.60,11.97 107.05,12.05 107.50,12.35 107.60,13.00 107.45,13.80 107.35,14.10 107.55,14.70
107.50,15.05 107.70,15.30 107.20,15.80 107.45,16.05 106.75,16.45 106.58,16.65 106.55,17.00
106.20,17.25 105.75,17.65 105.60,18.10 105.15,18.40 105.10,18.65 104.50,18.95 103.90,19.30
104.05,19.65 104.65,19.65 104.95,20.05 104.60,20.40 104.40,20.70 103.70,20.75 103.10,20.90
102.95,21.20 102.85,21.65 102.65,21.65 102.97,21.75 102.45,22.10
"""
"""Longitude and latitude, drawn by hand: enough to see what is north and what is by the sea."""

_ISLANDS = ((103.99, 10.22, 3.4), (106.60, 8.70, 1.6), (107.02, 20.78, 1.8), (109.12, 15.38, 1.2))
"""Phú Quốc, Côn Đảo, Cát Bà, Lý Sơn: where they are, and how large they are drawn."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on the map.

    Attributes:
        name: of the check box that it stands for.
        x: units from the left.
        y: units from the top.
        chosen: whether it is ticked.
        is_right: whether it lies so far right that its name must stand left of it.
    """

    name: str
    x: float
    y: float
    chosen: bool
    is_right: bool


def outline() -> str:
    """Return the points of the land, as SVG has them."""
    pairs = (point.split(",") for point in _OUTLINE.split())
    return " ".join("{},{}".format(*_point(float(east), float(north))) for east, north in pairs)


def islands() -> list[tuple[float, float, float]]:
    """Return centre and radius of the larger islands."""
    return [(*_point(east, north), radius) for east, north, radius in _ISLANDS]


def pins(offers: Iterable[Offer]) -> list[Pin]:
    """Return the places that lie on the map, the chosen ones last, and so on top."""
    found = [_pin(each) for each in offers]
    return sorted((pin for pin in found if pin), key=lambda pin: pin.chosen)


def _pin(offer: Offer) -> Pin | None:
    place = offer.place
    if place is None or not _WEST < place.longitude < _EAST or not _SOUTH < place.latitude < _NORTH:
        return None
    x, y = _point(place.longitude, place.latitude)
    return Pin(offer.name, x, y, offer.chosen, x > WIDTH * _LABELLED_LEFT)


def _point(longitude: float, latitude: float) -> tuple[float, float]:
    x = (longitude - _WEST) * _SHRINK * _SCALE
    return round(x, 1), round((_NORTH - latitude) * _SCALE, 1)
