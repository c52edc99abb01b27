"""How long a trip is wished to be."""

import re
from collections.abc import Callable, Iterator

from conversation.understanding.numbers import NUMBER, VIETNAMESE_FORMS, is_vietnamese, value
from conversation.understanding.reading import Reading, Span
from recommender.schemas import Duration

LONGEST_DAYS = 366
OPEN_END = 2.0
"""A wish without an upper end ("at least 4 days") reaches to this many times its lower end."""

_HALF_DAY = 0.5
_COUPLE = (2.0, 2.0)
_FEW = (2.0, 4.0)

_NUMBER = rf"(?P<low>{NUMBER})"
_TO = r"\s*(?:-|~|to|or|until|till?|through|den|toi|hoac|hay)\s*"
_RANGE = (
    rf"(?:between\s+|from\s+|tu\s+)?{_NUMBER}(?:(?:{_TO}|\s+and\s+)(?P<high>{NUMBER}))?"
    r"(?P<more>\+)?"
)
_HALF = r"(?P<half>(?:\s+and\s+a\s+half|\s*1/2)?)"

_DAY = r"(?:full[\s-]+)?(?:days?|dys|dyas|ngay|hom)(?![a-z])"
_DAY += r"(?!\s*(?:\d+\s*/|ago|from now|old|before|prior|in advance|ahead|nua\b|truoc))"
_SHORT_DAY = r"(?<!\d{3})(?<!\d{3} )[dn](?![a-z0-9])"
_NIGHTS = rf"(?:\s*[,/&+-]?\s*(?:and\s+|va\s+)?(?:{NUMBER})\s*-?\s*(?:nights?|dem|[dn](?![a-z])))?"
_AT_LEAST = (
    r"(?:at least|minimum(?: of)?|min|no less than|more than|over|it nhat|toi thieu|tren|hon)"
)
_UP_TO = (
    r"(?:up to|at most|max(?:imum)?(?: of)?|no more than|not more than|no longer than|less than"
    r"|under|within|toi da|khong qua|ko qua|nhieu nhat|duoi|it hon|trong vong)"
)
_BOUND = rf"(?:(?:(?P<least>\b{_AT_LEAST})|(?P<most>\b{_UP_TO}))\s+)?"
_FROM_NOW = (
    r"(?<!leaving in )(?<!leave in )(?<!starting in )(?<!every )(?<!you in )(?<!\bmoi )(?<!\bhang )"
)

_DAYS = re.compile(
    rf"{_FROM_NOW}{_BOUND}{_RANGE}(?:\s*-?\s*{_DAY}|\s*{_SHORT_DAY}){_HALF}"
    rf"(?P<ruoi>\s+ruoi)?{_NIGHTS}(?P<plus>\s*\+|\s+(?:or more|tro len))?"
    r"(?P<tops>\s+(?:tops|max(?:imum)?|at most|or less|or fewer|la cung|do lai|tro lai)\b)?"
)
_NIGHTS_ONLY = re.compile(rf"{_FROM_NOW}{_BOUND}{_RANGE}\s*-?\s*(?:nights?|dem)\b(?!\s*nay)")
_LETTERS = re.compile(
    r"(?<!\d)(?P<low>\d{1,3})\s*(?:n\s*[/&+-]?\s*(?P<high>\d{1,3})\s*d"
    r"|d\s*[/&+-]?\s*(?P<nights>\d{1,3})\s*n)(?![a-z0-9])"
)
_WEEKS = re.compile(
    rf"{_FROM_NOW}{_BOUND}{_RANGE}\s*-?\s*(?:weeks?|wks?|tuan)\b{_HALF}(?P<ruoi>\s+ruoi)?"
)
_MONTHS = re.compile(rf"{_FROM_NOW}{_BOUND}{_RANGE}\s*-?\s*(?:months?|thang)\b(?!\s*\d)")
_HOURS = re.compile(
    rf"{_BOUND}{_RANGE}\s*-?\s*(?:hours?|hrs?|tieng|gio|h)\b(?!\s*(?:sang|chieu|toi|trua|dem"
    rf"|anh|viet))"
    r"(?!\d)"
)
_MINUTES = re.compile(
    rf"(?<!in )(?<!every ){_BOUND}{_RANGE}\s*-?\s*(?:minutes?|mins?|phut)\b"
    r"(?!\s*(?:from|away|off|by|to|walk|drive|ride|flight|on foot|ago|late|before|after|timer"
    r"|cach|di\b|den\b|tu\b|lai xe|chay|nua\b|truoc))"
)

