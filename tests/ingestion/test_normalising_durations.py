import datetime as dt
import math
import unicodedata
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.normalising.durations import read_duration
from recommender.schemas import Duration

Unit = Literal["days", "nights", "hours", "minutes"]


def is_length_or_reason(value: object, unit: Unit | None) -> bool:
    """Tell whether a value is read as a length, as none, or refused with one line."""
    try:
        duration = read_duration(value, unit=unit)
    except ValueError as error:
        return 0 < len(str(error)) < 300 and "\n" not in str(error)
    return duration is None or duration.travel_days > 0


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("5 ngày 4 đêm", 5),
        (unicodedata.normalize("NFD", "5 ngày 4 đêm"), 5),
        ("7 NGÀY 6 ĐÊM", 7),
        ("2 ngay 1 dem", 2),
        ("3ngày2đêm", 3),
        ("3 ngày 0 đêm", 3),
        ("2 ngày 2 đêm", 2),
        ("hai ngày một đêm", 2),
        ("1 ngày rưỡi", 1.5),
        ("nửa ngày", 0.5),
        ("1 buổi", 0.5),
        ("cả ngày", 1),
        ("4N3Đ", 4),
        ("4n3d", 4),
        ("5N4D", 5),
        ("4N5D", 5),
        ("3N/4D", 4),
        ("5D/4N", 5),
        ("3D 2N", 3),
        ("Tour 3N-2Đ", 3),
        ("4Đ", 5),
        ("3H2M", 3),
        ("5 NIGHTS", 6),
        ("1 night", 2),
        ("7-night cruise", 8),
        ("4 nights 5 days", 5),
        ("04 Nights / 05 Days", 5),
        ("5 days (4 nights)", 5),
        ("6Days5Nights", 6),
        ("three days", 3),
        ("half day", 0.5),
        ("½ day", 0.5),
        ("1/2 day", 0.5),
        ("1 1/2 days", 1.5),
        ("Full-day", 1),
        ("day trip", 1),
        ("Full day (8 hours)", 1),
        ("overnight", 2),
        ("2 weeks", 14),
        ("3 weeks 2 days", 23),
        ("1 month", 30),
        ("365 days", 365),
        ("1 year", 365),
        ("P5D", 5),
        ("P2W", 14),
        ("1 day, 2:00:00", 1),
        ("14 days from $2,999", 14),
        ("5 Tage / 4 Nächte", 5),
        ("8 jours / 7 nuits", 8),
        ("une journée", 1),
        ("3 días y 2 noches", 3),
        ("2 giorni 1 notte", 2),
        ("3 hari 2 malam", 3),
        ("5 дней / 4 ночи", 5),
        ("3天2晚", 3),
        ("2泊3日", 3),
        ("2박 3일", 3),
        ("3วัน2คืน", 3),
    ],
)
def test_days_are_read_and_nights_make_a_day_more(text: str, days: float) -> None:
    assert read_duration(text) == Duration(days=days)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("75 minutes", 1.25),
        ("45 phút", 0.75),
        ("90m", 1.5),
        ("90'", 1.5),
        ("1.5 hours", 1.5),
        ("3,5 giờ", 3.5),
        ("1½ hours", 1.5),
        ("2 tiếng", 2),
        ("2 giờ rưỡi", 2.5),
        ("2h30", 2.5),
        ("2h 30min", 2.5),
        ("2 tiếng 30 phút", 2.5),
        ("1 heure 30", 1.5),
        ("2 hours 30 minutes", 2.5),
        ("PT2H30M", 2.5),
        ("PT90M", 1.5),
        ("02:30:00", 2.5),
        ("0:45", 0.75),
        ("48 hours", 48),
        ("Duration: 3 hours (approx.)", 3),
        ("2,5 Stunden", 2.5),
        ("約6時間", 6),
        ("4 ชั่วโมง", 4),
    ],
)
def test_hours_and_minutes_are_read_as_hours(text: str, hours: float) -> None:
    assert read_duration(text) == Duration(hours=hours)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 - 2 days", Duration(days=1, max_days=2)),
        ("3/4 days", Duration(days=3, max_days=4)),
        ("3, 5 or 7 days", Duration(days=3, max_days=7)),
        ("từ 3 đến 4 ngày", Duration(days=3, max_days=4)),
        ("half day / full day", Duration(days=0.5, max_days=1)),
        ("5 - 5.5 hours", Duration(hours=5, max_hours=5.5)),
        ("2hr - 3hr", Duration(hours=2, max_hours=3)),
        ("30 minutes - 1 hour", Duration(hours=0.5, max_hours=1)),
        ("1 hour - 90 minutes", Duration(hours=1, max_hours=1.5)),
        ("1.5 hours - 1 day", Duration(hours=1.5, max_hours=24)),
    ],
)
def test_a_range_keeps_both_ends_in_one_unit(text: str, expected: Duration) -> None:
    assert read_duration(text) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (5, "days", Duration(days=5)),
        (4, "nights", Duration(days=5)),
        (90, "minutes", Duration(hours=1.5)),
        (Decimal("1.5"), "hours", Duration(hours=1.5)),
        ("6.0", "days", Duration(days=6)),
        ("1-2", "days", Duration(days=1, max_days=2)),
        ("5N", "nights", Duration(days=6)),
        ("5N", "days", Duration(days=5)),
        ("5 hours", "days", Duration(hours=5)),
        ([5], "days", Duration(days=5)),
    ],
)
def test_a_number_without_a_unit_counts_what_the_feed_says(
    value: object, unit: Unit, expected: Duration
) -> None:
    assert read_duration(value, unit=unit) == expected


