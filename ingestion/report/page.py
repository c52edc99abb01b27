"""A run's report as one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ingestion.report.summary import shown, summarise
from ingestion.schemas import Reject

MOST_REJECTS = 200
"""Records set aside that a page lists one by one."""
_MOST_ROWS = 30
"""Reasons and remarks that a page lists; the rest are rare ones."""


def report_page(told: Mapping[str, Any], rejects: Sequence[Reject] = ()) -> str:
    """Return a report as a page: no scripts, nothing from elsewhere, safe whatever is in it.

    Args:
        told: as `Report.told()` has it; `source`, `trigger`, `started_at` and `finished_at` may
            stand beside it.
        rejects: the records set aside; of many the first `MOST_REJECTS` are listed.
    """
    listed = [
        (shown(each.source), each.line, shown(each.reason), shown(each.content))
        for each in rejects[:MOST_REJECTS]
    ]
    return _template().render(
        run=summarise(told),
        number=int(told.get("run_id") or 0),
        provider=shown(told.get("provider") or ""),
        rejects=listed,
        aside=int(told.get("rejected") or 0),
        most=_MOST_ROWS,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = _number
    return environment.get_template("report.html")


def _number(value: float) -> str:
    return f"{value:,.0f}"
