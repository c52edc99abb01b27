"""Answers about tours: finding, refining, more of them, one in detail, booking."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from conversation import tour_text
from conversation.examples import examples
from conversation.formatting import escaped
from conversation.merging import merged
from conversation.schemas import Outgoing
from conversation.turn import Turn
from conversation.understanding import Change
from conversation.understanding.ordinals import LAST
from core.errors import NotFoundError
from core.settings import settings
from recommender import feedback
from recommender import service as recommender
from recommender.reactions import Kind
from recommender.schemas import Budget, Filters, Interests, Package, Price, Recommendation

PAGE = 3
MOST_REFUSED = 50
"""Places that are kept out; who refuses more has long forgotten the first."""

WORTH_SHOWING = 0.6
"""A tour on which nothing is known scores .5; below this the wish is not really met."""

_UNKNOWN = 0.5
"""What a tour scores that says nothing of the wish; whatever is below speaks against it."""

MORE = "more"


def find(turn: Turn) -> list[Outgoing]:
    """Answer a wish: a place begins a new wish, criteria alone complete the one before."""
    said = turn.understanding
    if said.interests.is_empty() and turn.stored.is_empty():
        return [ask_for_wish(turn)]
    if not said.interests.locations and not turn.stored.is_empty():
        return refine(turn)
    turn.state = turn.state.after_new_wish(list(said.excluded), list(said.negated))
    return _results(turn, said.interests)


def refine(turn: Turn) -> list[Outgoing]:
    """Answer a change of the wish before."""
    said = turn.understanding
    interests = merged(turn.stored, said, by_key(turn, turn.state.page).values())
    if interests.is_empty() and not said.excluded:
        return [ask_for_wish(turn)]
    turn.state = turn.state.after_refusals(list(said.excluded), list(said.negated))
    turn.state = turn.state.after_changes(
        cheaper=Change.CHEAPER in said.changes, priced=said.interests.budget is not None
    )
    return _results(turn, interests)


def more(turn: Turn) -> list[Outgoing]:
    """Show the next tours for the same wish; none comes twice."""
    if turn.stored.is_empty() and not turn.state.shown:
        return [ask_for_wish(turn)]
    return _page(turn, turn.stored, heading=None)


def details(turn: Turn) -> list[Outgoing]:
    """Show everything about one tour of the last list, or of any list where it was tapped."""
    return about_one(turn, _details)


def book(turn: Turn) -> list[Outgoing]:
    """Give the way to book one tour."""
    return about_one(turn, _booking)


def ask_for_wish(turn: Turn) -> Outgoing:
    """Ask what the traveller would like."""
    return turn.message(turn.say("ask.wish"), examples(turn))


def _results(turn: Turn, interests: Interests) -> list[Outgoing]:
    feedback.save_interests(turn.connection, turn.user_id, interests)
    wish = tour_text.wish(turn, interests)
    heading = turn.say("results.heading", wish=wish) if wish else None
    return _page(turn, interests, heading)


def _page(turn: Turn, interests: Interests, heading: str | None) -> list[Outgoing]:
    candidates = _candidates(turn, interests)
    if not candidates:
        return [_nothing(turn)]
    if candidates[0].score < WORTH_SHOWING:
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
        heading: the line above the first one.
        ranker: what found them.
    """
    page = _worth_showing(candidates[:PAGE])
    recommender.record_shown(turn.connection, turn.user_id, page, ranker)
    turn.state = turn.state.after_list([found.package_id for found in page])
    has_more = len(candidates) > len(page)
    return [*_cards(turn, page, heading), _what_next(turn, page, has_more=has_more)]


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
        limit=PAGE + 1,
        exclude=turn.state.shown,
        filters=refusals(turn, interests.budget),
        language=turn.language,
        varied=True,
    )


def refusals(turn: Turn, budget: Budget | None) -> Filters:
    """Return what the traveller has refused, so that no such tour is shown."""
    ceiling = None
    if turn.state.strict_budget and budget and budget.max_per_person is not None:
        ceiling = Price(amount=budget.max_per_person, currency=budget.currency)
    return Filters(
        ceiling=ceiling,
        avoided_places=turn.state.excluded[-MOST_REFUSED:],
        avoided_concepts=turn.state.negated,
    )


def _worth_showing(page: list[Recommendation]) -> list[Recommendation]:
    """Leave out what does not serve the wish; the best one stays, to be called what it is."""
    return [page[0], *(found for found in page[1:] if found.score > _UNKNOWN)]


def _cards(turn: Turn, page: list[Recommendation], heading: str | None) -> list[Outgoing]:
    cards = []
    for number, found in enumerate(page, 1):
        body = tour_text.card(turn, number, found)
        if number == 1 and heading:
            body = f"{heading}\n\n{body}"
        cards.append(turn.message(body, image_url=found.package.image, link=found.package.url))
    return cards


def _what_next(turn: Turn, page: list[Recommendation], *, has_more: bool) -> Outgoing:
    choices = [
        tour_text.row(turn, number, found.package_id, found.package)
        for number, found in enumerate(page, 1)
    ]
    if has_more:
        choices.append(turn.choice(MORE, "choice.more"))
    return turn.message(turn.say("results.next" if has_more else "results.last"), choices)


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
    return answer(turn, package_id, package)


def meant(turn: Turn) -> int | None:
    """Return the key of the tour that was tapped, numbered, or looked at last."""
    return next(iter(all_meant(turn)), None)


def all_meant(turn: Turn) -> list[int]:
    """Return the keys of all tours that a message means; mostly it is one."""
    page = turn.state.page
    if turn.package_id is not None:
        return [turn.package_id]
    if turn.understanding.ordinals:
        numbers = [len(page) if each == LAST else each for each in turn.understanding.ordinals]
        return [page[number - 1] for number in numbers if 1 <= number <= len(page)]
    if turn.state.focus is not None:
        return [turn.state.focus]
    return page if len(page) == 1 else []


def _which(turn: Turn) -> Outgoing:
    page = turn.state.page
    if not page:
        return ask_for_wish(turn)
    packages = by_key(turn, page)
    choices = [
        tour_text.row(turn, number, package_id, packages[package_id])
        for number, package_id in enumerate(page, 1)
        if package_id in packages
    ]
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
    return [turn.message(body, choices, image_url=package.image, link=package.url)]


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
    if package.url:
        return [turn.message(turn.say("book.link", title=name), link=package.url)]
    contact = settings().support_contact
    if contact:
        return [turn.message(turn.say("book.contact", title=name, contact=escaped(contact)))]
    choices = [turn.choice("human", "choice.human")]
    return [turn.message(turn.say("book.ask_human", title=name), choices)]
