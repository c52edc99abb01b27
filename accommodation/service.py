"""Places to stay near a point, from the catalogues that were taken in."""

from collections.abc import Sequence
from dataclasses import dataclass

from accommodation import repository
from accommodation.repository import Stay
from core.database import Connection
from core.money import convert
from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer

__all__ = ["Near", "Stay", "find_stays", "last_stop", "places_to_sleep_in"]

FURTHEST_KM = 40.0
"""Beyond this nobody would call it near."""

_WIDE = frozenset({PlaceKind.COUNTRY, PlaceKind.REGION})
"""Too wide for a bed to be near it."""


@dataclass(frozen=True, slots=True)
class Near:
    """Where a bed is wanted.

    Attributes:
        latitude: degrees north.
        longitude: degrees east.
        place_id: the gazetteer's place that lies there; what says only that it is in it is found.
    """

    latitude: float
    longitude: float
    place_id: int | None = None

    @classmethod
    def to(cls, place: Place) -> "Near":
        """Return the point where a place lies."""
        return cls(place.latitude, place.longitude, place.id)


def places_to_sleep_in(names: Sequence[str]) -> list[Place]:
    """Return the places of these names, without those that are as wide as a land."""
    places = (gazetteer().find(name) for name in names)
    return [place for place in places if place and place.kind not in _WIDE]


def last_stop(stops: Sequence[str], wished: Sequence[Place] = ()) -> Place | None:
    """Return where a bed is wanted around a tour: the last night is spent where it ends.

    Args:
        stops: the names of the places that it visits, in order.
        wished: places that the traveller has named: those come first.
    """
    visited = places_to_sleep_in(stops[::-1])
    if not visited:
        return None
    return next((place for place in visited if place in wished), visited[0])


def find_stays(
    connection: Connection,
    near: Near,
    *,
    limit: int = 3,
    ceiling: tuple[float, str] | None = None,
) -> list[Stay]:
    """Return the places to stay around a point, the best to show first.

    What lies about as far away is as good; among those the better rated comes first, then the one
    of more stars, then the cheaper.

    Args:
        connection: an open transaction.
        near: the point.
        limit: how many at most.
        ceiling: the most that a night may cost, and its currency; what names no price is kept,
            behind what does.
    """
    usd = convert(*ceiling, "USD") if ceiling else None
    return repository.stays_near(
        connection, near.latitude, near.longitude, near.place_id, FURTHEST_KM, usd, limit
    )
