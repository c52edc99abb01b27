"""Ways in, sessions and lines of the audit trail as their owner sees them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.sessions.schemas import Session
from core.audit.service import Entry


class WayKind(StrEnum):
    """What somebody signs in with."""

    FACEBOOK = "facebook"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to sign in.

    Attributes:
        id: of the login method, or of the number.
        shown: the number, masked; empty for an account elsewhere.
        since: when it was added.
        used_at: when it was used last; None where that is not known.
    """

    kind: WayKind
    id: int
    shown: str
    since: dt.datetime
    used_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Security:
    """All of that together.

    Attributes:
        ways: the oldest first; the only one cannot be removed.
        sessions: those that go on, the one used last first.
        trail: who read or changed this traveller's data, the newest first.
    """

    ways: Sequence[Way]
    sessions: Sequence[Session]
    trail: Sequence[Entry]

    @property
    def has_facebook(self) -> bool:
        """Whether Facebook is one of the ways."""
        return any(way.kind is WayKind.FACEBOOK for way in self.ways)
