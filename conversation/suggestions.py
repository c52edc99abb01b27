"""Suggestions that a traveller asked to be sent, when they are due."""

from collections.abc import Collection
from dataclasses import dataclass

from conversation import repository, tour_text, tours
from conversation.formatting import escaped, shortened
from conversation.machine import Event
from conversation.schemas import Outgoing
from conversation.state import State
from conversation.turn import Turn
from conversation.understanding import Intent, Language, Understanding
from core.database import Connection
from recommender import service as recommender
from recommender.schemas import Recommendation

_MOST = 3
_TITLE = 80
_REASON = 140


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is to be sent, and what it is about.

    Attributes:
        message: the tours in one message, so that a phone rings once.
        titles: of the tours, the best first.
    """

    message: Outgoing
    titles: list[str]


def suggest(
    connection: Connection, user_id: int, language: Language, seen: Collection[int]
) -> Suggestions | None:
    """Return tours worth writing about unasked, and note that they were shown.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        language: in which to write where they have not written yet.
        seen: keys of tours that they were shown at any time.

    Returns:
        At most three tours; None where nothing new is good enough, or nothing is wished.
    """
    turn = _turn(connection, user_id, language)
    if turn.state.stopped or turn.state.handed_over or turn.stored.is_empty():
        return None
    found = recommender.recommend_to(
        connection,
        user_id,
        limit=_MOST,
        exclude=[*turn.state.shown, *seen],
        filters=tours.refusals(turn, turn.stored.budget),
        language=turn.language,
        varied=True,
    )
    page = [each for each in found if each.score >= tours.WORTH_SHOWING]
    if not page:
        return None
    recommender.record_shown(connection, user_id, page)
    turn.state = turn.state.after_list([each.package_id for each in page])
    turn.happened(Event.SHOWED_TOURS)
    repository.save_state(connection, user_id, turn.state.model_dump(mode="json"))
    return Suggestions(_message(turn, page), [each.package.title for each in page])


def ask_whether_to_go_on(connection: Connection, user_id: int, language: Language) -> Outgoing:
    """Return the question for a traveller who has not looked at what was sent for long."""
    turn = _turn(connection, user_id, language)
    choices = [turn.choice("resume", "choice.push_on"), turn.choice("stop", "choice.push_off")]
    return turn.message(turn.say("push.still"), choices)


def _turn(connection: Connection, user_id: int, language: Language) -> Turn:
    state = State.read(repository.load_state(connection, user_id))
    return Turn(connection, user_id, state, Understanding(intent=Intent.MORE, language=language))


def _message(turn: Turn, page: list[Recommendation]) -> Outgoing:
    wish = tour_text.wish(turn, turn.stored)
    heading = turn.say("push.heading", wish=wish) if wish else turn.say("push.heading_plain")
    cards = [_card(turn, number, found) for number, found in enumerate(page, 1)]
    choices = [
        tour_text.row(turn, number, found.package_id, found.package)
        for number, found in enumerate(page, 1)
    ]
    body = "\n\n".join([heading, *cards, turn.say("push.footer")])
    return turn.message(body, [*choices, turn.choice("more", "choice.more")])


def _card(turn: Turn, number: int, found: Recommendation) -> str:
    lines = [
        f"*{number}. {escaped(shortened(found.package.title, _TITLE))}*",
        tour_text.facts(turn, found.package),
        escaped(shortened(found.reason, _REASON)),
    ]
    return "\n".join(filter(None, lines))
