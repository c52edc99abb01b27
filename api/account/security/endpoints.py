"""Ways to sign in, sessions, and who looked at one's data."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.account.rendering import back_to, show
from api.account.security import service
from api.account.security.schemas import WayKind
from api.sessions.dependency import CurrentVisit, SignedIn, csrf_checked
from api.sessions.schemas import Visitor
from core.database import unit_of_work
from core.errors import InvalidInputError
from core.settings import settings

router = APIRouter(include_in_schema=False)

SECURITY = "/account/security"
CHECKED = [Depends(csrf_checked)]

Key = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get(SECURITY)
def security(request: Request, visitor: SignedIn) -> HTMLResponse:
    """Show how one gets in, where one is signed in, and who looked at one's data."""
    return _security(request, visitor)


@router.post(
    f"{SECURITY}/ways/{{kind}}/{{way_id}}/remove", dependencies=CHECKED, response_model=None
)
def remove_way(
    request: Request, visitor: SignedIn, kind: WayKind, way_id: Key
) -> HTMLResponse | RedirectResponse:
    """Remove a way to sign in, never the last one."""
    try:
        with unit_of_work() as unit:
            service.remove_way(unit.connection, visitor, kind, way_id)
    except InvalidInputError:
        return _security(request, visitor, was_refused=True)
    return back_to(SECURITY, "way_removed")


@router.post(f"{SECURITY}/sessions/end-others", dependencies=CHECKED)
def end_others(visitor: SignedIn) -> RedirectResponse:
    """Sign out everywhere but here."""
    with unit_of_work() as unit:
        ended = service.end_others(unit.connection, visitor)
    return back_to(SECURITY, "others_ended" if ended else "nothing_to_do")


@router.post(f"{SECURITY}/sessions/{{session_id}}/end", dependencies=CHECKED)
def end_session(visitor: SignedIn, visit: CurrentVisit, session_id: UUID) -> RedirectResponse:
    """Sign out on one device, this one or another."""
    with unit_of_work() as unit:
        service.end_session(unit.connection, visitor.user_id, session_id)
    if session_id == visitor.session_id:
        visit.leave()
        return back_to("/", "signed_out")
    return back_to(SECURITY, "session_ended")


def _security(request: Request, visitor: Visitor, *, was_refused: bool = False) -> HTMLResponse:
    with unit_of_work() as unit:
        found = service.security(unit.connection, visitor.user_id)
    return show(
        request,
        "security",
        status=422 if was_refused else 200,
        security=found,
        current=visitor.session_id,
        facebook=settings().facebook_app_id is not None,
        was_refused=was_refused,
    )
