"""A dead letter, as an operator sees it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.errors import InvalidInputError

_ID = re.compile(r"(in|out)-([0-9]{1,18})")


class Direction(StrEnum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class LetterId:
    """A letter's name: ``out-17`` or ``in-4``."""

    direction: Direction
    number: int

    def __str__(self) -> str:
        return f"{self.direction}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> "LetterId":
        """Read a letter's name.

        Raises:
            InvalidInputError: it is none.
        """
        found = _ID.fullmatch(text.strip().lower())
        if found is None:
            raise InvalidInputError(f"{text!r} names no letter; they look like out-17 or in-4")
        return cls(Direction(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was given up.

    Attributes:
        id: its name.
        user_id: whose message it is.
        reason: the error's code, or what went wrong when it was to be answered.
        attempts: how often it was tried.
        failed_at: when it was given up.
        created_at: when it was queued, or came in.
        priority: 0 for a reply, 10 for bulk; None for what came in.
        text: what it says; None unless that was asked for.
    """

    id: LetterId
    user_id: int
    reason: str
    attempts: int
    failed_at: datetime
    created_at: datetime
    priority: int | None
    text: str | None = None

    def for_json(self) -> dict[str, Any]:
        """Return it for a program to read."""
        told = {
            "id": str(self.id),
            "direction": self.id.direction.value,
            "user_id": self.user_id,
            "reason": self.reason,
            "attempts": self.attempts,
            "failed_at": self.failed_at.isoformat(),
            "created_at": self.created_at.isoformat(),
            "priority": self.priority,
        }
        return told if self.text is None else {**told, "text": self.text}
