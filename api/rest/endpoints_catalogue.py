"""The catalogue over REST: for travellers by their session, for programs by their token."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.rest import catalogue, repository, service
from api.rest.callers import AnyToken, anyone
from api.rest.cursors import AskedPart
from api.rest.described import BY_EITHER, BY_TOKEN, problems
from api.rest.schemas import Lodging, Page, RankingOrder, Recommendations, Tour, TourId
from core.database import unit_of_work
from core.errors import InvalidInputError

router = APIRouter(prefix="/api/v1")


@router.get(
    "/tours",
    tags=["catalogue"],
    dependencies=[anyone],
    responses=problems(),
    openapi_extra=BY_EITHER,
)
def list_tours(part: AskedPart) -> Page[Tour]:
    """List the tours that are offered."""
    after = part.after("tours", 1)
    with unit_of_work() as unit:
        rows = repository.offered_tours(
            unit.connection, after[0] if after else None, part.limit + 1
        )
    return part.page("tours", rows, lambda row: (row["id"],), catalogue.tour)


@router.get(
    "/tours/{tour}",
    tags=["catalogue"],
    dependencies=[anyone],
    responses=problems(404),
    openapi_extra=BY_EITHER,
)
def show_tour(tour: Annotated[int, Path(ge=1, lt=1 << 63)]) -> Tour:
    """Show a tour that is offered."""
    with unit_of_work() as unit:
        return catalogue.offered_tour(unit.connection, tour)


@router.get(
    "/accommodation",
    tags=["catalogue"],
    dependencies=[anyone],
    responses=problems(404),
    openapi_extra=BY_EITHER,
)
def show_lodging(
    tour: Annotated[TourId | None, Query(description="Of this tour, and where it ends")] = None,
    place: Annotated[
        str | None, Query(min_length=1, max_length=300, description="Of all tours there")
    ] = None,
) -> Lodging:
    """Show what tours say of their lodging, and places to stay; give either a tour or a place.

    Each statement names the tour, the field and the day that it rests on.
    """
    if (tour is None) == (place is None):
        raise InvalidInputError("give either tour or place")
    with unit_of_work() as unit:
        if tour is not None:
            return catalogue.lodging_of_tour(unit.connection, tour)
        return catalogue.lodging_at(unit.connection, place or "")


@router.post(
    "/recommendations",
    tags=["recommendations"],
    responses=problems(413),
    openapi_extra=BY_TOKEN,
)
def rank_tours(_: AnyToken, order: RankingOrder) -> Recommendations:
    """Rank the catalogue for a wish that comes with the request; nothing is stored.

    It may be sent again safely: that has no effect but the answer.
    """
    with unit_of_work() as unit:
        found = service.rank(unit.connection, order)
    return service.recommended(found)
