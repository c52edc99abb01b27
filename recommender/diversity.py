"""Variety: no message shows the same tour three times under different names.

Catalogues sell one tour in several classes, seasons, languages and by several operators. All of
them earn about the same score, so that the best three are easily three times the same. A message
is therefore filled by maximal marginal relevance (Carbonell and Goldstein, 1998): of what is left
the next tour is the one with the highest

    score - MARGIN * (likeness to the most alike tour of this message),

which cannot lift a tour over one that is better by more than `MARGIN`; and of near-copies of each
other at most two come into one message, as long as there is anything else worth showing. What was
passed over comes into the next message.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from recommender.encoders.places import spot
from recommender.encoders.texts import word_keys
from recommender.encoding import package_facets
from recommender.schemas import Package

PAGE: Final = 3
"""Tours in one message."""
MARGIN: Final = 0.02
"""The most score that variety may cost at one place of a list."""
NEAR_COPY: Final = 0.7
"""Likeness from which two tours are sold as two but are one."""
MOST_COPIES: Final = 2
"""How many near-copies of each other one message may hold."""
WORTH: Final = 0.5
"""A tour with less than this part of a near-copy's score is no alternative to it."""
WINDOW: Final = 40
"""Of how many of the best remaining tours the next is chosen."""
MOST_RANKED: Final = 1_000
"""How far down a ranking alternatives are looked for."""

T = TypeVar("T")

_PLACES, _DAYS, _PRICE, _CONCEPTS, _TITLE = 0.35, 0.20, 0.10, 0.20, 0.15


@dataclass(frozen=True, slots=True)
class Traits:
    """By what near-copies are told; empty or None where a tour is silent.

    Attributes:
        places: ids of the places it visits.
        days: its length.
        price: US dollars for one person.
        concepts: what it offers.
        title: the words of its title, as `texts.word_key` gives them.
    """

    places: frozenset[int] = frozenset()
    days: float | None = None
    price: float | None = None
    concepts: frozenset[str] = frozenset()
    title: frozenset[str] = frozenset()


def traits(package: Package, concepts: Collection[str]) -> Traits:
    """Return a tour's traits.

    Args:
        package: the tour.
        concepts: what it offers, as `encoding.package_concepts` finds it.
    """
    facets = package_facets(package)
    return Traits(
        places=frozenset(spot(name, package.country).id for name in package.locations),
        days=facets.days,
        price=facets.price,
        concepts=frozenset(concepts),
        title=word_keys(package.title),
    )


def likeness(a: Traits, b: Traits) -> float:
    """Return how much two tours are the same one, from 0 to 1.

    The weighted mean of: the share of places in common (0.35), the closeness of their lengths
    (0.20) and of their prices (0.10), the share of concepts in common (0.20) and of the titles'
    words (0.15). A share in common is Jaccard's, |A and B| / |A or B|; a closeness is 1 for equal
    amounts and 0 where one is half the other or less. What either tour is silent on is left out.
    """
    parts = (
        (_PLACES, _common(a.places, b.places)),
        (_DAYS, _closeness(a.days, b.days)),
        (_PRICE, _closeness(a.price, b.price)),
        (_CONCEPTS, _common(a.concepts, b.concepts)),
        (_TITLE, _common(a.title, b.title)),
    )
    known = [(weight, share) for weight, share in parts if share is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * share for weight, share in known) / total if known else 0.0


def distance(a: Traits, b: Traits) -> float:
    """Return how far two tours are from being the same one, from 0 to 1."""
    return 1 - likeness(a, b)


def near_copies(a: Traits, b: Traits) -> bool:
    """Tell whether a traveller would take two tours for the same one."""
    return likeness(a, b) >= NEAR_COPY


def _common(a: frozenset[T], b: frozenset[T]) -> float | None:
    return len(a & b) / len(a | b) if a and b else None


def _closeness(a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return None
    return max(0.0, 2 * min(a, b) / max(a, b) - 1) if max(a, b) > 0 else 1.0


def diversify(scores: Sequence[float], tours: Sequence[Traits], limit: int) -> list[int]:
    """Choose *limit* tours of a pool, message by message.

    The list is a series of messages of `PAGE` tours, each filled without regard to those before:
    so it is the same whether it is asked for at once or message by message.

    Args:
        scores: of the best tours, best first; more than *limit*, or there is nothing to choose.
        tours: their traits.
        limit: how many at most.

    Returns:
        Positions in the pool, in the order in which to show the tours; the first is 0.
    """
    return _diversify(scores, tours, limit)[0]


def rank_diversely(
    rank: Callable[[int], Sequence[T]],
    score: Callable[[T], float],
    describe: Callable[[Sequence[T]], Sequence[Traits]],
    limit: int,
) -> list[T]:
    """Choose *limit* tours, looking further down the ranking while only near-copies are left.

    Args:
        rank: returns so many of the best tours, best first, and fewer only if there are no more.
        score: returns a ranked tour's score.
        describe: returns the traits of ranked tours.
        limit: how many at most.
    """
    size = limit + WINDOW
    while True:
        pool = rank(size)
        chosen, is_short = _diversify([score(each) for each in pool], describe(pool), limit)
        if not is_short or len(pool) < size or size >= limit + MOST_RANKED:
            return [pool[row] for row in chosen]
        size = min(size * 4, limit + MOST_RANKED)


def _diversify(
    scores: Sequence[float], tours: Sequence[Traits], limit: int
) -> tuple[list[int], bool]:
    """Return the chosen rows, and whether a longer pool could have had a better choice."""
    left = list(range(len(scores)))
    chosen: list[int] = []
    page: list[int] = []
    is_short = False
    while left and len(chosen) < limit:
        page = page if len(page) < PAGE else []
        best = _next(scores, tours, left, page)
        if best is None:  # only copies are left, or what is no alternative to them
            best = left[0]
            is_short = is_short or scores[left[-1]] >= WORTH * scores[best]
        left.remove(best)
        page.append(best)
        chosen.append(best)
    return chosen, is_short


def _next(
    scores: Sequence[float], tours: Sequence[Traits], left: Sequence[int], page: Sequence[int]
) -> int | None:
    """Return which of the rows left a page takes next; None if only one copy too many is left."""
    best, highest, seen = None, WORTH * scores[left[0]], 0
    for row in left:
        if seen == WINDOW or scores[row] < highest:
            break  # what follows scores no more, and a penalty does not raise it
        if len(family(tours, row, page)) > MOST_COPIES:
            continue
        seen += 1
        alike = max((likeness(tours[row], tours[other]) for other in page), default=0.0)
        value = scores[row] - MARGIN * alike
        if best is None or value > highest:
            best, highest = row, value
    return best


def family(tours: Sequence[Traits], row: int, page: Sequence[int]) -> set[int]:
    """Return a tour with those of a page that are its near-copies, or near-copies of these.

    Args:
        tours: traits by row.
        row: the tour.
        page: rows of the page.
    """
    found, fresh = {row}, {row}
    while fresh:
        fresh = {
            other
            for other in set(page) - found
            if any(near_copies(tours[other], tours[member]) for member in fresh)
        }
        found |= fresh
    return found
