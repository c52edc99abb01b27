"""What the REST interface tells of the catalogue: tours, and where one sleeps."""

from psycopg.rows import DictRow

from accommodation.service import Near, Stay, find_stays, last_stop, places_to_sleep_in
from api.rest import repository
from api.rest.schemas import (
    CatalogueSource,
    Lodging,
    Statement,
    StayNearby,
    Tour,
    TourSource,
)
from core.database import Connection
from core.errors import InvalidInputError, NotFoundError
from core.places.schemas import Place
from recommender.schemas import Package

MOST_STATEMENTS = 20
MOST_STAYS = 5


def tour(row: DictRow) -> Tour:
    """Return a tour as it is answered: what its page would show, and nothing else."""
    package = Package.model_validate(row["fields"])
    public = package.model_dump(exclude={"id", "provider"})
    return Tour(
        **public,
        id=row["id"],
        code=package.id,
        provider=row["provider"],
        as_of=row["updated_at"],
    )


def offered_tour(connection: Connection, package_id: int) -> Tour:
    """Return one tour.

    Raises:
        NotFoundError: it is not, or no longer, offered.
    """
    row = repository.offered_tour(connection, package_id)
    if row is None:
        raise NotFoundError(f"no tour with key {package_id} is offered")
    return tour(row)


def lodging_of_tour(connection: Connection, package_id: int) -> Lodging:
    """Return what a tour says of its lodging, and places to stay where it ends.

    Raises:
        NotFoundError: it is not, or no longer, offered.
    """
    stops = offered_tour(connection, package_id).locations
    said = repository.lodging_said(
        connection, package_id=package_id, place_id=None, limit=MOST_STATEMENTS
    )
    return _lodging(connection, last_stop(stops), said)


def lodging_at(connection: Connection, name: str) -> Lodging:
    """Return what the tours to a place say of their lodging, and places to stay there.

    Raises:
        InvalidInputError: the gazetteer knows no such place, or it is as wide as a land.
    """
    places = places_to_sleep_in([name])
    if not places:
        raise InvalidInputError("place: no town, province or sight of that name is known")
    said = repository.lodging_said(
        connection, package_id=None, place_id=places[0].id, limit=MOST_STATEMENTS
    )
    return _lodging(connection, places[0], said)


def _lodging(connection: Connection, place: Place | None, said: list[DictRow]) -> Lodging:
    stays = find_stays(connection, Near.to(place), limit=MOST_STAYS) if place else []
    return Lodging(
        place=place.name if place else None,
        statements=[_statement(row) for row in said],
        stays=[_stay(each) for each in stays],
    )


def _statement(row: DictRow) -> Statement:
    source = TourSource(tour=row["id"], field="accommodation", as_of=row["as_of"])
    return Statement(text=row["said"], title=row["title"], source=source)


def _stay(stay: Stay) -> StayNearby:
    item = stay.item
    source = CatalogueSource(accommodation=item.id, as_of=stay.told_on)
    return StayNearby(
        name=item.name,
        kilometres=None if stay.kilometres is None else round(stay.kilometres, 1),
        stars=item.stars,
        rating=item.rating,
        price=item.price,
        url=item.url,
        source=source,
    )
