"""Amounts of money: known currencies, dated exchange rates, and how people read them."""

import csv
import datetime as dt
import functools
from importlib import resources

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, is_currency

_ZERO_DECIMALS_FROM = 1_000


def known_currency(code: str) -> str:
    """Return *code* as an upper-case ISO 4217 code.

    Raises:
        ValueError: it is not a currency that we can convert.
    """
    upper = code.strip().upper()
    if not is_currency(upper) or upper not in _rates():
        raise ValueError(f"unknown currency {code!r}; use an ISO code such as USD or VND")
    return upper


def currencies() -> list[str]:
    """Return the ISO 4217 codes of all currencies that we can convert."""
    return [code for code in _rates() if is_currency(code)]


@functools.cache
def _rates() -> dict[str, float]:
    """Units of each currency per US dollar."""
    with resources.files("core").joinpath("data/exchange_rates.csv").open(encoding="utf-8") as file:
        return {row["currency"]: float(row["per_usd"]) for row in csv.DictReader(file)}


@functools.cache
def rates_date() -> dt.date:
    """Day on which the exchange rates were noted."""
    with resources.files("core").joinpath("data/exchange_rates.csv").open(encoding="utf-8") as file:
        return max(dt.date.fromisoformat(row["date"]) for row in csv.DictReader(file))


def convert(amount: float, currency: str, to: str) -> float:
    """Convert *amount* from one currency to another at the dated rates.

    Raises:
        ValueError: one of the currencies is unknown.
    """
    return amount / _rates()[known_currency(currency)] * _rates()[known_currency(to)]


def format_money(amount: float, currency: str, language: str = "en") -> str:
    """Write an amount as a reader of *language* expects it, without needless cents."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    whole = amount >= _ZERO_DECIMALS_FROM or float(amount).is_integer()
    digits = None if not whole else "#,##0\xa0¤" if locale.language == "vi" else "¤#,##0"
    return format_currency(
        round(amount) if whole else amount,
        currency,
        digits,
        locale=locale,
        currency_digits=not whole,
    )
