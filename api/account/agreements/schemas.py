"""Schedules and consents as their owner sees them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from conversation.understanding import Schedule


@dataclass(frozen=True, slots=True)
class Wished:
    """When suggestions are wished.

    Attributes:
        zone: as the time zone database calls it; None goes by the phone number's country.
    """

    schedule: Schedule
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The suggestions of a traveller.

    Attributes:
        wished: what was agreed on last; None before the first time.
        words: that in words: "every Friday at 10:00".
        active: whether suggestions come at all.
        paused_until: till when they rest; None where they do not.
        next_at: when the next ones are due, in the traveller's own time; None while that is open.
        is_joined: whether there is a number on WhatsApp to send them to.
        is_silenced: whether they wrote STOP on WhatsApp, which only START takes back.
    """

    wished: Wished | None
    words: str
    active: bool
    paused_until: dt.datetime | None
    next_at: dt.datetime | None
    is_joined: bool
    is_silenced: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """One thing that was agreed to or withdrawn.

    Attributes:
        kind: "conversation" or "recommendations".
        text_shown: the very words.
        channel: where: "chat", "web" or both.
    """

    kind: str
    granted: bool
    text_shown: str
    text_version: str
    channel: str
    recorded_at: dt.datetime


Consents = Sequence[Consent]
