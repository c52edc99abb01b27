import math
from decimal import Decimal
from typing import Any, Literal

import pytest
from babel.numbers import format_currency, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from core.money import convert
from ingestion.normalising.money import read_price
from recommender.schemas import Price

LOCALES = (
    "en_US en_GB en_AU en_IN en_SG en_ZA vi fr fr_CH de de_CH es es_MX it pt pt_BR nl sv nb da fi"
    " pl cs hu ro ru tr el he ar hi th id ms ja ko zh zh_TW uk km lo bn fil"
)
CURRENCIES = (
    "USD EUR GBP AUD NZD CAD CHF JPY CNY HKD TWD KRW SGD MYR THB VND LAK KHR IDR PHP INR LKR NPR"
    " BDT AED SAR QAR ILS TRY EGP ZAR KES MAD RUB SEK NOK DKK PLN CZK HUF RON BRL MXN COP PEN"
)


def read(text: object, currency: str | None = None) -> Price | None:
    return read_price(text, currency=currency)


def is_price_or_reason(
    value: object, currency: str | None, per: Literal["person", "group"] = "person"
) -> bool:
    """Tell whether a value is read as a price, as none, or refused with one line."""
    try:
        price = read_price(value, currency=currency, per=per)
    except ValueError as error:
        return 0 < len(str(error)) < 300 and "\n" not in str(error)
    return price is None or price.amount >= 0


@pytest.mark.parametrize(
    ("text", "currency", "amount", "code"),
    [
        # Vietnamese
        ("4,290,000 đ", None, 4_290_000, "VND"),
        ("4.290.000đ/khách", None, 4_290_000, "VND"),
        ("₫\xa0715,300", None, 715_300, "VND"),
        ("VND\xa03.187.650", None, 3_187_650, "VND"),
        ("818.182 ₫", None, 818_182, "VND"),
        ("Giá chỉ từ 1.990.000 VNĐ", None, 1_990_000, "VND"),
        ("2.5 triệu", None, 2_500_000, "VND"),
        ("2,5tr/ng", None, 2_500_000, "VND"),
        ("3tr2", None, 3_200_000, "VND"),
        ("3tr250", None, 3_250_000, "VND"),
        ("3 triệu 250 nghìn", None, 3_250_000, "VND"),
        ("3 triệu rưỡi", None, 3_500_000, "VND"),
        ("4 triệu 5", None, 4_500_000, "VND"),
        ("1.250 triệu", None, 1_250_000, "VND"),
        ("500.000d/khach", None, 500_000, "VND"),
        ("5d4n 2.990.000d", None, 2_990_000, "VND"),
        ("750k", "VND", 750_000, "VND"),
        ("1.200k", "VND", 1_200_000, "VND"),
        ("4500000.00", "VND", 4_500_000, "VND"),
        ("1.234", "VND", 1_234, "VND"),
        # Indian
        ("₹18,300/-", None, 18_300, "INR"),
        ("1,12,490", "INR", 112_490, "INR"),
        ("Rs. 18,300 onwards", None, 18_300, "INR"),
        ("INR 18300 per person", None, 18_300, "INR"),
        ("₹1.2 lakh", None, 120_000, "INR"),
        ("Rs 12,000", "NPR", 12_000, "NPR"),
        # Europe
        ("1.345,56 €", None, 1_345.56, "EUR"),
        ("€ 1.345,-", None, 1_345, "EUR"),
        ("ab 89 EUR", None, 89, "EUR"),
        ("à partir de 1 345 €", None, 1_345, "EUR"),
        ("1\u202f345,50 €", None, 1_345.5, "EUR"),
        ("12,5 €", None, 12.5, "EUR"),
        ("89€95", None, 89.95, "EUR"),
        ("desde 1.200 € por persona", None, 1_200, "EUR"),
        ("&euro;89", None, 89, "EUR"),
        ("CHF 1'345.50", None, 1_345.5, "CHF"),
        ("Fr. 89.-", None, 89, "CHF"),
        ("kr 1 200", "NOK", 1_200, "NOK"),
        ("1 299:- SEK", None, 1_299, "SEK"),
        ("12 900 Kč", None, 12_900, "CZK"),
        ("499,99 zł/os.", None, 499.99, "PLN"),
        ("от 1 500 ₽", None, 1_500, "RUB"),
        ("₺1.299,00", None, 1_299, "TRY"),
        # Dollars
        ("US$1,345 pp", None, 1_345, "USD"),
        ("USD1345.00", None, 1_345, "USD"),
        ("$1.2k", None, 1_200, "USD"),
        ("$1.345", None, 1_345, "USD"),
        ("A$ 120", None, 120, "AUD"),
        ("$120", "AUD", 120, "AUD"),
        ("US$120", "AUD", 120, "USD"),
        ("$1,345.99 CAD", None, 1_345.99, "CAD"),
        ("1299 $ CAD", None, 1_299, "CAD"),
        ("NZ$99", None, 99, "NZD"),
        ("HK$1,280", None, 1_280, "HKD"),
        ("S$88", None, 88, "SGD"),
        ("NT$3,500", None, 3_500, "TWD"),
        ("R$ 1.299,90", None, 1_299.9, "BRL"),
        ("$ 350.000", "COP", 350_000, "COP"),
        # Asia and beyond
        ("Rp 1.650.000", None, 1_650_000, "IDR"),
        ("Rp 1,5 jt", None, 1_500_000, "IDR"),
        ("350rb", None, 350_000, "IDR"),
        ("1.650 บาท", None, 1_650, "THB"),
        ("๑,๖๕๐ บาท", None, 1_650, "THB"),
        ("RM1,299.00", None, 1_299, "MYR"),
        ("₱1,650", None, 1_650, "PHP"),
        ("P1,650", "PHP", 1_650, "PHP"),
        ("₩165,000", None, 165_000, "KRW"),
        ("8.8만원", None, 88_000, "KRW"),
        ("¥12000", None, 12_000, "JPY"),
        ("¥1280", "CNY", 1_280, "CNY"),
        ("１２，０００円", None, 12_000, "JPY"),
        ("AED 1,200", None, 1_200, "AED"),
        ("350 dh", "MAD", 350, "MAD"),
        ("R1,500", None, 1_500, "ZAR"),
        # plain numbers in text
        ("4405.5", "AUD", 4_405.5, "AUD"),
        ("7325.0", "AUD", 7_325, "AUD"),
        ("0.99", "USD", 0.99, "USD"),
        ("1234.567", "USD", 1_234.567, "USD"),
        ("1.2E6", "VND", 1_200_000, "VND"),
    ],
)
def test_prices_are_read_as_the_world_writes_them(
    text: str, currency: str | None, amount: float, code: str
) -> None:
    price = read(text, currency)
    assert price is not None
    assert price.amount == pytest.approx(amount)
    assert (price.currency, price.per) == (code, "person")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100–150 USD", 100),
        ("$100-$150", 100),
        ("100$ - 150$", 100),
        ("between 100 and 150 USD", 100),
        ("from $99", 99),
        ("5 days from $99", 99),
        ("2 nights $199", 199),
        ("Tour 3N2D USD 250", 250),
        ("129 USD until 31/12/2025", 129),
        ("~~$100~~ $80", 80),
        ("<del>$100</del> <b>$80</b>", 80),
        ("$100 $80", 80),
        ("$80 (was $100)", 80),
        ("$100 now $80", 80),
        ("-20% $80", 80),
        ("Save $20! Now $80", 80),
        ("Deposit $200; total $1,000", 1_000),
        ("$1,299 (single supplement $300)", 1_299),
        ("1,200 USD incl. taxes", 1_200),
        ("$120 (adult), $60 (child)", 120),
        ("Adult: $120, Child: $60", 120),
        ("Adult USD 45, Child (4-11) USD 30", 45),
        ("Children free, adults $50", 50),
        ("100 USD (~2.600.000 VND)", 100),
    ],
)
def test_of_several_numbers_the_least_that_an_adult_pays_is_the_price(
    text: str, amount: float
) -> None:
    price = read(text, "USD")
    assert price is not None
    assert (price.amount, price.currency) == (amount, "USD")


