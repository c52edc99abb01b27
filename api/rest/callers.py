"""Who is asking: a traveller's browser, or an operator's program with a token."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request
from fastapi.security.utils import get_authorization_scheme_param

from api.sessions.dependency import CurrentVisit, SomeVisitor
from api.sessions.schemas import Visitor
from api.sessions.visit import visit_of
from core import rate_limits
from core.access.schemas import Access
from core.access.service import authenticate
from core.database import unit_of_work
from core.errors import ForbiddenError, SignInNeededError

RATE = "120/minute"

_KEY_PATTERN = r"^[\x21-\x7e]{1,200}$"


def _traveller(visitor: SomeVisitor) -> Visitor:
    rate_limits.take("api", owner_of(visitor), RATE)
    return visitor


Traveller = Annotated[Visitor, Depends(_traveller)]
"""Who has a session, guests included, and has not asked too often."""


def owner_of(visitor: Visitor) -> str:
    """Return under which name a traveller's requests are counted and remembered."""
    return f"user:{visitor.user_id}"


def csrf_header(
    visit: CurrentVisit,
    x_csrf_token: Annotated[str, Header(max_length=200, include_in_schema=False)] = "",
) -> None:
    """Refuse a write that our own page, or a program that has read it, has not asked for.

    Raises:
        ForbiddenError: it carries no token, or another session's.
    """
    if not visit.has_sent(x_csrf_token):
        raise ForbiddenError("send the csrf_token of GET /api/v1/me as X-CSRF-Token")


@dataclass(frozen=True, slots=True)
class Write:
    """A write that a traveller asks for.

    Attributes:
        visitor: whose data it is about.
        key: under which it is done once only; None where they do not mind.
        fingerprint: of all that was asked, so that another request under that key is noticed.
        language: to answer in.
    """

    visitor: Visitor
    key: str | None
    fingerprint: bytes
    language: str

    @property
    def user_id(self) -> int:
        """Whose data it is about."""
        return self.visitor.user_id

    @property
    def owner(self) -> str:
        """Whose keys it is among."""
        return owner_of(self.visitor)


async def _write(
    request: Request,
    visitor: Traveller,
    visit: CurrentVisit,
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=_KEY_PATTERN,
            description="A name of your choice for this write: sent again within 24 hours, the "
            "write is not done again, and answered as it was",
            examples=["5e0c1f0a-8f0b-4f58-9c3e-0d6c1f3d9b1a"],
        ),
    ] = None,
) -> Write:
    asked = [request.method.encode(), str(request.url.path).encode(), await request.body()]
    digest = hashlib.sha256()
    for part in asked:
        digest.update(hashlib.sha256(part).digest())
    return Write(visitor, idempotency_key, digest.digest(), visit.language)


OwnWrite = Annotated[Write, Depends(_write)]


def _token(request: Request) -> Access:
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    if scheme.lower() != "bearer" or not token:
        raise _unauthorised("send a token: Authorization: Bearer tb_…", "Bearer")
    with unit_of_work() as unit:
        access = authenticate(unit.connection, token)
    if access is None:
        raise _unauthorised("this token is not valid", 'Bearer error="invalid_token"')
    rate_limits.take("api", f"token:{access.name}", RATE)
    return access


AnyToken = Annotated[Access, Depends(_token)]
"""A token in use, whatever its role: what is asked for is in the public catalogue."""


def _anyone(request: Request) -> None:
    """Let a token through, or else a session; a token is not looked for among cookies."""
    if "Authorization" in request.headers:
        _token(request)
        return
    visitor = visit_of(request).visitor
    if visitor is None:
        raise SignInNeededError("send a token, or begin on the first page")
    rate_limits.take("api", owner_of(visitor), RATE)


anyone = Depends(_anyone)


def _unauthorised(reason: str, challenge: str) -> HTTPException:
    return HTTPException(401, reason, {"WWW-Authenticate": challenge})
