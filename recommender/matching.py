"""How many tours fit a wish, and which come first: what is shown while it is being stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from core.database import Connection
from recommender import repository
from recommender.encoders.places import NEARBY
from recommender.encoding import EncodedWish
from recommender.explanations import Question, contradicts, explain
from recommender.filters import limits_of
from recommender.ranker import Ranked
from recommender.repository import Profile
from recommender.schemas import Criterion, Filters, Recommendation
from recommender.service import Ready, ready
from recommender.snapshot import Found

MOST_RANKED = 2_000
MOST_LOOKED_AT = 200
"""Of the tours that are ranked first, so many are held against the wish in every detail, after
those whose similarities alone show that they contradict it."""
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True)
class Matches:
    """What a wish leads to.

    Attributes:
        count: how many tours do not contradict it, among those that were looked at.
        exact: whether there are no others in the catalogue.
        all: how many tours there are.
        best: the first tours with their reasons; they are the nearest where none matches.
    """

    count: int
    exact: bool
    all: int
    best: Sequence[Recommendation]


def matching(
    connection: Connection,
    taste: Profile,
    filters: Filters,
    *,
    shown: int = 3,
    language: str = "en",
) -> Matches:
    """Return how many tours match a wish, and the first of them.

    A tour matches unless it contradicts something that was stated (`explanations.contradicts`), or
    a filter.

    Args:
        connection: an open transaction.
        taste: the wish, encoded or not, and the weights by which tours are ranked for it.
        filters: what a tour must not contradict.
        shown: how many tours to return.
        language: of their reasons.
    """
    catalogue = ready(connection)
    wish = taste.wish or catalogue.wish(taste.interests)
    limits = limits_of(filters)
    found = catalogue.tours.rank(wish, MOST_RANKED + 1, weights=taste.weights, limits=limits)
    possible = _possible(wish, found)
    ask = partial(_questions, connection, catalogue, taste, wish, language=language)
    return Matches(
        count=sum(not contradicts(each) for each in ask(possible[:MOST_LOOKED_AT]).values()),
        exact=len(found) <= MOST_RANKED and len(possible) <= MOST_LOOKED_AT,
        all=len(catalogue.tours),
        best=[_recommendation(*each) for each in ask(found[:shown]).items()],
    )


def _possible(wish: EncodedWish, found: Sequence[Found]) -> list[Found]:
    """Leave out the tours whose similarities show that nothing stated is offered.

    One place of several, one thing to do of several, is worth so much at least.
    """
    least = {key: 1 / each.asked for key, each in wish.texts.items() if each.asked}
    if wish.places:
        least[Criterion.LOCATION] = NEARBY / len(wish.places)

    def is_possible(ranked: Ranked) -> bool:
        return all(
            ranked.similarities[key] >= bound - _ROUNDING
            for key, bound in least.items()
            if key in ranked.known
        )

    return [each for each in found if is_possible(each.ranked)]


def _questions(
    connection: Connection,
    catalogue: Ready,
    taste: Profile,
    wish: EncodedWish,
    found: Sequence[Found],
    *,
    language: str,
) -> dict[int, Question]:
    keys = [each.key for each in found]
    packages = repository.load_packages(connection, keys)
    encoded = dict(repository.stream_encoded(connection, catalogue.encoder.name, keys))
    return {
        each.key: Question(
            taste.interests,
            wish,
            packages[each.key],
            each.ranked,
            language,
            taste.weights,
            encoded=encoded.get(each.key),
        )
        for each in found
        if each.key in packages
    }


def _recommendation(key: int, question: Question) -> Recommendation:
    parts, reason = explain(question)
    return Recommendation(
        package_id=key,
        package=question.package,
        provider=question.package.provider or "",
        score=question.ranked.score,
        parts=parts,
        reason=reason,
    )
