"""Answers about tours: finding, refining, more of them, one in detail, booking."""

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress

from conversation import links, tour_text
from conversation.examples import examples
from conversation.formatting import escaped
from conversation.machine import Event
from conversation.merging import merged
from conversation.schemas import Choice, Outgoing
from conversation.state import State
from conversation.turn import Turn
from conversation.understanding import Change
from conversation.understanding.ordinals import LAST
from core.errors import NotFoundError
from core.settings import settings
from recommender import feedback
from recommender import service as recommender
from recommender.reactions import Kind
from recommender.schemas import (
    Budget,
    DateSpan,
    Filters,
    Interests,
    Package,
    Price,
    Recommendation,
)

MOST_REFUSED = 50
"""Places that are kept out; who refuses more has long forgotten the first."""

WORTH_SHOWING = 0.6
"""A tour on which nothing is known scores .5; below this the wish is not really met."""

_UNKNOWN = 0.5
"""What a tour scores that says nothing of the wish; whatever is below speaks against it."""

MOST_ROWS = 10
MORE, BEGIN = "more", "begin"


def find(turn: Turn) -> list[Outgoing]:
    """Answer a wish: a place begins a new wish, criteria alone complete the one before."""
    said = turn.understanding
    if said.interests.is_empty() and turn.stored.is_empty():
        turn.state = turn.state.travelling(said.dates or turn.state.dates)
        return [ask_for_wish(turn)]
    if not said.interests.locations and not turn.stored.is_empty():
        return refine(turn)
    refused = refused_tours(turn)
    turn.state = turn.state.after_new_wish(list(said.excluded), list(said.negated))
    turn.state = turn.state.travelling(said.dates).after_turning_down(refused)
    return results(turn, said.interests)


def refine(turn: Turn) -> list[Outgoing]:
    """Answer a change of the wish before."""
    said = turn.understanding
    interests = merged(turn.stored, said, by_key(turn, turn.state.page).values())
    if interests.is_empty() and not (said.excluded or said.negated or said.dates):
        return [ask_for_wish(turn)]
    take_refusals(turn)
    return results(turn, interests)


def take_refusals(turn: Turn) -> None:
    """Note what a message refuses, or gives up, and the days that it names."""
    said, refused = turn.understanding, refused_tours(turn)
    priced = said.interests.budget is not None or "budget" in said.drops
    dates = said.dates or (None if "dates" in said.drops else turn.state.dates)
    turn.state = turn.state.after_refusals(list(said.excluded), list(said.negated))
    turn.state = turn.state.after_changes(cheaper=Change.CHEAPER in said.changes, priced=priced)
    turn.state = turn.state.travelling(dates).after_turning_down(refused)


def refused_tours(turn: Turn) -> list[int]:
    """Return the keys of the tours that a message turns down by their numbers."""
    return _numbered(turn, turn.understanding.turned_down)


def more(turn: Turn) -> list[Outgoing]:
    """Show the next tours for the same wish; none comes twice."""
    if turn.stored.is_empty() and not turn.state.shown:
        return [ask_for_wish(turn)]
    turn.state = turn.state.after_turning_down(refused_tours(turn))
    return _page(turn, turn.stored, heading=None)


def details(turn: Turn) -> list[Outgoing]:
    """Show everything about one tour of the last list, or of any list where it was tapped."""
    return about_one(turn, _details)


def book(turn: Turn) -> list[Outgoing]:
    """Give the way to book one tour."""
    return about_one(turn, _booking)


def ask_for_wish(turn: Turn) -> Outgoing:
    """Ask what the traveller would like."""
    return turn.message(turn.say("ask.wish"), openers(turn))


def ask_again(turn: Turn) -> list[Outgoing]:
    """Help a traveller on who is not sure; the wish so far stays."""
    return [ask_for_wish(turn)]


def openers(turn: Turn) -> list[Choice]:
    """Return what may be tapped before anything is wished: two wishes, and to be asked for one."""
    return [*examples(turn)[:2], turn.choice(BEGIN, "choice.begin")]


def results(turn: Turn, interests: Interests) -> list[Outgoing]:
    """Store a wish and show the tours for it."""
    feedback.save_interests(turn.connection, turn.user_id, interests)
    turn.forget_stored()
    wish = tour_text.wish(turn, interests)
    heading = turn.say("results.heading", wish=wish) if wish else None
    return _page(turn, interests, heading)