def test_a_range_of_millions_begins_in_millions() -> None:
    assert read("2 - 3,5 triệu/khách") == Price(amount=2_000_000, currency="VND")
    assert read("500-800k", "VND") == Price(amount=500_000, currency="VND")
    assert read("từ 2tr đến 3tr5") == Price(amount=2_000_000, currency="VND")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("2,000,000 đ/nhóm 4 người", 4),
        ("1.299.000đ/nhóm 2-4 khách", 4),
        ("USD 300 per group (up to 15)", 15),
        ("$1,299 per group of up to 6", 6),
        ("$200 per couple", 2),
        ("4.000.000đ/cặp", 2),
        ("for 2 people: $100", 2),
        ("500 USD for 4 pax", 4),
        ("$500 per boat (up to 10 people)", 10),
    ],
)
def test_a_price_for_a_group_says_for_how_many(text: str, people: int) -> None:
    price = read(text)
    assert price is not None
    assert (price.per, price.people) == ("group", people)


@pytest.mark.parametrize(
    "text",
    ["$50 pp (min 2 people)", "$50 per person, groups of 4", "$50/1 person", "45 USD/pax (min 2)"],
)
def test_a_price_for_a_person_stays_so_whatever_the_size_of_the_group(text: str) -> None:
    price = read_price(text, currency="USD", per="group", people=8)
    assert price is not None
    assert price.people is None


