"""All that is stored about a person, in a form for programs and for readers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

VERSION = 1


class Format(StrEnum):
    """How an export is written."""

    JSON = "json"
    HTML = "html"


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is stored about one person.

    Attributes:
        user_id: whose data it is.
        made_at: when it was read.
        business: who keeps it.
        language: the person's own.
        tables: rows by the name of their table, the oldest first; what was encrypted is legible,
            and every value is one that JSON knows.
    """

    user_id: int
    made_at: dt.datetime
    business: str
    language: str
    tables: Mapping[str, Sequence[Row]]

    def document(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return {
            "version": VERSION,
            "business": self.business,
            "made_at": self.made_at.isoformat(),
            "user_id": self.user_id,
            "tables": {name: [dict(row) for row in rows] for name, rows in self.tables.items()},
        }
