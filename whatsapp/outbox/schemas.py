"""What the outbox knows of a message that is to go out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from whatsapp.schemas import Content, TemplateUse

REPLY = 0
BULK = 10

OUTSIDE_WINDOW = "63016"
INVALID = "invalid"
GAVE_UP = "gave-up"
TOO_LATE = "too-late"
OUTCOME_UNKNOWN = "outcome-unknown"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom messages go to, as it stands at the moment of sending.

    Attributes:
        identity_id: the address's key.
        user_id: whose address it is.
        address: a phone number or a business-scoped id.
        language: the traveller's.
        reachable: whether messages to the address arrive.
        window_open: whether they wrote within the last 24 hours, less a margin.
        opted_out_at: when they opted out; None if they did not.
    """

    identity_id: int
    user_id: int
    address: str
    language: str
    reachable: bool
    window_open: bool
    opted_out_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next message of an outbox.

    Attributes:
        id: the message's key.
        content: what it says.
        template: what goes out in its place, once that has been decided.
        status: ``pending``, ``claimed`` or ``unknown``.
        priority: `REPLY` or `BULK`.
        attempts: how often it has been handed to the channel.
        claimed_at: when that was last; None if never.
        claimed_s: how many seconds ago.
        wait_s: how many seconds it is still too early for the next attempt.
    """

    id: int
    content: Content
    template: TemplateUse | None
    status: Literal["pending", "claimed", "unknown"]
    priority: int
    attempts: int
    claimed_at: datetime | None
    claimed_s: float
    wait_s: float


@dataclass(frozen=True, slots=True)
class Failure:
    """A message of ours that did not arrive.

    Attributes:
        outbound_id: the message.
        identity_id: the address that it went to.
        user_id: whose address that is.
        code: why, in the words of the provider, of WhatsApp, or our own.
        attempts: how often it has been handed over, this time included.
        priority: `REPLY` or `BULK`.
        content: what it said.
        template: the template that it went out as, if it did.
    """

    outbound_id: int
    identity_id: int
    user_id: int
    code: str
    attempts: int
    priority: int
    content: Content
    template: TemplateUse | None
