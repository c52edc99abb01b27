"""Places to stay near a point, from the catalogues that were taken in."""

from dataclasses import dataclass

from accommodation import repository
from accommodation.repository import Stay
from core.database import Connection
from core.money import convert

__all__ = ["Near", "Stay", "find_stays"]

FURTHEST_KM = 40.0
"""Beyond this nobody would call it near."""


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
