"""How much: an amount in any currency, for one person or for a group."""

from collections.abc import Mapping
from functools import cache

from babel.numbers import get_currency_name
from pydantic import ValidationError

from api.onboarding.schemas import Draft, FaultyError, Wish
from core.money import currencies
from core.text import tidy
from ingestion.normalising.amounts import Amount, find_amounts
from recommender.schemas import Budget

USUAL = ("VND", "USD", "EUR", "GBP", "AUD", "SGD", "THB", "KRW", "JPY", "CNY")
"""Currencies that stand first in the list."""

_MOST_PEOPLE = 1_000
_DEFAULT = {"vi": "VND"}


def shown(wish: Wish, language: str) -> Draft:
    """Return the fields for the budget of a wish."""
    budget = wish.interests.budget
    fields = {"currency": _DEFAULT.get(language, "USD"), "per": "person", "people": "2"}
    if budget:
        fields |= {"currency": budget.currency, "per": budget.per}
        fields["people"] = str(budget.people or 2)
        if budget.max is not None:
            fields["amount"] = _written(budget.max, language)
    return Draft({name: (text,) for name, text in fields.items()})


def read(draft: Draft, wish: Wish, language: str) -> Wish:
    """Return the wish with the budget that was typed.

    Raises:
        FaultyError: the amount, the currency or the number of people cannot be.
    """
    before, stored = shown(wish, language), wish.interests.budget
    if draft.one("no_limit"):
        return wish.stating(budget=None)
    if all(draft.one(name) == before.one(name) for name in ("amount", "currency", "per", "people")):
        return wish
    written = tidy(draft.one("amount"))
    if not written:
        return wish.stating(budget=None)
    whom = _whom(draft)
    amount = _amount(written, draft.one("currency"))
    currency = amount.currency or draft.one("currency")
    told = {"max": amount.number, "currency": currency, **whom}
    return wish.stating(budget=_with_floor(_budget(told), stored))


@cache
def choices(language: str) -> Mapping[str, str]:
    """Return the names of the currencies by their codes, the usual ones first."""
    names = {code: get_currency_name(code, locale=language) for code in currencies()}
    rest = sorted((code for code in names if code not in USUAL), key=names.__getitem__)
    return {code: f"{code} – {names[code]}" for code in (*USUAL, *rest)}


def _amount(written: str, currency: str) -> Amount:
    """Return the amount: "400", "1.500.000", "3 triệu", "€350"."""
    try:
        found = find_amounts(written.lower()[:100], currency)
    except ValueError as error:
        raise FaultyError(amount="budget.wrong") from error
    if not found or found[-1].number <= 0:
        raise FaultyError(amount="budget.wrong")
    return found[-1]


def _whom(draft: Draft) -> dict[str, object]:
    if draft.one("per") != "group":
        return {}
    people = draft.one("people").strip()
    if not people.isascii() or not people.isdecimal() or not 1 <= int(people) <= _MOST_PEOPLE:
        raise FaultyError(people="budget.people_wrong")
    return {"per": "group", "people": int(people)}


def _budget(told: Mapping[str, object]) -> Budget:
    try:
        return Budget.model_validate(told)
    except ValidationError as error:
        fields = {fault["loc"][0] for fault in error.errors() if fault["loc"]}
        if "currency" in fields:
            raise FaultyError(currency="budget.currency_wrong") from error
        raise FaultyError(amount="budget.wrong") from error


def _with_floor(budget: Budget, stored: Budget | None) -> Budget:
    """Keep what was said to be the least, in the talk, where it can still be meant."""
    if stored is None or stored.min is None or budget.max is None:
        return budget
    same = (stored.currency, stored.people) == (budget.currency, budget.people)
    if not same or stored.min > budget.max:
        return budget
    return budget.model_copy(update={"min": stored.min})


def _written(amount: float, language: str) -> str:
    """Write an amount so that `read` takes it for the same one."""
    said = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    return said.translate(str.maketrans(",.", ".,")) if language == "vi" else said
