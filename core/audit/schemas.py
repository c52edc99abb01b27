"""The audit trail's entries."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["traveller", "operator", "admin", "token", "system"]
Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something.

    Attributes:
        kind: what they are to the traveller whose data it is.
        id: the user's key or the token's name; empty for the system.
    """

    kind: ActorKind
    id: str = ""


SYSTEM = Actor("system")


def traveller(user_id: int) -> Actor:
    """Return the traveller who does something with what is their own."""
    return Actor("traveller", str(user_id))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit trail.

    Attributes:
        action: a thing and what was done to it: ``data.exported``.
        user_id: whose data it was; it may be gone by now.
        detail: circumstances, none of them personal.
    """

    id: int
    at: dt.datetime
    actor: ActorKind
    actor_id: str
    action: str
    user_id: int | None
    detail: Mapping[str, Detail] = field(default_factory=dict)
