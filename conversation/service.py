"""Answering a traveller: what came is understood, handlers answer, the talk moves on."""

from collections.abc import Sequence

from conversation import person, questions, replies, repository, schedules
from conversation.formatting import escaped, shortened
from conversation.handlers import handler_for
from conversation.machine import ONBOARDING, PLANNING, Event
from conversation.requests import PICTURES, Request, requests
from conversation.schemas import Incoming, Outgoing
from conversation.state import State
from conversation.taps import CONTINUE
from conversation.turn import Turn
from conversation.understanding import Intent, Understanding
from core.database import Connection

MOST_MESSAGES = 6
"""More at once nobody reads on a phone."""

_PAGE = 3
_HEARD = 200
_LISTS = frozenset({Intent.FIND_TOURS, Intent.REFINE, Intent.MORE})
_WISHES = frozenset({Intent.FIND_TOURS, Intent.REFINE, Intent.FIND_LODGING})
_INTRODUCE_THEMSELVES = frozenset({Intent.STOP, Intent.START})
_KEEPS_NO_LANGUAGE = frozenset({Intent.STOP, Intent.START, Intent.OFF_TOPIC})


def answer(connection: Connection, user_id: int, incoming: Incoming) -> list[Outgoing]:
    """Return what to say to a traveller's message; nothing while they want silence.

    The state of the talk is locked until the transaction ends, so two messages at once are
    answered one after the other.

    Args:
        connection: an open transaction; what is stored commits or fails with it.
        user_id: the traveller.
        incoming: the message.
    """
    state = State.read(repository.load_state(connection, user_id))
    turn = Turn(connection, user_id, state, Understanding(intent=Intent.HELP))
    asked = requests(turn, incoming)
    if asked[0].name == CONTINUE or _must_be_silent(turn, asked[0].said):
        return []
    said = _welcomed_back(turn, asked[0].said)
    if turn.state.handed_over and not said and asked[0].said.intent is not Intent.STOP:
        return []
    _note_language(turn, incoming, asked[0].said)
    said += _introduced(turn, asked, incoming)
    choices = [choice for message in said for choice in message.choices]
    turn.state = turn.state.after_offering(choices)
    repository.save_state(connection, user_id, turn.state.model_dump(mode="json"))
    return said[: MOST_MESSAGES - 1] + said[MOST_MESSAGES - 1 :][-1:]


def hand_back(connection: Connection, user_id: int) -> list[Outgoing]:
    """Let the automatic answers go on after a person has taken over.

    Returns:
        What to tell the traveller; nothing where no person had the talk.
    """
    state = State.read(repository.load_state(connection, user_id))
    turn = Turn(connection, user_id, state, Understanding(intent=Intent.HUMAN))
    if not state.handed_over:
        repository.close_handover(connection, user_id)
        return []
    said = person.back(turn)
    repository.save_state(connection, user_id, turn.state.model_dump(mode="json"))
    return [said]


def _must_be_silent(turn: Turn, said: Understanding) -> bool:
    return turn.state.stopped and said.intent is not Intent.START


def _welcomed_back(turn: Turn, said: Understanding) -> list[Outgoing]:
    """Return the line with which we help again where staff left a traveller waiting."""
    if not turn.state.handed_over or said.intent is Intent.STOP:
        return []
    line = person.nobody_came(turn)
    return [line] if line else []


def _note_language(turn: Turn, incoming: Incoming, said: Understanding) -> None:
    words = incoming.text.strip() and not incoming.choice
    if words and said.intent not in _KEEPS_NO_LANGUAGE:
        turn.state = turn.state.speaking(said.language)
    turn.understanding = said
    repository.save_language(turn.connection, turn.user_id, turn.language)


def _introduced(turn: Turn, asked: Sequence[Request], incoming: Incoming) -> list[Outgoing]:
    """Say who is talking before, or in place of, the first answer."""
    first = asked[0].said.intent
    if turn.state.introduced or first in _INTRODUCE_THEMSELVES:
        return _answers(turn, asked, incoming)
    if first in {Intent.GREETING, Intent.HELP} and asked[0].name != PICTURES:
        introduction = replies.introduction(turn)
        others = asked[1:]
        return introduction if not others else [*introduction, *_answers(turn, others, incoming)]
    return [replies.short_introduction(turn), *_answers(turn, asked, incoming)]


def _answers(turn: Turn, asked: Sequence[Request], incoming: Incoming) -> list[Outgoing]:
    """Answer one request after the other; what is said last is said once for all of them."""
    trouble = person.trouble(asked[0].text, asked[0].said)
    if trouble and person.interrupts(asked[0].text, asked[0].said):
        turn.state = turn.state.after_understanding()
        return person.offer(turn, trouble)
    turn.page_size = _page_size(asked)
    said: list[Outgoing] = []
    for request in asked:
        said += [each for each in _answered(turn, request) if each not in said]
        if turn.state.stopped or turn.state.handed_over:
            return said
    closing = _closing(turn)
    if closing is not None and (said or turn.moved):
        said.append(closing)
    return _with_what_was_heard(turn, said, incoming) if asked[0].said.intent in _WISHES else said


def _page_size(asked: Sequence[Request]) -> int:
    """Return how many tours each list may have so that all answers fit."""
    lists = sum(request.said.intent in _LISTS for request in asked)
    room = MOST_MESSAGES - 2 - (len(asked) - lists)  # who we are, and what to do next
    return max(1, min(_PAGE, room // max(1, lists)))


def _answered(turn: Turn, request: Request) -> list[Outgoing]:
    turn.understanding, turn.text = request.said, request.text
    turn.package_id, turn.argument, turn.moved = request.package_id, request.argument, False
    if request.said.intent is not Intent.OFF_TOPIC and request.name != PICTURES:
        turn.state = turn.state.after_understanding()
    said = handler_for(turn, request)(turn)
    if said and not turn.moved:
        turn.happened(Event.ANSWERED)
    return said


def _closing(turn: Turn) -> Outgoing | None:
    """Return the question that waits for an answer, else what to do with what was shown."""
    if turn.state.step in ONBOARDING:
        return questions.question(turn)
    if turn.state.step in PLANNING:
        return schedules.question(turn)
    return turn.closing


def _with_what_was_heard(turn: Turn, said: list[Outgoing], incoming: Incoming) -> list[Outgoing]:
    """Begin with the words of a voice note, so that what was misheard is noticed."""
    if not (incoming.spoken and incoming.text.strip() and said):
        return said
    heard = turn.say("voice.heard", text=escaped(shortened(incoming.text, _HEARD)))
    first = turn.message(f"{heard}\n\n{said[0].body}", said[0].choices)
    return [said[0].model_copy(update={"body": first.body}), *said[1:]]
