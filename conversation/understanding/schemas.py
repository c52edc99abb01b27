"""What a message can mean, and what was understood of one."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from recommender.schemas import DateSpan, Interests

Language = Literal["en", "vi"]


class Intent(StrEnum):
    """What a traveller wants of us with one message."""

    FIND_TOURS = "find_tours"
    REFINE = "refine"
    MORE = "more"
    DETAILS = "details"
    COMPARE = "compare"
    BOOK = "book"
    FIND_LODGING = "find_lodging"
    ASK = "ask"
    FEEDBACK = "feedback"
    SCHEDULE = "schedule"
    PAUSE = "pause"
    STOP = "stop"
    START = "start"
    MY_DATA = "my_data"
    DELETE_DATA = "delete_data"
    HUMAN = "human"
    LANGUAGE = "language"
    HELP = "help"
    GREETING = "greeting"
    OFF_TOPIC = "off_topic"


class Change(StrEnum):
    """A wish that only compares with the tours shown before."""

    CHEAPER = "cheaper"
    SHORTER = "shorter"
    LONGER = "longer"


class Steer(StrEnum):
    """Feedback beyond a thumb up or down."""

    MORE_LIKE = "more_like"
    UNDO = "undo"
    FORGET = "forget"
    SAVE = "save"
    SHOW_SAVED = "show_saved"


class Rhythm(StrEnum):
    """How often recommendations are wished."""

    DAILY = "daily"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class Schedule(BaseModel):
    """When recommendations are wished; what is None was not said.

    Attributes:
        rhythm: how often.
        weekday: 0 is Monday.
        hour: of the traveller's own day, 0 to 23.
    """

    model_config = ConfigDict(frozen=True)

    rhythm: Rhythm | None = None
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    hour: Annotated[int, Field(ge=0, le=23)] | None = None


class Topic(StrEnum):
    """What a question about a tour asks for; the first seven are the criteria."""

    LOCATION = "location"
    DURATION = "duration"
    BUDGET = "budget"
    TRANSPORTATION = "transportation"
    FOOD = "food"
    ACTIVITIES = "activities"
    ACCOMMODATION = "accommodation"
    DATES = "dates"
    POLICY = "policy"


class Context(BaseModel):
    """What is known of the talk so far.

    Attributes:
        language: the language the traveller used last.
        has_interests: whether they have stated a wish before.
        shown: how many tours the last list had.
        person_offered: whether the last answer offered to talk to a person.
        stopped: whether they asked for silence.
        awaiting: the intent that a question of ours waits for an answer to.
        today: the day on which the message came, where the traveller is.
    """

    model_config = ConfigDict(frozen=True)

    language: Language | None = None
    has_interests: bool = False
    shown: Annotated[int, Field(ge=0)] = 0
    person_offered: bool = False
    stopped: bool = False
    awaiting: Intent | None = None
    today: dt.date | None = None


class Understanding(BaseModel):
    """What was understood of one message.

    Attributes:
        intent: what the traveller wants.
        language: the language to answer in.
        interests: the wishes stated, the same for the same wish in either language.
        excluded: names of the places that must not be visited.
        negated: ids of the concepts that are not wished ("no flights").
        changes: wishes that only compare with what was shown.
        extra_days: by how many days the trip is to be longer; below 0, shorter.
        replaces: whether what is stated takes the place of what was stated before.
        ordinals: numbers of the tours meant; -1 is the last one.
        people: for how many people the price was given or the trip is.
        wanted_language: the language asked for.
        thanks: whether the message only thanks.
        answers: whether it only says yes or no.
        liked: for feedback, whether it is good.
        steer: for feedback, what it asks for beyond a thumb.
        dates: days between which the journey is to be, where the message says.
        drops: criteria that no longer matter ("any budget"), by their names in `Interests`.
        schedule: for a schedule, what was said of it.
        pause_days: for a pause, for how long; None where it was not said.
        topic: for a question, what it asks for, where that is clear.
        turned_down: ordinals of tours refused in the same breath ("not the first one").
        confidence: from 0 to 1: a command, a cue, or only a guess.
    """

    model_config = ConfigDict(frozen=True)

    intent: Intent
    language: Language = "en"
    interests: Interests = Interests()
    excluded: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    extra_days: float = 0.0
    replaces: bool = False
    ordinals: tuple[int, ...] = ()
    people: int | None = None
    wanted_language: Language | None = None
    thanks: bool = False
    answers: bool = False
    liked: bool | None = None
    steer: Steer | None = None
    dates: DateSpan | None = None
    drops: tuple[str, ...] = ()
    schedule: Schedule | None = None
    pause_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    topic: Topic | None = None
    turned_down: tuple[int, ...] = ()
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
