"""Sessions and those who have them."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import ForbiddenError


class Method(StrEnum):
    """How somebody came in."""

    FACEBOOK = "facebook"
    WHATSAPP = "whatsapp"
    GUEST = "guest"
    """Without proof of who they are: good for this browser only."""


class UserRole(StrEnum):
    """What somebody may do beside managing what is their own."""

    TRAVELLER = "traveller"
    OPERATOR = "operator"
    """Talk with travellers who asked for a person."""
    ADMIN = "admin"
    """That, and read who looked at whose data."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session.

    Attributes:
        user_id: whose it is.
        session_id: which it is.
        role: what they may do.
        method: how they came in.
        language: the one in which they are addressed elsewhere.
    """

    user_id: int
    session_id: UUID
    role: UserRole
    method: Method
    language: str = "en"

    @property
    def is_guest(self) -> bool:
        """Whether they have not proved who they are."""
        return self.method is Method.GUEST

    def insist_on_role(self, role: UserRole) -> None:
        """Let through who may do the work of *role*.

        Raises:
            ForbiddenError: they may not.
        """
        if self.role not in {role, UserRole.ADMIN}:
            raise ForbiddenError(f"this needs the role {role}")


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and the secret that renews it, which is shown to its browser alone.

    Attributes:
        renewal: the token for the cookie; None where the browser keeps the one it has.
        expires_at: when the session ends unless it is renewed before.
    """

    visitor: Visitor
    renewal: str | None
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner sees it."""

    id: UUID
    method: Method
    device: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
