import pytest

from conversation.understanding import understand
from conversation.understanding.durations import take_duration
from conversation.understanding.noise import take_noise
from conversation.understanding.reading import Reading
from recommender.schemas import Duration


def duration_in(text: str) -> Duration | None:
    reading = Reading(text)
    take_noise(reading)
    return take_duration(reading)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("5 days", 5),
        ("a 5-day tour", 5),
        ("five days", 5),
        ("10 day", 10),
        ("twelve days", 12),
        ("5 days and 4 nights", 5),
        ("5 days 4 nights", 5),
        ("4 nights 5 days", 5),
        ("4 nights", 5),
        ("one night", 2),
        ("5d4n", 5),
        ("5N/6D", 6),
        ("4D-3N", 4),
        ("3D2N", 3),
        ("3N4D", 4),
        ("a week", 7),
        ("one week", 7),
        ("two weeks", 14),
        ("2-week", 14),
        ("a fortnight", 14),
        ("a month", 30),
        ("a week and a half", 10),
        ("half a day", 0.5),
        ("half-day", 0.5),
        ("a day and a half", 1.5),
        ("1.5 days", 1.5),
        ("for the weekend", 2),
        ("a long weekend", 3),
        ("a day trip", 1),
        ("full-day tour", 1),
        ("a couple of days", 2),
        ("5 ngày 4 đêm", 5),
        ("5 ngay 4 dem", 5),
        ("5N4Đ", 5),
        ("5n4d", 5),
        ("3N2Đ", 3),
        ("3 ngày", 3),
        ("5 hôm", 5),
        ("khoảng 5 ngày", 5),
        ("năm ngày bốn đêm", 5),
        ("nam ngay bon dem", 5),
        ("hai ngày một đêm", 2),
        ("mười ngày", 10),
        ("4 đêm", 5),
        ("1 tuần", 7),
        ("một tuần", 7),
        ("hai tuần", 14),
        ("nửa tháng", 15),
        ("1 tháng", 30),
        ("nửa ngày", 0.5),
        ("2 ngày rưỡi", 2.5),
        ("cuối tuần", 2),
        ("cuoi tuan nay", 2),
        ("đi trong ngày", 1),
        ("3 ngày 2 đêm ở Huế", 3),
        ("trong 4 ngày", 4),
    ],
)  # fmt: skip
def test_a_length_is_read(text: str, days: float) -> None:
    assert duration_in(text) == Duration(days=days)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3-5 days", 3, 5),
        ("3 to 5 days", 3, 5),
        ("between 3 and 5 days", 3, 5),
        ("5 or 6 days", 5, 6),
        ("3–5 ngày", 3, 5),
        ("từ 3 đến 5 ngày", 3, 5),
        ("tu 3 den 5 ngay", 3, 5),
        ("4 hoặc 5 ngày", 4, 5),
        ("2-3 nights", 3, 4),
        ("1-2 weeks", 7, 14),
        ("up to 7 days", 1, 7),
        ("at most 7 days", 1, 7),
        ("tối đa 7 ngày", 1, 7),
        ("không quá một tuần", 1, 7),
        ("at least 4 days", 4, 8),
        ("ít nhất 4 ngày", 4, 8),
        ("4+ days", 4, 8),
        ("a few days", 2, 4),
        ("vài ngày", 2, 4),
    ],
)
def test_a_range_of_lengths_is_read(text: str, low: float, high: float) -> None:
    assert duration_in(text) == Duration(days=low, max_days=high)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("3 hours", 3),
        ("a 3-hour tour", 3),
        ("4 hrs", 4),
        ("5 hours", 5),
        ("3 tiếng", 3),
        ("4 giờ đồng hồ", 4),
        ("ba tiếng", 3),
    ],
)
def test_hours_are_read(text: str, hours: float) -> None:
    assert duration_in(text) == Duration(hours=hours)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2-3 hours", 2, 3),
        ("2 đến 3 tiếng", 2, 3),
        ("up to 4 hours", 1, 4),
        ("tối đa 4 tiếng", 1, 4),
        ("at least 3 hours", 3, 6),
    ],
)
def test_a_range_of_hours_is_read(text: str, low: float, high: float) -> None:
    assert duration_in(text) == Duration(hours=low, max_hours=high)


@pytest.mark.parametrize(
    "text",
    [
        "$100 a day",
        "we leave in 5 days",
        "5 days ago",
        "3 ngày nữa em đi",
        "ngày 5/12",
        "ngày 20 tháng 12",
        "20 December",
        "5 people",
        "400 USD",
        "my kid is 5 years old",
        "năm nay đi đâu",
        "miền nam ngày xưa",
        "every day",
        "mỗi ngày",
        "at 3 pm",
        "lúc 8 giờ sáng",
        "5 stars",
        "0 days",
        "99999999999999999999 days",
        "call 0912 345 678",
        "2026-12-20",
    ],
)
def test_other_numbers_are_no_length(text: str) -> None:
    assert duration_in(text) is None


def test_the_nights_beside_days_are_not_counted_again() -> None:
    assert understand("Huế 3 ngày 2 đêm").interests.duration == Duration(days=3)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("90 minutes", 1.5), ("45 min boat ride", 0.75), ("30 phút", 0.5), ("75-minute cruise", 1.25)],
)
def test_minutes_are_parts_of_hours(text: str, hours: float) -> None:
    assert duration_in(text) == Duration(hours=hours)


@pytest.mark.parametrize(
    "text", ["10 minutes from the beach", "in 5 minutes", "cách biển 10 phút đi bộ", "125d"]
)
def test_minutes_on_the_way_are_no_length(text: str) -> None:
    assert duration_in(text) is None
