"""The page on which a visitor connects WhatsApp."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api.joining import service
from api.joining.schemas import Progress, ShownCode
from api.pages.rendering import page
from api.sessions.dependency import CurrentVisit, SomeVisitor, csrf_checked
from api.sessions.schemas import Visitor
from api.sessions.visit import Visit, cookie_name
from conversation.calendar_words import hour as hour_in_words
from conversation.turn import WORDING
from conversation.understanding import Rhythm
from core.database import Connection, unit_of_work
from core.errors import NotFoundError
from whatsapp.accounts import number
from whatsapp.joining.service import join_link

router = APIRouter(tags=["connecting WhatsApp"], include_in_schema=False)

COOKIE = "join"
NEXT = "/account?notice=joined"

_LONGEST = 20
_Text = Annotated[str, Query(max_length=_LONGEST)]
_Field = Annotated[str, Form(max_length=_LONGEST)]


@router.get("/join")
def join(
    request: Request,
    visit: CurrentVisit,
    visitor: SomeVisitor,
    rhythm: _Text = "",
    weekday: _Text = "",
    hour: _Text = "",
    new: _Text = "",
) -> Response:
    """Show what happens and what is agreed to; or the code, while one is good."""
    shown = _shown(request, visitor)
    with unit_of_work() as unit:
        progress = service.progress(unit.connection, visitor, shown)
        if progress is Progress.JOINED:
            visit.cookies[COOKIE] = None
            return RedirectResponse(NEXT, 303)
        if shown is not None and not new:
            return _code_page(request, visit, shown, progress)
        plan = {"rhythm": rhythm, "weekday": weekday, "hour": hour}
        return _choice_page(request, visit, visitor, unit.connection, plan)


@router.get("/join/terms")
def terms(
    request: Request,
    visit: CurrentVisit,
    visitor: SomeVisitor,
    rhythm: _Text = "",
    weekday: _Text = "",
    hour: _Text = "",
) -> Response:
    """Return the part of the page that says what exactly is agreed to by one choice."""
    plan = {"rhythm": rhythm, "weekday": weekday, "hour": hour}
    with unit_of_work() as unit:
        agreed = service.terms(unit.connection, visitor, visit.language, service.plan_of(**plan))
    return page(request, "joining/terms.html", terms=agreed, plan=plan)


@router.post("/join/code", dependencies=[Depends(csrf_checked)])
def show_code(
    visit: CurrentVisit,
    visitor: SomeVisitor,
    rhythm: _Field = "",
    weekday: _Field = "",
    hour: _Field = "",
) -> Response:
    """Make a code for what was agreed to, which this browser alone is shown."""
    plan = service.plan_of(rhythm, weekday, hour)
    with unit_of_work() as unit:
        shown = service.begin(unit.connection, visitor, visit.language, plan)
    visit.cookies[COOKIE] = (service.sealed(shown), service.VALID_FOR)
    return RedirectResponse("/join", 303)


@router.get("/join/state")
def state(request: Request, visit: CurrentVisit, visitor: SomeVisitor) -> Response:
    """Tell how far it has got, and where to go on once that is all the way."""
    shown = _shown(request, visitor)
    with unit_of_work() as unit:
        progress = service.progress(unit.connection, visitor, shown)
    if progress is Progress.JOINED:
        visit.cookies[COOKIE] = None
    left = shown.minutes_left if shown else 0
    return JSONResponse({"state": progress, "minutes_left": left, "next": NEXT})


@router.get("/join/qr.svg")
def qr(request: Request, visit: CurrentVisit, visitor: SomeVisitor) -> Response:
    """Return the picture of the link that opens WhatsApp with the visitor's own code."""
    shown = _shown(request, visitor)
    if shown is None:
        raise NotFoundError("there is no code to show")
    return Response(service.picture(visit.language, shown.code), media_type="image/svg+xml")


def _shown(request: Request, visitor: Visitor) -> ShownCode | None:
    return service.unsealed(request.cookies.get(cookie_name(COOKIE)), visitor)


def _code_page(request: Request, visit: Visit, shown: ShownCode, progress: Progress) -> Response:
    return page(
        request,
        "joining/code.html",
        shown=shown,
        progress=progress,
        link=join_link(visit.language, shown.code),
        number=number(),
    )


def _choice_page(
    request: Request,
    visit: Visit,
    visitor: Visitor,
    connection: Connection,
    plan: dict[str, str],
) -> Response:
    language = visit.language
    return page(
        request,
        "joining/join.html",
        terms=service.terms(connection, visitor, language, service.plan_of(**plan)),
        plan=plan,
        numbers=service.numbers(connection, visitor),
        rhythms=[(each.value, WORDING.say(f"choice.rhythm.{each}", language)) for each in Rhythm],
        days=[(str(n), WORDING.say(f"weekday.{n}.short", language)) for n in range(7)],
        hours=[(str(n), hour_in_words(n)) for n in service.HOURS],
    )
