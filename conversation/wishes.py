"""What a traveller wishes, for those who ask for it elsewhere than in the talk."""

import datetime as dt

from conversation import repository, tours
from conversation.state import State
from core.database import Connection
from recommender import feedback
from recommender.schemas import DateSpan, Filters, Interests
from recommender.service import load_interests


def dates_of(connection: Connection, user_id: int) -> DateSpan | None:
    """Return the days of a traveller's journey; None where any will do, or they are over."""
    dates = State.read(repository.peek_state(connection, user_id)).dates
    return dates if dates and dates.end >= dt.datetime.now(dt.UTC).date() else None


def save_dates(connection: Connection, user_id: int, dates: DateSpan | None) -> None:
    """Store the days of a traveller's journey; None where any will do."""
    state = State.read(repository.load_state(connection, user_id))
    changed = state.travelling(dates).after_refusals([], [])  # tours shown before may come again
    repository.save_state(connection, user_id, changed.model_dump(mode="json"))


def filters_of(connection: Connection, user_id: int, interests: Interests) -> Filters:
    """Return what a tour must not contradict: the days, and what was refused in the talk.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        interests: the wish to which it is added; not necessarily the stored one.
    """
    state = State.read(repository.peek_state(connection, user_id))
    return tours.refused_in(state, interests.budget)


def save(
    connection: Connection, user_id: int, interests: Interests, dates: DateSpan | None
) -> bool:
    """Store a wish that was stated elsewhere; tell whether it is another one than before."""
    is_new = interests != load_interests(connection, user_id)
    if is_new:
        feedback.save_interests(connection, user_id, interests)
    if is_new or dates != dates_of(connection, user_id):
        save_dates(connection, user_id, dates)
        return True
    return False


def save_language(connection: Connection, user_id: int, language: str) -> None:
    """Note the language in which to address a traveller."""
    repository.save_language(connection, user_id, language)
