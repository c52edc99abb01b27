"""What is decided when suggestions are due."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one due time.

    Attributes:
        outcome: suggestions were queued, or the question whether to go on, or nothing.
        at: when that was decided.
        reason: why nothing was queued.
        outbound_id: the message that was queued, the first of them.
        identity_id: the address it goes to.
        titles: of the tours suggested.
    """

    outcome: Literal["sent", "asked", "skipped"]
    at: datetime
    reason: str | None = None
    outbound_id: int | None = None
    identity_id: int | None = None
    titles: tuple[str, ...] = ()
