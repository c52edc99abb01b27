"""The audit trail, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.account.rendering import show
from api.account.staff import service
from api.sessions.dependency import require_role
from api.sessions.schemas import UserRole, Visitor
from core.audit.service import Actor
from core.database import unit_of_work
from core.errors import InvalidInputError

router = APIRouter(include_in_schema=False)

_LARGEST = 2**63 - 1
_LONGEST = 60


@router.get("/admin/audit")
def audit(
    request: Request,
    visitor: Annotated[Visitor, Depends(require_role(UserRole.ADMIN))],
    user: Annotated[str, Query(max_length=_LONGEST)] = "",
    action: Annotated[str, Query(max_length=_LONGEST)] = "",
    before: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None,
) -> HTMLResponse:
    """Show who read or changed whose personal data."""
    whose, what = _number(user), action.strip()
    reader = Actor("admin", str(visitor.user_id))
    with unit_of_work() as unit:
        entries, older = service.trail(
            unit.connection, reader, user_id=whose, action=what or None, before=before
        )
    return show(request, "audit", entries=entries, older=older, user=whose, action=what)


def _number(text: str) -> int | None:
    """Return whose lines are wanted; an empty field asks for everybody's."""
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or not 0 < int(plain) <= _LARGEST:
        raise InvalidInputError("the traveller's number is a whole number")
    return int(plain)
