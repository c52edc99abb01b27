"""The pages on which people sign in and out, and what Facebook's own server asks of us."""

from typing import Annotated
from urllib.parse import urlencode

from babel.dates import format_date
from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.login import facebook, service
from api.login.schemas import Outcome
from api.login.service import Browser
from api.pages.rendering import page
from api.sessions import service as sessions
from api.sessions.dependency import CurrentVisit, client_of, csrf_checked
from api.sessions.devices import device_of
from api.sessions.paths import local_path
from api.sessions.service import SIGNED_OUT
from api.sessions.visit import Visit
from core import rate_limits
from core.codes.service import Purpose, peek
from core.database import unit_of_work
from core.errors import ConfigurationError, RejectedError, RetryLaterError
from core.settings import settings
from whatsapp.joining.service import sign_in_link

router = APIRouter(tags=["signing in"], include_in_schema=False)

HOME = "/account"
WIZARD = "/onboarding/places"

_TRIES = "30/10 minutes"
_LONGEST = 4_000

DeletionCode = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,40}$")]
Text = Annotated[str, Query(max_length=_LONGEST)]


@router.get("/login")
def login(request: Request, visit: CurrentVisit, next: Text = "") -> Response:  # noqa: A002
    """Show the ways to sign in."""
    return_to = local_path(next, HOME)
    if visit.visitor is not None and not visit.visitor.is_guest:
        return _to(return_to)
    return page(
        request,
        "login/login.html",
        return_to=return_to,
        facebook=facebook.is_configured(),
        whatsapp=_link_to_whatsapp(visit),
    )


@router.post("/login/facebook", dependencies=[Depends(csrf_checked)])
def leave_for_facebook(
    request: Request,
    visit: CurrentVisit,
    next: Annotated[str, Form(max_length=_LONGEST)] = "",  # noqa: A002
) -> Response:
    """Send the browser to Facebook's dialog."""
    rate_limits.take("login", client_of(request), _TRIES)
    with unit_of_work() as unit:
        url = service.depart(unit.connection, _browser(request, visit), local_path(next, ""))
    return RedirectResponse(url, 303)


@router.get("/login/facebook/callback")
def back_from_facebook(
    request: Request, visit: CurrentVisit, state: Text = "", code: Text = "", error: Text = ""
) -> Response:
    """Take the browser back: signed in, refused, or with somebody else's answer."""
    rate_limits.take("login", client_of(request), _TRIES)
    browser = _browser(request, visit)
    with unit_of_work() as unit:
        attempt = service.come_back(unit.connection, browser, state)
    if attempt is None:
        return _to("/login", "login_expired")
    if error or not code:
        refused = error in {"access_denied", ""}
        return _to("/login", "login_refused" if refused else "login_failed", attempt.return_to)
    try:
        person = facebook.person(code, attempt.verifier, attempt.nonce)
    except RejectedError:
        return _to("/login", "login_failed", attempt.return_to)
    except RetryLaterError:
        return _to("/login", "login_later", attempt.return_to)
    with unit_of_work() as unit:
        arrival, opened = service.arrive(unit.connection, browser, attempt, person)
    if opened is not None:
        visit.enter(opened)
        return _to(attempt.return_to or (WIZARD if arrival.is_new else HOME))
    if arrival.outcome is Outcome.EMAIL_KNOWN:
        return _to("/login", arrival.outcome, attempt.return_to)
    return _to(attempt.return_to or HOME, arrival.outcome)


@router.get("/login/link/{token}")
def link(request: Request, token: str) -> HTMLResponse:
    """Ask before a link is used up: messengers and mail programs open links by themselves."""
    rate_limits.take("link", client_of(request), _TRIES)
    with unit_of_work() as unit:
        found = peek(unit.connection, Purpose.SIGN_IN, token)
    status = 200 if found else 404
    return page(request, "login/link.html", status=status, token=token, is_valid=bool(found))


@router.post("/login/link/{token}", dependencies=[Depends(csrf_checked)])
def enter_by_link(request: Request, visit: CurrentVisit, token: str) -> Response:
    """Sign in whoever was sent the link."""
    rate_limits.take("link", client_of(request), _TRIES)
    with unit_of_work() as unit:
        opened = service.enter_by_link(unit.connection, _browser(request, visit), token)
    if opened is None:
        return page(request, "login/link.html", status=404, token=token, is_valid=False)
    visit.enter(opened)
    return _to(HOME)


@router.post("/logout", dependencies=[Depends(csrf_checked)])
def logout(visit: CurrentVisit) -> Response:
    """End the session of this browser."""
    visitor = visit.visitor
    if visitor is not None:
        with unit_of_work() as unit:
            sessions.end_session(unit.connection, visitor.user_id, visitor.session_id, SIGNED_OUT)
    visit.leave()
    return _to("/", "signed_out")


@router.post("/login/facebook/deletion")
def delete_at_facebooks_request(
    signed_request: Annotated[str, Form(max_length=_LONGEST)],
) -> dict[str, str]:
    """Delete a person who asked Facebook for it; say where to see how that went."""
    with unit_of_work() as unit:
        code = service.delete_by_request(unit.connection, signed_request)
    return {
        "url": f"{settings().public_base_url}/deletion/{code}",
        "confirmation_code": code,
    }


@router.post("/login/facebook/deauthorize")
def removed_at_facebook(
    signed_request: Annotated[str, Form(max_length=_LONGEST)],
) -> dict[str, str]:
    """Note that a person has taken our app's rights away at Facebook."""
    with unit_of_work() as unit:
        service.removed_from_facebook(unit.connection, signed_request)
    return {"status": "ok"}


@router.get("/deletion/{code}")
def deletion_status(request: Request, visit: CurrentVisit, code: DeletionCode) -> HTMLResponse:
    """Show whether what a provider asked us to delete is gone."""
    rate_limits.take("deletion", client_of(request), _TRIES)
    with unit_of_work() as unit:
        found = service.deletion_of(unit.connection, code)
    day = format_date(found.requested_at, "long", locale=visit.language)
    return page(request, "login/deletion.html", code=code, is_done=found.is_done, requested_on=day)


def _link_to_whatsapp(visit: Visit) -> str | None:
    """Return what opens WhatsApp with the request for a link; None while no number is set."""
    try:
        return sign_in_link(visit.language)
    except ConfigurationError:
        return None


def _browser(request: Request, visit: Visit) -> Browser:
    device = device_of(request.headers.get("User-Agent", ""))
    return Browser(visit.browser, device, visit.language, visit.visitor)


def _to(path: str, notice: str = "", then: str = "") -> Response:
    query = {name: value for name, value in (("notice", notice), ("next", then)) if value}
    separator = "&" if "?" in path else "?"
    return RedirectResponse(path + (separator + urlencode(query) if query else ""), 303)
