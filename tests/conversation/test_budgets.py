import pytest

from conversation.understanding import understand
from recommender.schemas import Budget


def budget_in(text: str) -> Budget | None:
    return understand(f"tour {text}").interests.budget


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("under 400 USD", 400, "USD"),
        ("$400", 400, "USD"),
        ("400$", 400, "USD"),
        ("US$ 400", 400, "USD"),
        ("USD 400", 400, "USD"),
        ("400 bucks", 400, "USD"),
        ("400 us dollars", 400, "USD"),
        ("$1,200", 1200, "USD"),
        ("$1.5k", 1500, "USD"),
        ("five hundred dollars", 500, "USD"),
        ("1.5 lakh", 150_000, "INR"),
        ("2 lakhs INR", 200_000, "INR"),
        ("under 50k rs", 50_000, "INR"),
        ("Rs. 20,000", 20_000, "INR"),
        ("Rp 400.000", 400_000, "IDR"),
        ("IDR 500rb", 500_000, "IDR"),
        ("max 150 ribu", 150_000, "IDR"),
        ("3jt", 3_000_000, "IDR"),
        ("max 300 quid", 300, "GBP"),
        ("budget 400e", 400, "EUR"),
        ("budget 2k", 2_000, "USD"),
        ("under 400k", 400_000, "VND"),
        ("less than 300 dollars", 300, "USD"),
        ("no more than $250", 250, "USD"),
        ("my budget is 500", 500, "USD"),
        ("budget: 500", 500, "USD"),
        ("with a budget of 1000 dollars", 1000, "USD"),
        ("under 300", 300, "USD"),
        ("300 USD max", 300, "USD"),
        ("300 or less, in dollars", 300, "USD"),
        ("around 300 USD", 300, "USD"),
        ("€300", 300, "EUR"),
        ("300 euros", 300, "EUR"),
        ("£250", 250, "GBP"),
        ("A$900", 900, "AUD"),
        ("S$ 450", 450, "SGD"),
        ("20000 rupees", 20000, "INR"),
        ("9000 baht", 9000, "THB"),
        ("10 million dong", 10e6, "VND"),
        ("1,500,000 VND", 1.5e6, "VND"),
        ("max 10 triệu", 10e6, "VND"),
        ("dưới 10tr", 10e6, "VND"),
        ("duoi 10 trieu", 10e6, "VND"),
        ("10 triệu đồng", 10e6, "VND"),
        ("2tr5", 2.5e6, "VND"),
        ("1tr250", 1.25e6, "VND"),
        ("2 triệu rưỡi", 2.5e6, "VND"),
        ("2,5 triệu", 2.5e6, "VND"),
        ("7 củ", 7e6, "VND"),
        ("500k", 500e3, "VND"),
        ("500 nghìn", 500e3, "VND"),
        ("500 ngàn đồng", 500e3, "VND"),
        ("1.500.000đ", 1.5e6, "VND"),
        ("1500000 đồng", 1.5e6, "VND"),
        ("năm triệu", 5e6, "VND"),
        ("mười lăm triệu", 15e6, "VND"),
        ("ngân sách khoảng 8 triệu", 8e6, "VND"),
        ("giá dưới 8 triệu", 8e6, "VND"),
        ("tầm 3 triệu", 3e6, "VND"),
        ("3 triệu trở xuống", 3e6, "VND"),
        ("dưới 400 đô", 400, "USD"),
        ("không quá 400 đô la", 400, "USD"),
        ("100 đô Mỹ", 100, "USD"),
    ],
)  # fmt: skip
def test_a_ceiling_is_read(text: str, amount: float, currency: str) -> None:
    assert budget_in(text) == Budget(max=amount, currency=currency)


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("between 200 and 400 dollars", Budget(min=200, max=400, currency="USD")),
        ("$200-400", Budget(min=200, max=400, currency="USD")),
        ("$200 - $400", Budget(min=200, max=400, currency="USD")),
        ("from 200 to 400 USD", Budget(min=200, max=400, currency="USD")),
        ("5-7 triệu", Budget(min=5e6, max=7e6, currency="VND")),
        ("từ 5 đến 7 triệu", Budget(min=5e6, max=7e6, currency="VND")),
        ("tu 5 den 7tr", Budget(min=5e6, max=7e6, currency="VND")),
        ("from 200 USD", Budget(min=200, currency="USD")),
        ("at least 1000 USD", Budget(min=1000, currency="USD")),
        ("over $500", Budget(min=500, currency="USD")),
        ("từ 5 triệu trở lên", Budget(min=5e6, currency="VND")),
        ("trên 10 triệu", Budget(min=10e6, currency="VND")),
        ("over 200 but under 400 USD", Budget(min=200, max=400, currency="USD")),
    ],
)
def test_a_floor_or_a_range_is_read(text: str, budget: Budget) -> None:
    assert budget_in(text) == budget


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("800 USD for 2 people", 400, "USD"),
        ("$800 for two", 400, "USD"),
        ("1600 USD total for a family of 4", 400, "USD"),
        ("20 triệu cho 4 người", 5e6, "VND"),
        ("tổng cộng 20 triệu cho 4 người", 5e6, "VND"),
        ("400 USD per person for 2 people", 400, "USD"),
        ("400 USD each, 2 people", 400, "USD"),
        ("5 triệu/người, 4 người", 5e6, "VND"),
        ("5 triệu một người cho 4 người", 5e6, "VND"),
        ("2 people, 400 USD", 400, "USD"),
        ("100 USD per day for 5 days", 500, "USD"),
        ("5 days at $80/day", 400, "USD"),
        ("1 triệu mỗi ngày, 3 ngày", 3e6, "VND"),
    ],
)
def test_a_price_is_for_one_person_and_the_whole_trip(
    text: str, amount: float, currency: str
) -> None:
    assert budget_in(text) == Budget(max=amount, currency=currency)


@pytest.mark.parametrize(
    "text",
    [
        "5 days",
        "under 5 days",
        "up to 7 days",
        "max 4 people",
        "for 4 people",
        "on 12/12/2026",
        "ngày 15 tháng 3",
        "in March 2027",
        "call me at +84 912 345 678",
        "gọi 0912345678",
        "under 10 hours",
        "5 sao",
        "4-star hotel",
        "number 2",
        "dưới 5 ngày",
        "tối đa 6 người",
        "within 20 km",
        "400 florins",
        "from 3 to 5 days",
        "100 USD per day",
        "at 8:30",
        "cheap",
        "giá rẻ",
        "9" * 400 + " USD",
        "hơn 3 ngày",
        "a 2 year old child",
    ],
)
def test_other_numbers_are_no_price(text: str) -> None:
    assert budget_in(text) is None


def test_price_length_and_party_are_told_apart() -> None:
    found = understand("4 người đi Đà Lạt 3 ngày 2 đêm ngày 20/12, 2tr5 mỗi người, sđt 0905123456")
    assert found.interests.budget == Budget(max=2.5e6, currency="VND")
    assert found.interests.duration is not None
    assert found.interests.duration.days == 3
    assert found.people == 4


def test_minutes_beside_a_price_make_it_no_lower_limit() -> None:
    assert budget_in("90 min ¥9000") == Budget(max=9_000, currency="JPY")


def test_so_many_days_in_one_letter_are_no_price() -> None:
    assert budget_in("to Hue, 4d") is None
    assert budget_in("đi Huế 400000đ") == Budget(max=400_000, currency="VND")
