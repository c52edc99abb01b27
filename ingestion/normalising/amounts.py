"""Amounts of money in a text: each with its currency, its unit, and the words beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from ingestion.normalising.currencies import (
    CURRENCY,
    SCALE,
    currency_counted_in,
    currency_of,
    is_specific,
    scale_of,
)
from ingestion.normalising.numbers import NUMBER, number_of
from ingestion.normalising.values import shortened

_LARGE_UNIT = 1e5
_MOST = 40
_DAYS_TOO = ("d", "d.")
_LEAST_DONG = 1_000
"""From here on "500.000d" are dong typed without the stroke; "5d" are days."""
_AMOUNT = re.compile(
    rf"(?:(?P<minus>(?<!\w)-)?(?P<before>{CURRENCY})\s?:?\s?(?P<below>-)?|(?<!\w)(?P<negative>-)"
    rf"|(?<![\w.,])(?<!\d[/:]))"
    rf"(?P<number>{NUMBER})(?![\d%])(?!\s%)"
    rf"(?:\s?(?P<scale>{SCALE})(?:(?P<tail>\d{{1,3}})(?![\d.,])|\s?(?P<half>rưỡi|ruoi)"
    rf"|\s(?P<tenth>\d)(?=\s?(?:$|/|đ|vn))|\s?(?P<rest>\d{{1,3}})\s?(?P<small>{SCALE}))?)?"
    rf"(?:[.,:]\s?[-–—]{{1,2}}|/=)?(?:\s?(?P<behind>{CURRENCY}))?"
)
_CENTS = re.compile(r"(?<=\d)([€£])(\d{2})(?![\d.,])")
_PESO = re.compile(r"(?<![^\W\d_])p\s?(?=\d)")
_RANGE = re.compile(
    r"\s?(?:-|–|—|~|〜|to|and|đến|den|tới|toi|và|bis|und|a|à|al|et|hasta|y|до|至)\s?"
)
_OTHER_UNIT = re.compile(
    r"\s?(?:\*|%|°|\.\.|/\d|:\d|'|st\b|nd\b|rd\b|th\b)|-?(?!p\.?p\b)[^\W\d_]|[\s-]{1,2}(?:days?|nights?|weeks?|months?"
    r"|hours?|hrs?|h|mins?|minutes?|people|persons?|pax|adults?|kids?|child(?:ren)?|guests?"
    r"|travell?ers?|stars?|km|years?|yrs?|am|pm|percent|places?|cities|ngày|ngay|đêm|dem|giờ|gio"
    r"|tiếng|người|nguoi|khách|khach|tuổi|tuoi|sao|tage?|tagen|nächte|jours?|nuits?|personnes?"
    r"|personen|días?|noches?|personas?|giorni|notti|hari|malam|orang)\b"
)
_BREAK = re.compile(r"[,;|\n)]\s?|\s[/–—-]\s|\.\s")
_IN_BRACKETS = re.compile(r"\s?\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount found in a text.

    Attributes:
        start: offset of its first character, its currency included.
        end: offset behind its last one.
        number: the figure, its unit ("million") counted in.
        unit: factor of the unit that was written; 1 without.
        currency: code of its currency; "" where it names none.
        label: the words that tell what it is for.
        ends_range: whether it is the upper end of a range, "to 150".
    """

    start: int
    end: int
    number: float
    unit: float
    currency: str
    label: str = ""
    ends_range: bool = False

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing but its place shows that it is an amount of money."""
        return not self.currency and self.unit == 1


def find_amounts(text: str, default: str | None) -> list[Amount]:
    """Return the amounts in a text, in order.

    Args:
        text: in lower case, after `values.plain`.
        default: code of the feed's own currency, which a sign such as "$" may mean.

    Raises:
        ValueError: one is below 0, or in a currency that we cannot convert.
    """
    text = _CENTS.sub(r".\2\1", text)
    if default == "PHP":
        text = _PESO.sub("₱", text)
    amounts = list(islice(_amounts(text, default), _MOST + 1))
    if len(amounts) > _MOST:
        raise ValueError(f"more than {_MOST} numbers: {shortened(text)!r}")
    found = _ranged(amounts, text)
    return _labelled([each for each in found if not each.is_bare] or found, text)


def _amounts(text: str, default: str | None) -> Iterator[Amount]:
    position, behind_amount = 0, False
    while (match := _AMOUNT.search(text, position)) is not None:
        amount = _amount(match, text, default)
        in_range = behind_amount and not text[position : match.start()].strip()
        position = amount.end if amount else match.end("number")
        behind_amount = amount is not None
        if amount is None:
            continue
        if amount.number and not in_range and _is_below_0(match):
            raise ValueError(f"a price below 0: {shortened(match[0])!r}")
        yield amount


def _is_below_0(match: re.Match[str]) -> bool:
    return any(match[group] for group in ("minus", "below", "negative"))


def _amount(match: re.Match[str], text: str, default: str | None) -> Amount | None:
    sign, end = _sign(match, text)
    scale = match["scale"]
    code = currency_of(sign, default) if sign else ""
    if not code and not scale and _OTHER_UNIT.match(text, end):
        return None
    code = code or (currency_counted_in(scale) if scale else None) or ""
    try:
        number = _value(match, code or default)
    except ValueError:
        return None
    if sign in _DAYS_TOO and number < _LEAST_DONG:
        return None
    unit = scale_of(scale, code or default) if scale else 1.0
    return Amount(match.start(), end, number, unit, code)


def _sign(match: re.Match[str], text: str) -> tuple[str | None, int]:
    """Return the currency that the amount names, and where the amount ends.

    In "$100 $80" the second sign is the next amount's; in "$100 AUD" it tells which dollar.
    """
    before, behind = match["before"], match["behind"]
    if not before or not behind:
        return before or behind, match.end()
    of_the_next = text[match.end() : match.end() + 2].strip()[:1].isdecimal()
    if of_the_next:
        return before, match.start("behind")
    return (before if is_specific(before) else behind), match.end()


def _value(match: re.Match[str], currency: str | None) -> float:
    """Return the number with its unit: "3tr2" and "3 triệu 200 nghìn" are 3,200,000."""
    if match["scale"] is None:
        return number_of(match["number"])
    scale = scale_of(match["scale"], currency)
    number = number_of(match["number"], fraction=scale >= _LARGE_UNIT) * scale
    if tail := match["tail"] or match["tenth"]:
        return number + float(tail) * scale / 10.0 ** len(tail)
    if match["rest"]:
        return number + float(match["rest"]) * scale_of(match["small"], currency)
    return number + (scale / 2 if match["half"] else 0)


def _ranged(amounts: list[Amount], text: str) -> list[Amount]:
    """Give the ends of a range ("100-150 USD", "2-3 triệu") each other's currency and unit."""
    ranged = list(amounts)
    for at, (low, high) in enumerate(pairwise(amounts)):
        if not _RANGE.fullmatch(text, low.end, high.start) or _differ(low, high):
            continue
        code = ranged[at].currency or high.currency
        ranged[at] = replace(_in_unit(ranged[at], high), currency=code)
        ranged[at + 1] = replace(high, currency=high.currency or code, ends_range=True)
    return ranged


