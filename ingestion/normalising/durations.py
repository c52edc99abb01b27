"""Lengths of tours as operators write them."""

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from core.text import fold
from ingestion.normalising.time_units import (
    DAYS_IN,
    FIXED,
    NUMBER_WORDS,
    SILENT,
    UNIT,
    Unit,
)
from ingestion.normalising.values import first_of, is_nothing, plain, shortened, text_of
from recommender.schemas import LONGEST_DAYS, Duration

_LONGEST = 2_000
_ENDLESS = 10**9
_LONGEST_LOOKED_AT = 300

_NUMBER = r"\d{1,6}(?:[.,]\d{1,6})?"
_TO = (
    r" ?(?:-|–|—|~|〜|&|to|or|and|den|toi|hoac|bis|oder|a|ou|hasta|o|al|hingga|do|至|到|/|,(?= )"
    r"|;|\|) ?"
)
_JOINED = r"(?![^\W\d_\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7af])"
"""Behind a unit: no letter, save of a script that writes no blanks."""

_PART = re.compile(
    rf"(?<![a-z\d.,/:])(?:(?P<first>{_NUMBER}){_TO})?(?P<low>{_NUMBER})(?:{_TO}(?P<high>{_NUMBER}))?"
    rf"\+?(?: |-| -)?(?:full |ca )?(?:{UNIT}){_JOINED}(?P<half> ruoi| and a half)?"
)
_HOURS_MINUTES = re.compile(
    r"(?<![\w.,:])(\d{1,3}) ?(?:h|hrs?|hours?|g|gio|tieng|std|heures?|stunden?|horas?)[ :.]?"
    r"([0-5]\d)(?: ?(?:m|mins?|p|phut|minutes?|'))?(?![\w.])"
)
_MINUTES = re.compile(r"(?<=\d) ?(?:m|'|′)(?!\w)")
_HALF = re.compile(
    r"(\d{0,2}) ?(?:½|(?<=\d )1/2"
    r"|(?<!\d)1/2(?= ?-?(?:day|hour|hr|h|ngày|ngay|giờ|gio|tiếng|tieng|tag|stunde)\b))"
)
_QUARTER = re.compile(r"(\d{0,2}) ?([¼¾])")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::[0-5]\d(?:\.0+)?)?(?: ?(?:h|hrs?|hours?))?")
_AMOUNT = rf"(?:({_NUMBER})"
_ISO = re.compile(
    rf"p{_AMOUNT}y)?{_AMOUNT}m)?{_AMOUNT}w)?{_AMOUNT}d)?"
    rf"(?:t{_AMOUNT}h)?{_AMOUNT}m)?(?:{_NUMBER}s)?)?"
)
_ISO_UNITS = (Unit.YEARS, Unit.MONTHS, Unit.WEEKS, Unit.DAYS, Unit.HOURS, Unit.MINUTES)
_LETTERS = re.compile(r"(?<!\w)(\d{1,3}) ?([ndđ])[ /&+.,|-]{0,3}(\d{1,3}) ?([ndđ])(?!\w)")
_MALAY_LETTERS = re.compile(r"(?<!\w)(\d{1,2}) ?h(?:ari)?[ /&+.,-]{0,3}(\d{1,2}) ?m(?:alam)?(?!\w)")
_LETTER_ALONE = re.compile(r"\W*(\d{1,3}) ?([nđ])\W*")
_WORD_NUMBER = re.compile(rf"\b({'|'.join(NUMBER_WORDS)})(?=[ -](?:full )?(?:{UNIT})\b)")
_TOGETHER = re.compile(r" ?(?:[,/&+|–-]|\(|and\b|va\b|et\b|und\b|y\b|e\b|en\b|i\b){0,2} ?\(?")
_LARGEST_BESIDE = {Unit.MINUTES: 60, Unit.HOURS: 24, Unit.DAYS: 7, Unit.WEEKS: 5, Unit.MONTHS: 12}
"""In "1 hour 30 minutes" the minutes are less than so many; else it is another length."""

_IN_DAYS = frozenset((Unit.YEARS, Unit.MONTHS, Unit.WEEKS, Unit.DAYS))


@dataclass(frozen=True, slots=True)
class _Part:
    """A number with its unit, or two: "2-3 days"."""

    start: int
    end: int
    unit: Unit
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Length:
    """A length, in days or, shorter ones, in hours; `high` is the upper end of a range."""

    low: float
    high: float
    in_hours: bool
    start: int = 0
    end: int = 0