_FIXED: tuple[tuple[re.Pattern[str], tuple[float, float]], ...] = tuple(
    (re.compile(pattern), days)
    for pattern, days in (
        (
            r"\b(?:half(?:[\s-]+a)?[\s-]+day|nua ngay|nua buoi|mot buoi|1 buoi)\b",
            (_HALF_DAY, _HALF_DAY),
        ),
        (r"\b(?:a )?day and a half\b|\bmot ngay ruoi\b", (1.5, 1.5)),
        (r"\b(?:a )?week and a half\b|\btuan ruoi\b", (10, 10)),
        (r"\b(?:a )?fortnight\b", (14, 14)),
        (r"\bhalf (?:a )?month\b|\bnua thang\b", (15, 15)),
        (r"\b(?:a )?couple of weeks\b", (14, 14)),
        (r"\b(?:a )?couple of (?:days|nights)\b|\bdoi ba ngay\b", _COUPLE),
        (r"\b(?:a )?few days\b|\b(?:vai|may) (?:ba )?(?:ngay|hom)\b", _FEW),
        (r"\b(?:long|3-day|extended) weekend\b|\bcuoi tuan dai\b", (3, 3)),
        (r"\bweekend\b|\bcuoi tuan\b", (2, 2)),
        (
            (
                r"\b(?:day[\s-]?trips?|day[\s-]?tours?|full[\s-]day|whole day|all day)\b"
                r"|(?:\b(?:for|in|only|just)|[,:]) (?:only |just )?a day\b"
            ),
            (1, 1),
        ),
        (r"\b(?:trong ngay|ca ngay|di ve trong ngay|tron ngay)\b", (1, 1)),
        (r"\bovernight\b|\bqua dem\b", (2, 2)),
        (r"\b(?:a|one|this|whole) week(?:'s|-long)?\b(?! nay)", (7, 7)),
        (r"\b(?:a|one|whole) month(?:'s|-long)?\b", (30, 30)),
    )
)
_NEVER = re.compile(
    r"\b(?:every|each|per|moi|hang) (?:day|week|month|ngay|tuan|thang)\b"
    r"|\b(?:once|twice) an? (?:day|week|month)\b|\bcuoi tuan (?:sau|toi) nua\b"
)


def take_duration(reading: Reading) -> Duration | None:
    """Use up what a message says about the length of the trip, and return it."""
    reading.take_all(_NEVER)
    found: Duration | None = None
    for span, duration in _durations(reading):
        reading.take(span)
        if found is None or (found.days == _HALF_DAY and duration.hours):
            found = duration  # "half a day, about 4 hours" are 4 hours
    return found


def longer(duration: Duration, days: float) -> Duration:
    """Return a length with *days* more (below 0: fewer); at least half a day is left."""
    low = min(max(0.5, duration.travel_days + days), LONGEST_DAYS)
    high = None if duration.max_days is None else min(duration.max_days + days, LONGEST_DAYS)
    return Duration(days=low, max_days=high if high is not None and high > low else None)


def _durations(reading: Reading) -> Iterator[tuple[Span, Duration]]:
    """Yield the lengths in a message, the most telling way of putting it first."""
    for pattern, days in _FIXED[:5]:
        match = pattern.search(reading.plain)
        if match:
            yield match.span(), Duration(days=days[0], max_days=_end(*days))
    for pattern, convert in _COUNTED:
        while (match := _first(pattern, reading)) is not None:
            duration = convert(match)
            if duration is None:
                break
            yield match.span(), duration
    for pattern, days in _FIXED[5:]:
        match = pattern.search(reading.plain)
        if match:
            yield match.span(), Duration(days=days[0], max_days=_end(*days))


