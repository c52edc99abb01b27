"""The account: what was told, what matters most, what was recommended."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict

from api.account import service
from api.account.agreements import endpoints as agreements
from api.account.agreements.service import plan
from api.account.export import endpoints as export
from api.account.history import history
from api.account.rendering import back_to, show
from api.account.schemas import Level
from api.account.security import endpoints as security
from api.account.staff import endpoints as staff
from api.sessions.dependency import CurrentVisit, SignedIn, csrf_checked
from core.database import unit_of_work
from recommender.reactions import Kind
from recommender.schemas import Criterion
from recommender.service import SIMILAR

router = APIRouter(tags=["account"], include_in_schema=False)

HOME = "/account"
IMPORTANCE = "/account/importance"
HISTORY = "/account/history"
CHECKED = [Depends(csrf_checked)]

Key = Annotated[int, Path(ge=1, le=2**63 - 1)]
Cursor = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
_THUMBS = {"up": Kind.UP, "down": Kind.DOWN, "none": None}


class Importance(BaseModel):
    """How much each criterion matters, as the form sends it."""

    model_config = ConfigDict(frozen=True)

    location: Level
    duration: Level
    budget: Level
    transportation: Level
    food: Level
    activities: Level
    accommodation_notes: Level

    def levels(self) -> dict[Criterion, Level]:
        """Return them by criterion."""
        return {key: getattr(self, key.value) for key in Criterion}


@router.get(HOME)
def overview(request: Request, visitor: SignedIn, visit: CurrentVisit) -> HTMLResponse:
    """Show what a traveller told us, and what we make of it."""
    with unit_of_work() as unit:
        found = service.overview(unit.connection, visitor.user_id, visit.language)
        schedule = plan(unit.connection, visitor.user_id, visit.language)
    return show(request, "overview", overview=found, plan=schedule)


@router.post("/account/saved/{package_id}/remove", dependencies=CHECKED)
def unsave(visitor: SignedIn, package_id: Key) -> RedirectResponse:
    """Let a saved tour go."""
    with unit_of_work() as unit:
        service.unsave(unit.connection, visitor.user_id, package_id)
    return back_to(HOME, "unsaved")


@router.get(IMPORTANCE)
def importance(request: Request, visitor: SignedIn) -> HTMLResponse:
    """Show what matters most to a traveller."""
    with unit_of_work() as unit:
        levels = service.levels(unit.connection, visitor.user_id)
    return show(request, "importance", levels=levels, choices=list(Level))


@router.post(IMPORTANCE, dependencies=CHECKED)
def save_importance(visitor: SignedIn, chosen: Annotated[Importance, Form()]) -> RedirectResponse:
    """Store what matters most to a traveller."""
    with unit_of_work() as unit:
        service.save_levels(unit.connection, visitor.user_id, chosen.levels())
    return back_to(IMPORTANCE, "importance_saved")


@router.post(f"{IMPORTANCE}/reset", dependencies=CHECKED)
def reset_importance(visitor: SignedIn) -> RedirectResponse:
    """Let everything matter as usual."""
    with unit_of_work() as unit:
        service.save_levels(unit.connection, visitor.user_id, {})
    return back_to(IMPORTANCE, "importance_saved")


@router.get(HISTORY)
def recommended(request: Request, visitor: SignedIn, before: Cursor = None) -> HTMLResponse:
    """Show what was recommended and why, the newest first."""
    with unit_of_work() as unit:
        found = history(unit.connection, visitor.user_id, before)
    return show(request, "history", history=found, before=before, similar=SIMILAR)


@router.post("/account/history/{recommendation_id}/thumb", dependencies=CHECKED)
def give_thumb(
    visitor: SignedIn,
    recommendation_id: Key,
    thumb: Annotated[Literal["up", "down", "none"], Form()],
    before: Annotated[int | None, Form(ge=1, le=2**63 - 1)] = None,
) -> RedirectResponse:
    """Note a thumb for a tour that was recommended, or take it back."""
    with unit_of_work() as unit:
        service.react(unit.connection, visitor.user_id, recommendation_id, _THUMBS[thumb])
    query = f"before={before}&" if before else ""
    path = f"{HISTORY}?{query}notice=thumb_noted#r{recommendation_id}"
    return RedirectResponse(path, 303)


for room in (agreements, security, export, staff):
    router.include_router(room.router)
