"""The steps of the wizard, what is typed into them, and the wish that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recommender.schemas import DateSpan, Interests


class Step(StrEnum):
    """The steps, in order."""

    PLACES = "places"
    TIME = "time"
    BUDGET = "budget"
    TRANSPORT = "transport"
    FOOD = "food"
    ACTIVITIES = "activities"
    LODGING = "lodging"

    @property
    def number(self) -> int:
        """Its place among the steps, from 1."""
        return list(Step).index(self) + 1

    @property
    def before(self) -> "Step | None":
        """The step before it; None for the first one."""
        return list(Step)[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> "Step | None":
        """The step after it; None for the last one."""
        return list(Step)[self.number] if self.number < len(Step) else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished so far."""

    interests: Interests
    dates: DateSpan | None = None

    def stating(self, **changes: object) -> "Wish":
        """Return the wish with other interests.

        Raises:
            ValidationError: they are not such as can be wished.
        """
        told = self.interests.model_dump() | changes
        return Wish(Interests.model_validate(told), self.dates)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the fields of a step, as a browser shows and sends it."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return what stands in a field; nothing where it is empty."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return all that is ticked or stands under one name."""
        return self.values.get(name, ())


class FaultyError(Exception):
    """What was typed cannot be taken.

    Attributes:
        faults: for each field that is wrong, the key of the message that says so.
    """

    def __init__(self, **faults: str) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults
