import contextlib
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.normalising.dates import read_departures


def read(value: object, *, day_first: bool = True) -> list[str]:
    spans, faults = read_departures(value, day_first=day_first)
    assert faults == []
    return [
        f"{span.start}" if span.start == span.end else f"{span.start}..{span.end}" for span in spans
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01", ["2026-12-01"]),
        ("2026-12-01T08:00:00Z", ["2026-12-01"]),
        ("2026-12-01, 2026-12-08", ["2026-12-01", "2026-12-08"]),
        ("2026-12-01 - 2026-12-08", ["2026-12-01..2026-12-08"]),
        ("2026-12-01/2026-12-08", ["2026-12-01..2026-12-08"]),
        ("18/02/2026", ["2026-02-18"]),
        ("18/02/26", ["2026-02-18"]),
        ("18.02.2026", ["2026-02-18"]),
        ("18-02-2026", ["2026-02-18"]),
        ("12/25/2025", ["2025-12-25"]),
        ("18,19/02/2026 (Mùng 2,3 Tết)", ["2026-02-18", "2026-02-19"]),
        ("31/12/2025 & 01,02/01/2026", ["2025-12-31", "2026-01-01", "2026-01-02"]),
        ("06,13/09; 05,12/10/2025", ["2025-09-06", "2025-09-13", "2025-10-05", "2025-10-12"]),
        ("20/12; 05/01/2026", ["2025-12-20", "2026-01-05"]),
        ("29/12/2025; 05/01", ["2025-12-29", "2026-01-05"]),
        ("Thứ 7, 20/12/2025", ["2025-12-20"]),
        ("18-22/02/2026", ["2026-02-18..2026-02-22"]),
        ("28/09 - 05/10/2025", ["2025-09-28..2025-10-05"]),
        ("từ 01/12/2025 đến 31/03/2026", ["2025-12-01..2026-03-31"]),
        ("ngày 18 tháng 2 năm 2026", ["2026-02-18"]),
        ("18 Feb 2026", ["2026-02-18"]),
        ("Feb 18, 2026", ["2026-02-18"]),
        ("3rd March 2026", ["2026-03-03"]),
        ("1 May, 8 May and 15 May 2026", ["2026-05-01", "2026-05-08", "2026-05-15"]),
        ("5 Sept – 9 Oct 2026", ["2026-09-05..2026-10-09"]),
        ("Tháng 12/2025", ["2025-12-01..2025-12-31"]),
        ("February 2028", ["2028-02-01..2028-02-29"]),
    ],
)
def test_departures_are_read_as_operators_list_them(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "Liên hệ", "Hàng ngày", "Thứ 7 hàng tuần", "Thứ 2,5,7 hàng tuần", "every Monday", "18/02",
     "28,29/04; 01/05", "5 days", "12.5", "1/2"],
)  # fmt: skip
def test_what_depends_on_the_day_of_asking_is_not_stated(text: str) -> None:
    assert read(text) == []


def test_months_come_first_where_the_feed_says_so() -> None:
    assert read("03/04/2026, 12/25/2026", day_first=False) == ["2026-03-04", "2026-12-25"]
    assert read("25/12/2026", day_first=False) == ["2026-12-25"]


def test_lists_dates_and_objects_are_read_and_repeats_left_out() -> None:
    assert read([dt.date(2026, 1, 2), dt.datetime(2026, 1, 3, 4, tzinfo=dt.UTC), "02/01/2026"]) == [
        "2026-01-02",
        "2026-01-03",
    ]
    assert read(["28/09", "05/10/2025"]) == ["2025-09-28", "2025-10-05"]
    assert read({"start": "2026-01-01", "end": "2026-01-05"}) == ["2026-01-01..2026-01-05"]
    assert read([{"startDate": "2026-01-01", "endDate": "2026-01-05"}, {"date": "06/05/2026"}]) == [
        "2026-01-01..2026-01-05",
        "2026-05-06",
    ]


def test_a_date_that_cannot_be_is_told_and_the_others_are_kept() -> None:
    spans, faults = read_departures("24,29,31/02/2026; 20/03/2026 - 10/03/2026")
    assert [span.start for span in spans] == [dt.date(2026, 2, 24)]
    assert faults == [
        "29/2/2026 is no date",
        "31/2/2026 is no date",
        "2026-03-10 is before 2026-03-20",
    ]


def test_more_departures_than_a_tour_can_have_are_told() -> None:
    first = dt.date(2001, 1, 1)
    spans, faults = read_departures([first + dt.timedelta(days=day) for day in range(6_000)])
    assert len(spans) == 5_000
    assert faults == ["6,000 departures; the first 5,000 are kept"]


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_any_date_is_read_in_every_form(day: dt.date) -> None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y"):
        assert read(day.strftime(form)) == [day.isoformat()]


@given(st.one_of(st.text(max_size=200), st.text(alphabet="0123456789/-,;& .janthg", max_size=80)))
def test_no_text_raises(text: str) -> None:
    spans, faults = read_departures(text)
    assert all(span.start <= span.end for span in spans)
    assert all("\n" not in fault for fault in faults)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.datetimes(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["start", "end", "x"]), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_no_value_raises_anything_but_a_reason(value: Any) -> None:
    spans = []
    with contextlib.suppress(ValueError):
        spans = read_departures(value).spans
    assert spans == sorted(spans, key=lambda span: span.start)


@pytest.mark.parametrize("piece", ["1,", "1-", "1/1,", "01/01/2025 - ", "1 jan ", "/", "thang 1"])
def test_hostile_lists_are_read_or_refused_at_once(piece: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        read_departures(piece * 10_000_000)
    assert len(read_departures(piece * 1_000).spans) <= 1