def read_duration(
    value: object, *, unit: Literal["days", "nights", "hours", "minutes"] | None = None
) -> Duration | None:
    """Return the length of a tour; None where none is stated ("flexible", 0).

    Days win over nights; nights alone make a day more ("5 nights" are 6 days). In "4N3Đ" the
    letters are Vietnamese (ngày, đêm), in "3N4D" English; where they could be either, the larger
    number counts the days. Several lengths side by side, or "2-3 days", are a range; one that
    begins below a day is in hours. A year is 365 days, a month 30.

    Args:
        value: a text, a number or a time span, or an object of units ({"days": 5}).
        unit: what a number without a unit counts.

    Raises:
        ValueError: a length is stated but cannot be read, or is longer than a year.
    """
    value = first_of(value)
    given = Unit(unit) if unit else None
    if isinstance(value, dt.timedelta):
        whole = value.days and not value.seconds
        return _from_number(
            value / dt.timedelta(days=1) if whole else value / dt.timedelta(hours=1),
            Unit.DAYS if whole else Unit.HOURS,
        )
    if isinstance(value, Mapping):
        return _from_object(value, given)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _from_number(value, given)
    text = text_of(value, _LONGEST)
    if text is None or is_nothing(text):
        return None
    return _from_text(text, given)


def _from_number(value: float | Decimal, unit: Unit | None) -> Duration | None:
    number = math.inf if isinstance(value, int) and abs(value) > _ENDLESS else float(value)
    if math.isnan(number) or number == 0:
        return None
    if unit is None:
        raise ValueError(f"{number:,.15g} of which unit: days, nights, hours or minutes")
    return _duration(_length([_Part(0, 0, unit, number, number)]))


def _from_object(value: Mapping[object, object], unit: Unit | None) -> Duration | None:
    """Read {"days": 5}, {"hours": 2, "max_hours": 3} or {"value": 90, "unit": "minutes"}."""
    stated = {str(key).lower(): each for key, each in value.items() if each is not None}
    if "value" in stated or "amount" in stated:
        name = str(stated.get("unit", unit.value if unit else "")).lower().rstrip("s") + "s"
        if name not in set(Unit):
            raise ValueError(f"{shortened(name)!r} is no unit of time")
        return read_duration(f"{stated.get('value', stated.get('amount'))} {name}")
    for each in Unit:
        if each.value in stated:
            upper = stated.get(f"max_{each.value}", stated[each.value])
            return read_duration(f"{stated[each.value]} - {upper} {each.value}")
    raise ValueError(f"an object with days or hours was expected, not {shortened(str(value))!r}")


def _from_text(text: str, unit: Unit | None) -> Duration | None:
    lower = plain(text)[:_LONGEST_LOOKED_AT].lower()
    if re.match(r"-\d", lower):
        raise ValueError(f"a length below 0: {shortened(text)!r}")
    if (length := _from_letters(lower, unit)) is not None:
        return _duration(length)
    if (length := _from_iso(fold(lower)) or _from_clock(lower)) is not None:
        return _duration(length)
    folded = _in_digits(lower)
    if lengths := _lengths(folded):
        return _duration(_spanned(lengths, folded))
    if bare := re.fullmatch(rf"({_NUMBER})(?:{_TO}({_NUMBER}))?\+?", folded):
        return _bare(bare, unit)
    if SILENT.search(folded):
        return None
    raise ValueError(f"no length can be read in {shortened(text)!r}")


def _in_digits(lower: str) -> str:
    """Return folded text in which halves, "2h30", "90m" and "three days" are numbers and units."""
    halves = _HALF.sub(lambda half: f"{half[1] or 0}.5", _QUARTER.sub(_quarters, lower))
    folded = _WORD_NUMBER.sub(lambda word: NUMBER_WORDS[word[1]], fold(halves))
    return _MINUTES.sub("min", _HOURS_MINUTES.sub(_hours, folded))


def _quarters(match: re.Match[str]) -> str:
    return f"{match[1] or 0}.{25 if match[2] == '¼' else 75}"


def _hours(match: re.Match[str]) -> str:
    return f"{int(match[1]) + int(match[2]) / 60:.4f} hours"


def _from_letters(lower: str, unit: Unit | None) -> _Length | None:
    """Read "4N3Đ", "3N/4D" and "3H2M" (hari, malam); N alone may be ngày (days) or nights."""
    malay = _MALAY_LETTERS.search(lower)
    if malay and int(malay[1]) - int(malay[2]) == 1:
        return _of_days(float(malay[1]))
    if pair := _LETTERS.search(lower):
        first, one, second, other = pair.groups()
        if one == other:
            return None
        if "đ" in (one, other):
            return _of_days(float(first if one == "n" else second))
        return _of_days(float(max(int(first), int(second))))
    if (alone := _LETTER_ALONE.fullmatch(lower)) is None:
        return None
    if alone[2] == "n" and unit not in (Unit.DAYS, Unit.NIGHTS):
        raise ValueError(f"{lower!r} may be nights or, in Vietnamese, days")
    nights = alone[2] == "đ" or unit is Unit.NIGHTS
    return _of_days(float(alone[1]) + nights)


