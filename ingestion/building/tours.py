"""Tours from an operator's own columns."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from core.ai import LanguageModel
from core.fields import Price
from core.validation import faults
from ingestion.building.fields import Fields
from ingestion.building.port import Built, Remarks, first, shown
from ingestion.building.quality import remark_on
from ingestion.mapping.schemas import DatesRule, DurationRule, Mapping, PlacesRule, PriceRule
from ingestion.mapping.service import draft as mapped
from ingestion.mapping.service import fingerprint, rejected
from ingestion.normalising.dates import read_departures
from ingestion.normalising.durations import read_duration
from ingestion.normalising.language import detect_language
from ingestion.normalising.money import read_price
from ingestion.normalising.places import find_places, read_places
from ingestion.normalising.text import clean_name, clean_text
from ingestion.schemas import Draft, Record, Reject
from ingestion.splitting.schemas import Split
from ingestion.splitting.service import split_texts
from recommender.embedding import TextEmbedder
from recommender.encoding import read_package
from recommender.schemas import DateSpan, Duration, Package

T = TypeVar("T")
_LONGEST_TEXT = 200_000
_LONGEST_DESCRIPTION = 2_000
_LONGEST_TITLE = 300
_MOST_PLACES = 200
_MOST_DEPARTURES = 5_000
_READ_FOR_LANGUAGE = 2_000
_TEXTS = ("transportation", "food", "activities", "accommodation", "notes")


class MappedTours:
    """Builds tours as a provider's mapping says.

    Args:
        mapping: the provider's.
        embedder: decides what a sentence is about where no rule does; none leaves it to the rules.
        model: decides it instead, where one is configured.
    """

    def __init__(
        self,
        mapping: Mapping,
        embedder: TextEmbedder | None = None,
        model: LanguageModel | None = None,
    ) -> None:
        self._mapping, self._embedder, self._model = mapping, embedder, model
        self._version = fingerprint(mapping)

    def draft(self, record: Record) -> Draft | Reject:
        """Return the values that the mapping names."""
        return mapped(record, self._mapping, self._version)

    def provider(self, draft: Draft) -> str:  # noqa: ARG002 - a tour in our own form may say
        """Return whose tour it is."""
        return self._mapping.provider

    def build(self, drafts: Sequence[Draft]) -> list[Built | Reject]:
        """Return the tours, in order."""
        texts = [self._long_text(each) for each in drafts]
        splits = iter(split_texts([text for text in texts if text], self._embedder, self._model))
        return [
            self._build(draft, next(splits) if text else Split())
            for draft, text in zip(drafts, texts, strict=True)
        ]

    def _long_text(self, draft: Draft) -> str:
        """Return the texts that speak of several criteria, each under its heading."""
        parts = []
        for number, rule in enumerate(self._mapping.split):
            text = _cleaned(draft.values.get(f"split.{number}", []))
            if text:
                parts.append(f"{rule.heading}:\n{text}" if rule.heading else text)
        return "\n\n".join(parts)[:_LONGEST_TEXT]

    def _build(self, draft: Draft, split: Split) -> Built | Reject:
        remarks = Remarks()
        fields = _TourFields(draft, self._mapping, split, remarks)
        try:
            package = Package.model_validate(fields.all())
        except ValidationError as error:
            return rejected(Record(draft.line, draft.values, draft.source), faults(error))
        remark_on(package, remarks)
        return Built(
            self._mapping.provider, draft, package, tuple(remarks.found), read_package(package)
        )


class _TourFields(Fields):
    """Reads the fields of a tour."""

    def __init__(self, draft: Draft, mapping: Mapping, split: Split, remarks: Remarks) -> None:
        super().__init__(draft, mapping, remarks)
        self._split = split
        self._country = self._countries()
        self._title = self._name(first(self._values("title"))) or ""

    def all(self) -> dict[str, Any]:
        """Return the fields of the tour; what cannot be read is left out, with a remark."""
        texts = {name: self._text(name, getattr(self._split, name)) for name in _TEXTS}
        description = self._description()
        return {
            "id": self._draft.key,
            "title": self._title[:_LONGEST_TITLE],
            "description": description,
            "locations": self._locations(),
            "country": self._country,
            "language": self._language(description, texts),
            "duration": self._duration(),
            "price": self._price(),
            "available": self._departures(),
            **texts,
            "url": self._link("url"),
            "image": self._link("image"),
            "provider": self._mapping.provider,
        }

    def _name(self, value: object) -> str | None:
        text = _cleaned([value])
        return clean_name(text) if text else None

    def _text(self, name: str, split: str | None = None) -> str | None:
        values = self._values(name)
        parts = [self._remarks.attempt(name, values, clean_text), split]
        text = "\n".join(part for part in parts if part)
        return self._remarks.cut(name, text, _LONGEST_TEXT) or None

    def _description(self) -> str | None:
        """Return what is said of the tour as a whole; else what no criterion took of its texts."""
        return self._text("description") or (self._split.rest or "")[:_LONGEST_DESCRIPTION] or None

    def _countries(self) -> str | None:
        said = [self._name(each) for each in self._values("country")]
        named = dict.fromkeys(part.strip() for each in said if each for part in each.split(","))
        return ", ".join(named)[:_LONGEST_TITLE] or self._mapping.country

    def _locations(self) -> list[str]:
        rule: PlacesRule | None = self._rule("locations")
        if rule is None:
            return self._found_in_title()
        values = self._values("locations")
        if rule.find:
            names = find_places(_cleaned(values) or "", self._only_country())
        else:
            names = self._listed(values, rule.separator)
        unwanted = {each.casefold() for each in self._left_out()}
        return [name for name in names if name.casefold() not in unwanted][:_MOST_PLACES]

    def _listed(self, values: list[Any], separator: str | None) -> list[str]:
        country = self._only_country()
        names = self._remarks.attempt(
            "locations",
            values,
            lambda said: read_places(said, country=country, separator=separator),
        )
        return [name for name in names or [] if len(name) <= _LONGEST_TITLE]

    def _left_out(self) -> list[str]:
        """Return the places that the tour only leaves from, under all the names it gives them."""
        said = self._values("locations.without")
        return [*self._listed(said, None), *find_places(_cleaned(said) or "", None)]

    def _found_in_title(self) -> list[str]:
        return find_places(self._title, self._only_country())

    def _only_country(self) -> str | None:
        """Return the country where there is just one: of several none is to be preferred."""
        return None if self._country and "," in self._country else self._country

    def _duration(self) -> Duration | None:
        rule: DurationRule | None = self._rule("duration")
        if rule is None:
            return None
        start, end = (first(self._values(f"duration.{name}")) for name in ("start", "end"))
        if start is not None and end is not None:
            return self._remarks.attempt("duration", (start, end), lambda dates: _days(*dates))
        return self._first_read("duration", lambda value: read_duration(value, unit=rule.unit))

    def _price(self) -> Price | None:
        rule: PriceRule | None = self._rule("price")
        if rule is None:
            return None
        currency = rule.currency or self._mapping.currency
        return self._first_read(
            "price",
            lambda value: read_price(value, currency=currency, per=rule.per, people=rule.people),
        )

    def _departures(self) -> list[DateSpan]:
        rule: DatesRule | None = self._rule("available")
        values = self._values("available")
        if rule is None or not values:
            return []
        read = self._remarks.attempt(
            "available", values, lambda said: read_departures(said, day_first=rule.day_first)
        )
        if read is None:
            return []
        for fault in read.faults:
            self._remarks.add("available", "cannot be read", fault)
        return read.spans[:_MOST_DEPARTURES]

    def _language(self, description: str | None, texts: dict[str, str | None]) -> str | None:
        stated = self._name(first(self._values("language"))) or self._mapping.language
        if stated:
            return stated[:35]
        said = " ".join(text for text in (self._title, description, *texts.values()) if text)
        return detect_language(said[:_READ_FOR_LANGUAGE])


def _cleaned(values: list[Any]) -> str | None:
    """Return a text, or None where it is beyond reading."""
    try:
        return clean_text(values)
    except ValueError:
        return None


def _days(start: object, end: object) -> Duration:
    """Return the days from one date to another, both counted.

    Raises:
        ValueError: they are no dates, or the second comes before the first.
    """
    days = (_date(end) - _date(start)).days + 1
    if not 1 <= days <= 366:
        raise ValueError("the dates are in the wrong order, or too far apart")
    return Duration(days=days)


def _date(value: object) -> dt.date:
    spans, _ = read_departures(value)
    if not spans:
        raise ValueError(f"{shown(value)!r} is no date")
    return spans[0].start
