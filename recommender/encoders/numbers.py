"""Durations and budgets on their axes."""

import math

from core.money import convert
from recommender.encoders.axis import LogAxis, Vector, tent
from recommender.schemas import Budget, Duration, Price

_DAYS = LogAxis(low=0.1, high=120.0)
_US_DOLLARS = LogAxis(low=2.0, high=60_000.0)
_FALL = 0.5
"""A tour half as long again as wished, or half as dear again as the ceiling, does not fit."""


def encode_duration(duration: Duration) -> Vector:
    """Return the unit vector of a tour's length."""
    return _DAYS.encode(duration.travel_days)


def encode_duration_wish(duration: Duration) -> Vector:
    """Return the preference vector of a wished length or range of lengths."""
    shortest = duration.travel_days
    return _DAYS.encode_curve(tent(shortest, duration.max_days or shortest, _FALL))


def encode_price(price: Price) -> Vector:
    """Return the unit vector of a tour's price, compared in US dollars."""
    return _US_DOLLARS.encode(max(convert(price.amount, price.currency, "USD"), 1e-9))


def encode_budget(budget: Budget) -> Vector:
    """Return the preference vector of a ceiling, a floor or both."""
    low = convert(budget.min or 0.0, budget.currency, "USD")
    high = math.inf if budget.max is None else convert(budget.max, budget.currency, "USD")
    return _US_DOLLARS.encode_curve(tent(low, high, _FALL))
