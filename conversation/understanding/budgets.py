"""What a trip may cost.

A ceiling "around 300 USD" is taken as 300 USD: the ranking lets tours above a ceiling fall off
slowly, so the slack is there already, and the traveller reads their own figure in the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conversation.understanding.currencies import (
    BEFORE,
    BEHIND,
    SCALE,
    currency_counted_in,
    currency_of,
    is_scale,
    scale_of,
)
from conversation.understanding.numbers import DIGITS, NUMBER, value
from conversation.understanding.reading import Reading, Span
from recommender.schemas import Budget

LARGEST = 1e12
_BARE_MINIMUM = 20.0  # "under 15" with no unit is no price that a tour has
_THOUSANDS = frozenset({"k", "thousand"})  # "2k" is 2,000 dollars: 2,000 dong buy nothing
_LEAST_DONG = 1_000.0  # "4d" are days

_CEILING = (
    r"(?:up )?(?:till?|until)|under|below|less than|lower than|cheaper than|max(?:imum)?(?: of)?"
    r"|up to|within|not over|nothing over|no more than|not more than|not exceed(?:ing)?|at most"
    r"|<=?|≤|duoi|toi da|khong qua|ko qua|k qua|khong vuot qua|nho hon|it hon|re hon"
    r"|trong vong|do lai"
)
_FLOOR = (
    r"from|at least|over|above|more than|(?<!\d)(?<!\d )min(?:imum)?(?: of)?"
    r"|not less than|not under|>=?|≥|tu|tren|it nhat|toi thieu|hon|khong duoi"
)
_NEAR = r"around|about|approx(?:imately)?\.?|roughly|circa|~|near(?:ly)?|khoang|tam|co|chung|gan"
_SUBJECT = (
    r"(?:my |our |the )?(?:total )?(?:budget|price range|price|spend(?:ing)?|cost(?:s|ing)?|pay)"
    r"|ngan sach|kinh phi|chi phi|gia|budget|so tien|tai chinh"
)
_LINK = (
    r"(?:\s*(?:[:=]|(?:is|of|are|was|la|co|actually|now|only|would be|limit|limited to"
    r"|cua (?:minh|toi|em))\b))*"
)

_CUE = (
    rf"(?:(?P<subject>\b(?:{_SUBJECT})\b){_LINK}\s*)?"
    rf"(?:(?P<ceiling>(?:\b|(?=[<≤]))(?:{_CEILING}))|(?P<between>\b(?:between|from|tu"
    rf"|trong khoang))"
    rf"|(?P<floor>(?:\b|(?=[>≥]))(?:{_FLOOR})))?\s*"
    rf"(?P<near>(?:\b|(?=~))(?:{_NEAR}))?\s*"
)
_AMOUNT = (
    r"(?P<pre{n}>(?:{before})\s*)?(?P<num{n}>{number})(?:\s*(?P<scale{n}>{scale})"
    r"(?P<tail{n}>\d{{1,3}}(?!\d)|\s*ruoi\b|\s+\d(?=\s*(?:$|[,.;!?]|moi|mot nguoi)))?)?"
    r"\s*(?P<cur{n}>{behind})?"
)


def _amount(n: int) -> str:
    number = NUMBER if n == 1 else rf"(?:{DIGITS}|{NUMBER})"
    return _AMOUNT.format(n=n, before=BEFORE, behind=BEHIND, scale=SCALE, number=number)


_BEHIND_CEILING = (
    r"max(?:imum)?|or less|or under|tops|at most|tro xuong|tro lai|do lai|quay dau|la cao nhat"
)
_BEHIND_FLOOR = r"or more|and up|and above|tro len|\+"
_OTHER_UNIT = (
    r"\s*-?\s*(?:days?|nights?|weeks?|months?|hours?|hrs?|h\b|d\b|n\b|people|persons?|pax"
    r"|adults?|kids?"
    r"|children|guests?|friends?|travell?ers?|of us|stars?|sao|km|meters?|metres?|m\b|years?"
    r"|am\b|pm\b"
    r"|o'clock|%|ngay|dem|tuan|thang|tieng|gio|nguoi|khach|tre|be\b|ban\b|tuoi|nam\b|hom|lon|sao\b"
    r"|phan tram|st\b|nd\b|rd\b|th\b|/|:\d|places?|cities|tours?|options?|dia diem|noi\b)"
)
_NO_PRICE = re.compile(_OTHER_UNIT)
_PRICE = re.compile(
    rf"{_CUE}(?<![\w.,]){_amount(1)}"
    rf"(?:\s*(?:-|~|to|and|den|toi|va|(?:but|and|nhung|va) (?:{_CEILING}))\s*{_amount(2)}"
    rf"(?!{_OTHER_UNIT}))?"
    rf"(?:\s*(?:(?P<less>\b(?:{_BEHIND_CEILING})\b)|(?P<more>(?:\b(?=\w))?(?:{_BEHIND_FLOOR}))))?"
)
_PER_DAY = re.compile(r"\s*(?:/|per|a|each|every|moi|mot)\s*(?:day|night|ngay|dem)\b")
_ONE_DAY = re.compile(r"\s*(?:1|one) (?:day|ngay)\b(?=.*\d\s*-?(?:days?|ngay|dem|nights?)\b)")
"""A price "800 nghìn 1 ngày" is for each day where the length of the trip follows."""
_EACH = re.compile(
    r"\s*(?:/|per|a|each|every|moi|mot|1)?\s*"
    r"(?:\b(?:person|pers|pax|head|adult|pp|p\.p\.|each|nguoi|khach|ng)\b|\bmoi nguoi\b)"
)


@dataclass(frozen=True, slots=True)
class Price:
    """A price found in a message.

    Attributes:
        span: where it stands, its cue included.
        budget: the ceiling, the floor or both, as stated.
        end: where its own words end, before "per person" or "per day".
        per_day: whether it is for each day.
        per_person: whether it says that it is for each person.
        firm: whether it is stated as a limit or a range.
    """

    span: Span
    budget: Budget
    end: int
    per_day: bool
    per_person: bool
    firm: bool


def take_prices(reading: Reading, language: str) -> list[Price]:
    """Use up the prices of a message and return them, limits before figures only named.

    Args:
        reading: the message.
        language: ``en`` or ``vi``: decides the currency of a bare number.
    """
    prices = list(_prices(reading, language))
    for price in prices:
        reading.take(price.span)
    return sorted(prices, key=lambda price: not price.firm)


def combined(prices: list[Price]) -> Budget | None:
    """Return one budget from all prices: the first ceiling and the first floor that agree."""
    if not prices:
        return None
    first = prices[0].budget
    for other in (price.budget for price in prices[1:]):
        if other.currency != first.currency:
            continue
        low = first.min if first.min is not None else other.min
        high = first.max if first.max is not None else other.max
        if low is None or high is None or low <= high:
            first = Budget(min=low, max=high, currency=first.currency)
    return first


def scaled(budget: Budget, factor: float) -> Budget:
    """Return *budget* with its amounts times *factor*."""
    low, high = (
        None if amount is None else min(round(amount * factor, 2), LARGEST)
        for amount in (budget.min, budget.max)
    )
    return budget.model_copy(update={"min": low, "max": high})


def _prices(reading: Reading, language: str) -> Iterator[Price]:
    position = 0
    while (match := _PRICE.search(reading.plain, position)) is not None:
        price = _price(match, reading, language)
        position = price.span[1] if price else _next_word(reading.plain, match)
        if price:
            yield price


def _next_word(plain: str, match: re.Match[str]) -> int:
    """Return where to look on behind a number that is no price."""
    return max(match.end("num1"), match.start() + 1) if match.end() > match.start() else len(plain)


def _price(match: re.Match[str], reading: Reading, language: str) -> Price | None:
    if _NO_PRICE.match(reading.plain, match.end()) and not _has_unit(match):
        return None
    budget = _budget(match, reading, language)
    if budget is None:
        return None
    per_day = _PER_DAY.match(reading.plain, match.end()) or _ONE_DAY.match(
        reading.plain, match.end()
    )
    each = _EACH.match(reading.plain, per_day.end() if per_day else match.end())
    last = each or per_day or match
    return Price(
        (match.start(), last.end()),
        budget,
        match.end(),
        per_day is not None,
        each is not None,
        _is_firm(match),
    )


def _is_firm(match: re.Match[str]) -> bool:
    told = ("subject", "ceiling", "between", "floor", "less", "more", "num2")
    return any(match[name] for name in told)


def _has_unit(match: re.Match[str]) -> bool:
    units = ("cur1", "cur2", "pre1", "pre2", "scale1", "scale2")
    return any(match[name] for name in units)


def _budget(match: re.Match[str], reading: Reading, language: str) -> Budget | None:
    scales = (name for name in ("scale1", "scale2") if match[name])
    if not all(is_scale(match[name], reading, match.span(name)) for name in scales):
        return None
    currency = _currency(match, reading, language)
    if currency is None:
        return None
    low = _figure(match, 1, currency)
    high = _figure(match, 2, currency) if match["num2"] else None
    if low is None or (match["num2"] and high is None) or max(low, high or 0) > LARGEST:
        return None
    if max(low, high or 0) < _LEAST_DONG and _may_be_days(match, reading):
        return None
    if high is not None:
        return Budget(min=min(low, high), max=max(low, high), currency=currency)
    if match["less"] or match["ceiling"]:
        return Budget(max=low, currency=currency)
    if match["more"] or match["floor"] or match["between"]:
        return Budget(min=low, currency=currency)
    return Budget(max=low, currency=currency)


def _may_be_days(match: re.Match[str], reading: Reading) -> bool:
    """Tell whether "4d" is four days: only "4đ" is surely not."""
    return match["cur1"] == "d" and reading.text[match.start("cur1")] in "dD"


def _currency(match: re.Match[str], reading: Reading, language: str) -> str | None:
    """Return the currency stated, or the one that a bare number in a price's place implies."""
    for group in ("cur1", "pre1", "cur2", "pre2"):
        if match[group]:
            return currency_of(match[group], reading, match.span(group))
    figure = value(match["num1"])
    if scale := match["scale1"] or match["scale2"]:
        dollars = scale in _THOUSANDS and language == "en" and (figure or 0) < _BARE_MINIMUM
        return "USD" if dollars else currency_counted_in(scale)
    if figure is None or not match["num1"][:1].isdecimal():
        return None
    if match["subject"] or (_asks_for_price(match) and figure >= _BARE_MINIMUM):
        return "VND" if language == "vi" or figure >= 100_000 else "USD"
    return None


def _asks_for_price(match: re.Match[str]) -> bool:
    return bool(match["ceiling"] or match["less"]) or (
        match["between"] is not None and match["num2"] is not None
    )


def _figure(match: re.Match[str], n: int, currency: str) -> float | None:
    number = value(match[f"num{n}"])
    if number is None:
        return None
    unit = match[f"scale{n}"] or (match["scale2"] if n == 1 else None)
    scale: float = scale_of(unit) if unit else 1.0
    if not unit and currency == "VND" and not match["cur1"] and not match["pre1"]:
        scale = _implied_scale(number)
    return number * scale + _tail(match[f"tail{n}"], scale)


def _tail(tail: str | None, scale: float) -> float:
    """Return what follows the unit: "2tr5" is 2.5 million, "1tr250" is 1.25 million."""
    if not tail:
        return 0.0
    if "ruoi" in tail:
        return scale / 2
    digits = tail.strip()
    return float(digits) * scale / 10.0 ** len(digits)


def _implied_scale(number: float) -> float:
    """Return the unit of a bare Vietnamese price: "dưới 5" is millions, "dưới 500" thousands."""
    if number < 100:
        return 1e6
    return 1e3 if number < 100_000 else 1.0
