"""What the REST interface does for a traveller: what they want, see, say and keep."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException
from psycopg.rows import DictRow
from pydantic import ValidationError

from api.rest import repository
from api.rest.schemas import (
    NotedReaction,
    Preferences,
    PreferencesChange,
    RankingOrder,
    Reaction,
    ReactionOrder,
    Recommendations,
    Recommended,
    SavedTour,
    Shown,
    StoredPreferences,
)
from conversation import repository as talks
from conversation import saved, tours, wishes
from conversation.state import MOST_REMEMBERED, State
from core.audit.service import record, traveller
from core.database import Connection
from core.errors import InvalidInputError, NotFoundError
from core.validation import faults
from recommender import feedback, importance
from recommender import service as recommender
from recommender.lessons import in_words
from recommender.schemas import Interests, Recommendation


def preferences(connection: Connection, user_id: int) -> StoredPreferences:
    """Return what a traveller has told us."""
    factors = importance.importance_of(connection, user_id)
    return StoredPreferences(
        interests=recommender.load_interests(connection, user_id),
        dates=wishes.dates_of(connection, user_id),
        importance={key: value for key, value in factors.items() if value != importance.AS_USUAL},
    )


def etag(stored: StoredPreferences) -> str:
    """Return the name of just these preferences, as HTTP wants it."""
    return f'"{hashlib.sha256(stored.model_dump_json().encode()).hexdigest()[:32]}"'


def replace_preferences(
    connection: Connection, user_id: int, wanted: Preferences, if_match: str | None
) -> StoredPreferences:
    """Store preferences in place of the earlier ones.

    Raises:
        HTTPException: 412, the earlier ones are not those that *if_match* names.
    """
    _locked(connection, user_id, if_match)
    interests = Interests.model_validate(wanted.interests.model_dump())
    feedback.save_interests(connection, user_id, interests)
    importance.save_importance(connection, user_id, wanted.importance)
    wishes.save_dates(connection, user_id, wanted.dates)
    actor = traveller(user_id)
    record(connection, actor, "preferences.changed", user_id, by="api")
    return preferences(connection, user_id)


def change_preferences(
    connection: Connection, user_id: int, change: PreferencesChange, if_match: str | None
) -> StoredPreferences:
    """Store what a change names, and leave the rest.

    Raises:
        HTTPException: 412, the preferences are not those that *if_match* names.
        InvalidInputError: what would come of it is not valid.
    """
    before = _locked(connection, user_id, if_match)
    merged = _merged(before, change.model_dump(mode="json", exclude_unset=True))
    try:
        wanted = Preferences.model_validate(merged)
    except ValidationError as error:
        raise InvalidInputError(faults(error)) from None
    return replace_preferences(connection, user_id, wanted, None)


def _locked(connection: Connection, user_id: int, if_match: str | None) -> StoredPreferences:
    repository.lock_traveller(connection, user_id)
    stored = preferences(connection, user_id)
    if if_match is not None and not is_named(if_match, etag(stored)):
        raise HTTPException(412, "the preferences have changed since; get them anew")
    return stored


def is_named(condition: str, tag: str) -> bool:
    """Tell whether If-Match or If-None-Match names a tag, or any."""
    named = [each.strip().removeprefix("W/") for each in condition.split(",")]
    return "*" in named or tag in named


def _merged(before: StoredPreferences, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the preferences after a change, as RFC 7396 has it, but two levels deep at most."""
    after = before.model_dump(mode="json", exclude_defaults=True)
    for name in ("interests", "importance"):
        after[name] = _without_nulls({**after.get(name, {}), **(change.get(name) or {})})
        if name in change and change[name] is None:
            after[name] = {}
    if "dates" in change:
        after["dates"] = change["dates"]
    return after


