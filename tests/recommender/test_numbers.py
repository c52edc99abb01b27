"""Durations and budgets: the cosine is closeness."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recommender.encoders.axis import DIMENSIONS, POINTS, LogAxis, tent
from recommender.encoders.numbers import (
    encode_budget,
    encode_duration,
    encode_duration_wish,
    encode_price,
)
from recommender.schemas import Budget, Duration, Price

RIPPLE = 0.07  # what 64 harmonics leave of a kink


def _suits_days(wish: Duration, days: float) -> float:
    return float(encode_duration_wish(wish) @ encode_duration(Duration(days=days)))


def _suits_price(budget: Budget, amount: float, currency: str = "USD") -> float:
    return float(encode_budget(budget) @ encode_price(Price(amount=amount, currency=currency)))


@given(st.floats(0.01, 400))
def test_every_value_is_a_unit_vector(days: float) -> None:
    vector = encode_duration(Duration(days=min(days, 366)))
    assert vector.shape == (DIMENSIONS,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-4)


@given(st.floats(0.5, 100), st.floats(0.5, 100))
def test_the_inner_product_is_the_height_of_the_curve(wished: float, offered: float) -> None:
    expected = 1 - 2 * min(abs(offered - wished) / (0.5 * wished), 1)
    assert _suits_days(Duration(days=wished), offered) == pytest.approx(expected, abs=2 * RIPPLE)


@given(st.floats(0.2, 300))
def test_what_is_exactly_as_wished_is_ideal(days: float) -> None:
    assert _suits_days(Duration(days=days), days) > 0.97


def test_half_an_hour_and_an_hour_are_told_apart() -> None:
    wish = Duration(hours=0.5)
    heights = [
        float(encode_duration_wish(wish) @ encode_duration(Duration(hours=hours)))
        for hours in (0.5, 0.6, 1)
    ]
    assert heights[0] > 0.9 > heights[1] > 0 > heights[2]


@given(st.floats(0.01, 0.15))
def test_a_wish_beyond_the_end_of_the_axis_is_served_by_what_lies_there(hours: float) -> None:
    wished, offered = Duration(hours=hours), Duration(hours=hours / 2)
    assert float(encode_duration_wish(wished) @ encode_duration(wished)) > 0.9
    assert float(encode_duration_wish(wished) @ encode_duration(offered)) > 0.4


def test_tickets_of_a_few_thousand_rupiah_are_told_apart() -> None:
    wish = Budget(max=3_000, currency="IDR")
    heights = [_suits_price(wish, amount, "IDR") for amount in (0, 3_000, 5_000)]
    assert min(heights[:2]) > 0.9
    assert heights[2] < -0.9


@pytest.mark.parametrize("ceiling", [0, 0.02, 150_000])
def test_budgets_beyond_the_ends_are_served_by_what_lies_within(ceiling: float) -> None:
    budget = Budget(max=ceiling, currency="USD")
    assert _suits_price(budget, 0) > 0.9
    assert _suits_price(budget, min(ceiling, 90_000)) > 0.9


def test_the_nearer_length_suits_better() -> None:
    heights = [_suits_days(Duration(days=5), days) for days in (5, 6, 7, 10)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > 0.9
    assert heights[-1] < -0.9


def test_every_length_in_a_range_suits() -> None:
    heights = [_suits_days(Duration(days=3, max_days=5), days) for days in (3, 4, 5)]
    assert min(heights) > 0.9
    assert _suits_days(Duration(days=3, max_days=5), 9) < -0.9


def test_at_least_so_many_days_are_served_by_every_longer_tour() -> None:
    at_least_a_week = Duration(days=7, max_days=366)
    assert min(_suits_days(at_least_a_week, days) for days in (7, 8, 30, 300)) > 0.95
    assert _suits_days(at_least_a_week, 3) < -0.9


def test_hours_have_ranges_too() -> None:
    wish = encode_duration_wish(Duration(hours=2, max_hours=4))
    heights = {
        hours: float(wish @ encode_duration(Duration(hours=hours))) for hours in (2, 3, 4, 7)
    }
    assert min(heights[hours] for hours in (2, 3, 4)) > 0.95
    assert heights[7] < -0.9


def test_a_tour_of_flexible_length_is_met_in_its_middle() -> None:
    flexible = encode_duration(Duration(days=3, max_days=5))
    heights = [float(encode_duration_wish(Duration(days=days)) @ flexible) for days in (2, 4, 8)]
    assert max(heights) == heights[1] > 0.8


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"days": 3, "hours": 3},
        {"hours": 3, "max_days": 5},
        {"days": 3, "max_hours": 5},
        {"hours": 5, "max_hours": 3},
        {"hours": 0},
    ],
)
def test_a_length_that_makes_no_sense_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Duration.model_validate(fields)


@pytest.mark.parametrize(("hours", "days"), [(4, 0.5), (8, 1), (12, 1), (23, 1), (48, 2)])
def test_hours_count_as_days_of_travel(hours: float, days: float) -> None:
    assert Duration(hours=hours).travel_days == days


def test_a_ceiling_is_kept_below_and_given_up_above() -> None:
    budget = Budget(max=400, currency="USD")
    assert min(_suits_price(budget, amount) for amount in (20, 100, 250, 390)) > 0.9
    assert _suits_price(budget, 500) == pytest.approx(0, abs=2 * RIPPLE)
    assert max(_suits_price(budget, amount) for amount in (650, 5_000)) < -0.9


def test_a_floor_and_a_ceiling_make_a_range() -> None:
    budget = Budget(min=200, max=400, currency="USD")
    assert _suits_price(budget, 300) > 0.9
    assert _suits_price(budget, 80) < -0.9
    assert _suits_price(budget, 700) < -0.9


def test_currencies_are_compared_at_the_dated_rates() -> None:
    budget = Budget(max=10_000_000, currency="VND")
    assert _suits_price(budget, 350) > 0.9
    assert _suits_price(budget, 700) < -0.9


def test_a_budget_of_nothing_suits_no_price() -> None:
    budget = Budget(max=0, currency="USD")
    assert max(_suits_price(budget, amount) for amount in (1, 50, 1_000)) < -0.9


def test_a_budget_of_nothing_is_served_by_free_tours() -> None:
    assert _suits_price(Budget(max=0, currency="USD"), 0) > 0.9
    assert _suits_price(Budget(max=0, currency="VND"), 0) > 0.9
    assert _suits_price(Budget(max=400, currency="USD"), 0) > 0.9
    assert _suits_price(Budget(min=100, currency="USD"), 0) < -0.9


def test_a_price_for_a_group_is_compared_by_what_each_pays() -> None:
    for_four = encode_price(Price(amount=800, currency="USD", per="group", people=4))
    assert float(encode_budget(Budget(max=200, currency="USD")) @ for_four) > 0.9
    assert float(encode_budget(Budget(max=120, currency="USD")) @ for_four) < -0.9


def test_a_budget_for_a_group_is_shared_by_it() -> None:
    budget = Budget(max=800, currency="USD", per="group", people=4)
    assert _suits_price(budget, 200) > 0.9
    assert _suits_price(budget, 310) < -0.9


def test_silence_is_the_middle() -> None:
    silent = np.zeros(DIMENSIONS, np.float32)
    assert float(encode_duration_wish(Duration(days=5)) @ silent) == 0.0


def test_values_are_snapped_to_the_points_of_the_axis() -> None:
    axis = LogAxis(1, 100)
    values = np.geomspace(0.5, 200, 20_000)
    assert {axis.point(value) for value in values} == set(range(POINTS))
    assert np.array_equal(axis.encode(50), axis.encode(50.01))
    assert not np.array_equal(axis.encode(50), axis.encode(50.2))


def test_any_curve_can_be_wished() -> None:
    axis = LogAxis(1, 100)
    query = axis.encode_curve(tent(10, math.inf, 0.5))
    heights = [float(query @ axis.encode(value)) for value in (4, 12, 99)]
    assert heights[0] < -0.9
    assert min(heights[1:]) > 0.9
