"""What one-time codes are for, and what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Purpose(StrEnum):
    """What a code proves."""

    JOIN = "join"
    """That whoever sends it from a number also has the web account that shows it."""
    SIGN_IN = "sign_in"
    """That whoever opens a link also reads the chat to which it was sent."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a code was good for.

    Attributes:
        user_id: for whom it was made.
        detail: what its maker noted with it.
    """

    user_id: int
    detail: Mapping[str, Any]
