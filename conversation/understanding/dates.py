"""When the journey is to be: days, months, weekends, seasons and holidays, never in the past."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator

from conversation.understanding.holidays import HOLIDAYS, SEASONS, lunar_new_year
from conversation.understanding.reading import Reading
from conversation.understanding.weekdays import WEEKDAY, weekday_of
from recommender.schemas import DateSpan

_MONTHS_EN = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
    "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTHS_VI = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_NAME_EN = (
    r"(?:january|february|march|april|may|june|july|august|sept?(?:ember)?|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|oct|nov|dec)\.?(?![a-z])"
)
_NAME_VI = (
    r"thang (?:(?:muoi (?:mot|hai)|gieng|mot|hai|ba|tu|bon|nam|sau|bay|tam|chin|muoi|chap)"
    r"(?![a-z])|(?:1[0-2]|0?[1-9])(?!\d|\s*(?:ngay|trieu|tr\b|k\b|nguoi)))"
)
_MONTH = rf"(?:{_NAME_EN}|{_NAME_VI})"
_YEAR = r"(?:\s*,?\s*(?:nam\s+|/|-)?(?P<year>20[2-9]\d))?"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|to|till|until|den|toi|through|and|va)\s*"
_END = r"(?P<end>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_SLASHED = (
    r"(?P<d{0}>[12]\d|3[01]|0?[1-9])[/.](?P<m{0}>1[0-2]|0?[1-9])(?:[/.](?P<y{0}>20\d\d|\d\d))?"
)

_ISO = re.compile(r"(?<!\d)(?P<y>20\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)")
_SLASH_RANGE = re.compile(
    rf"(?<![\d/.]){_SLASHED.format(1)}{_TO}(?:ngay )?{_SLASHED.format(2)}(?![\d/])"
)
_SLASH = re.compile(
    r"(?<![\d/.$€£])(?P<d>[12]\d|3[01]|0?[1-9])/(?P<m>1[0-2]|0?[1-9])(?:/(?P<y>20\d\d|\d\d))?"
    r"(?![\d/]|\s*(?:nguoi|days?|ngay|usd|trieu|tr\b|k\b|sao))"
)
_IN_MONTH = re.compile(
    rf"\b(?:(?:from|tu|ngay|mung|the|on|between)\s+)*{_DAY}(?:{_TO}(?:the |ngay |mung )?{_END})?"
    rf"(?:\s+of)?\s+(?P<month>{_MONTH}){_YEAR}"
)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{_NAME_EN})\s+{_DAY}(?:{_TO}{_END})?(?!\s*(?:days?|nights?|people|usd|\d))(?!\d)"
    rf"{_YEAR}"
)
_PART = (
    r"(?P<part>early|start of|beginning of|first half of|mid(?:dle of)?|late|end of|last half of"
    r"|dau|giua|cuoi)[\s-]+"
)
_MONTHS = re.compile(rf"\b(?:{_PART})?(?P<month>{_MONTH})(?:{_TO}(?P<last>{_MONTH}))?{_YEAR}")
_RELATIVE_MONTH = re.compile(
    rf"\b(?:{_PART})?(?:(?P<next>next month|thang (?:sau|toi)(?![a-z]))|(?P<this>this month"
    r"|thang nay)|(?P<second>the month after next|thang sau nua))"
)
_WEEKEND = re.compile(
    r"\b(?:(?P<next>next weekend|weekend after next|cuoi tuan (?:sau|toi))"
    r"|(?P<this>(?:this|the|on|coming|at the) (?:coming )?weekend|cuoi tuan(?: nay)?))\b"
)
_WEEK = re.compile(r"\b(?:(?P<next>next week|tuan (?:sau|toi))|(?P<this>this week|tuan nay))\b")
_NEAR = re.compile(
    r"\b(?:(?P<after>day after tomorrow|ngay kia|ngay mot)|(?P<morrow>tomorrow|tmrw?|tomorow"
    r"|ngay mai|sang mai|mai(?= (?:di|luon|khoi hanh)))|(?P<today>today|tonight|hom nay"
    r"|ngay hom nay))\b"
)
_ON_WEEKDAY = re.compile(
    rf"\b(?P<next>next|coming)?\s*(?:on\s+)?(?P<weekday>{WEEKDAY})(?:\s+(?P<later>tuan (?:sau|toi)"
    r"|next week|(?:sau|toi|nay))(?![a-z]))?"
)
_AHEAD = re.compile(
    r"\b(?:in (?P<count>\d{1,2}|a|one|two|three) (?P<unit>days?|weeks?|months?)(?: time)?\b(?! in)"
    r"|(?P<count_vi>\d{1,2}|mot|hai|ba) (?P<unit_vi>ngay|tuan|thang) nua(?! (?:di|nhe|nha)))"
)
_LUNAR = re.compile(r"\b(?:mung|mong) (?P<day>[1-9]|10|mot|hai|ba|bon|nam)(?: tet)?\b")
_REFUSED = re.compile(
    r"\b(?:not|no|never|avoid|except|tranh|tru|khong(?: di)?(?: vao)?|ko|dung(?: di)?(?: vao)?)"
    r"(?: in| on| for)?(?: the)?\s*$"
)
_UNTIL = re.compile(r"\b(?:before|by|truoc)(?: the| end of)?\s*$")
_ANY_DAY = dt.date(2030, 1, 1)
_SMALL = """
    what how about in at on over around for by the this next please pls also maybe rather and to
    from we can could go then vao dip tam khoang di ngay con thi sao duoc khong ko nhe nha a luc
    hoac mua the
