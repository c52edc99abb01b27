"""What the REST interface takes and gives."""

import datetime as dt
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from core.fields import Price, Text
from recommender.importance import LEAST, MOST
from recommender.reactions import Kind
from recommender.schemas import Criterion, DateSpan, Duration, Filters, Interests, Part

LONGEST_TEXT = 2_000
MOST_PLACES = 50
MOST_ITEMS = 100

TourId = Annotated[int, Field(ge=1, lt=1 << 63, description="Our own number of a tour")]
Factor = Annotated[float, Field(ge=LEAST, le=MOST, allow_inf_nan=False)]
Item = TypeVar("Item")


class Asked(BaseModel):
    """What comes from outside: fields that we do not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What we answer with."""

    model_config = ConfigDict(frozen=True)


class Problem(Told):
    """Why a request was refused, as RFC 9457 has it."""

    title: Annotated[str, Field(examples=["Not Found"])]
    status: Annotated[int, Field(examples=[404])]
    detail: Annotated[
        str, Field(description="One line to act on", examples=["no tour with key 4711"])
    ]


class Page(Told, Generic[Item]):
    """A part of a list. `next` is the cursor that continues it; null at the end."""

    items: list[Item]
    next: str | None = None


_WISH: JsonDict = {
    "locations": ["Hà Nội", "Sa Pa"],
    "duration": {"days": 5},
    "budget": {"max": 10_000_000, "currency": "VND"},
    "activities": "trekking, homestay",
}
_PREFERENCES: JsonDict = {
    "interests": _WISH,
    "dates": {"start": "2027-03-01", "end": "2027-03-31"},
    "importance": {"budget": 2.0},
}


def _bounded(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"should have at most {LONGEST_TEXT:,} characters, not {len(text):,}")
    return text


Wished = Annotated[
    Text, AfterValidator(_bounded), Field(json_schema_extra={"maxLength": LONGEST_TEXT})
]


class Wish(Interests):
    """What a traveller would like; whatever is left out, or null, was not said."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": _WISH})

    transportation: Wished | None = None
    food: Wished | None = None
    activities: Wished | None = None
    accommodation: Wished | None = None
    notes: Wished | None = None


class Preferences(Asked):
    """What a traveller has told us, and how much each of it matters.

    Attributes:
        interests: what the journey is to be like.
        dates: days between which it is to be.
        importance: a factor for each criterion; one that is not named is as important as usual.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": _PREFERENCES}
    )

    interests: Wish = Wish()
    dates: DateSpan | None = None
    importance: dict[Criterion, Factor] = {}


class StoredPreferences(Told):
    """What a traveller has told us so far."""

    interests: Interests
    dates: DateSpan | None
    importance: dict[Criterion, float]


class PreferencesChange(Asked):
    """What is to be different.

    A field that is not named stays as it is; null takes it away. Fields of `interests` and
    `importance` are changed one by one, everything else is replaced as a whole.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"interests": {"food": "vegetarian", "budget": None}}},
    )

    interests: Wish | None = None
    dates: DateSpan | None = None
    importance: dict[Criterion, Factor | None] | None = None


class Me(Told):
    """Who the browser's session belongs to, and the token that its writes carry."""

    method: Literal["facebook", "whatsapp", "guest"]
    language: Literal["en", "vi"]
    csrf_token: Annotated[str, Field(description="Send it as X-CSRF-Token with every write")]


class Recommended(Told):
    """A tour that was ranked.

    Attributes:
        tour: our own number of it, for the other addresses here.
        id: the operator's own key of it.
        score: from 0 to 1; the points of all parts sum to it.
        parts: what each criterion that was stated adds.
        reason: the same in words, each resting on what the tour says of itself.
        url: the tour's page.
    """

    tour: int
    id: str
    provider: str
    title: str
    score: float
    parts: dict[Criterion, Part]
    reason: str
    url: str | None


class Recommendations(Told):
    """Tours, the best first."""

    recommendations: list[Recommended]


class RankingOrder(Asked):
    """A wish of somebody who is no traveller of ours; it is answered and not kept."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"interests": _WISH, "limit": 3, "language": "en"}},
    )

    interests: Wish = Wish()
    filters: Filters | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 10
    varied: bool = False
    language: Literal["en", "vi"] = "en"


class ShowOrder(Asked):
    """Tours that are about to be shown to the traveller."""

    limit: Annotated[int, Field(ge=1, le=10)] = 3
    varied: bool = True


class Shown(Told):
    """A tour that a traveller was shown, at which rank, and why."""

    id: int
    tour: int
    provider: str
    title: str
    rank: int
    score: float
    parts: dict[Criterion, Part]
    shown_at: dt.datetime


class Tour(Told):
    """What a tour's page would show.

    Attributes:
        id: our own number of it.
        code: the operator's own key.
        as_of: when the operator last told us something new of it.
    """

    id: int
    code: str
    provider: str
    title: str
    description: str | None
    locations: list[str]
    country: str | None
    language: str | None
    duration: Duration | None
    price: Price | None
    available: list[DateSpan]
    transportation: str | None
    food: str | None
    activities: str | None
    accommodation: str | None
    notes: str | None
    url: str | None
    image: str | None
    as_of: dt.datetime


class ReactionOrder(Asked):
    """What a traveller did with a tour."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"tour": 12, "kind": "up"}}
    )

    tour: TourId
    kind: Kind


class Reaction(Told):
    """A reaction that stands."""

    id: int
    tour: int
    kind: Kind
    created_at: dt.datetime


class NotedReaction(Reaction):
    """A reaction that was noted, and what was learned from it, in words."""

    learned: list[str]


class SaveOrder(Asked):
    """A tour to keep."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"tour": 12}}
    )

    tour: TourId


class SavedTour(Told):
    """A tour that was kept, and whether it is still offered."""

    tour: int
    provider: str
    title: str
    offered: bool
    saved_at: dt.datetime


class TourSource(Told):
    """Where a statement comes from: a tour, its field, and the day on which we were told."""

    tour: int
    field: str
    as_of: dt.date


class Statement(Told):
    """What a tour says of its lodging, in its operator's words."""

    text: str
    title: str
    source: TourSource


class CatalogueSource(Told):
    """Where all that is said of a place to stay comes from: its key there, and the day."""

    accommodation: str
    as_of: dt.date


class StayNearby(Told):
    """A place to stay, of the catalogues that were taken in.

    Attributes:
        kilometres: from the place's middle; null where only the town is known.
        rating: of its guests, from 0 to 10.
        price: for one night.
    """

    name: str
    kilometres: float | None
    stars: float | None
    rating: float | None
    price: Price | None
    url: str | None
    source: CatalogueSource


class Lodging(Told):
    """What is known of sleeping somewhere.

    Attributes:
        place: the gazetteer's name of the place that was looked around; null where none is known.
        statements: of the tours there, or of the one that was asked for.
        stays: places to stay nearby.
    """

    place: str | None
    statements: list[Statement]
    stays: list[StayNearby]
