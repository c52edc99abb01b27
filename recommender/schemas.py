"""What is matched with what: a traveller's interests and a tour package."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from core.fields import Amount, Link, Money, Name, Text
from core.fields import Price as Price  # a tour has one: it is imported from here too

HOURS_PER_TRAVEL_DAY = 8.0
"""A day trip lasts about this long: 4 hours count as half a day, 8 to 24 as one."""
LONGEST_DAYS = 366


class Criterion(StrEnum):
    """The seven things by which a tour is matched, in the order of their weights' table."""

    LOCATION = "location"
    DURATION = "duration"
    BUDGET = "budget"
    TRANSPORTATION = "transportation"
    FOOD = "food"
    ACTIVITIES = "activities"
    NOTES = "accommodation_notes"


TEXT_CRITERIA = (
    Criterion.TRANSPORTATION,
    Criterion.FOOD,
    Criterion.ACTIVITIES,
    Criterion.NOTES,
)

WEIGHTS: Mapping[Criterion, float] = {
    Criterion.LOCATION: 0.455,
    Criterion.DURATION: 0.182,
    Criterion.BUDGET: 0.091,
    Criterion.TRANSPORTATION: 0.091,
    Criterion.FOOD: 0.045,
    Criterion.ACTIVITIES: 0.045,
    Criterion.NOTES: 0.090,
}
"""Relative weights; the score divides by the sum over the criteria that were stated."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Duration(_Strict):
    """How long, in days or in hours; `max_days` or `max_hours` makes it a range.

    A `max_days` of `LONGEST_DAYS` leaves the range open: "at least 7 days".
    """

    days: Annotated[float, Field(gt=0, le=LONGEST_DAYS)] | None = None
    hours: Annotated[float, Field(gt=0, le=24 * LONGEST_DAYS)] | None = None
    max_days: Annotated[float, Field(gt=0, le=LONGEST_DAYS)] | None = None
    max_hours: Annotated[float, Field(gt=0, le=24 * LONGEST_DAYS)] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.days is None) == (self.hours is None):
            raise ValueError("give either days or hours")
        if self.max_days is not None and (self.days is None or self.max_days < self.days):
            raise ValueError("max_days must not be less than days")
        if self.max_hours is not None and (self.hours is None or self.max_hours < self.hours):
            raise ValueError("max_hours must not be less than hours")
        return self

    @property
    def travel_days(self) -> float:
        """Length in days, of a range the shortest; see `HOURS_PER_TRAVEL_DAY`."""
        return _in_days(self.hours) if self.days is None else self.days

    @property
    def longest_travel_days(self) -> float:
        """Length in days, of a range the longest."""
        if self.max_hours is not None:
            return _in_days(self.max_hours)
        return self.travel_days if self.max_days is None else self.max_days


def _in_days(hours: float | None) -> float:
    hours = hours or 0.0
    return hours / 24 if hours >= 24 else min(1.0, hours / HOURS_PER_TRAVEL_DAY)


class Budget(Money):
    """What a traveller, or a group, would pay: a ceiling, a floor, or both."""

    max: Amount | None = None
    min: Amount | None = None

    @property
    def max_per_person(self) -> float | None:
        """The ceiling for one person."""
        return None if self.max is None else self.max * self.share

    @property
    def min_per_person(self) -> float | None:
        """The floor for one person."""
        return None if self.min is None else self.min * self.share

    @model_validator(mode="after")
    def _some_bound(self) -> Self:
        if self.max is None and self.min is None:
            raise ValueError("give max, min or both")
        if self.max is not None and self.min is not None and self.min > self.max:
            raise ValueError("min must not be more than max")
        return self


def _has_letters(text: str) -> bool:
    return any(char.isalnum() for char in text)


class Interests(_Strict):
    """What a traveller told us, per criterion; what is None or empty was left out."""

    locations: Annotated[list[Name], Field(max_length=50)] = []
    duration: Duration | None = None
    budget: Budget | None = None
    transportation: Text | None = None
    food: Text | None = None
    activities: Text | None = None
    accommodation: Text | None = None
    notes: Text | None = None

    @field_validator("transportation", "food", "activities", "accommodation", "notes")
    @classmethod
    def _blank_is_left_out(cls, value: str | None) -> str | None:
        """A wish of emojis or dots alone says nothing that a tour could be matched with."""
        return value if value and _has_letters(value) else None

    @field_validator("locations")
    @classmethod
    def _blank_names_are_left_out(cls, names: list[str]) -> list[str]:
        return [name for name in names if _has_letters(name)]

    def is_empty(self) -> bool:
        """Tell whether the traveller has stated nothing at all."""
        return not any(self.model_dump().values())


class DateSpan(_Strict):
    """Days from *start* to *end*, both included; one ISO date stands for that day alone."""

    start: dt.date
    end: dt.date

    @model_validator(mode="before")
    @classmethod
    def _one_day(cls, value: Any) -> Any:
        return {"start": value, "end": value} if isinstance(value, str | dt.date) else value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("end must not be before start")
        return self


class Filters(_Strict):
    """What a tour must not contradict; a tour that is silent on a point is kept.

    Attributes:
        dates: days of the journey: a departure must leave, and come back, within them.
        ceiling: the most that one person may have to pay.
        countries: names or ISO codes, one of which the tour visits.
        languages: ISO 639 codes, one of which the tour is held in.
        avoided_places: names of places that the tour must not visit.
        avoided_concepts: ids of the vocabulary that the tour must not offer.
    """

    dates: DateSpan | None = None
    ceiling: Price | None = None
    countries: Annotated[list[Name], Field(max_length=50)] = []
    languages: Annotated[list[str], Field(max_length=20)] = []
    avoided_places: Annotated[list[Name], Field(max_length=50)] = []
    avoided_concepts: Annotated[list[str], Field(max_length=200)] = []

    def is_empty(self) -> bool:
        """Tell whether every tour passes."""
        return not any(self.model_dump().values())


class Package(BaseModel):
    """One tour as the operator's catalogue tells it; fields we do not know are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Name
    title: Name
    description: Text | None = None
    locations: Annotated[list[Name], Field(max_length=200)] = []
    country: Name | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    duration: Duration | None = None
    price: Price | None = None
    available: Annotated[list[DateSpan], Field(max_length=5_000)] = []
    transportation: Text | None = None
    food: Text | None = None
    activities: Text | None = None
    accommodation: Text | None = None
    notes: Text | None = None
    url: Link | None = None
    image: Link | None = None
    provider: Name | None = None

    @field_validator("url", "image", mode="before")
    @classmethod
    def _blank_is_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("image", mode="wrap")
    @classmethod
    def _broken_image_is_none(cls, value: Any, check: ValidatorFunctionWrapHandler) -> str | None:
        """A tour is worth taking without its picture."""
        try:
            link: str | None = check(value)
        except ValidationError:
            return None
        return link

    @field_validator("id", mode="before")
    @classmethod
    def _number_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Part(BaseModel):
    """What one stated criterion adds to a score.

    Attributes:
        similarity: (1 + cosine) / 2, from 0 (opposite) to 1 (ideal); 0.5 where the tour is silent.
        weight: share of this criterion among the stated ones; they sum to 1.
        points: similarity times weight; the points of all parts sum to the score.
        known: whether the tour says anything about this criterion.
        evidence: the words of the tour's own fields that the similarity rests on.
    """

    model_config = ConfigDict(frozen=True)

    similarity: float
    weight: float
    points: float
    known: bool = True
    evidence: str | None = None


class Recommendation(BaseModel):
    """A tour with its score in [0, 1], the parts that add up to it, and the reason in words.

    Attributes:
        package_id: our own key of the tour (`package.id` is the operator's); 0 where the tour
            comes from a file and not from the database.
    """

    model_config = ConfigDict(frozen=True)

    package_id: int
    package: Package
    provider: str
    score: float
    parts: dict[Criterion, Part]
    reason: str
