"""Money: known currencies, conversion, and how people read amounts."""

import pytest

from core.money import convert, format_money, known_currency, rates_date


def test_a_currency_is_known_in_any_case() -> None:
    assert known_currency(" vnd ") == "VND"


@pytest.mark.parametrize("code", ["", "XXX", "dollars", "ZZZ", "💶"])
def test_an_unknown_currency_is_named(code: str) -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        known_currency(code)


def test_converting_there_and_back_gives_the_same() -> None:
    there = convert(250, "EUR", "VND")
    assert there > 1_000_000
    assert convert(there, "VND", "EUR") == pytest.approx(250)


def test_the_rates_have_a_date() -> None:
    assert rates_date().year >= 2025


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (400, "USD", "en", "$400"),
        (12.5, "EUR", "en", "€12.50"),
        (3_150_000, "VND", "vi", "3.150.000\xa0₫"),
        (3_150_000, "VND", "en", "₫3,150,000"),
        (1234.56, "USD", "en", "$1,235"),
        (10, "USD", "xx-nonsense", "$10"),
    ],
)
def test_amounts_are_written_for_their_reader(
    amount: float, currency: str, language: str, written: str
) -> None:
    assert format_money(amount, currency, language) == written
