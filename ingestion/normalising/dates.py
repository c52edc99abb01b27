"""Departure dates as operators list them."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from core.text import fold
from ingestion.normalising.values import plain, text_of
from recommender.schemas import DateSpan

_LONGEST = 100_000
_MOST = 5_000
_DEEPEST = 6
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_STARTS = ("start", "startdate", "start_date", "from", "departure", "departuredate", "date")
_ENDS = ("end", "enddate", "end_date", "to", "return", "returndate", "until")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier janv januar enero ene gennaio gen janeiro januari",
            "february feb fevrier fevr februar febrero febbraio fevereiro fev februari",
            "march mar mars marz maerz marzo marco maart maret",
            "april apr avril avr abril abr aprile",
            "may mai mayo maggio maio mei",
            "june jun juin juni junio giugno junho",
            "july jul juillet juil juli julio luglio lug julho",
            "august aug aout agosto ago augustus agustus",
            "september sept sep septembre septiembre settembre setembro set",
            "october oct octobre oktober okt octubre ottobre ott outubro out",
            "november nov novembre noviembre novembro",
            "december dec decembre dezember dez diciembre dic dicembre dezembro desember",
        ),
        1,
    )
    for name in names.split()
}
_NAME = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_TO = r" ?(?:-|–|—|~|→|->|\.\.|to\b|den\b|until\b|till\b|through\b|bis\b|au\b|al\b|hasta\b) ?"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er)?(?!\d)"
_DAYS = rf"{_DAY}(?:(?: ?[,&+;] ?| (?:and|va|et|und|y) |{_TO}){_DAY}){{0,31}}+"
_MONTH = r"(?:1[0-2]|0?[1-9])(?!\d)"
_YEAR = r"20\d\d(?!\d)"
_SHORT_YEAR = rf"(?:{_YEAR}|\d\d(?![\d/]))"
_ISO = r"20\d\d-(?:1[0-2]|0[1-9])-(?:3[01]|[12]\d|0[1-9])(?!\d)|20\d\d/\d\d/\d\d(?!\d)"
_DATES = re.compile(
    rf"(?<!\d)(?P<iso>{_ISO})(?:[t ]\d\d:\d\d[\d:.+z-]{{0,20}})?"
    rf"|(?<![\d/])(?:"
    rf"(?P<days_1>{_DAYS}) ?/ ?(?P<month_1>{_MONTH})(?: ?/ ?(?P<year_1>{_SHORT_YEAR}))?"
    rf"|(?P<month_2>{_MONTH})/(?P<days_2>{_DAYS})(?:/(?P<year_2>{_SHORT_YEAR}))?"
    rf"|(?P<days_3>{_DAY})(?P<sign>[.-])(?P<month_3>{_MONTH})(?P=sign)(?P<year_3>{_SHORT_YEAR})"
    rf"|(?P<days_4>{_DAYS})(?: |-)?(?:of |de )?(?P<name_4>{_NAME})(?:,? |-|/)?(?P<year_4>{_YEAR})?"
    rf"|(?P<month_5>{_MONTH})[/.-](?P<year_5>{_YEAR}))"
    rf"|\b(?P<name_6>{_NAME}) (?P<days_6>{_DAYS})(?:,? (?P<year_6>{_YEAR}))?"
    rf"|\b(?P<name_7>{_NAME})[ /-](?P<year_7>{_YEAR})"
)
_ASIDE = re.compile(r"\([^()]{0,200}\)|\b(?:thu|t) ?[2-7]\b(?! ?/)|\bngay\b")
_MONTH_WORD = re.compile(r"(?<=\d) ?thang ?(?=\d)")
_YEAR_WORD = re.compile(r"(?<=\d)(?:,? nam |/nam ?)(?=20\d\d)")
_DAYS_PARTED = re.compile(rf"({_DAY})(?:{_TO}({_DAY}))?")


class Departures(NamedTuple):
    """The days of departure in order, and a line for every date that cannot be.

    A tour that leaves weekly or daily, or at dates without a year, has none here: those depend
    on the day on which one asks.
    """

    spans: list[DateSpan]
    faults: list[str]


@dataclass(frozen=True, slots=True)
class _Days:
    """Days of one month; all of it where `days` is empty. `year` is 0 where none is stated."""

    start: int
    end: int
    days: tuple[tuple[int, int], ...]
    month: int
    year: int


def read_departures(value: object, *, day_first: bool = True) -> Departures:
    """Return the departures that a list or a text states.

    A year may stand once, behind the last of several dates: those before it take the year that
    keeps their order. "18-22/02/2026" is a span, and "12/2025" a whole month.

    Args:
        value: a text, a date, an object with start and end, or a list of any of these.
        day_first: whether 03/04 is the third of April; a date that can only be read the other
            way is read so.

    Raises:
        ValueError: it is too long, or nested too deep, or neither dates nor text.
    """
    spans: set[tuple[dt.date, dt.date]] = set()
    faults: dict[str, None] = {}
    for found in _found(value, _DEEPEST, day_first=day_first):
        if isinstance(found, str):
            faults[found] = None
        else:
            spans.add(found)
    ordered = sorted(spans)
    if len(ordered) > _MOST:
        faults[f"{len(ordered):,} departures; the first {_MOST:,} are kept"] = None
    return Departures(
        [DateSpan(start=start, end=end) for start, end in ordered[:_MOST]], list(faults)
    )


_Found = Iterator[tuple[dt.date, dt.date] | str]


def _found(value: object, depth: int, *, day_first: bool) -> _Found:
    """Yield spans, and what is wrong with those that cannot be."""
    if depth == 0:
        raise ValueError(f"lists lie more than {_DEEPEST} deep in each other")
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        yield day, day
    elif isinstance(value, Mapping):
        yield from _in_object(value, depth, day_first=day_first)
    elif isinstance(value, list | tuple):
        if value and all(isinstance(item, str) for item in value):
            value = ["; ".join(value)]
            yield from _in_text(value[0], day_first=day_first)
            return
        for item in value:
            yield from _found(item, depth - 1, day_first=day_first)
    elif (text := text_of(value, _LONGEST)) is not None:
        yield from _in_text(text, day_first=day_first)


def _in_object(value: Mapping[object, object], depth: int, *, day_first: bool) -> _Found:
    named = {str(key).lower(): item for key, item in value.items()}
    start = next((named[key] for key in _STARTS if named.get(key)), None)
    if start is None:
        for item in value.values():
            if isinstance(item, list | tuple | Mapping):
                yield from _found(item, depth - 1, day_first=day_first)
        return
    end = next((named[key] for key in _ENDS if named.get(key)), start)
    first, last = (_found(each, depth - 1, day_first=day_first) for each in (start, end))
    yield from _span(next(first, ""), next(last, ""))


def _span(first: tuple[dt.date, dt.date] | str, last: tuple[dt.date, dt.date] | str) -> _Found:
    if isinstance(first, str) or isinstance(last, str):
        yield from (fault for fault in (first, last) if isinstance(fault, str) and fault)
    elif last[1] < first[0]:
        yield f"{last[1]} is before {first[0]}"
    else:
        yield first[0], last[1]


def _in_text(text: str, *, day_first: bool) -> _Found:
    if len(text) > _LONGEST:
        raise ValueError(f"holds {len(text):,} characters; at most {_LONGEST:,} are read")
    folded = _YEAR_WORD.sub("/", _MONTH_WORD.sub("/", _ASIDE.sub(" ", fold(plain(text)))))
    groups = _with_years([_days(match, day_first=day_first) for match in _DATES.finditer(folded)])
    at = 0
    while at < len(groups):
        one, other = groups[at], groups[at + 1] if at + 1 < len(groups) else None
        if other and _are_ends(one, other, folded[one.end : other.start]):
            first, last = next(_dates(one)), next(_dates(other))
            yield from _span(first, last)
            at += 2
        else:
            yield from _dates(one)
            at += 1


def _days(match: re.Match[str], *, day_first: bool) -> _Days:
    start, end = match.span()
    if iso := match["iso"]:
        year, month, day = map(int, re.split("[-/]", iso))
        return _Days(start, end, ((day, day),), month, year)
    group = {key.partition("_")[0]: each for key, each in match.groupdict().items() if each}
    days = tuple(
        (_whole(part[1]), _whole(part[2] or part[1]))
        for part in _DAYS_PARTED.finditer(group.get("days", ""))
    )
    name = group.get("name", "").rstrip(".")
    month = _MONTHS[name] if name else int(group["month"])
    if not name and not day_first and match["days_1"] and len(days) == 1:
        days, month = _swapped(days, month)
    year = int(group.get("year", 0))
    return _Days(start, end, days, month, year + 2000 if 0 < year < 100 else year)


def _swapped(
    days: tuple[tuple[int, int], ...], month: int
) -> tuple[tuple[tuple[int, int], ...], int]:
    """Return day and month the American way round, where that can be."""
    (first, last), *_ = days
    return (((month, month),), first) if first == last <= 12 else (days, month)


def _whole(written: str) -> int:
    return int(re.sub(r"\D", "", written))


def _with_years(groups: list[_Days]) -> list[_Days]:
    """Give dates without a year that of the next date which has one, or of the last before."""
    filled = list(groups)
    for at in range(len(filled) - 2, -1, -1):
        after = filled[at + 1]
        if not filled[at].year and after.year:
            earlier = filled[at].month > after.month
            filled[at] = replace(filled[at], year=after.year - earlier)
    for at in range(1, len(filled)):
        before = filled[at - 1]
        if not filled[at].year and before.year:
            later = filled[at].month < before.month
            filled[at] = replace(filled[at], year=before.year + later)
    return filled


def _are_ends(one: _Days, other: _Days, between: str) -> bool:
    """Tell whether two dates are the ends of a span: "28/09 - 05/10/2025"."""
    if not one.year or len(one.days) > 1 or len(other.days) > 1:
        return False
    return re.fullmatch(_TO, between) is not None or (between.strip() == "/" and one.year > 0)


def _dates(group: _Days) -> _Found:
    """Yield the spans of one month's days; none where no year can be known."""
    if not group.year:
        return
    if not _FIRST_YEAR <= group.year <= _LAST_YEAR:
        yield f"the year {group.year} cannot be"
        return
    last_day = calendar.monthrange(group.year, group.month)[1]
    for first, last in group.days or ((1, last_day),):
        if max(first, last) > last_day:
            yield f"{max(first, last)}/{group.month}/{group.year} is no date"
        elif last < first:
            yield f"{first}-{last}/{group.month}/{group.year} runs backwards"
        else:
            yield (
                dt.date(group.year, group.month, first),
                dt.date(group.year, group.month, last),
            )
