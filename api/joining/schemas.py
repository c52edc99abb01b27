"""What the page that connects WhatsApp shows and remembers."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Progress(StrEnum):
    """How far a visitor has got."""

    NONE = "none"
    """No code has been shown to them."""
    WAITING = "waiting"
    """A code is shown that nobody has sent yet."""
    ASKED = "asked"
    """It was sent; a question is open in the chat, or was answered with no."""
    EXPIRED = "expired"
    JOINED = "joined"


class ShownCode(BaseModel):
    """A code as its own browser keeps it, encrypted: the database has only its hash.

    Attributes:
        code: the code.
        session_id: of the session in which it was made, and in which alone it is shown.
        issued_at: when it was made, by the database's clock.
        until: when it expires.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    session_id: UUID
    issued_at: dt.datetime
    until: dt.datetime

    @property
    def minutes_left(self) -> int:
        """For how many whole minutes it is good."""
        return max(0, int((self.until - dt.datetime.now(dt.UTC)).total_seconds() // 60))


class Terms(BaseModel):
    """The words to which whoever asks for a code agrees.

    Attributes:
        talk: about talking with us.
        ideas: about regular ideas; None where none are wished.
    """

    model_config = ConfigDict(frozen=True)

    talk: str
    ideas: str | None
