"""Which place lies inside which."""

import math
from collections import defaultdict
from collections.abc import Iterable

from core.errors import ConfigurationError
from core.places.schemas import PlaceKind
from core.places.supplement import Entry

EARTH_RADIUS_KM = 6371.0088


def distance_km(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Return the great-circle distance between two points given in degrees."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    haversine = (
        math.sin((other_phi - phi) / 2) ** 2
        + math.cos(phi)
        * math.cos(other_phi)
        * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, haversine)))


class Containment:
    """The places of the supplement that hold others, by what they cover."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index *entries* by the codes and the circles that they cover.

        Raises:
            ConfigurationError: an entry lies within a place that is not there.
        """
        self._entries = tuple(entries)
        self._by_code: dict[str, list[Entry]] = defaultdict(list)
        self._circles: dict[str, list[Entry]] = defaultdict(list)
        self._countries: dict[str, int] = {}
        for entry in self._entries:
            for code in entry.covers:
                self._by_code[code].append(entry)
            if entry.radius_km:
                self._circles[entry.country].append(entry)
        self._within = {entry.id: self._named(entry) for entry in self._entries if entry.within}

    def add_country(self, code: str, place_id: int) -> None:
        """Make the country with this ISO code a container of what lies in it."""
        self._countries[code] = place_id

    def parents(self, entry: Entry) -> tuple[int, ...]:
        """Return the ids of the places that contain *entry*, in rising order."""
        ids = {parent.id for parent in self._covering(entry)}
        for parent in (*self._around(entry), *self._within.get(entry.id, ())):
            ids |= {parent.id, *self.parents(parent)}
        if entry.country and entry.kind is not PlaceKind.COUNTRY:
            ids.add(self._countries[entry.country])
        return tuple(sorted(ids - {entry.id}))

    def _covering(self, entry: Entry) -> Iterable[Entry]:
        codes = _codes(entry)
        if not codes:
            return ()
        first = min(codes)
        candidates = (*self._by_code[first], *self._by_code[first.partition(".")[0]])
        return {c for c in candidates if _covers(c, codes) and c.covers != entry.covers}

    def _around(self, entry: Entry) -> Iterable[Entry]:
        if entry.covers or entry.kind is PlaceKind.COUNTRY:
            return ()
        circles = (*self._circles[""], *self._circles[entry.country]) if entry.country else ()
        return (c for c in circles if c.id != entry.id and _reaches(c, entry))

    def _named(self, entry: Entry) -> tuple[Entry, ...]:
        named = tuple(other for other in self._entries if other.name in entry.within)
        if {other.name for other in named} != set(entry.within):
            raise ConfigurationError(f"the gazetteer does not know what {entry.name} lies within")
        return named


def _codes(entry: Entry) -> frozenset[str]:
    """Return the smallest divisions known that make up *entry* or hold it."""
    return entry.covers or entry.areas or frozenset({entry.country} - {""})


def _covers(outer: Entry, codes: frozenset[str]) -> bool:
    return all(code in outer.covers or code.partition(".")[0] in outer.covers for code in codes)


def _reaches(circle: Entry, entry: Entry) -> bool:
    if abs(circle.latitude - entry.latitude) > circle.radius_km / 100:  # spares the trigonometry
        return False
    apart = distance_km(circle.latitude, circle.longitude, entry.latitude, entry.longitude)
    return apart + entry.radius_km <= circle.radius_km
