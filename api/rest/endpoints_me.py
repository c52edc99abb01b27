"""A traveller's own data over REST, by the session of their browser."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from api.rest import repository, service
from api.rest.callers import OwnWrite, Traveller, Write
from api.rest.cursors import AskedPart
from api.rest.described import BY_SESSION, problems, write
from api.rest.idempotency import Answer, once
from api.rest.schemas import (
    Me,
    NotedReaction,
    Page,
    Preferences,
    PreferencesChange,
    Reaction,
    ReactionOrder,
    Recommendations,
    SavedTour,
    SaveOrder,
    Shown,
    ShowOrder,
    StoredPreferences,
)
from api.sessions.dependency import CurrentVisit
from core.database import Connection, unit_of_work

router = APIRouter(prefix="/api/v1/me")

Number = Annotated[int, Path(ge=1, lt=1 << 63)]
IfMatch = Annotated[
    str | None,
    Header(max_length=200, description="The ETag of the preferences that are to be changed"),
]


@router.get("", tags=["session"], responses=problems(), openapi_extra=BY_SESSION)
def show_me(visitor: Traveller, visit: CurrentVisit) -> Me:
    """Say whose session it is, and which CSRF token its writes carry."""
    return Me(method=visitor.method.value, language=visit.language, csrf_token=visit.csrf_token)


@router.get(
    "/preferences",
    tags=["preferences"],
    response_model=StoredPreferences,
    responses={**problems(), 304: {"description": "They are those that If-None-Match names"}},
    openapi_extra=BY_SESSION,
)
def show_preferences(
    visitor: Traveller,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Show what the traveller has told us; the ETag names just this state."""
    with unit_of_work() as unit:
        stored = service.preferences(unit.connection, visitor.user_id)
    headers = {"ETag": service.etag(stored)}
    if if_none_match is not None and service.is_named(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(stored.model_dump_json(), headers=headers, media_type="application/json")


@router.put("/preferences", tags=["preferences"], **write(412, response_model=StoredPreferences))
def replace_preferences(asked: OwnWrite, wanted: Preferences, if_match: IfMatch = None) -> Response:
    """Store preferences in place of all that was told before."""
    return _once(
        asked,
        lambda connection: _stored(
            service.replace_preferences(connection, asked.user_id, wanted, if_match)
        ),
    )


@router.patch("/preferences", tags=["preferences"], **write(412, response_model=StoredPreferences))
def change_preferences(
    asked: OwnWrite, change: PreferencesChange, if_match: IfMatch = None
) -> Response:
    """Change what is named, take away what is null, and leave the rest."""
    return _once(
        asked,
        lambda connection: _stored(
            service.change_preferences(connection, asked.user_id, change, if_match)
        ),
    )


@router.delete(
    "/preferences", tags=["preferences"], **write(412, status_code=204, response_model=None)
)
def delete_preferences(asked: OwnWrite, if_match: IfMatch = None) -> Response:
    """Forget what the traveller has told us; their reactions stay."""
    return _once(asked, lambda connection: _forgotten(connection, asked.user_id, if_match))


def _stored(stored: StoredPreferences) -> Answer:
    return Answer(200, stored, {"ETag": service.etag(stored)})


def _forgotten(connection: Connection, user_id: int, if_match: str | None) -> Answer:
    service.replace_preferences(connection, user_id, Preferences(), if_match)
    return Answer(204)


@router.get(
    "/recommendations", tags=["recommendations"], responses=problems(), openapi_extra=BY_SESSION
)
def recommend_to_me(
    visitor: Traveller,
    visit: CurrentVisit,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    *,
    varied: Annotated[bool, Query(description="Without near-copies of one tour")] = False,
    fresh: Annotated[bool, Query(description="Without what was shown before")] = False,
) -> Recommendations:
    """Rank the catalogue for the traveller as it is now; nothing is noted as shown."""
    search = service.Search(limit, visit.language, varied=varied, fresh=fresh)
    with unit_of_work() as unit:
        found = service.recommendations(unit.connection, visitor.user_id, search)
    return service.recommended(found)


@router.post(
    "/recommendations",
    tags=["recommendations"],
    **write(status_code=201, response_model=Recommendations),
)
def show_to_me(asked: OwnWrite, order: ShowOrder) -> Response:
    """Rank tours that were not shown yet, and note that they are shown now.

    A reaction to one of them is learned from by comparison with the others.
    """
    return _once(asked, lambda connection: _shown(connection, asked, order))


def _shown(connection: Connection, asked: Write, order: ShowOrder) -> Answer:
    search = service.Search(order.limit, asked.language, varied=order.varied, fresh=True)
    return Answer(201, service.recommended(service.show(connection, asked.user_id, search)))


@router.get(
    "/recommendations/history",
    tags=["recommendations"],
    responses=problems(),
    openapi_extra=BY_SESSION,
)
def list_history(visitor: Traveller, part: AskedPart) -> Page[Shown]:
    """List what the traveller was shown, here and in the chat, the newest first."""
    after = part.after("history", 1)
    with unit_of_work() as unit:
        rows = repository.shown(
            unit.connection, visitor.user_id, after[0] if after else None, part.limit + 1
        )
    return part.page("history", rows, lambda row: (row["id"],), service.shown)


@router.get("/feedback", tags=["feedback"], responses=problems(), openapi_extra=BY_SESSION)
def list_feedback(visitor: Traveller, part: AskedPart) -> Page[Reaction]:
    """List the reactions that stand, the newest first."""
    after = part.after("feedback", 1)
    with unit_of_work() as unit:
        rows = repository.reactions(
            unit.connection, visitor.user_id, after[0] if after else None, part.limit + 1
        )
    return part.page("feedback", rows, lambda row: (row["id"],), service.reaction)


@router.post(
    "/feedback", tags=["feedback"], **write(404, status_code=201, response_model=NotedReaction)
)
def give_feedback(asked: OwnWrite, order: ReactionOrder) -> Response:
    """Note what the traveller did with a tour, and learn from it.

    `up` and `down` are thumbs, `more_like` asks for tours like it, `click` means that its page was
    opened. The same reaction to the same tour is noted once.
    """
    return _once(
        asked,
        lambda connection: Answer(
            201, service.react(connection, asked.user_id, order, asked.language)
        ),
    )


@router.delete(
    "/feedback/{reaction}",
    tags=["feedback"],
    **write(404, status_code=204, response_model=None),
)
def undo_feedback(asked: OwnWrite, reaction: Number) -> Response:
    """Take a reaction back, with what was learned from it."""
    return _once(asked, lambda connection: _undone(connection, asked, reaction))


def _undone(connection: Connection, asked: Write, reaction: int) -> Answer:
    service.undo_reaction(connection, asked.user_id, reaction)
    return Answer(204)


@router.get("/saved", tags=["saved tours"], responses=problems(), openapi_extra=BY_SESSION)
def list_saved(visitor: Traveller, part: AskedPart) -> Page[SavedTour]:
    """List the saved tours, the newest first."""
    after = part.after("saved", 2)
    with unit_of_work() as unit:
        rows = repository.saved(unit.connection, visitor.user_id, after, part.limit + 1)
    return part.page(
        "saved", rows, lambda row: (row["saved_us"], row["package_id"]), service.saved_tour
    )


@router.post("/saved", tags=["saved tours"], **write(404, status_code=204, response_model=None))
def save_tour(asked: OwnWrite, order: SaveOrder) -> Response:
    """Save a tour; one that is saved already stays so."""
    return _once(asked, lambda connection: _saved(connection, asked, order.tour))


def _saved(connection: Connection, asked: Write, tour: int) -> Answer:
    service.save(connection, asked.user_id, tour)
    return Answer(204)


@router.delete(
    "/saved/{tour}", tags=["saved tours"], **write(404, status_code=204, response_model=None)
)
def let_go_of_tour(asked: OwnWrite, tour: Number) -> Response:
    """Save a tour no longer."""
    return _once(asked, lambda connection: _let_go(connection, asked, tour))


def _let_go(connection: Connection, asked: Write, tour: int) -> Answer:
    service.let_go(connection, asked.user_id, tour)
    return Answer(204)


def _once(asked: Write, do: Callable[[Connection], Answer]) -> Response:
    with unit_of_work() as unit:
        return once(unit.connection, asked, lambda: do(unit.connection))