def first_of(turn: Turn, interests: Interests) -> list[Outgoing]:
    """Show the first tours for a wish that is stored already; for none, what the catalogue has."""
    wish = tour_text.wish(turn, interests)
    key = "results.any" if interests.is_empty() else "results.heading"
    return _page(turn, interests, turn.say(key, wish=wish))


def _page(turn: Turn, interests: Interests, heading: str | None) -> list[Outgoing]:
    candidates = _candidates(turn, interests)
    if not candidates:
        return [_nothing(turn)]
    if candidates[0].score < WORTH_SHOWING and not interests.is_empty():
        heading = _poor(turn, interests, first=not turn.state.shown)
    return show(turn, candidates, heading)


def show(
    turn: Turn,
    candidates: list[Recommendation],
    heading: str | None,
    ranker: str = recommender.STANDARD,
) -> list[Outgoing]:
    """Show a page of tours that were found.

    Args:
        turn: the turn.
        candidates: tours, best first: one at least, and one more than a page holds if there is.
            Those that this turn has listed already are not among them.
        heading: the line above the first one.
        ranker: what found them.
    """
    page = _worth_showing(candidates[: turn.page_size])
    recommender.record_shown(turn.connection, turn.user_id, page, ranker)
    before = len(turn.listed)
    keys = [found.package_id for found in page]
    turn.listed = list(dict.fromkeys([*turn.listed, *keys]))
    turn.state = turn.state.after_list(keys, numbered=turn.listed)
    turn.happened(Event.SHOWED_TOURS)
    turn.closing = _what_next(turn, has_more=len(candidates) > len(page))
    return _cards(turn, page, heading, first=before + 1)


def _poor(turn: Turn, interests: Interests, *, first: bool) -> str:
    if not first:
        return turn.say("results.less")
    wish = tour_text.wish(turn, interests)
    return turn.say("results.poor_for", wish=wish) if wish else turn.say("results.poor")


def _candidates(turn: Turn, interests: Interests) -> list[Recommendation]:
    """Return the best tours that were not shown yet, one more than a page holds."""
    return recommender.recommend_to(
        turn.connection,
        turn.user_id,
        limit=turn.page_size + 1,
        exclude=[*turn.state.shown, *turn.listed],
        filters=refusals(turn, interests.budget),
        language=turn.language,
        varied=True,
    )


def refusals(turn: Turn, budget: Budget | None) -> Filters:
    """Return what the traveller has refused, so that no such tour is shown."""
    return refused_in(turn.state, budget)


def refused_in(state: State, budget: Budget | None) -> Filters:
    """Return what has been refused in a talk that stands so.

    Args:
        state: where the talk stands.
        budget: that of the stored wish; the talk says whether it is to be kept to.
    """
    ceiling = None
    if state.strict_budget and budget and budget.max_per_person is not None:
        ceiling = Price(amount=budget.max_per_person, currency=budget.currency)
    return Filters(
        dates=_days_ahead(state),
        ceiling=ceiling,
        avoided_places=state.excluded[-MOST_REFUSED:],
        avoided_concepts=state.negated,
    )


def wished_days(turn: Turn) -> DateSpan | None:
    """Return the days of the journey, unless they are over."""
    return _days_ahead(turn.state)


def _days_ahead(state: State) -> DateSpan | None:
    dates = state.dates
    return dates if dates and dates.end >= dt.datetime.now(dt.UTC).date() else None


def _worth_showing(page: list[Recommendation]) -> list[Recommendation]:
    """Leave out what does not serve the wish; the best one stays, to be called what it is."""
    if not page[0].parts:  # nothing is wished: one is as good as the other
        return page
    return [page[0], *(found for found in page[1:] if found.score > _UNKNOWN)]


def _cards(
    turn: Turn, page: list[Recommendation], heading: str | None, first: int
) -> list[Outgoing]:
    cards = []
    for number, found in enumerate(page, first):
        body = tour_text.card(turn, number, found, wished_days(turn))
        if number == first and heading:
            body = f"{heading}\n\n{body}"
        key, tour = found.package_id, found.package
        link = links.page_of(turn.connection, turn.user_id, key, tour)
        cards.append(turn.message(body, image_url=tour.image, link=link, about=key))
    return cards


def _what_next(turn: Turn, *, has_more: bool) -> Outgoing:
    choices = rows(turn, turn.listed)
    if len(choices) > 1:
        choices.append(turn.choice("compare", "choice.compare"))
    if has_more:
        choices.append(turn.choice(MORE, "choice.more"))
    return turn.message(turn.say("results.next" if has_more else "results.last"), choices)


