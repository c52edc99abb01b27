"""Answering a traveller: what came is understood, one handler answers, the state moves on."""

from collections.abc import Callable, Iterable, Mapping

from conversation import feedback, locations, replies, repository, tours
from conversation.examples import EXAMPLE, wish_of
from conversation.schemas import Incoming, Outgoing
from conversation.state import State
from conversation.turn import Turn
from conversation.understanding import Context, Intent, Steer, Understanding, understand
from core.database import Connection
from recommender.schemas import Interests

Handler = Callable[[Turn], list[Outgoing]]

_HANDLERS: Mapping[Intent, Handler] = {
    Intent.FIND_TOURS: tours.find,
    Intent.REFINE: tours.refine,
    Intent.MORE: tours.more,
    Intent.DETAILS: tours.details,
    Intent.BOOK: tours.book,
    Intent.HELP: replies.help_,
    Intent.STOP: replies.stop,
    Intent.START: replies.start,
    Intent.GREETING: replies.greet,
    Intent.LANGUAGE: replies.language,
    Intent.HUMAN: replies.human,
    Intent.FEEDBACK: feedback.feedback,
    Intent.OFF_TOPIC: replies.off_topic,
    Intent.COMPARE: replies.not_yet,
    Intent.FIND_LODGING: replies.not_yet,
    Intent.ASK: replies.not_yet,
    Intent.SCHEDULE: replies.not_yet,
    Intent.PAUSE: replies.not_yet,
    Intent.MY_DATA: replies.not_yet,
    Intent.DELETE_DATA: replies.not_yet,
}
_TAPPED: Mapping[str, Understanding] = {
    "more": Understanding(intent=Intent.MORE),
    "help": Understanding(intent=Intent.HELP),
    "human": Understanding(intent=Intent.HUMAN),
    "details": Understanding(intent=Intent.DETAILS),
    "book": Understanding(intent=Intent.BOOK),
    "like": Understanding(intent=Intent.FEEDBACK, liked=True),
    "dislike": Understanding(intent=Intent.FEEDBACK, liked=False),
    "similar": Understanding(intent=Intent.FEEDBACK, steer=Steer.MORE_LIKE),
    "undo": Understanding(intent=Intent.FEEDBACK, steer=Steer.UNDO),
}
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
    turn = _begin(connection, user_id, state, incoming)
    if _must_be_silent(turn):
        return []
    if turn.understanding.intent is not Intent.OFF_TOPIC:
        turn.state = turn.state.after_understanding()
    repository.save_language(connection, user_id, turn.language)
    said = _introduced(turn, _handler(turn, incoming))
    turn.state = turn.state.after_answer(person_offered=_offers_person(said))
    repository.save_state(connection, user_id, turn.state.model_dump(mode="json"))
    return said


def _offers_person(said: Iterable[Outgoing]) -> bool:
    """Tell whether it was asked, so that "ok" is a yes and no mere acknowledgement."""
    asking = (message for message in said if "?" in message.body)
    return any(choice.id == "human" for message in asking for choice in message.choices)


def hand_back(connection: Connection, user_id: int) -> None:
    """Let the automatic answers go on after a person has taken over."""
    state = State.read(repository.load_state(connection, user_id)).after_handing_back()
    repository.save_state(connection, user_id, state.model_dump(mode="json"))


def _begin(connection: Connection, user_id: int, state: State, incoming: Incoming) -> Turn:
    turn = Turn(connection, user_id, state, Understanding(intent=Intent.HELP))
    tapped = _understood_tap(turn, incoming.choice)
    if tapped:
        turn.understanding = tapped
        return turn
    turn.understanding = understand(
        incoming.text, state.context(has_interests=not turn.stored.is_empty())
    )
    if incoming.text.strip() and turn.understanding.intent not in _KEEPS_NO_LANGUAGE:
        turn.state = state.speaking(turn.understanding.language)
    return turn


def _understood_tap(turn: Turn, choice: str | None) -> Understanding | None:
    """Return the meaning of a tapped choice, however old the message it belongs to."""
    name, _, argument = (choice or "").partition(":")
    if name == EXAMPLE and (wish := wish_of(turn, argument)):
        return understand(wish, Context(language=turn.language))
    if name not in _TAPPED:
        return None
    if argument.isascii() and argument.isdecimal() and len(argument) < 19:
        turn.package_id = int(argument)
    return _TAPPED[name].model_copy(update={"language": turn.language})


def _must_be_silent(turn: Turn) -> bool:
    intent = turn.understanding.intent
    if turn.state.stopped:
        return intent is not Intent.START
    return turn.state.handed_over and intent is not Intent.STOP


def _handler(turn: Turn, incoming: Incoming) -> Handler:
    if incoming.choice or incoming.text.strip():
        return _HANDLERS[turn.understanding.intent]
    if incoming.latitude is not None and incoming.longitude is not None:
        return _at_location(turn, incoming.latitude, incoming.longitude)
    return replies.text_only if incoming.media else replies.help_


def _at_location(turn: Turn, latitude: float, longitude: float) -> Handler:
    """Take a location sent from the phone as the place to go."""
    place = locations.nearest(latitude, longitude)
    if place is None:
        return replies.place_unknown
    turn.understanding = Understanding(
        intent=Intent.REFINE,
        language=turn.language,
        interests=Interests(locations=[place.name]),
        replaces=True,
    )
    return tours.refine


def _introduced(turn: Turn, handler: Handler) -> list[Outgoing]:
    """Say who is talking before, or in place of, the first answer."""
    if turn.state.introduced or turn.understanding.intent in _INTRODUCE_THEMSELVES:
        return handler(turn)
    if turn.understanding.intent in {Intent.GREETING, Intent.HELP}:
        return replies.introduction(turn)
    return [replies.short_introduction(turn), *handler(turn)]
