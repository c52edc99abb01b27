"""Lengths of time and amounts of money in words, in the reader's language."""

from pathlib import Path

from core.money import format_money
from core.wording import wording
from recommender.schemas import LONGEST_DAYS, Budget, Duration, Price

_WORDING = wording(Path(__file__).parent / "wording")


def format_duration(duration: Duration, language: str) -> str:
    """Write a length of time as it was given, in days or in hours."""
    if duration.days is None:
        return _format_range("hours", duration.hours or 0.0, duration.max_hours, language)
    if duration.max_days == LONGEST_DAYS:
        shortest = _format_number("days", duration.days, language)
        return _WORDING.say("duration.at_least", language, shortest=shortest)
    return _format_range("days", duration.days, duration.max_days, language)


def format_price(price: Price, language: str) -> str:
    """Write what a tour costs one person, or a group with the share of each."""
    return format_amount(price.amount, price, language)


def format_amount(amount: float, money: Price | Budget, language: str) -> str:
    """Write one of the amounts of *money*, for a group with the share of each."""
    said = format_money(amount, money.currency, language)
    if money.people is None:
        return said
    group = _for_people(said, money.people, language)
    if money.people == 1:
        return group
    each = format_money(to_cents(amount * money.share), money.currency, language)
    return _WORDING.say("money.each", language, amount=group, each=each)


def format_total(price: Price, language: str) -> str:
    """Write what a tour costs one person, or a group together."""
    said = format_money(price.amount, price.currency, language)
    return said if price.people is None else _for_people(said, price.people, language)


def format_budget(budget: Budget, language: str) -> str:
    """Write a ceiling, a floor or both, for one person or for a group."""
    low, high = (
        None if amount is None else format_money(amount, budget.currency, language)
        for amount in (budget.min, budget.max)
    )
    if low and high:
        said = _WORDING.say("range", language, low=low, high=high)
    elif high:
        said = _WORDING.say("budget.up_to", language, limit=high)
    else:
        said = _WORDING.say("budget.from", language, limit=low)
    return _for_people(said, budget.people, language) if budget.people else said


def to_cents(amount: float) -> float:
    """Return an amount without what is less than a cent: a third of 100 dollars is 33.33."""
    return round(amount, 2)


def _format_range(unit: str, low: float, high: float | None, language: str) -> str:
    if high is None or high == low:
        return _format_number(unit, low, language)
    longest = _format_number(unit, high, language)
    return _WORDING.say("duration.range", language, shortest=f"{low:g}", longest=longest)


def _format_number(unit: str, value: float, language: str) -> str:
    plural = "one" if value == 1 else "other"
    return _WORDING.say(f"duration.{unit}.{plural}", language, **{unit: f"{value:g}"})


def _for_people(amount: str, people: int, language: str) -> str:
    plural = "one" if people == 1 else "other"
    return _WORDING.say(f"money.people.{plural}", language, amount=amount, people=people)
