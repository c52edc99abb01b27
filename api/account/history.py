"""What was recommended to a traveller and why, as it was reckoned on that day."""

from collections.abc import Mapping
from typing import Any

from psycopg.rows import DictRow

from api.account import repository
from api.account.schemas import Fit, History, Reason, Shown
from conversation import links
from core.database import Connection
from recommender.schemas import Criterion, Part

PAGE = 20

_WELL, _PARTLY = 0.85, 0.6


def history(connection: Connection, user_id: int, before: int | None = None) -> History:
    """Return a page of what was recommended, the newest first.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        before: the cursor that the page before has given.
    """
    rows = repository.shown(connection, user_id, before, PAGE + 1)
    page = [_shown(connection, user_id, row) for row in rows[:PAGE]]
    return History(page, page[-1].id if len(rows) > PAGE else None)


def _shown(connection: Connection, user_id: int, row: DictRow) -> Shown:
    link = links.tracked(connection, user_id, row["package_id"]) if row["has_page"] else None
    told = {key: value for key, value in row.items() if key not in {"parts", "has_page"}}
    return Shown(**told, reasons=_reasons(row["parts"]), link=link)


def _reasons(parts: Mapping[str, Any]) -> list[Reason]:
    """Return what decided a recommendation, the weightiest wish first."""
    read = {Criterion(key): Part.model_validate(part) for key, part in parts.items()}
    ordered = sorted(read, key=lambda key: -read[key].weight)
    return [
        Reason(key, _fit(read[key]), read[key].evidence, round(100 * read[key].weight))
        for key in ordered
    ]


def _fit(part: Part) -> Fit:
    if not part.known:
        return Fit.UNSAID
    if part.similarity >= _WELL:
        return Fit.WELL
    return Fit.PARTLY if part.similarity >= _PARTLY else Fit.BADLY