"""
_SMALL_WORDS = frozenset(_SMALL.split())
_EARLY = ("early", "start", "beginning", "first", "dau")
_LATE = ("late", "end", "last", "cuoi")
_NUMBERS = {"a": 1, "one": 1, "mot": 1, "two": 2, "hai": 2, "three": 3, "ba": 3, "bon": 4, "nam": 5}


def find_dates(reading: Reading, today: dt.date) -> DateSpan | None:
    """Return between which days the journey is to be; None where the message does not say.

    Args:
        reading: the message, whose places have been used up.
        today: what "next month" and "tháng 7" reckon from; no day before it is returned.
    """
    for found in _found(reading, today):
        start, end = found
        if end >= today:
            return DateSpan(start=max(start, today), end=end)
    return None


def says_when(reading: Reading) -> bool:
    """Tell whether a message names any date."""
    return next(_found(reading, _ANY_DAY), None) is not None


def says_only_when(reading: Reading) -> bool:
    """Tell whether a message is a date and small words: "what about July?", "dịp Tết"."""
    rest = reading.plain
    for pattern, _ in _RULES:
        rest = pattern.sub(" ", rest)
    return rest != reading.plain and not set(re.findall(r"\w+", rest)) - _SMALL_WORDS


Days = tuple[dt.date, dt.date]


def _found(reading: Reading, today: dt.date) -> Iterator[Days]:
    for pattern, days in _RULES:
        for match in pattern.finditer(reading.plain):
            span = days(match, reading, today)
            if span is None or _REFUSED.search(reading.plain[: match.start()]):
                continue
            if _UNTIL.search(reading.plain[: match.start()]) and span[0] > today:
                span = today, span[0] - dt.timedelta(days=1)
            yield span
            break


def _iso(match: re.Match[str], _: Reading, __: dt.date) -> Days | None:
    day = _date(int(match["y"]), int(match["m"]), int(match["d"]))
    return (day, day) if day else None


def _slash_range(match: re.Match[str], _: Reading, today: dt.date) -> Days | None:
    start = _coming(int(match["d1"]), int(match["m1"]), _year(match["y1"] or match["y2"]), today)
    if start is None:
        return None
    end = _coming(int(match["d2"]), int(match["m2"]), _year(match["y2"]), start)
    return (start, end) if end else None


def _slash(match: re.Match[str], reading: Reading, today: dt.date) -> Days | None:
    if re.search(r"\b(?:thu|tour|so|option)\s*$", reading.plain[: match.start()]):
        return None
    day = _coming(int(match["d"]), int(match["m"]), _year(match["y"]), today)
    return (day, day) if day else None


def _in_month(match: re.Match[str], reading: Reading, today: dt.date) -> Days | None:
    month = _month(match["month"], reading, match.start("month"))
    if month is None:
        return None
    first, last = int(match["day"]), int(match["end"] or match["day"])
    end = _coming(last, month, _year(match["year"]), today)
    if end is None:
        return None
    start = _date(end.year, end.month, first) if first <= last else _before(end, first)
    return (start, end) if start else None


def _before(end: dt.date, day: int) -> dt.date | None:
    """Return a day of the month before: "from 28 to 3 March"."""
    month_before = end.replace(day=1) - dt.timedelta(days=1)
    return _date(month_before.year, month_before.month, day)


def _months(match: re.Match[str], reading: Reading, today: dt.date) -> Days | None:
    month = _month(match["month"], reading, match.start("month"))
    last = _month(match["last"], reading, match.start("last")) if match["last"] else month
    if month is None or last is None:
        return None
    year = _year(match["year"]) or (today.year if last >= today.month else today.year + 1)
    start, end = _part(year, month, match["part"])
    if last != month:
        end = _part(year, last, None)[1]
        start = start if month <= last else start.replace(year=year - 1)
    return start, end


def _relative_month(match: re.Match[str], reading: Reading, today: dt.date) -> Days | None:
    if "sáu" in reading.text[match.start() : match.end()].casefold():
        return None  # June, not the month after this one
    ahead = 0 if match["this"] else 2 if match["second"] else 1
    count = today.year * 12 + today.month - 1 + ahead
    return _part(count // 12, count % 12 + 1, match["part"])


def _weekend(match: re.Match[str], _: Reading, today: dt.date) -> Days:
    saturday = today + dt.timedelta(days=(5 - today.weekday()) % 7)
    if today.weekday() == calendar.SUNDAY:
        saturday = today - dt.timedelta(days=1)
    start = saturday + dt.timedelta(days=7 if match["next"] else 0)
    return start, start + dt.timedelta(days=1)


def _week(match: re.Match[str], _: Reading, today: dt.date) -> Days:
    monday = today - dt.timedelta(days=today.weekday())
    start = monday + dt.timedelta(days=7 if match["next"] else 0)
    return start, start + dt.timedelta(days=6)


def _near(match: re.Match[str], _: Reading, today: dt.date) -> Days:
    day = today + dt.timedelta(days=2 if match["after"] else 1 if match["morrow"] else 0)
    return day, day


def _on_weekday(match: re.Match[str], _: Reading, today: dt.date) -> Days | None:
    wanted = weekday_of(match["weekday"])
    if wanted is None:
        return None
    if match["later"] in {"tuan sau", "tuan toi", "next week"}:
        day = today - dt.timedelta(days=today.weekday()) + dt.timedelta(days=7 + wanted)
    else:
        day = today + dt.timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    return day, day


def _ahead(match: re.Match[str], _: Reading, today: dt.date) -> Days:
    count_word = match["count"] or match["count_vi"]
    count = int(count_word) if count_word.isdecimal() else _NUMBERS[count_word]
    unit = (match["unit"] or match["unit_vi"])[:2]
    if unit in {"da", "ng"}:
        day = today + dt.timedelta(days=count)
        return day, day
    start = today + dt.timedelta(days=count * (7 if unit in {"we", "tu"} else 30))
    return start, start + dt.timedelta(days=6)


def _lunar(match: re.Match[str], _: Reading, today: dt.date) -> Days | None:
    number = int(match["day"]) if match["day"].isdecimal() else _NUMBERS[match["day"]]
    first = lunar_new_year(today)
    day = first + dt.timedelta(days=number - 1) if first else None
    return (day, day) if day else None


def _holiday(match: re.Match[str], _: Reading, today: dt.date) -> Days | None:
    name = str(match.lastgroup)
    if name == "tet":
        first = lunar_new_year(today)
        return (first - dt.timedelta(days=2), first + dt.timedelta(days=6)) if first else None
    (month, day), (last_month, last_day) = {**HOLIDAYS, **SEASONS}[name]
    for year in (today.year - 1, today.year, today.year + 1):
        start = dt.date(year, month, day)
        end = dt.date(year + (last_month < month), last_month, last_day)
        if end >= today:
            return start, end
    return None


_NAMED = re.compile(
    r"\b(?:(?P<tet>tet(?! (?:tay|duong|trung thu|thieu nhi|doc lap))(?:\s+(?:nguyen dan|am lich))?"
    r"|lunar new year|chinese new year)|(?P<christmas>christmas|xmas|giang sinh|noel)"
    r"|(?P<new_year>new year'?s?(?: eve)?|tet tay|tet duong(?: lich)?)"
    r"|(?P<summer>(?:in |this |next |for the )?summer(?: holidays?| vacation)?|mua he|he nay"
    r"|nghi he|dip he|he sang nam|(?<=^)he)|(?P<autumn>autumn|(?:in |this |the )fall|mua thu)"
    r"|(?P<winter>winter|mua dong)|(?P<spring>(?:in |this |next )spring|mua xuan))\b"
)
_Rule = Callable[[re.Match[str], Reading, dt.date], Days | None]
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = (
    (_ISO, _iso),
    (_SLASH_RANGE, _slash_range),
    (_SLASH, _slash),
    (_IN_MONTH, _in_month),
    (_MONTH_DAY, _in_month),
    (_LUNAR, _lunar),
    (_RELATIVE_MONTH, _relative_month),
    (_MONTHS, _months),
    (_NEAR, _near),
    (_WEEKEND, _weekend),
    (_ON_WEEKDAY, _on_weekday),
    (_WEEK, _week),
    (_AHEAD, _ahead),
    (_NAMED, _holiday),
)


def _month(written: str, reading: Reading, start: int) -> int | None:
    """Return the number of a month; None where the word is none: "may" in "may I", "săn mây"."""
    name = written.strip(". ")
    if name.startswith("thang "):
        word = name[6:]
        if word == "sau" and "sáu" not in reading.text[start : start + len(name)].casefold():
            return None  # "tháng sau": the month after this one
        return int(word) if word.isdecimal() else _MONTHS_VI.get(word)
    as_typed = reading.text[start : start + len(name)]
    if not as_typed.isascii():
        return None
    if name in {"may", "mar", "dec", "march"} and not _is_date(reading.plain, start, len(name)):
        return None
    return _MONTHS_EN.get(name[:3])


def _is_date(plain: str, start: int, length: int) -> bool:
    """Tell whether a word that may be another word stands where a month stands."""
    before, behind = plain[:start], plain[start + length :]
    return bool(
        re.search(
            r"(?:\b(?:in|of|next|this|early|mid|late|by|for|until|till|before|after|around|about"
            r"|from|to|during|end|start|mid-)|\d(?:st|nd|rd|th)?|[-–])\s*$",
            before,
        )
        or re.match(r"\s*(?:20\d\d|\d{1,2}(?:st|nd|rd|th)?\b(?! people))", behind)
        or not (before.strip() or behind.strip(" .!?"))
    )


def _part(year: int, month: int, part: str | None) -> Days:
    last = calendar.monthrange(year, month)[1]
    if part and part.startswith(_EARLY):
        return dt.date(year, month, 1), dt.date(year, month, 10)
    if part and part.startswith(_LATE):
        return dt.date(year, month, 21), dt.date(year, month, last)
    if part:
        return dt.date(year, month, 11), dt.date(year, month, 20)
    return dt.date(year, month, 1), dt.date(year, month, last)


def _coming(day: int, month: int, year: int | None, today: dt.date) -> dt.date | None:
    """Return the date in *year*, or the next one that is not past."""
    if year is not None:
        return _date(year, month, day)
    this = _date(today.year, month, day)
    return this if this and this >= today else _date(today.year + 1, month, day)


def _year(written: str | None) -> int | None:
    if not written:
        return None
    return int(written) + (2000 if len(written) == 2 else 0)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
