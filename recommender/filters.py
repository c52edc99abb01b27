"""Filters in the codes in which tours are stored."""

import datetime as dt
from dataclasses import dataclass

from core.money import convert
from recommender.encoders.places import spot
from recommender.encoding import country_code, language_code
from recommender.schemas import Filters, Price

_HALF_A_CENT = 0.005
"""Amounts in two currencies are the same when they differ by less."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tour must not contradict; None or empty where nothing is asked.

    Attributes:
        start: the first day on which a tour may leave.
        end: the last day on which it may come back.
        ceiling_usd: the most that one person may have to pay.
        countries: ISO 3166-1 codes, or folded names; it visits one of them.
        languages: ISO 639 codes; it is held in one of them.
        avoided_places: ids of places in none of which it may stop.
        avoided_concepts: ids of the vocabulary, none of which it may offer.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    ceiling_usd: float | None = None
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    avoided_places: frozenset[int] = frozenset()
    avoided_concepts: frozenset[str] = frozenset()


def limits_of(filters: Filters) -> Limits:
    """Return the codes for what a traveller's filters name."""
    ceiling = filters.ceiling
    return Limits(
        start=filters.dates.start if filters.dates else None,
        end=filters.dates.end if filters.dates else None,
        ceiling_usd=_dollars(ceiling) + _HALF_A_CENT if ceiling else None,
        countries=frozenset(country_code(name) for name in filters.countries),
        languages=frozenset(language_code(tag) for tag in filters.languages),
        avoided_places=frozenset(spot(name).id for name in filters.avoided_places),
        avoided_concepts=frozenset(filters.avoided_concepts),
    )


def _dollars(price: Price) -> float:
    return convert(price.per_person, price.currency, "USD")
