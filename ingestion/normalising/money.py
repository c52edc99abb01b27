"""Prices as operators write them."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from core.fields import Price
from core.money import convert, known_currency
from ingestion.normalising.amounts import Amount, find_amounts
from ingestion.normalising.currencies import CURRENCY
from ingestion.normalising.markup import without_markup
from ingestion.normalising.price_words import Per, asks_to_call, is_aside, is_free, per_whom
from ingestion.normalising.values import (
    first_of,
    is_nothing,
    kind_of,
    plain,
    shortened,
    text_of,
)

_LONGEST = 2_000
_SHORT = 40
_LEAST_USD = 0.01
_MOST_USD = 250_000.0
"""What no tour costs one person: then the number is a code, a telephone or in another unit."""

_STRUCK = re.compile(
    r"~~[^~]{1,60}~~|<(?P<tag>del|s|strike)\b[^<>]{0,200}>[^<>]{0,60}</(?P=tag)\s?>", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,20})?e[+-]?\d{1,2}")
_ACCOUNTING = re.compile(rf"\((?:{CURRENCY})?\s?[\d.,]{{1,20}}\s?(?:{CURRENCY})?\)")
_ONLY_CURRENCY = re.compile(rf"\W*(?:from|price|từ|giá|ab)?\W*(?:{CURRENCY})(?:\W+{CURRENCY})?\W*")


def read_price(
    value: object,
    *,
    currency: str | None,
    per: Literal["person", "group"] = "person",
    people: int | None = None,
) -> Price | None:
    """Return a price, of several the lowest; None where none is stated ("on request", 0).

    A currency in the text wins over *currency*, and "per group of 4" over *per* and *people*.
    Prices for children, deposits, supplements and struck prices are left out where another is
    given beside them. "Free" costs 0; a 0 in digits says that the price is not known.

    Args:
        value: a number or a text, or an object with amount and currency.
        currency: ISO 4217 code where the text names none.
        per: whom it is for, where the text does not say.
        people: size of the group, where the text does not say.

    Raises:
        ValueError: a price is stated but cannot be read, names no currency, or cannot be true.
    """
    value = first_of(value)
    if isinstance(value, Mapping):
        return _from_object(value, currency, Per(per, people))
    default = known_currency(currency) if currency else None
    whom = Per(per, people)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _price(_finite(value), default, whom)
    text = text_of(value, _LONGEST)
    if text is None or is_nothing(text):
        return None
    return _from_text(_without_tags(text), default, whom)


def _from_object(value: Mapping[object, object], currency: str | None, whom: Per) -> Price | None:
    """Read what a feed of objects calls a price: {"amount": 99, "currency": "EUR"}."""
    amount = next((value[key] for key in ("amount", "value", "price") if key in value), None)
    if isinstance(amount, Mapping | list):
        raise ValueError(f"an amount was expected, not {kind_of(amount)}")  # noqa: TRY004
    stated = next((value[key] for key in ("currency", "priceCurrency") if value.get(key)), None)
    code = str(stated) if stated else currency
    return read_price(amount, currency=code, per=whom.per, people=whom.people)


def _finite(value: float | Decimal) -> float:
    if isinstance(value, int) and abs(value) > 10**15:
        raise ValueError("a price too large to be true")
    number = float(value)
    if math.isinf(number):
        raise ValueError("an infinite price")
    return 0.0 if math.isnan(number) else number


def _without_tags(text: str) -> str:
    """Return *text* without markup, and without struck amounts if another is left."""
    left = without_markup(_STRUCK.sub(" ", text))
    if not any(map(str.isdecimal, left)):
        left = without_markup(text)
    return left.replace("~~", " ")


def _from_text(text: str, default: str | None, whom: Per) -> Price | None:
    lower = plain(text).lower()
    if not any(map(str.isdecimal, lower)):
        return _from_words(lower, default)
    if _SCIENTIFIC.fullmatch(lower):
        return _price(_finite(float(lower)), default, whom)
    if _ACCOUNTING.fullmatch(lower):
        raise ValueError(f"a price below 0: {shortened(text)!r}")
    amounts = _meant(find_amounts(lower, default), default)
    if not amounts or (amounts[0].is_bare and asks_to_call(lower)):
        if asks_to_call(lower):
            return None
        raise ValueError(f"no price can be read in {shortened(text)!r}")
    best = _lowest(amounts, text)
    stated = per_whom(best.label) or per_whom(lower)
    return _price(best.number, best.currency or default, _known_size(stated, whom))


def _known_size(stated: Per | None, whom: Per) -> Per:
    if stated and stated.per == "group" and stated.people is None:
        return Per("group", whom.people)
    return stated or whom


def _from_words(lower: str, default: str | None) -> Price | None:
    if is_free(lower):
        return Price(amount=0, currency=default or "USD")
    is_bare = len(lower) <= _SHORT and _ONLY_CURRENCY.fullmatch(lower)
    if is_bare or asks_to_call(lower):
        return None
    raise ValueError(f"no price can be read in {shortened(lower)!r}")


def _meant(amounts: list[Amount], default: str | None) -> list[Amount]:
    """Return the amounts that may be the price: of one currency, and what an adult pays."""
    paid = [each for each in amounts if not is_aside(each.label)] or amounts
    paid = [each for each in paid if each.number] or paid
    own = [each for each in paid if (each.currency or default) == default]
    if own or not paid:
        return own
    return [each for each in paid if each.currency == paid[0].currency]


def _lowest(amounts: list[Amount], text: str) -> Amount:
    """Return the lowest amount; bare numbers must be one, or the ends of a range."""
    starts = [each for each in amounts if not each.ends_range]
    if amounts[0].is_bare and len({each.number for each in starts}) > 1:
        raise ValueError(f"which of these is the price: {shortened(text)!r}")
    single = [each for each in amounts if per_whom(each.label) == Per("person")]
    return min(single or amounts, key=lambda each: each.number)


def _price(amount: float, currency: str | None, whom: Per) -> Price | None:
    """Return the price if it can be true; 0 says that it is not known."""
    if amount == 0:
        return None
    if currency is None:
        raise ValueError(f"the price {amount:,.15g} names no currency")
    if amount < 0:
        raise ValueError(f"a price below 0: {amount:,.15g} {currency}")
    people = whom.people if whom.per == "group" else None
    if whom.per == "group" and (people is None or not 1 <= people <= 1_000):
        raise ValueError(f"{amount:,.15g} {currency} for a group, but of how many people")
    dollars = convert(amount, currency, "USD") / (people or 1)
    if not _LEAST_USD <= dollars <= _MOST_USD:
        size = "little" if dollars < _LEAST_USD else "much"
        raise ValueError(f"{amount:,.15g} {currency} is too {size} to be the price of a tour")
    return Price(amount=amount, currency=currency, per=whom.per, people=people)