def _without_nulls(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Search:
    """Which tours a traveller asks for.

    Attributes:
        limit: how many at most.
        language: of the reasons.
        varied: without near-copies of one tour.
        fresh: without what they were shown before.
    """

    limit: int
    language: str
    varied: bool
    fresh: bool


def recommendations(connection: Connection, user_id: int, search: Search) -> list[Recommendation]:
    """Return the best tours for a traveller now, without those that the talk rules out."""
    state = State.read(talks.peek_state(connection, user_id))
    budget = recommender.load_interests(connection, user_id).budget
    seen = repository.shown_tours(connection, user_id, MOST_REMEMBERED) if search.fresh else []
    return recommender.recommend_to(
        connection,
        user_id,
        limit=search.limit,
        exclude=seen,
        filters=tours.refused_in(state, budget),
        language=search.language,
        varied=search.varied,
    )


def show(connection: Connection, user_id: int, search: Search) -> list[Recommendation]:
    """Return the best tours for a traveller, and note that they see them now."""
    found = recommendations(connection, user_id, search)
    recommender.record_shown(connection, user_id, found)
    return found


def rank(connection: Connection, order: RankingOrder) -> list[Recommendation]:
    """Return the best tours for a wish that is nobody's."""
    return recommender.recommend(
        connection,
        Interests.model_validate(order.interests.model_dump()),
        limit=order.limit,
        filters=order.filters,
        language=order.language,
        varied=order.varied,
    )


def recommended(found: Sequence[Recommendation]) -> Recommendations:
    """Return ranked tours as they are answered."""
    return Recommendations(recommendations=[_recommended(each) for each in found])


def _recommended(found: Recommendation) -> Recommended:
    return Recommended(
        tour=found.package_id,
        id=found.package.id,
        provider=found.provider,
        title=found.package.title,
        score=round(found.score, 6),
        parts=found.parts,
        reason=found.reason,
        url=found.package.url,
    )


def shown(row: DictRow) -> Shown:
    """Return a line of the history as it is answered."""
    return Shown.model_validate({**row, "tour": row["package_id"]})


def reaction(row: DictRow) -> Reaction:
    """Return a reaction as it is answered."""
    return Reaction.model_validate({**row, "tour": row["package_id"]})


def react(
    connection: Connection, user_id: int, order: ReactionOrder, language: str
) -> NotedReaction:
    """Note a reaction and learn from it.

    Raises:
        NotFoundError: the tour is not in the catalogue.
    """
    changes = feedback.react(connection, user_id, [order.tour], order.kind)
    row = repository.newest_reaction(connection, user_id, order.tour, order.kind)
    assert row is not None, "a reaction that was noted stands"  # noqa: S101
    told = reaction(row).model_dump()
    return NotedReaction(**told, learned=[in_words(each, language) for each in changes])


def undo_reaction(connection: Connection, user_id: int, reaction_id: int) -> None:
    """Take a reaction back, and with it what was learned from it.

    Raises:
        NotFoundError: this traveller has no such reaction.
    """
    if not feedback.undo_one(connection, user_id, reaction_id):
        raise NotFoundError(f"no reaction {reaction_id} of yours stands")


def saved_tour(row: DictRow) -> SavedTour:
    """Return a saved tour as it is answered."""
    told = {**row, "tour": row["package_id"], "saved_at": row["created_at"]}
    return SavedTour.model_validate(told)


def save(connection: Connection, user_id: int, package_id: int) -> None:
    """Save a tour.

    Raises:
        NotFoundError: the tour is not in the catalogue.
        InvalidInputError: there are too many already.
    """
    recommender.package(connection, package_id)
    if not talks.save_tour(connection, user_id, package_id, saved.MOST):
        raise InvalidInputError(f"{saved.MOST} tours are saved already; let one go first")


def let_go(connection: Connection, user_id: int, package_id: int) -> None:
    """Remove a saved tour.

    Raises:
        NotFoundError: this traveller has not saved it.
    """
    if not talks.unsave_tour(connection, user_id, package_id):
        raise NotFoundError(f"no tour with key {package_id} is saved")
