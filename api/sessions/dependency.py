"""FastAPI dependencies: who is visiting, and whether they may."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from api.sessions.schemas import UserRole, Visitor
from api.sessions.visit import Visit, visit_of
from core.errors import ForbiddenError, SignInNeededError

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

CurrentVisit = Annotated[Visit, Depends(visit_of)]
"""The visit of a browser, whoever it is."""


def some_visitor(visit: CurrentVisit) -> Visitor:
    """Return who has a session, guest or not.

    Raises:
        SignInNeededError: nobody has.
    """
    if visit.visitor is None:
        raise SignInNeededError("begin on the first page, or sign in")
    return visit.visitor


def signed_in(visit: CurrentVisit) -> Visitor:
    """Return who has shown who they are.

    Raises:
        SignInNeededError: nobody has.
    """
    if visit.visitor is None or visit.visitor.is_guest:
        raise SignInNeededError("sign in first")
    return visit.visitor


SomeVisitor = Annotated[Visitor, Depends(some_visitor)]
SignedIn = Annotated[Visitor, Depends(signed_in)]


def require_role(role: UserRole) -> Callable[[SignedIn], Visitor]:
    """Return a dependency that lets through who may do the work of *role*.

    It answers 403 to others, and sends who is not signed in to do so.
    """

    def visitor(visitor: SignedIn) -> Visitor:
        visitor.insist_on_role(role)
        return visitor

    return visitor


async def csrf_checked(request: Request, visit: CurrentVisit) -> None:
    """Refuse what was not sent by a page made for this browser and this session.

    The token comes in the header ``X-CSRF-Token``, or in the field ``csrf`` of a form.

    Raises:
        ForbiddenError: there is no token, or somebody else's.
    """
    token = request.headers.get("X-CSRF-Token") or await _token_in_form(request)
    if not visit.has_sent(token):
        raise ForbiddenError("this page has expired: go back, load it again and retry")


async def _token_in_form(request: Request) -> str:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        return ""
    token = (await request.form()).get("csrf", "")
    return token if isinstance(token, str) else ""


def client_of(request: Request) -> str:
    """Return the address from which a request came, for counting only."""
    return request.client.host if request.client else "unknown"
