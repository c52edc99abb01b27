"""When and how long: days from and to, and the dates between which the journey is to be."""

import datetime as dt
import re

from pydantic import ValidationError

from api.onboarding.schemas import Draft, FaultyError, Wish
from recommender.schemas import LONGEST_DAYS, DateSpan, Duration

_FARTHEST = dt.timedelta(days=3 * 366)
_A_YEAR = dt.timedelta(days=365)
_LEAST_DAYS = 0.25
_NUMBER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")


def shown(wish: Wish, language: str) -> Draft:  # noqa: ARG001 - numbers look alike in both
    """Return the fields for the time of a wish."""
    fields: dict[str, str] = {}
    if wish.interests.duration:
        low, high = _bounds(wish.interests.duration)
        fields |= {"days_from": _written(low), "days_to": _written(high)}
    if wish.dates:
        fields |= {"earliest": str(wish.dates.start), "latest": str(wish.dates.end)}
    return Draft({name: (text,) for name, text in fields.items() if text})


def read(draft: Draft, wish: Wish, language: str) -> Wish:
    """Return the wish with the time that was typed.

    Raises:
        FaultyError: a number or a date cannot be, or the first is after the last.
    """
    if _asks_alike(draft, shown(wish, language), "days_from", "days_to"):
        duration = wish.interests.duration  # as it was said, perhaps in hours
    else:
        duration = None if draft.one("any_length") else _duration(draft)
    dates = None if draft.one("any_dates") else _dates(draft)
    return Wish(wish.stating(duration=duration).interests, dates)


def _asks_alike(draft: Draft, before: Draft, *names: str) -> bool:
    return not draft.one("any_length") and all(
        draft.one(name).strip() == before.one(name) for name in names
    )


def _duration(draft: Draft) -> Duration | None:
    low, high = _days(draft, "days_from"), _days(draft, "days_to")
    if low is None and high is None:
        return None
    shortest = low if low is not None else min(1.0, high or 1.0)
    longest = high if high is not None else float(LONGEST_DAYS)
    if longest < shortest:
        raise FaultyError(days_to="time.days_order")
    return Duration(days=shortest, max_days=longest if longest > shortest else None)


def _days(draft: Draft, name: str) -> float | None:
    written = draft.one(name).strip()
    if not written:
        return None
    days = float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else 0.0
    if not _LEAST_DAYS <= days <= LONGEST_DAYS:
        raise FaultyError(**{name: "time.days_wrong"})
    return days


def _dates(draft: Draft) -> DateSpan | None:
    today = dt.datetime.now(dt.UTC).date()
    first, last = _date(draft, "earliest", today), _date(draft, "latest", today)
    if first is None and last is None:
        return None
    start = first or today
    try:
        return DateSpan(start=start, end=last or start + _A_YEAR)
    except ValidationError as error:
        raise FaultyError(latest="time.dates_order") from error


def _date(draft: Draft, name: str, today: dt.date) -> dt.date | None:
    written = draft.one(name).strip()
    if not written:
        return None
    try:
        date = dt.date.fromisoformat(written)
    except ValueError as error:
        raise FaultyError(**{name: "time.date_wrong"}) from error
    if name == "latest" and date < today:
        raise FaultyError(latest="time.date_over")
    if date > today + _FARTHEST or date < today - _A_YEAR:
        raise FaultyError(**{name: "time.date_far"})
    return date


def _bounds(duration: Duration) -> tuple[float, float | None]:
    low, high = duration.travel_days, duration.longest_travel_days
    return low, None if high == LONGEST_DAYS else high


def _written(days: float | None) -> str:
    return "" if days is None else f"{days:.2f}".rstrip("0").rstrip(".")
