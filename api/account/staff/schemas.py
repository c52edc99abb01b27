"""A traveller as staff find them."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """Who was looked for: a number and no name.

    Attributes:
        leaving_since: when they asked to be forgotten.
    """

    user_id: int
    role: str
    language: str
    created_at: dt.datetime
    leaving_since: dt.datetime | None
