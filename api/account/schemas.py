"""What the account pages show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.onboarding.schemas import Step
from recommender.schemas import Criterion, Package, Recommendation


class Level(StrEnum):
    """How much something matters, in words that people choose from."""

    HARDLY = "hardly"
    LESS = "less"
    USUAL = "usual"
    MORE = "more"
    MOST = "most"


FACTORS: Mapping[Level, float] = {
    Level.HARDLY: 0.25,
    Level.LESS: 0.5,
    Level.USUAL: 1.0,
    Level.MORE: 2.0,
    Level.MOST: 4.0,
}
"""By what a weight is multiplied."""


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour in a list of a traveller's own.

    Attributes:
        link: by way of us to the operator's page; None where there is none.
        is_offered: whether it can still be booked.
    """

    package_id: int
    package: Package
    link: str | None
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tour that fits now, with the reason."""

    found: Recommendation
    link: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a traveller sees first.

    Attributes:
        wishes: by page of the onboarding, in plain words; empty where nothing is told.
        learned: sentences about what their reactions have changed.
        refused: what they do not want, in the chat's words; empty where there is nothing.
        addresses: on WhatsApp, masked.
        saved: tours they keep, the newest first.
        suggestions: what would be recommended now.
    """

    wishes: Mapping[Step, str]
    learned: Sequence[str]
    refused: str
    addresses: Sequence[str]
    saved: Sequence[Tour]
    suggestions: Sequence[Suggestion]


class Fit(StrEnum):
    """How well a tour met a wish when it was recommended."""

    WELL = "well"
    PARTLY = "partly"
    BADLY = "badly"
    UNSAID = "unsaid"
    """The operator said nothing of it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one wish had to do with a recommendation.

    Attributes:
        evidence: words of the tour that it rests on, in the language of that day.
        percent: of the score that this wish decided.
    """

    criterion: Criterion
    fit: Fit
    evidence: str | None
    percent: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A tour that was recommended once.

    Attributes:
        id: of this recommendation.
        rank: from 1, among those that were shown together.
        ranker: what found it; see `recommender.service`.
        reasons: what decided it, the weightiest first.
        thumb: "up", "down" or None.
    """

    id: int
    package_id: int
    title: str
    provider: str
    shown_at: dt.datetime
    rank: int
    score: float
    ranker: str
    reasons: Sequence[Reason]
    thumb: str | None
    link: str | None
    is_offered: bool


@dataclass(frozen=True, slots=True)
class History:
    """A page of what was recommended.

    Attributes:
        older: the cursor of the next page; None where this is the last.
    """

    shown: Sequence[Shown]
    older: int | None
