"""The onboarding: six short questions, each of which may be left, then three tours."""

from collections.abc import Callable, Mapping

from conversation import schedules, tours
from conversation.machine import ONBOARDING, Event, Step
from conversation.merging import merged
from conversation.questions import words
from conversation.replies import all_right
from conversation.schemas import Outgoing
from conversation.turn import Turn
from conversation.undecided import skips
from conversation.understanding import Intent, Understanding
from conversation.understanding.commands import agreement
from recommender import feedback
from recommender.schemas import Interests

_ANSWERING = frozenset({Intent.FIND_TOURS, Intent.REFINE})
_ACKNOWLEDGED = frozenset({Intent.GREETING, Intent.OFF_TOPIC, Intent.HELP, Intent.FEEDBACK})
"""What a lone "yes", "no" or "I don't know" may have been taken for."""


def begin(turn: Turn) -> list[Outgoing]:
    """Begin with the first question; the wish before is left behind."""
    feedback.save_interests(turn.connection, turn.user_id, Interests())
    turn.forget_stored()
    turn.state = turn.state.after_new_wish([], [])
    turn.happened(Event.ONBOARDING_BEGAN)
    return [turn.message(turn.say("onboarding.begin"))]


def skip(turn: Turn) -> list[Outgoing]:
    """Leave a question open; one of an earlier list is left already."""
    if turn.argument == turn.state.step:
        return _go_on(turn)
    if turn.state.step not in ONBOARDING:
        return all_right(turn)
    turn.happened(Event.ANSWERED)  # and the present question is asked once more
    return []


def is_answered(turn: Turn) -> bool:
    """Tell whether a message answers the question, rather than asking for something else."""
    said, step = turn.understanding, turn.state.step
    if step not in ONBOARDING:
        return False
    if _is_left_open(turn):
        return True
    if step is Step.ASK_RHYTHM and said.intent is Intent.SCHEDULE:
        return said.schedule is not None and said.schedule.rhythm is not None
    return said.intent in _ANSWERING and _states_something(said) and not _is_another_wish(turn)


def take(turn: Turn) -> list[Outgoing]:
    """Take an answer, which may be one to several questions, and go on with what is left."""
    said = turn.understanding
    if said.schedule is not None and turn.state.step is Step.ASK_RHYTHM:
        noted = schedules.agree_to(turn, said.schedule, words(turn, Step.ASK_RHYTHM))
        return [noted, *_go_on(turn)]
    if not _is_left_open(turn):
        interests = merged(turn.stored, said, ())
        feedback.save_interests(turn.connection, turn.user_id, interests)
        turn.forget_stored()
        tours.take_refusals(turn)
        return _go_on(turn, settled=_is_told(turn))
    return _go_on(turn)


def _is_left_open(turn: Turn) -> bool:
    """Tell whether a message leaves the question open; a no to "how often?" does."""
    said = turn.understanding
    if turn.state.step is Step.ASK_RHYTHM and agreement(turn.text) is False:
        return True
    if said.intent in _ANSWERING and _states_something(said):
        return _FIELDS.get(turn.state.step) in said.drops
    return skips(turn.text)


def _states_something(said: Understanding) -> bool:
    return bool(
        not said.interests.is_empty() or said.dates or said.drops or said.excluded or said.negated
    )


def _is_another_wish(turn: Turn) -> bool:
    """Tell whether a place is named after the place was settled: that is a wish of its own."""
    named = turn.understanding.interests.locations
    return turn.state.step is not Step.ASK_PLACE and bool(set(named) - set(turn.stored.locations))


def _go_on(turn: Turn, *, settled: bool = True) -> list[Outgoing]:
    """Move to the next question that has no answer yet; behind the last one come the tours."""
    if settled:
        turn.happened(Event.QUESTION_SETTLED)
    while turn.state.step in _TOLD and _is_told(turn):
        turn.happened(Event.QUESTION_SETTLED)
    if turn.state.step in ONBOARDING:
        turn.moved = True
        return []
    return tours.first_of(turn, turn.stored)


def _is_told(turn: Turn) -> bool:
    return _TOLD[turn.state.step](turn) if turn.state.step in _TOLD else True


_FIELDS: Mapping[Step, str] = {
    Step.ASK_PLACE: "locations",
    Step.ASK_LENGTH: "duration",
    Step.ASK_BUDGET: "budget",
    Step.ASK_LIKES: "activities",
    Step.ASK_DATES: "dates",
}
_TOLD: Mapping[Step, Callable[[Turn], bool]] = {
    Step.ASK_PLACE: lambda turn: bool(turn.stored.locations),
    Step.ASK_LENGTH: lambda turn: turn.stored.duration is not None,
    Step.ASK_BUDGET: lambda turn: turn.stored.budget is not None,
    Step.ASK_LIKES: lambda turn: any((turn.stored.activities, turn.stored.food)),
    Step.ASK_DATES: lambda turn: turn.state.dates is not None,
}
"""For each question, whether it has an answer already."""
