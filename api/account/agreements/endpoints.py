"""The schedule of suggestions, and all consents."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.account.agreements import service
from api.account.agreements.schemas import Wished
from api.account.rendering import back_to, show
from api.sessions.dependency import CurrentVisit, SignedIn, csrf_checked
from api.sessions.visit import Visit
from conversation.understanding import Rhythm, Schedule
from core.database import unit_of_work
from core.errors import InvalidInputError

router = APIRouter(include_in_schema=False)

SCHEDULE = "/account/schedule"
CHECKED = [Depends(csrf_checked)]

_LONGEST_ZONE = 64


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


class Asked(BaseModel):
    """A schedule as the form sends it."""

    model_config = ConfigDict(frozen=True)

    rhythm: Rhythm
    weekday: Annotated[
        Annotated[int, Field(ge=0, le=6)] | None, BeforeValidator(_blank_is_none)
    ] = None
    hour: Annotated[Annotated[int, Field(ge=0, le=23)] | None, BeforeValidator(_blank_is_none)] = (
        None
    )
    zone: Annotated[
        Annotated[str, Field(max_length=_LONGEST_ZONE)] | None, BeforeValidator(_blank_is_none)
    ] = None

    def wished(self) -> Wished:
        """Return it as it is stored; a day has a meaning for some rhythms only."""
        weekly = self.rhythm in {Rhythm.WEEKLY, Rhythm.FORTNIGHTLY}
        weekday = self.weekday if weekly else None
        return Wished(Schedule(rhythm=self.rhythm, weekday=weekday, hour=self.hour), self.zone)

    def fields(self) -> dict[str, str]:
        """Return it as hidden fields of the next form."""
        values = self.model_dump(mode="json")
        return {key: "" if value is None else str(value) for key, value in values.items()}


class Agreed(Asked):
    """A schedule, and the seal of the words to which somebody agrees."""

    shown: Annotated[str, Field(max_length=64)]


@router.get(SCHEDULE)
def schedule(request: Request, visitor: SignedIn, visit: CurrentVisit) -> HTMLResponse:
    """Show when suggestions come, and how to change that."""
    return _schedule(request, visitor.user_id, visit)


@router.get(f"{SCHEDULE}/terms")
def read_terms(
    request: Request, visitor: SignedIn, visit: CurrentVisit, asked: Annotated[Asked, Query()]
) -> HTMLResponse:
    """Show what one agrees to with this schedule, before anything is stored."""
    try:
        words = service.terms(asked.wished(), visit.language)
    except InvalidInputError:
        return _schedule(request, visitor.user_id, visit, was_refused=True)
    return _terms(request, asked, words)


@router.post(SCHEDULE, dependencies=CHECKED, response_model=None)
def agree(
    request: Request, visitor: SignedIn, visit: CurrentVisit, agreed: Annotated[Agreed, Form()]
) -> HTMLResponse | RedirectResponse:
    """Store a schedule and the consent; other words than were shown are shown first."""
    wished = agreed.wished()
    try:
        with unit_of_work() as unit:
            stored = service.agree(
                unit.connection, visitor.user_id, wished, visit.language, agreed.shown
            )
    except InvalidInputError:
        return _schedule(request, visitor.user_id, visit, was_refused=True)
    if not stored:
        asked = Asked.model_validate(agreed.model_dump(exclude={"shown"}))
        words = service.terms(wished, visit.language)
        return _terms(request, asked, words, has_changed=True)
    return back_to(SCHEDULE, "agreed")


@router.post(f"{SCHEDULE}/pause", dependencies=CHECKED)
def pause(visitor: SignedIn, days: Annotated[int, Form()]) -> RedirectResponse:
    """Let the suggestions rest for a while."""
    with unit_of_work() as unit:
        changed = service.pause(unit.connection, visitor.user_id, days)
    return _changed("paused", changed)


@router.post(f"{SCHEDULE}/resume", dependencies=CHECKED)
def resume(visitor: SignedIn) -> RedirectResponse:
    """Go on after a pause."""
    with unit_of_work() as unit:
        changed = service.resume(unit.connection, visitor.user_id)
    return _changed("resumed", changed)


@router.post(f"{SCHEDULE}/stop", dependencies=CHECKED)
def stop(visitor: SignedIn, visit: CurrentVisit) -> RedirectResponse:
    """End the suggestions."""
    with unit_of_work() as unit:
        changed = service.stop(unit.connection, visitor.user_id, visit.language)
    return _changed("stopped", changed)


@router.get("/account/consents")
def consents(request: Request, visitor: SignedIn) -> HTMLResponse:
    """Show all that was agreed to and withdrawn, with the words of that day."""
    with unit_of_work() as unit:
        found = service.consents(unit.connection, visitor.user_id)
    return show(request, "consents", consents=found)


def _schedule(
    request: Request, user_id: int, visit: Visit, *, was_refused: bool = False
) -> HTMLResponse:
    with unit_of_work() as unit:
        plan = service.plan(unit.connection, user_id, visit.language)
    return show(
        request,
        "schedule",
        status=422 if was_refused else 200,
        plan=plan,
        chosen=plan.wished or Wished(Schedule(rhythm=Rhythm.WEEKLY)),
        was_refused=was_refused,
        rhythms=list(Rhythm),
        hours=range(service.EARLIEST, service.LATEST + 1),
        zones=service.zones(),
        pauses=service.PAUSES,
    )


def _terms(
    request: Request, asked: Asked, words: str, *, has_changed: bool = False
) -> HTMLResponse:
    return show(
        request,
        "terms",
        status=409 if has_changed else 200,
        words=words,
        seal=service.seal(words),
        fields=asked.fields(),
        has_changed=has_changed,
    )


def _changed(notice: str, changed: bool) -> RedirectResponse:  # noqa: FBT001
    return back_to(SCHEDULE, notice if changed else "nothing_to_do")