def rows(turn: Turn, keys: Iterable[int]) -> list[Choice]:
    """Return the choices that open the details of tours, numbered in order."""
    packages = by_key(turn, keys)
    return [
        tour_text.row(turn, number, key, packages[key])
        for number, key in enumerate(keys, 1)
        if key in packages
    ]


def _nothing(turn: Turn) -> Outgoing:
    if turn.state.shown:
        return turn.message(turn.say("results.no_more"))
    names = tour_text.refused(turn)
    if names:
        return turn.message(turn.say("results.none_allowed", names=names))
    return turn.message(turn.say("results.none"))


def about_one(turn: Turn, answer: Callable[[Turn, int, Package], list[Outgoing]]) -> list[Outgoing]:
    """Answer about the tour that a message means, or ask which one it means."""
    package_id = meant(turn)
    if package_id is None:
        return [_which(turn)]
    try:
        package = recommender.package(turn.connection, package_id)
    except NotFoundError:
        return [turn.message(turn.say("details.gone"))]
    turn.state = turn.state.after_details(package_id)
    turn.happened(Event.SHOWED_TOUR)
    return answer(turn, package_id, package)


def meant(turn: Turn) -> int | None:
    """Return the key of the tour that was tapped, numbered, or looked at last."""
    return next(iter(all_meant(turn)), None)


def all_meant(turn: Turn) -> list[int]:
    """Return the keys of all tours that a message means; mostly it is one."""
    if turn.understanding.ordinals:
        return _numbered(turn, turn.understanding.ordinals)
    if turn.package_id is not None:
        return [turn.package_id]
    page = turn.state.page
    if turn.state.focus is not None:
        return [turn.state.focus]
    return page if len(page) == 1 else []


def _numbered(turn: Turn, ordinals: Iterable[int]) -> list[int]:
    page = turn.state.page
    numbers = [len(page) if each == LAST else each for each in ordinals]
    return [page[number - 1] for number in numbers if 1 <= number <= len(page)]


def _which(turn: Turn) -> Outgoing:
    page = turn.state.page
    if not page:
        return ask_for_wish(turn)
    choices = rows(turn, page[:MOST_ROWS])
    plural = "one" if len(page) == 1 else "other"
    return turn.message(turn.say(f"details.which.{plural}", last=len(page)), choices)


def by_key(turn: Turn, package_ids: Iterable[int]) -> dict[int, Package]:
    """Return the tours that are still in the catalogue."""
    found = {}
    for package_id in package_ids:
        with suppress(NotFoundError):
            found[package_id] = recommender.package(turn.connection, package_id)
    return found


def _details(turn: Turn, package_id: int, package: Package) -> list[Outgoing]:
    if not recommender.is_offered(turn.connection, package_id):
        return [_retired(turn, package_id, package)]
    choices = [
        turn.choice(f"book:{package_id}", "choice.book"),
        turn.choice(f"like:{package_id}", "choice.like"),
        turn.choice(f"dislike:{package_id}", "choice.dislike"),
    ]
    body = tour_text.details(turn, package)
    link = links.page_of(turn.connection, turn.user_id, package_id, package)
    return [turn.message(body, choices, image_url=package.image, link=link, about=package_id)]


def _retired(turn: Turn, package_id: int, package: Package) -> Outgoing:
    """Say that a tour shown earlier is no longer offered; its page might still sell it."""
    choices = [
        turn.choice(f"similar:{package_id}", "choice.similar"),
        turn.choice(MORE, "choice.more"),
    ]
    name = tour_text.title(package)
    return turn.message(turn.say("details.retired", title=name), choices)


def _booking(turn: Turn, package_id: int, package: Package) -> list[Outgoing]:
    """Say how to book; who asks for it likes the tour well enough to look closer."""
    if not recommender.is_offered(turn.connection, package_id):
        return [_retired(turn, package_id, package)]
    feedback.react(turn.connection, turn.user_id, [package_id], Kind.CLICK)
    name = tour_text.title(package)
    link = links.page_of(turn.connection, turn.user_id, package_id, package)
    if link:
        words = turn.say("book.link", title=name)
        return [turn.message(words, link=link, about=package_id)]
    contact = settings().support_contact
    if contact:
        words = turn.say("book.contact", title=name, contact=escaped(contact))
        return [turn.message(words, about=package_id)]
    turn.state = turn.state.because("booking")
    turn.happened(Event.PERSON_OFFERED)
    choices = [turn.choice("human", "choice.human")]
    return [turn.message(turn.say("book.ask_human", title=name), choices, about=package_id)]
