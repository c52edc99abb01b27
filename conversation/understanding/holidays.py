"""Seasons and holidays by which people say when they travel."""

import datetime as dt
from collections.abc import Mapping

Day = tuple[int, int]

HOLIDAYS: Mapping[str, tuple[Day, Day]] = {
    "christmas": ((12, 23), (12, 27)),
    "new_year": ((12, 30), (1, 2)),
}
"""First and last day, as month and day."""

SEASONS: Mapping[str, tuple[Day, Day]] = {
    "spring": ((3, 1), (5, 31)),
    "summer": ((6, 1), (8, 31)),
    "autumn": ((9, 1), (11, 30)),
    "winter": ((12, 1), (2, 28)),
}
"""Likewise, as in the northern half of the earth."""

_LUNAR_NEW_YEARS = tuple(
    dt.date.fromisoformat(day)
    for day in (
        "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23",
        "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08", "2036-01-28", "2037-02-15",
        "2038-02-04", "2039-01-24", "2040-02-12",
    )
)  # fmt: skip
_DAYS_OF_TET = dt.timedelta(days=6)


def lunar_new_year(today: dt.date) -> dt.date | None:
    """Return the first day of the Tết that is on or comes next; None beyond our table."""
    return next((day for day in _LUNAR_NEW_YEARS if day + _DAYS_OF_TET >= today), None)