def _first(pattern: re.Pattern[str], reading: Reading) -> re.Match[str] | None:
    for match in pattern.finditer(reading.plain):
        if _is_number(match, "low", reading) and _is_number(match, "high", reading):
            return match
    return None


def _is_number(match: re.Match[str], group: str, reading: Reading) -> bool:
    """Tell whether a number word is one: "năm" is five, "nam" with diacritics around is not."""
    word = match.groupdict().get(group)
    if word is None or word[:1].isdecimal():
        return not reading.plain[max(0, match.start() - 1) : match.start()].isdecimal()
    start = match.start(group)
    for part in re.finditer(r"\w+", word):
        span = (start + part.start(), start + part.end())
        if is_vietnamese(part.group()) and not reading.written(span, *VIETNAMESE_FORMS):
            return False
    return True


def _bounds(match: re.Match[str], unit: float, extra: float = 0.0) -> Duration | None:
    """Return the days of a match counted in *unit* days each, plus *extra*."""
    groups = match.groupdict()
    low = value(groups["low"])
    high = value(groups["high"]) if groups.get("high") else low
    if low is None or high is None:
        return None
    half = 0.5 if (groups.get("half") or groups.get("ruoi")) else 0.0
    low, high = (low + half) * unit + extra, (high + half) * unit + extra
    if groups.get("most") or groups.get("tops"):
        low = min(1.0, low)
    elif groups.get("least") or groups.get("plus") or groups.get("more"):
        high = low * OPEN_END
    return _days(low, high)


def _days(low: float, high: float) -> Duration | None:
    low, high = min(low, high), max(low, high)
    if not 0 < low <= LONGEST_DAYS:
        return None
    return Duration(days=low, max_days=_end(low, high))


def _end(low: float, high: float) -> float | None:
    return min(high, LONGEST_DAYS) if high > low else None


def _in_letters(match: re.Match[str]) -> Duration | None:
    """Read "3N2Đ" (ngày, đêm), "3N4D" (nights, days) and "3D2N": the days are the larger number."""
    days = max(value(match.group(name) or "0") or 0 for name in ("low", "high", "nights"))
    return _days(days, days)


def _in_days(match: re.Match[str]) -> Duration | None:
    return _bounds(match, 1.0)


def _in_nights(match: re.Match[str]) -> Duration | None:
    """Count the day before the first night: a trip of 4 nights takes 5 days."""
    return _bounds(match, 1.0, extra=1.0)


def _in_weeks(match: re.Match[str]) -> Duration | None:
    return _bounds(match, 7.0)


def _in_months(match: re.Match[str]) -> Duration | None:
    return _bounds(match, 30.0)


def _in_minutes(match: re.Match[str]) -> Duration | None:
    return _in_hours(match, unit=1 / 60)


def _in_hours(match: re.Match[str], unit: float = 1.0) -> Duration | None:
    low, high = value(match["low"]), value(match["high"] or match["low"])
    if low is None or high is None:
        return None
    shortest, longest = sorted((round(low * unit, 3), round(high * unit, 3)))
    if not 0 < shortest <= longest <= 24 * LONGEST_DAYS:
        return None
    if match["most"]:
        shortest = min(1.0, longest)
    elif match["least"] or match["more"]:
        longest = min(longest * OPEN_END, 24 * LONGEST_DAYS)
    return Duration(hours=shortest, max_hours=longest if longest > shortest else None)


_COUNTED: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Duration | None]], ...] = (
    (_LETTERS, _in_letters),
    (_DAYS, _in_days),
    (_NIGHTS_ONLY, _in_nights),
    (_WEEKS, _in_weeks),
    (_MONTHS, _in_months),
    (_HOURS, _in_hours),
    (_MINUTES, _in_minutes),
)
