"""What splitting a text yields."""

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a sentence of a listing can be about: the fields of a tour that hold prose."""

    TRANSPORTATION = "transportation"
    FOOD = "food"
    ACTIVITIES = "activities"
    ACCOMMODATION = "accommodation"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Split:
    """A listing's text by topic, in its own words and order; None where it says nothing.

    Attributes:
        notes: conditions and advice too; what is not included comes last, under its heading.
        rest: what is about none of the topics.
    """

    transportation: str | None = None
    food: str | None = None
    activities: str | None = None
    accommodation: str | None = None
    notes: str | None = None
    rest: str | None = None
