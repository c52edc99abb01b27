"""What a tapped choice means, however old the message that it belongs to."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conversation.calendar_words import whole_month
from conversation.examples import EXAMPLE, wish_of
from conversation.turn import Turn
from conversation.understanding import (
    Context,
    Intent,
    Language,
    Rhythm,
    Schedule,
    Steer,
    Understanding,
    understand,
)
from core.money import known_currency
from core.places.service import gazetteer
from recommender.schemas import Budget, Duration, Interests
from recommender.vocabulary import vocabulary

CONTINUE = "continue"
"""The button of the template that says that an answer is waiting: the tap itself wants nothing."""

_MEANINGS: Mapping[str, Understanding] = {
    "more": Understanding(intent=Intent.MORE),
    "help": Understanding(intent=Intent.HELP),
    "human": Understanding(intent=Intent.HUMAN),
    "ask": Understanding(intent=Intent.HUMAN),
    "details": Understanding(intent=Intent.DETAILS),
    "compare": Understanding(intent=Intent.COMPARE),
    "book": Understanding(intent=Intent.BOOK),
    "stays": Understanding(intent=Intent.FIND_LODGING),
    "like": Understanding(intent=Intent.FEEDBACK, liked=True),
    "dislike": Understanding(intent=Intent.FEEDBACK, liked=False),
    "similar": Understanding(intent=Intent.FEEDBACK, steer=Steer.MORE_LIKE),
    "undo": Understanding(intent=Intent.FEEDBACK, steer=Steer.UNDO),
    "save": Understanding(intent=Intent.FEEDBACK, steer=Steer.SAVE),
    "unsave": Understanding(intent=Intent.FEEDBACK, steer=Steer.SAVE),
    "saved": Understanding(intent=Intent.FEEDBACK, steer=Steer.SHOW_SAVED),
    "begin": Understanding(intent=Intent.FIND_TOURS),
    "skip": Understanding(intent=Intent.REFINE),
    "schedule": Understanding(intent=Intent.SCHEDULE),
    "any": Understanding(intent=Intent.SCHEDULE),
    "agree": Understanding(intent=Intent.SCHEDULE),
    "decline": Understanding(intent=Intent.SCHEDULE),
    "pause": Understanding(intent=Intent.PAUSE),
    "resume": Understanding(intent=Intent.PAUSE),
    "delete": Understanding(intent=Intent.DELETE_DATA),
    "erase": Understanding(intent=Intent.DELETE_DATA),
    "keep": Understanding(intent=Intent.DELETE_DATA),
    "my_data": Understanding(intent=Intent.MY_DATA),
    "stop": Understanding(intent=Intent.STOP),
    "start": Understanding(intent=Intent.START),
    CONTINUE: Understanding(intent=Intent.GREETING),
}
_OF_A_TOUR = frozenset(
    {"ask", "details", "book", "stays", "like", "dislike", "similar", "save", "unsave"}
)
_MOST_DAYS = 366
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap that was understood.

    Attributes:
        name: what was tapped, which may say more than the intent.
        said: what it means.
        package_id: the tour that it is about.
        argument: what else it says.
    """

    name: str
    said: Understanding
    package_id: int | None = None
    argument: str = ""


def understood(turn: Turn, choice: str) -> Tap | None:
    """Return the meaning of a tapped choice; None for what we never offered."""
    name, _, argument = choice.partition(":")
    if name == EXAMPLE:
        wish = wish_of(turn, argument)
        said = wish and understand(wish, Context(language=turn.language))
        return Tap(name, said) if said else None
    if name == "set":
        return _set(argument, turn.language)
    if name not in _MEANINGS:
        return None
    said = _MEANINGS[name].model_copy(update={"language": turn.language})
    number = _number(argument)
    if name == "pause" and number is not None and 0 < number <= _MOST_DAYS:
        said = said.model_copy(update={"pause_days": number})
    return Tap(name, said, number if name in _OF_A_TOUR else None, argument)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _set(argument: str, language: Language) -> Tap | None:
    """Return the answer to one of our own questions."""
    name, _, value = argument.partition(":")
    if name in {"weekday", "hour"} and value == "any":
        said = Understanding(intent=Intent.SCHEDULE, language=language)
        return Tap("any", said, argument=name)
    try:
        said = _ANSWERS[name](value)
    except (KeyError, ValueError):
        return None
    return Tap("set", said.model_copy(update={"language": language}))


def _wish(**stated: object) -> Understanding:
    return Understanding(intent=Intent.REFINE, interests=Interests.model_validate(stated))


def _place(value: str) -> Understanding:
    place = gazetteer().get(_number(value) or 0)
    if place is None:
        raise ValueError("no such place")
    return _wish(locations=[place.name]).model_copy(update={"replaces": True})


def _days(value: str) -> Understanding:
    return _wish(duration=Duration(days=float(value)))


def _budget(value: str) -> Understanding:
    currency, _, amount = value.partition(":")
    return _wish(budget=Budget(max=float(amount), currency=known_currency(currency)))


def _likes(value: str) -> Understanding:
    return _wish(activities=vocabulary().get(value).labels["en"])


def _month(value: str) -> Understanding:
    first = dt.date.fromisoformat(f"{value}-01")
    return Understanding(intent=Intent.REFINE, dates=whole_month(first))


def _planned(**said: object) -> Understanding:
    return Understanding(intent=Intent.SCHEDULE, schedule=Schedule.model_validate(said))


_ANSWERS: Mapping[str, Callable[[str], Understanding]] = {
    "place": _place,
    "days": _days,
    "budget": _budget,
    "likes": _likes,
    "month": _month,
    "rhythm": lambda value: _planned(rhythm=Rhythm(value)),
    "weekday": lambda value: _planned(weekday=int(value)),
    "hour": lambda value: _planned(hour=int(value)),
}