def _from_iso(folded: str) -> _Length | None:
    match = _ISO.fullmatch(folded)
    if match is None or not any(map(str.isdecimal, folded)):
        return None
    return _length(
        [
            _Part(0, 0, unit, _number(stated), _number(stated))
            for unit, stated in zip(_ISO_UNITS, match.groups(), strict=True)
            if stated
        ]
    )


def _from_clock(folded: str) -> _Length | None:
    match = _CLOCK.fullmatch(folded)
    if match is None:
        return None
    hours = int(match[1]) + int(match[2]) / 60
    return _length([_Part(0, 0, Unit.HOURS, hours, hours)])


def _bare(match: re.Match[str], unit: Unit | None) -> Duration | None:
    low = _number(match[1])
    if unit is None and low:
        raise ValueError(f"{match[0]} of which unit: days, nights, hours or minutes")
    high = _number(match[2] or match[1])
    return _duration(_length([_Part(0, 0, unit or Unit.DAYS, min(low, high), max(low, high))]))


def _number(written: str) -> float:
    return float(written.replace(",", "."))


def _lengths(folded: str) -> list[_Length]:
    """Return the lengths that a text states, in order."""
    found = [_length(group, group[0].start) for group in _groups(list(_parts(folded)), folded)]
    for pattern, days in FIXED:
        found += [
            _Length(days, days, in_hours=False, start=match.start(), end=match.end())
            for match in pattern.finditer(folded)
        ]
    return sorted(found, key=lambda each: each.start)


def _parts(folded: str) -> Iterator[_Part]:
    for match in _PART.finditer(folded):
        unit = next(unit for unit in Unit if match[unit.value])
        half = 0.5 if match["half"] else 0.0
        stated = (match[number] for number in ("first", "low", "high"))
        numbers = [_number(number) + half for number in stated if number]
        yield _Part(match.start(), match.end(), unit, min(numbers), max(numbers))


def _groups(parts: list[_Part], folded: str) -> list[list[_Part]]:
    """Put together what states one length: "5 days 4 nights", "1 hour 30 minutes"."""
    groups: list[list[_Part]] = []
    for part in parts:
        last = groups[-1][-1] if groups else None
        if last and _belong(last, part, folded[last.end : part.start]):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _belong(one: _Part, other: _Part, between: str) -> bool:
    if not _TOGETHER.fullmatch(between) or one.unit is other.unit:
        return False
    if {one.unit, other.unit} == {Unit.DAYS, Unit.NIGHTS}:
        return True
    smaller = DAYS_IN[other.unit] < DAYS_IN[one.unit]
    return smaller and other.high < _LARGEST_BESIDE.get(other.unit, math.inf)


def _length(parts: list[_Part], start: int = 0) -> _Length:
    """Return the length that parts state together."""
    end = parts[-1].end if parts else 0
    low, high = (
        sum(getattr(part, side) * DAYS_IN[part.unit] for part in parts if part.unit in _IN_DAYS)
        for side in ("low", "high")
    )
    if high:
        return _Length(low, high, in_hours=False, start=start, end=end)
    for part in parts:
        if part.unit is Unit.NIGHTS:
            return _Length(part.low + 1, part.high + 1, in_hours=False, start=start, end=end)
    low, high = (
        24 * sum(getattr(part, side) * DAYS_IN[part.unit] for part in parts)
        for side in ("low", "high")
    )
    return _Length(low, high, in_hours=True, start=start, end=end)


def _of_days(days: float) -> _Length:
    return _Length(days, days, in_hours=False)


def _spanned(lengths: list[_Length], folded: str) -> _Length:
    """Return the first length, or the range of those that stand side by side with it."""
    chain = lengths[:1]
    for one, other in pairwise(lengths):
        if not re.fullmatch(_TO, folded[one.end : other.start]):
            break
        chain.append(other)
    in_hours = min(chain, key=_days).in_hours
    lows = [_in(each.low, each, in_hours=in_hours) for each in chain]
    highs = [_in(each.high, each, in_hours=in_hours) for each in chain]
    return _Length(min(lows), max(highs), in_hours=in_hours)


def _days(length: _Length) -> float:
    return length.low / 24 if length.in_hours else length.low


def _in(number: float, length: _Length, *, in_hours: bool) -> float:
    if length.in_hours == in_hours:
        return number
    return number * 24 if in_hours else number / 24


def _duration(length: _Length) -> Duration | None:
    low, high = round(length.low, 4), round(length.high, 4)
    if high <= 0:
        if low < 0:
            raise ValueError("a length below 0")
        return None
    days = high / 24 if length.in_hours else high
    if days > LONGEST_DAYS:
        raise ValueError(f"{days:,.15g} days are longer than a year: no length of a tour")
    low, upper = (low or high), (high if high > (low or high) else None)
    if length.in_hours:
        return Duration(hours=low, max_hours=upper)
    return Duration(days=low, max_days=upper)
