"""How often and when recommendations are wished, and for how long they are to pause."""

import datetime as dt
import re

from conversation.understanding.dates import find_dates
from conversation.understanding.numbers import NUMBER, value
from conversation.understanding.reading import Reading
from conversation.understanding.schemas import Rhythm, Schedule
from conversation.understanding.weekdays import WEEKDAY, weekday_of

LONGEST_PAUSE = 3_660

_RHYTHMS: tuple[tuple[Rhythm, re.Pattern[str]], ...] = tuple(
    (rhythm, re.compile(pattern))
    for rhythm, pattern in (
        (
            Rhythm.FORTNIGHTLY,
            (
                r"\bfortnight|\bbi-?weekly|\btwice (?:a|per) month|\b(?:every|each) (?:other"
                r"|second|2"
                rf"|two|2nd) (?:weeks?|{WEEKDAY})|\b(?:moi |cach |cu )?(?:2|hai) tuan (?:mot|1"
                rf"|gui|/)"
                r"|\bcach (?:1 |mot )?tuan|\b(?:moi|cu) (?:2|hai) tuan|\bmoi thang (?:2|hai) lan"
                r"|\bthang (?:gui )?(?:2|hai) lan"
            ),
        ),
        (
            Rhythm.MONTHLY,
            (
                r"\bmonthly|\b(?:once a|every|each|per|a) month|\bmonth once|\b(?:moi|hang|mot|cu)"
                r" ?thang|\bthang (?:gui |nhan )?(?:1|mot) lan|\b(?:1|mot) thang (?:1|mot) lan"
                r"|\b(?:dau|cuoi|ngay dau) (?:moi |hang )?thang|\b1st of (?:each|every|the) month"
                r"|\bfirst of (?:each|every|the) month"
            ),
        ),
        (
            Rhythm.DAILY,
            (
                r"\bdaily|\b(?:once a|every|each|per) (?:single )?(?:day|morning|evening|night)"
                r"|\b(?:moi|hang) ?(?:ngay|sang|toi|dem)(?! (?:thu|chu nhat|t\d))"
            ),
        ),
        (
            Rhythm.WEEKLY,
            (
                r"\bweekly|\b(?:once a|every|each|per|a) week|\b(?:every|each) weekend|\bweekends\b"
                rf"|\b(?:every|each) (?:\w+ )?{WEEKDAY}|\b(?:mon|tues|wednes|thurs|fri|satur"
                rf"|sun)days\b"
                rf"|\b(?:moi|hang) ?(?:tuan|cuoi tuan)|\bmoi (?:sang |toi |chieu )?{WEEKDAY}"
                rf"|\btuan (?:gui |nhan )?(?:1|mot) lan|\b{WEEKDAY} (?:hang tuan|moi tuan|nao cung)"
                r"|\bdinh ky"
            ),
        ),
    )
)
_WEEKDAY = re.compile(rf"\b{WEEKDAY}")
_WEEKEND = re.compile(r"\bweekends?\b|\bcuoi tuan\b")
_HOUR = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3])(?:[:h.](?P<minute>[0-5]\d))?\s*(?:(?P<half>am|pm|a\.m|p\.m)"
    r"|(?:o'?clock|h\b|gio)?\s*(?:in the )?(?P<time>morning|evening|afternoon|night|sang|chieu"
    r"|toi|trua|dem)|(?P<plain>o'?clock|h\b|gio\b))"
)
_AT = re.compile(r"\b(?:at|around|about|luc|khoang)\s+(?P<hour>[01]?\d|2[0-3])(?:[:h.][0-5]\d)?\b")
_CLOCK = re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):[0-5]\d\b")
_TIMES = {
    "morning": 10, "sang": 10, "noon": 12, "trua": 12, "afternoon": 15, "chieu": 15,
    "evening": 18, "toi": 19, "night": 19,
}  # fmt: skip
_TIME = re.compile(rf"\b(?P<time>{'|'.join(_TIMES)})s?\b(?! (?:thang|het|khi|la|muon))")
_NOT = re.compile(r"\b(?:not|dung|khong)(?: \w+){0,2}\s*$")
_LATE = frozenset({"pm", "p.m", "evening", "afternoon", "night", "chieu", "toi", "dem"})
_NOON = 12
_SATURDAY = 5

_FOR = re.compile(
    rf"(?P<count>{NUMBER}|\ban?|\bvai|\bmay|\ba (?:few|couple of)|\bcouple of)\s*"
    r"(?P<unit>days?|weeks?|wks?|months?|years?|ngay|hom|tuan|thang|nam)\b(?! (?:nay|toi$))"
)
_NEXT = re.compile(
    r"\b(?:until|till|til|den|toi|sang|het|qua|cho den)\s+(?:the )?(?P<what>next (?:week|month"
    r"|year)|(?:tuan|thang|nam) (?:sau|toi)|sang nam)\b"
    r"|\b(?P<skip>(?:this|the|next) (?:week|month)|(?:tuan|thang) (?:nay|sau|toi))\b"
)
_UNITS = {
    "d": 1,
    "ngay": 1,
    "hom": 1,
    "w": 7,
    "tuan": 7,
    "m": 30,
    "thang": 30,
    "y": 365,
    "nam": 365,
}
_FEW = {"vai": 3, "may": 3, "a few": 3, "a couple of": 2, "couple of": 2, "a": 1, "an": 1}


def find_schedule(plain: str) -> Schedule | None:
    """Return when recommendations are wished; None where nothing of it is said."""
    rhythm = next((each for each, pattern in _RHYTHMS if pattern.search(plain)), None)
    weekday = _weekday(plain)
    hour = _hour(plain)
    if rhythm is Rhythm.DAILY and weekday is not None:
        rhythm = Rhythm.WEEKLY
    if rhythm is None and weekday is None and hour is None:
        return None
    return Schedule(rhythm=rhythm, weekday=weekday, hour=hour)


def find_pause(reading: Reading, today: dt.date) -> int | None:
    """Return for how many days nothing is to be sent; None where the message does not say."""
    match = _FOR.search(reading.plain)
    if match:
        return _bounded(_count(match["count"]) * _days_in(match["unit"]))
    span = find_dates(reading, today)
    if span is not None and span.start > today:
        return _bounded((span.start - today).days)
    if span is not None and span.end > today:
        return _bounded((span.end - today).days + 1)
    return None


def _bounded(days: float) -> int | None:
    return round(days) if 1 <= days <= LONGEST_PAUSE else None


def _count(word: str) -> float:
    return float(_FEW[word]) if word in _FEW else value(word) or 0.0


def _days_in(unit: str) -> int:
    return _UNITS.get(unit) or _UNITS[unit[0]]


def _weekday(plain: str) -> int | None:
    for match in _WEEKDAY.finditer(plain):
        if not _NOT.search(plain[: match.start()]):
            return weekday_of(match.group())
    return _SATURDAY if _WEEKEND.search(plain) else None


def _hour(plain: str) -> int | None:
    for match in _HOUR.finditer(plain):
        late = (match["half"] or match["time"] or "") in _LATE
        hour = int(match["hour"])
        if match["half"] in {"am", "a.m"} and hour == _NOON:
            return 0
        return hour + _NOON if late and hour < _NOON else hour
    for pattern in (_AT, _CLOCK):
        found = pattern.search(plain)
        if found:
            return int(found["hour"])
    for match in _TIME.finditer(plain):
        if not _NOT.search(plain[: match.start()]):
            return _TIMES[match["time"]]
    return None
