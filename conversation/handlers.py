"""Which handler answers which request, at the step where the talk stands."""

from collections.abc import Callable, Mapping

from conversation import (
    asking,
    comparing,
    feedback,
    lodging,
    onboarding,
    person,
    privacy,
    replies,
    saved,
    schedules,
    tours,
)
from conversation.requests import NOTHING, NOWHERE, PICTURES, UNHEARD, UNSURE, WORDS, Request
from conversation.schemas import Outgoing
from conversation.turn import Turn
from conversation.undecided import is_undecided
from conversation.understanding import Intent, Understanding

Handler = Callable[[Turn], list[Outgoing]]

BY_INTENT: Mapping[Intent, Handler] = {
    Intent.FIND_TOURS: tours.find,
    Intent.REFINE: tours.refine,
    Intent.MORE: tours.more,
    Intent.DETAILS: tours.details,
    Intent.COMPARE: comparing.compare,
    Intent.BOOK: tours.book,
    Intent.FIND_LODGING: lodging.find,
    Intent.ASK: asking.ask,
    Intent.FEEDBACK: feedback.feedback,
    Intent.SCHEDULE: schedules.schedule,
    Intent.PAUSE: schedules.pause,
    Intent.STOP: replies.stop,
    Intent.START: replies.start,
    Intent.MY_DATA: privacy.my_data,
    Intent.DELETE_DATA: privacy.ask,
    Intent.HUMAN: person.call,
    Intent.LANGUAGE: replies.language,
    Intent.HELP: replies.help_,
    Intent.GREETING: replies.greet,
    Intent.OFF_TOPIC: replies.off_topic,
}
_BY_NAME: Mapping[str, Handler] = {
    "begin": onboarding.begin,
    "skip": onboarding.skip,
    "any": schedules.any_time,
    "agree": schedules.agree,
    "decline": schedules.decline,
    "resume": schedules.resume,
    "erase": privacy.erase,
    "keep": privacy.keep,
    "ask": person.ask_operator,
    "save": saved.save,
    "unsave": saved.remove,
    "saved": saved.show,
    UNHEARD: replies.unheard,
    PICTURES: replies.media,
    NOWHERE: replies.place_unknown,
    NOTHING: replies.help_,
    f"{UNSURE} {Intent.STOP}": replies.how_to_stop,
    f"{UNSURE} {Intent.START}": replies.greet,
    f"{UNSURE} {Intent.HUMAN}": person.ask_whether,
}
_COMES_FIRST = frozenset(
    {Intent.STOP, Intent.START, Intent.HUMAN, Intent.MY_DATA, Intent.DELETE_DATA, Intent.LANGUAGE}
)
"""Commands that no question of ours may take for its answer."""

_MAY_BE_UNDECIDED = frozenset(
    {
        Intent.OFF_TOPIC,
        Intent.HELP,
        Intent.GREETING,
        Intent.FIND_TOURS,
        Intent.FEEDBACK,
        Intent.ASK,
    }
)
_FEW_WORDS = 4


def handler_for(turn: Turn, request: Request) -> Handler:
    """Return what answers a request."""
    if request.name.startswith(UNSURE) and onboarding.is_answered(turn):
        return onboarding.take  # "skip it" is no call for silence where a question can be left
    if request.name in _BY_NAME:
        return _BY_NAME[request.name]
    return _answering(turn) or _asked(turn, request)


def _answering(turn: Turn) -> Handler | None:
    """Return what takes the answer to the question before; None where it is not answered."""
    if privacy.is_answered(turn):
        return privacy.take
    if turn.understanding.intent in _COMES_FIRST:
        return None
    if onboarding.is_answered(turn):
        return onboarding.take
    return schedules.take if schedules.is_answered(turn) else None


def _asked(turn: Turn, request: Request) -> Handler:
    said = turn.understanding
    if request.name != WORDS:
        return BY_INTENT[said.intent]
    if said.intent is Intent.START and not turn.state.stopped and schedules.is_paused(turn):
        return schedules.resume
    if _is_undecided(turn, said):
        return onboarding.begin if turn.stored.is_empty() else tours.ask_again
    if said.intent is Intent.OFF_TOPIC and request.package_id and _is_short(request.text):
        return tours.details
    return BY_INTENT[said.intent]


def _is_undecided(turn: Turn, said: Understanding) -> bool:
    asks_about_a_tour = said.intent is Intent.ASK and bool(turn.state.page)
    if said.intent not in _MAY_BE_UNDECIDED or asks_about_a_tour:
        return False
    return said.interests.is_empty() and is_undecided(turn.text)


def _is_short(text: str) -> bool:
    return len(text.split()) <= _FEW_WORDS
