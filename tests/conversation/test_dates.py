"""When the journey is to be."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.understanding import Context, Intent, understand
from conversation.understanding.dates import find_dates
from conversation.understanding.reading import Reading

TODAY = dt.date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("in July", "2027-07-01", "2027-07-31"), ("tháng 7", "2027-07-01", "2027-07-31"),
        ("from 3 to 8 March", "2027-03-03", "2027-03-08"),
        ("March 3-8", "2027-03-03", "2027-03-08"),
        ("từ 5 đến 12 tháng 7", "2027-07-05", "2027-07-12"),
        ("from 3/3 to 8/3", "2027-03-03", "2027-03-08"), ("ngày 15/2", "2027-02-15", "2027-02-15"),
        ("20/12/2026", "2026-12-20", "2026-12-20"), ("2027-05-01", "2027-05-01", "2027-05-01"),
        ("next weekend", "2026-11-28", "2026-11-29"), ("cuối tuần này", "2026-11-21", "2026-11-22"),
        ("tháng sau", "2026-12-01", "2026-12-31"), ("thang sau", "2026-12-01", "2026-12-31"),
        ("tháng sáu", "2027-06-01", "2027-06-30"), ("next month", "2026-12-01", "2026-12-31"),
        ("cuối tháng 8", "2027-08-21", "2027-08-31"),
        ("early december", "2026-12-01", "2026-12-10"),
        ("in November", "2026-11-21", "2026-11-30"), ("tomorrow", "2026-11-22", "2026-11-22"),
        ("thứ sáu này", "2026-11-27", "2026-11-27"), ("next friday", "2026-11-27", "2026-11-27"),
        ("tuần sau", "2026-11-23", "2026-11-29"), ("Tết", "2027-02-04", "2027-02-12"),
        ("mùng 2 Tết", "2027-02-07", "2027-02-07"), ("christmas", "2026-12-23", "2026-12-27"),
        ("Dec 28 to 3 January", "2026-12-28", "2027-01-03"),
        ("june to august", "2027-06-01", "2027-08-31"),
        ("before March", "2026-11-21", "2027-02-28"),
    ],
)  # fmt: skip
def test_dates_are_the_next_ones_that_fit(text: str, start: str, end: str) -> None:
    found = find_dates(Reading(text), TODAY)
    assert found is not None
    assert (found.start.isoformat(), found.end.isoformat()) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["may I ask something", "5 days", "săn mây 2 ngày", "hai tháng", "3 ngày 2 đêm", "tour 3",
     "not in July", "20/11/2025", "march on"],
)  # fmt: skip
def test_what_is_no_date_or_past_is_none(text: str) -> None:
    assert find_dates(Reading(text), TODAY) is None


def test_dates_belong_to_a_wish_in_both_languages() -> None:
    known = Context(today=TODAY, has_interests=True)
    english = understand("3 days in Hue in July", known)
    vietnamese = understand("Huế 3 ngày tháng 7", known)
    assert english.dates is not None
    assert english.dates == vietnamese.dates
    assert understand("what about July?", known).dates == english.dates


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="0123456789/- tháng từđếnJulyMay", max_size=40),
    st.dates(dt.date(2026, 1, 1), dt.date(2039, 1, 1)),
)
def test_no_date_is_ever_in_the_past(text: str, today: dt.date) -> None:
    found = find_dates(Reading(text), today)
    assert found is None or today <= found.start <= found.end


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("pause 2 weeks", 14), ("tạm dừng 1 tháng", 30), ("pause for 10 days", 10),
        ("tạm ngưng đến tháng sau", 10), ("pause until March", 100), ("pause", None),
    ],
)  # fmt: skip
def test_a_pause_has_a_length(text: str, days: int | None) -> None:
    found = understand(text, Context(today=TODAY))
    assert found.intent is Intent.PAUSE
    assert found.pause_days == days
