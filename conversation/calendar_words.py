"""Days, months and hours as readers of either language write them."""

import datetime as dt

from babel.dates import format_date

from recommender.schemas import DateSpan


def day(date: dt.date, language: str) -> str:
    """Return a day: ``3 Jul 2027`` or ``3/7/2027``."""
    if language == "vi":
        return f"{date.day}/{date.month}/{date.year}"
    return format_date(date, "d MMM y", locale="en")


def month(date: dt.date, language: str) -> str:
    """Return a month: ``July 2027`` or ``Tháng 7/2027``."""
    if language == "vi":
        return f"Tháng {date.month}/{date.year}"
    return format_date(date, "MMMM y", locale="en")


def span(days: DateSpan, language: str) -> str:
    """Return days from one to another; a whole month by its name, one day by itself."""
    if days.start == days.end:
        return day(days.start, language)
    if days == whole_month(days.start):
        words = month(days.start, language)
        return words if language == "en" else words.lower()
    return f"{day(days.start, language)} – {day(days.end, language)}"


def whole_month(date: dt.date) -> DateSpan:
    """Return the month in which a day lies."""
    first = date.replace(day=1)
    return DateSpan(start=first, end=next_month(first) - dt.timedelta(days=1))


def next_month(date: dt.date) -> dt.date:
    """Return the first day of the month after that of a day."""
    return (date.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def hour(number: int) -> str:
    """Return an hour of the day: ``09:00``."""
    return f"{number:02}:00"
