"""Durations and budgets on their axes."""

import math

from core.money import convert
from recommender.encoders.axis import LogAxis, Vector, tent
from recommender.schemas import Budget, Duration, Price

_DAYS = LogAxis(low=0.02, high=366.0)
_US_DOLLARS = LogAxis(low=0.05, high=100_000.0)
"""What costs less than five cents counts as free: a logarithm knows no zero."""
_FALL = 0.5
"""A tour half as long again as wished, or half as dear again as the ceiling, does not fit."""


def encode_duration(duration: Duration) -> Vector:
    """Return the unit vector of a tour's length; of a range its middle on the axis."""
    return _DAYS.encode(math.sqrt(duration.travel_days * duration.longest_travel_days))


def encode_duration_wish(duration: Duration) -> Vector:
    """Return the preference vector of a wished length or range of lengths."""
    low, high = _DAYS.clamp(duration.travel_days), _DAYS.clamp(duration.longest_travel_days)
    return _DAYS.encode_curve(tent(low, high, _FALL))


def encode_price(price: Price) -> Vector:
    """Return the unit vector of what a tour costs one person, compared in US dollars."""
    return _US_DOLLARS.encode(convert(price.per_person, price.currency, "USD"))


def encode_budget(budget: Budget) -> Vector:
    """Return the preference vector of a person's ceiling, floor or both.

    A ceiling of nothing is served by free tours alone.
    """
    low, high = budget.min_per_person, budget.max_per_person
    ceiling = math.inf if high is None else _in_reach(high, budget.currency)
    floor = _in_reach(low, budget.currency) if low else 0.0
    return _US_DOLLARS.encode_curve(tent(min(floor, ceiling), ceiling, _FALL))


def _in_reach(amount: float, currency: str) -> float:
    """Return an amount in US dollars, or the nearer end of their axis."""
    return _US_DOLLARS.clamp(convert(amount, currency, "USD"))
