"""Places to stay from an operator's own columns."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from accommodation.schemas import Accommodation
from core.fields import Price
from core.places.service import gazetteer
from core.validation import faults
from ingestion.building.fields import Fields
from ingestion.building.port import Built, Remarks, first
from ingestion.mapping.schemas import Mapping
from ingestion.mapping.service import draft as mapped
from ingestion.mapping.service import fingerprint, rejected
from ingestion.normalising.language import detect_language
from ingestion.normalising.money import read_price
from ingestion.normalising.places import find_places, read_places
from ingestion.normalising.scores import read_count, read_number, read_score
from ingestion.normalising.text import clean_name, clean_text
from ingestion.schemas import Draft, Record, Reject

T = TypeVar("T")
_MOST_STARS = 7.0
_BEST_RATING = 10.0
_MOST_AMENITIES = 300
_LONGEST_NAME = 300
_LONGEST_ADDRESS = 500
_LONGEST_TEXT = 200_000


class MappedAccommodations:
    """Builds places to stay as a provider's mapping says.

    Args:
        mapping: the provider's.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._version = fingerprint(mapping)

    def draft(self, record: Record) -> Draft | Reject:
        """Return the values that the mapping names."""
        return mapped(record, self._mapping, self._version)

    def provider(self, draft: Draft) -> str:  # noqa: ARG002 - a tour's provider may differ
        """Return whose place to stay it is."""
        return self._mapping.provider

    def build(self, drafts: Sequence[Draft]) -> list[Built | Reject]:
        """Return the places to stay, in order."""
        return [self._build(each) for each in drafts]

    def _build(self, draft: Draft) -> Built | Reject:
        remarks = Remarks()
        try:
            item = Accommodation.model_validate(_StayFields(draft, self._mapping, remarks).all())
        except ValidationError as error:
            return rejected(Record(draft.line, draft.values, draft.source), faults(error))
        _remark_on(item, remarks)
        return Built(self._mapping.provider, draft, item, tuple(remarks.found))


def _remark_on(item: Accommodation, remarks: Remarks) -> None:
    stated = {each.field for each in remarks.found}
    if item.price is None and "price" not in stated:
        remarks.add("price", "not stated")
    if item.city is None:
        remarks.add("city", "no place is named")
    elif gazetteer().find(item.city, item.country) is None:
        remarks.add("city", "not in the gazetteer", item.city)
    if item.url is None and "url" not in stated:
        remarks.add("url", "no link to book it")


class _StayFields(Fields):
    """Reads the fields of a place to stay."""

    def all(self) -> dict[str, Any]:
        """Return the fields; what cannot be read is left out, with a remark."""
        address = self._name("address", _LONGEST_ADDRESS)
        country = self._name("country") or self._mapping.country
        description = self._description()
        latitude = self._first_read("latitude", lambda value: _degrees(value, 90))
        longitude = self._first_read("longitude", lambda value: _degrees(value, 180))
        placed = latitude is not None and longitude is not None
        return {
            "id": self._draft.key,
            "name": self._name("name") or "",
            "description": description,
            "address": address,
            "city": self._city(address, country),
            "country": country,
            "latitude": latitude if placed else None,
            "longitude": longitude if placed else None,
            "stars": self._score("stars", _MOST_STARS),
            "rating": self._score("rating", _BEST_RATING),
            "reviews": self._first_read("reviews", read_count),
            "price": self._price(),
            "amenities": self._amenities(),
            "language": self._mapping.language or detect_language(description or ""),
            "url": self._link("url"),
            "image": self._link("image"),
        }

    def _name(self, name: str, longest: int = _LONGEST_NAME) -> str | None:
        text = self._remarks.attempt(name, first(self._values(name)), clean_name)
        return self._remarks.cut(name, text or "", longest) or None

    def _description(self) -> str | None:
        text = self._remarks.attempt("description", self._values("description"), clean_text)
        return self._remarks.cut("description", text or "", _LONGEST_TEXT) or None

    def _city(self, address: str | None, country: str | None) -> str | None:
        """Return the town: as it is named, else the last place that the address names."""
        named = self._name("city")
        if named or not address:
            return named
        found = find_places(address, country)
        towns = [name for name in found if not _is_country(name)]
        return towns[-1] if towns else None

    def _score(self, name: str, best: float) -> float | None:
        """Read a mark; stars are on their own scale, whatever it is out of."""
        rule = self._rule(name)
        if rule is None:
            return None
        scale = best if name == "stars" else rule.out_of
        return self._first_read(name, lambda value: read_score(value, out_of=scale, best=best))

    def _price(self) -> Price | None:
        """Return the least of the prices: that from which on one can stay."""
        rule = self._rule("price")
        if rule is None:
            return None
        currency = rule.currency or self._mapping.currency

        def read(value: object) -> Price | None:
            return read_price(value, currency=currency)

        prices = [self._remarks.attempt("price", each, read) for each in self._values("price")]
        stated = [price for price in prices if price is not None and price.amount > 0]
        return min(stated, key=lambda price: price.amount, default=None)

    def _amenities(self) -> list[str]:
        rule = self._rule("amenities")
        if rule is None:
            return []
        said = self._remarks.attempt(
            "amenities",
            self._values("amenities"),
            lambda values: read_places(values, country=None, separator=rule.separator),
        )
        named = [each for each in said or [] if any(char.isalpha() for char in each)]
        return [each[:_LONGEST_NAME] for each in named[:_MOST_AMENITIES]]


def _degrees(value: object, most: float) -> float | None:
    """Return a latitude or longitude.

    Raises:
        ValueError: there is no such place.
    """
    number = read_number(value)
    if number is not None and not -most <= number <= most:  # what is no number is not, either
        raise ValueError(f"not between -{most:g} and {most:g}")
    return number


def _is_country(name: str) -> bool:
    place = gazetteer().find(name)
    return place is not None and place.kind == "country"