def test_time_spans_and_objects_of_units_are_read() -> None:
    assert read_duration(dt.timedelta(days=2)) == Duration(days=2)
    assert read_duration(dt.timedelta(minutes=90)) == Duration(hours=1.5)
    assert read_duration({"days": 5}) == Duration(days=5)
    assert read_duration({"hours": 2, "max_hours": 3}) == Duration(hours=2, max_hours=3)
    assert read_duration({"value": 90, "unit": "minute"}) == Duration(hours=1.5)


@pytest.mark.parametrize(
    "value",
    [None, "", "N/A", "-", "flexible", "Varies", "tuỳ chọn", "Liên hệ", 0, "0 days", math.nan],
)
def test_what_states_no_length_is_none(value: object) -> None:
    assert read_duration(value, unit="days") is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("700 days", "longer than a year"),
        ("2 years", "longer than a year"),
        (10**400, "longer than a year"),
        (math.inf, "longer than a year"),
        ("-5 days", "below 0"),
        (-3, "below 0"),
        ("abc", "no length"),
        ("5 stars", "no length"),
        (True, "true or false"),
        ({}, "days or hours was expected"),
        ({"value": 3, "unit": "moons"}, "no unit of time"),
        ("5 days " * 1_000, "characters"),
    ],
)
def test_a_length_that_cannot_be_read_or_true_is_refused(value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_duration(value, unit="days")


def test_a_number_of_nobody_knows_what_is_refused() -> None:
    for value in (5, "6.0", "3-5"):
        with pytest.raises(ValueError, match="of which unit"):
            read_duration(value)
    with pytest.raises(ValueError, match="nights or, in Vietnamese, days"):
        read_duration("5N")


@given(st.integers(1, 360), st.sampled_from(["{} days", "{} ngày", "{} Tage", "{}-day", "{}天"]))
def test_any_number_of_days_is_read(days: int, form: str) -> None:
    assert read_duration(form.format(days)) == Duration(days=days)


@given(
    st.integers(1, 60),
    st.sampled_from(["{}N{}Đ", "{} ngày {} đêm", "{}D/{}N", "{} days {} nights"]),
)
def test_any_pair_of_days_and_nights_is_read(nights: int, form: str) -> None:
    assert read_duration(form.format(nights + 1, nights)) == Duration(days=nights + 1)


@given(
    st.one_of(st.text(max_size=200), st.text(alphabet="0123456789.,-/ hmdnđPT½:ngày", max_size=40)),
    st.sampled_from([None, "days", "nights", "hours", "minutes"]),
)
def test_no_text_raises_anything_but_a_reason(text: str, unit: Unit | None) -> None:
    assert is_length_or_reason(text, unit)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.timedeltas(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["days", "value", "unit", "hours"]), inner, max_size=3
            )
        ),
        max_leaves=5,
    )
)
def test_no_value_raises_anything_but_a_reason(value: Any) -> None:
    assert is_length_or_reason(value, "days")


@pytest.mark.parametrize("piece", ["1", "1-", "1 - ", "1 day ", "1h30", "½", "n", "-", "1/"])
def test_a_very_long_text_is_refused_at_once(piece: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        read_duration(piece * 10_000_000)
