"""Tokens, and what a request with one may do."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from core.errors import ForbiddenError


class Role(StrEnum):
    """What a token is good for."""

    CATALOGUE = "catalogue"
    """Uploading feeds, and seeing what became of them."""
    OPERATOR = "operator"
    """Talking with the travellers who asked for a person."""
    ADMIN = "admin"
    """Everything."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who is asking.

    Attributes:
        name: of the token, for logs.
        role: what it is good for.
        provider: the only one whose feed it is good for; None is any.
    """

    name: str
    role: Role
    provider: str | None = None

    def insist_on_role(self, role: Role) -> None:
        """Let through what may do the work of *role*.

        Raises:
            ForbiddenError: it may not.
        """
        if self.role not in {role, Role.ADMIN}:
            raise ForbiddenError(f"this needs a token with the role {role}")

    def insist_on_provider(self, provider: str | None) -> None:
        """Let through what may see and change the feed of *provider* (None: of nobody).

        Raises:
            ForbiddenError: it may not.
        """
        if self.provider is not None and self.provider != provider:
            raise ForbiddenError(f"this token is only for the provider {self.provider}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is listed: all but the secret, which is kept nowhere."""

    name: str
    role: Role
    provider: str | None
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