def _differ(low: Amount, high: Amount) -> bool:
    return bool(low.currency and high.currency and low.currency != high.currency)


def _in_unit(low: Amount, high: Amount) -> Amount:
    """Return *low* in the unit of *high*, where "2-3 million" means so."""
    if low.unit != 1 or high.unit == 1 or low.number * high.unit > high.number:
        return low
    return replace(low, number=low.number * high.unit, unit=high.unit)


def _labelled(amounts: list[Amount], text: str) -> list[Amount]:
    """Give each amount the words that tell what it is for, before or behind it.

    The words between two amounts are parted at their first break, brackets aside. Without one
    they belong to the amount behind them, unless the text begins with an amount: then labels
    follow amounts.
    """
    if not amounts:
        return []
    labels = [text[: amounts[0].start]] + [""] * (len(amounts) - 1)
    follows = not re.search(r"\w", labels[0])
    for at, (one, other) in enumerate(pairwise(amounts)):
        between = text[one.end : other.start]
        cut = _cut(between, follows=follows)
        labels[at] += f" {between[:cut]}"
        labels[at + 1] += f" {between[cut:]}"
    labels[-1] += f" {text[amounts[-1].end :]}"
    for at in range(len(amounts) - 1, 0, -1):
        if amounts[at].ends_range:  # "2-3 triệu/khách": both are for one person
            labels[at - 1] += f" {labels[at]}"
    return [replace(each, label=label) for each, label in zip(amounts, labels, strict=True)]


def _cut(between: str, *, follows: bool) -> int:
    """Return how many of the characters between two amounts belong to the first of them."""
    brackets = _IN_BRACKETS.match(between)
    start = brackets.end() if brackets else 0
    if parting := _BREAK.search(between, start):
        return parting.end()
    opened = between.find("(", start)
    if opened >= 0 or start:
        return max(opened, start)
    return len(between) if follows else 0
