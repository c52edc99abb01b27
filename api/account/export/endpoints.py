"""Taking one's data out, and having it deleted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.account.deletion import delete
from api.account.export.rendering import written
from api.account.export.schemas import Format
from api.account.export.service import export
from api.account.rendering import ROOM, back_to, show
from api.pages.rendering import Say, say_for
from api.sessions.dependency import CurrentVisit, SignedIn, csrf_checked
from core import rate_limits
from core.audit.service import traveller
from core.database import unit_of_work
from core.text import fold

router = APIRouter(include_in_schema=False)

CHECKED = [Depends(csrf_checked)]

_RATE = "10/hour"
_LONGEST_WORD = 40
_TYPES = {Format.JSON: "application/json", Format.HTML: "text/html; charset=utf-8"}


@router.get("/account/data")
def data(request: Request, _: SignedIn) -> HTMLResponse:
    """Show what can be done with one's data."""
    return show(request, "data")


@router.get("/account/export")
def see_data(_: SignedIn) -> RedirectResponse:
    """Lead to the page with the form."""
    return back_to("/account/data")


@router.post("/account/export", dependencies=CHECKED)
def take_out(visitor: SignedIn, form: Annotated[Format, Form()]) -> Response:
    """Hand out everything that is stored, as a file."""
    rate_limits.take("export", str(visitor.user_id), _RATE)
    with unit_of_work() as unit:
        found = export(unit.connection, visitor.user_id, traveller(visitor.user_id), form.value)
    name = f"travel-buddy-{found.made_at:%Y-%m-%d}.{form.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(found, form), headers=headers, media_type=_TYPES[form])


@router.get("/account/delete")
def ask_before_deletion(request: Request, _: SignedIn) -> HTMLResponse:
    """Say exactly what goes, and ask for a word and a tick."""
    return show(request, "delete", errors={}, typed="", is_sure=False)


@router.post("/account/delete", dependencies=CHECKED, response_model=None)
def delete_everything(
    request: Request,
    visitor: SignedIn,
    visit: CurrentVisit,
    word: Annotated[str, Form(max_length=_LONGEST_WORD)] = "",
    sure: Annotated[str, Form(max_length=_LONGEST_WORD)] = "",
) -> HTMLResponse | RedirectResponse:
    """Delete a traveller who typed the word and ticked that they are sure."""
    errors = _doubts(say_for(ROOM, visit.language), word, sure)
    if errors:
        return show(request, "delete", status=422, errors=errors, typed=word, is_sure=bool(sure))
    with unit_of_work() as unit:
        at_once = delete(unit.connection, visitor.user_id, traveller(visitor.user_id))
    visit.leave()
    return back_to("/farewell" if at_once else "/farewell/soon")


@router.get("/farewell")
def farewell(request: Request) -> HTMLResponse:
    """Say that everything is gone."""
    return show(request, "farewell", is_soon=False)


@router.get("/farewell/soon")
def farewell_soon(request: Request) -> HTMLResponse:
    """Say that everything is gone but for what the channel has to delete first."""
    return show(request, "farewell", is_soon=True)


def _doubts(say: Say, word: str, sure: str) -> dict[str, str]:
    """Return by field why nothing is deleted yet."""
    wanted = say("delete.word")
    errors = {}
    if fold(word) != fold(wanted):
        errors["word"] = say("delete.wrong_word", word=wanted)
    if sure != "yes":
        errors["sure"] = say("delete.not_sure")
    return errors
