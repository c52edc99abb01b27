"""What staff see of a talk."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class Talk(BaseModel):
    """A talk that a person answers, or answered.

    Attributes:
        id: of the talk.
        reason: why a person was called.
        opened_at: when that was.
        last_staff_at: when staff wrote last.
        closed_at: when it was handed back.
        waiting_s: for how long the traveller has been waiting for staff; 0 while they are not.
        unanswered: how many messages came since staff wrote last.
        language: in which they write.
        name: how they call themselves; masked unless asked for.
        address: their number, or the id that stands for it; masked unless asked for.
        can_be_written_to: whether messages reach them, and they have not asked for silence.
        window_open: whether they wrote within 24 hours; else a template asks them to read first.
    """

    id: int
    reason: str
    opened_at: datetime
    last_staff_at: datetime | None
    closed_at: datetime | None
    waiting_s: int
    unanswered: int
    language: str
    name: str | None
    address: str
    can_be_written_to: bool
    window_open: bool


class Line(BaseModel):
    """One message of a talk.

    Attributes:
        at: when it came in, or was written.
        who: who said it.
        text: what was said; for what has no words, what it is.
        status: of a message of ours: how far it has come.
    """

    at: datetime
    who: Literal["traveller", "automatic", "staff"]
    text: str
    status: str | None = None


class TalkInFull(Talk):
    """A talk with its latest messages, the oldest of them first."""

    messages: list[Line]


class Reply(BaseModel):
    """What staff write."""

    text: Words


class Queued(BaseModel):
    """Messages that are on their way."""

    messages: list[int]
