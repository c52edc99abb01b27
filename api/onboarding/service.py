"""The wizard's logic: each step as it is stored, shown and read, and what it leads to."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from api.onboarding import atlas, budgets, places, tastes, times
from api.onboarding.pictures import picture_of
from api.onboarding.schemas import Draft, FaultyError, Step, Wish
from conversation import wishes
from core.audit.service import record, traveller
from core.database import Connection
from recommender.amounts import format_duration, format_price
from recommender.matching import matching
from recommender.schemas import Recommendation
from recommender.service import load_interests, profile

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Form:
    """How a step is shown and read.

    Attributes:
        shown: returns the fields for a wish, in a language.
        read: returns the wish with what stands in the fields; raises FaultyError.
    """

    shown: Callable[[Wish, str], Draft]
    read: Callable[[Draft, Wish, str], Wish]


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour beside the wizard: its title, the facts on one line, the reason, its picture."""

    title: str
    facts: str
    reason: str
    image: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the wish leads to.

    Attributes:
        count: how many tours match.
        exact: whether all tours of the catalogue were looked at.
        all: how many tours there are.
        is_open: whether nothing has been stated yet.
        tours: the first ones.
    """

    count: int
    exact: bool
    all: int
    is_open: bool
    tours: list[Tour]


def wish_of(connection: Connection, user_id: int) -> Wish:
    """Return what a traveller wishes so far."""
    return Wish(load_interests(connection, user_id), wishes.dates_of(connection, user_id))


def draft_of(step: Step, wish: Wish, language: str) -> Draft:
    """Return the fields of a step for a wish."""
    return _FORMS[step].shown(wish, language)


def read(step: Step, draft: Draft, wish: Wish, language: str) -> Wish:
    """Return the wish with what stands in the fields of a step.

    Raises:
        FaultyError: it cannot be.
    """
    return _FORMS[step].read(draft, wish, language)


def save(connection: Connection, user_id: int, wish: Wish, language: str) -> None:
    """Store a wish, and the language in which it was stated."""
    wishes.save_language(connection, user_id, language)
    if wishes.save(connection, user_id, wish.interests, wish.dates):
        record(connection, traveller(user_id), "preferences.changed", user_id)


def options(connection: Connection, step: Step, draft: Draft, language: str) -> dict[str, Any]:
    """Return what a step offers to choose from, by the names that its template uses."""
    if step is Step.PLACES:
        offers = places.offers(connection, draft, language)
        return {
            "offers": offers,
            "unknown": places.unknown(draft),
            "map": {
                "size": (atlas.WIDTH, atlas.HEIGHT),
                "outline": atlas.outline(),
                "islands": atlas.islands(),
                "pins": atlas.pins(offers),
            },
        }
    if step is Step.BUDGET:
        return {"currencies": budgets.choices(language)}
    if step in tastes.ASKED:
        groups = [
            (question, tastes.cards(connection, question, draft, language))
            for question in tastes.ASKED[step]
        ]
        return {"groups": groups, "picture_of": picture_of}
    return {}


def preview(connection: Connection, user_id: int, wish: Wish, language: str) -> Preview:
    """Return how many tours match a wish, stored or not, and the first of them."""
    taste = profile(connection, user_id)
    if taste.interests != wish.interests:
        taste = replace(taste, interests=wish.interests, wish=None)
    filters = wishes.filters_of(connection, user_id, wish.interests)
    filters = filters.model_copy(update={"dates": wish.dates})
    found = matching(connection, taste, filters, shown=_SHOWN, language=language)
    return Preview(
        count=found.count,
        exact=found.exact,
        all=found.all,
        is_open=wish.interests.is_empty() and wish.dates is None,
        tours=[_tour(each, language) for each in found.best],
    )


def preview_of_draft(
    connection: Connection, user_id: int, step: Step, draft: Draft, language: str
) -> Preview:
    """Return what the wish would lead to with what is being typed, or as it is stored."""
    wish = wish_of(connection, user_id)
    with suppress(FaultyError):  # half of a number or a date: what is stored still stands
        wish = read(step, draft, wish, language)
    return preview(connection, user_id, wish, language)


def _tour(found: Recommendation, language: str) -> Tour:
    tour = found.package
    facts = [
        format_duration(tour.duration, language) if tour.duration else "",
        format_price(tour.price, language) if tour.price else "",
    ]
    image = tour.image if tour.image and tour.image.startswith("https://") else None
    return Tour(tour.title, " · ".join(filter(None, facts)), found.reason, image)


def _taste_form(step: Step) -> Form:
    return Form(
        shown=lambda wish, _: tastes.shown(step, wish),
        read=partial(tastes.read, step),
    )


_FORMS: Mapping[Step, Form] = {
    Step.PLACES: Form(places.shown, places.read),
    Step.TIME: Form(times.shown, times.read),
    Step.BUDGET: Form(budgets.shown, budgets.read),
    **{step: _taste_form(step) for step in tastes.ASKED},
}