def test_the_feed_says_whom_a_price_is_for_where_the_text_does_not() -> None:
    assert read_price(400, currency="USD", per="group", people=4) == Price(
        amount=400, currency="USD", per="group", people=4
    )
    assert read_price("$300/group", currency=None, per="group", people=6) == Price(
        amount=300, currency="USD", per="group", people=6
    )


@pytest.mark.parametrize("text", ["$300/group", "5.000.000đ/xe", "$90 per family"])
def test_a_price_for_a_group_of_unknown_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="of how many people"):
        read(text)


@pytest.mark.parametrize(
    "value",
    [
        None, "", "  ", "-", "--", "N/A", "null", "nan", "?", "TBA", "Liên hệ", "LIÊN HỆ NGAY",
        "Liên hệ 0909 123 456", "Call 1900 1234", "On request", "price on application",
        "Đang cập nhật…", "Hết chỗ", "Sold out", "auf Anfrage", "sur demande", "consultar",
        "VND", " ₫ ", 0, 0.0, "0", "0.00", "0 đ", "$0", math.nan, Decimal(0),
    ],
)  # fmt: skip
def test_what_states_no_price_is_none(value: object) -> None:
    assert read(value, "VND") is None


@pytest.mark.parametrize("text", ["Free", "FREE!", "Miễn phí", "mien phi", "gratis", "無料"])
def test_free_costs_nothing(text: str) -> None:
    assert read(text, "VND") == Price(amount=0, currency="VND")


@pytest.mark.parametrize(
    ("value", "currency", "reason"),
    [
        ("-100", "USD", "below 0"),
        ("-$50", None, "below 0"),
        ("USD -50", None, "below 0"),
        ("(1,299)", "USD", "below 0"),
        (-5, "USD", "below 0"),
        (math.inf, "USD", "infinite"),
        (10**400, "USD", "too large"),
        (99, None, "names no currency"),
        ("99", None, "names no currency"),
        ("KWD 50", "USD", "unknown currency"),
        ("TT$ 500", "USD", "unknown currency"),
        ("₿1", "USD", "unknown currency"),
        ("1 200 kr", None, "several countries"),
        ("12", "VND", "too little"),
        ("99999999999", "USD", "too much"),
        ("12.10.2025", "USD", "no price"),
        ("4.5/5", "USD", "no price"),
        ("20% off", "USD", "no price"),
        ("abc", "USD", "no price"),
        ("120 or 150 or 180", "USD", "which of these"),
        (True, "USD", "true or false"),
        ([1, 2], "USD", "a list"),
        ({"amount": [1]}, "USD", "a list"),
        ("1 " * 3_000, "USD", "characters"),
        ("$1 " * 300, "USD", "numbers"),
    ],
)
def test_a_price_that_cannot_be_read_or_true_is_refused(
    value: object, currency: str | None, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        read(value, currency)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_numbers_objects_and_lists_of_one_are_read() -> None:
    assert read(99.5, "EUR") == Price(amount=99.5, currency="EUR")
    assert read(Decimal("99.50"), "EUR") == Price(amount=99.5, currency="EUR")
    assert read({"amount": "99", "currency": "EUR"}) == Price(amount=99, currency="EUR")
    assert read({"price": 99, "priceCurrency": "EUR"}, "USD") == Price(amount=99, currency="EUR")
    assert read(["$99"]) == Price(amount=99, currency="USD")


@given(
    st.sampled_from(LOCALES.split()),
    st.sampled_from(CURRENCIES.split()),
    st.floats(min_value=5, max_value=9_000),
)
def test_a_price_written_for_any_country_is_read_back(
    locale: str, currency: str, dollars: float
) -> None:
    amount = round(convert(dollars, "USD", currency), get_currency_precision(currency))
    price = read(format_currency(amount, currency, locale=locale), currency)
    assert price is not None
    assert price.amount == pytest.approx(amount)
    assert price.currency == currency


@given(
    st.one_of(st.text(max_size=200), st.text(alphabet="0123456789.,'-~/ $€₫đkptr%()", max_size=60)),
    st.sampled_from([None, "USD", "VND", "PHP"]),
    st.sampled_from(["person", "group"]),
)
def test_no_text_raises_anything_but_a_reason(
    text: str, currency: str | None, per: Literal["person", "group"]
) -> None:
    assert is_price_or_reason(text, currency, per)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )
)
def test_no_value_raises_anything_but_a_reason(value: Any) -> None:
    assert is_price_or_reason(value, "USD")


@pytest.mark.parametrize("piece", ["-", "(", "<", "~", "1-", "1,", "$", "%", " 1", "a", "đ", "k"])
def test_a_very_long_text_is_refused_and_a_long_one_read_at_once(piece: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        read(piece * 10_000_000, "USD")
    assert is_price_or_reason((piece * 2_000)[:1_999], "USD")
