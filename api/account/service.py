"""What a traveller has told, what was recommended for it, and what matters most to them."""

from collections.abc import Mapping

from api.account import repository
from api.account.schemas import FACTORS, Level, Overview, Suggestion, Tour
from api.onboarding.schemas import Step
from conversation import links, tour_text
from conversation import repository as talks
from conversation.calendar_words import span
from conversation.privacy import masked
from conversation.state import State
from conversation.tours import refused_in
from conversation.understanding.wishes import label_in
from core.audit.service import record, traveller
from core.database import Connection
from core.encryption import decrypt
from core.errors import NotFoundError
from recommender import feedback, importance
from recommender import service as recommender
from recommender.amounts import format_budget, format_duration
from recommender.reactions import Kind
from recommender.schemas import Criterion, Interests
from recommender.vocabulary import vocabulary

_SUGGESTIONS = 3
_DOT = " · "


def overview(connection: Connection, user_id: int, language: str) -> Overview:
    """Return what a traveller sees first, in *language*."""
    interests = recommender.load_interests(connection, user_id)
    state = State.read(talks.peek_state(connection, user_id))
    addresses = talks.addresses(connection, user_id)
    return Overview(
        wishes=_wishes(interests, state, language),
        learned=feedback.learned(connection, user_id, language),
        refused=_refused(state, language),
        addresses=[masked(decrypt(each)) for each in addresses],
        saved=_saved(connection, user_id),
        suggestions=_suggestions(connection, user_id, interests, state, language),
    )


def unsave(connection: Connection, user_id: int, package_id: int) -> None:
    """Let a saved tour go.

    Raises:
        NotFoundError: this traveller has not saved it.
    """
    if not talks.unsave_tour(connection, user_id, package_id):
        raise NotFoundError("you have not saved this tour")
    record(connection, traveller(user_id), "saved_tour.removed", user_id, tour=package_id)


def react(connection: Connection, user_id: int, recommendation_id: int, kind: Kind | None) -> None:
    """Note a thumb for a tour that was recommended, or take it back.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        recommendation_id: one of their own.
        kind: the thumb; None takes it back.

    Raises:
        NotFoundError: it is not theirs.
    """
    package_id = repository.package_shown(connection, user_id, recommendation_id)
    if package_id is None:
        raise NotFoundError("this was not recommended to you")
    if kind is None:
        feedback.undo(connection, user_id, package_id)
    else:
        feedback.react(connection, user_id, [package_id], kind)
    given = kind.value if kind else None
    record(connection, traveller(user_id), "feedback.changed", user_id, tour=package_id, kind=given)


def levels(connection: Connection, user_id: int) -> dict[Criterion, Level]:
    """Return how much each criterion matters to a traveller, by the nearest word for it."""
    factors = importance.importance_of(connection, user_id)
    return {key: _nearest(factor) for key, factor in factors.items()}


def save_levels(connection: Connection, user_id: int, levels: Mapping[Criterion, Level]) -> None:
    """Store how much each criterion matters to a traveller."""
    factors = {key: FACTORS[level] for key, level in levels.items()}
    importance.save_importance(connection, user_id, factors)
    record(connection, traveller(user_id), "preferences.changed", user_id, what="importance")


def _nearest(factor: float) -> Level:
    """Return the word for a factor; another door may have stored any between the bounds."""
    return min(FACTORS, key=lambda level: abs(FACTORS[level] - factor))


def _wishes(interests: Interests, state: State, language: str) -> dict[Step, str]:
    """Return what was told by page of the onboarding, in plain words."""
    places = (tour_text.place_name(name, language) for name in interests.locations)
    days = [format_duration(interests.duration, language)] if interests.duration else []
    days += [span(state.dates, language)] if state.dates else []
    stay = filter(None, (interests.accommodation, interests.notes))
    return {
        Step.PLACES: ", ".join(places),
        Step.TIME: _DOT.join(days),
        Step.BUDGET: format_budget(interests.budget, language) if interests.budget else "",
        Step.TRANSPORT: _labels(interests.transportation, language),
        Step.FOOD: _labels(interests.food, language),
        Step.ACTIVITIES: _labels(interests.activities, language),
        Step.LODGING: _DOT.join(_labels(text, language) for text in stay),
    }


def _labels(text: str | None, language: str) -> str:
    parts = (part for part in (text or "").split(", ") if part)
    return ", ".join(label_in(part, language) for part in parts)


def _refused(state: State, language: str) -> str:
    concepts = (vocabulary().get(name).labels for name in state.negated)
    labels = [each.get(language, each["en"]) for each in concepts]
    return ", ".join([*state.excluded, *labels])


def _saved(connection: Connection, user_id: int) -> list[Tour]:
    keys = talks.saved_tours(connection, user_id)
    return [_tour(connection, user_id, key) for key in keys]


def _tour(connection: Connection, user_id: int, package_id: int) -> Tour:
    package = recommender.package(connection, package_id)
    link = links.page_of(connection, user_id, package_id, package)
    return Tour(package_id, package, link, recommender.is_offered(connection, package_id))


def _suggestions(
    connection: Connection, user_id: int, interests: Interests, state: State, language: str
) -> list[Suggestion]:
    found = recommender.recommend_to(
        connection,
        user_id,
        limit=_SUGGESTIONS,
        filters=refused_in(state, interests.budget),
        language=language,
        varied=True,
    )
    return [
        Suggestion(each, links.page_of(connection, user_id, each.package_id, each.package))
        for each in found
    ]
