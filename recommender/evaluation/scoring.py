"""One ranker measured on one judged set."""

from collections.abc import Callable, Sequence
from statistics import fmean

from pydantic import BaseModel

from recommender.diversity import PAGE
from recommender.evaluation.measures import DEPTH, ndcg, precision, recall
from recommender.evaluation.sets import JudgedSet, Query
from recommender.evaluation.variety import (
    Describer,
    has_copies,
    has_too_many_copies,
    mean_distance,
)
from recommender.schemas import Interests

Understand = Callable[[str], Interests]
"""Turns a traveller's own words into interests."""
Rank = Callable[[Interests, int], list[str]]
"""Returns the ids of so many tours, best first."""


class Figures(BaseModel):
    """What one ranker reaches on one set; all but the last two are means over the queries.

    Attributes:
        ndcg: of the first ten.
        precision: share of relevant tours among the first ten.
        ideal_precision: what a perfect ranking reaches where fewer than ten tours are relevant.
        recall: share of the relevant tours that is among the first ten.
        ideal_recall: what a perfect ranking reaches where more than ten tours are relevant.
        distance: mean distance of two of the first ten, as `diversity.distance` measures it.
        copies: share of first messages that hold near-copies.
        triples: share of first messages that hold three near-copies of each other.
        coverage: share of the catalogue that is among the first ten of some query.
        queries: how many there are.
    """

    ndcg: float = 0.0
    precision: float = 0.0
    ideal_precision: float = 0.0
    recall: float = 0.0
    ideal_recall: float = 0.0
    distance: float = 0.0
    copies: float = 0.0
    triples: float = 0.0
    coverage: float = 0.0
    queries: int = 0

    def for_json(self) -> dict[str, float | int]:
        """Return the figures under the names in which others read them."""
        names = {
            f"ndcg@{DEPTH}": self.ndcg,
            f"p@{DEPTH}": self.precision,
            f"ideal_p@{DEPTH}": self.ideal_precision,
            f"recall@{DEPTH}": self.recall,
            f"ideal_recall@{DEPTH}": self.ideal_recall,
            f"distance@{DEPTH}": self.distance,
            f"copies@{PAGE}": self.copies,
            f"triples@{PAGE}": self.triples,
            f"coverage@{DEPTH}": self.coverage,
        }
        return {name: round(value, 4) for name, value in names.items()} | {"queries": self.queries}


def evaluate(
    judged: JudgedSet, rank: Rank, understand: Understand, describe: Describer | None = None
) -> Figures:
    """Rank every query of a set and compare the first ten with the judgements.

    Args:
        judged: the set, with at least one query.
        rank: the ranker.
        understand: for queries that have only words.
        describe: traits of the set's tours; given where they have been read before.
    """
    describe = describe or Describer(judged.packages)
    lists = [rank(wish_of(query, understand), DEPTH) for query in judged.queries]
    rows = [
        _measure(judged, query, found, describe)
        for query, found in zip(judged.queries, lists, strict=True)
    ]
    means = {name: fmean(row[name] for row in rows) for name in rows[0]}
    shown = {key for found in lists for key in found}
    coverage = len(shown) / max(len(judged.packages), 1)
    return Figures(**means, coverage=coverage, queries=len(rows))


def wish_of(query: Query, understand: Understand) -> Interests:
    """Return the interests of a query, or what is understood of its words if they are empty."""
    if query.text and (query.interests is None or query.interests.is_empty()):
        return understand(query.text)
    return query.interests or Interests()


def _measure(
    judged: JudgedSet, query: Query, ids: Sequence[str], describe: Describer
) -> dict[str, float]:
    gains = judged.gains.get(query.id, {})
    ideal = sorted(gains.values(), reverse=True)
    found = [gains.get(key, 0.0) for key in ids]
    tours = describe(ids)
    return {
        "ndcg": ndcg(found, ideal),
        "precision": precision(found),
        "ideal_precision": precision(ideal),
        "recall": recall(found, ideal),
        "ideal_recall": recall(ideal, ideal),
        "distance": mean_distance(tours),
        "copies": float(has_copies(tours)),
        "triples": float(has_too_many_copies(tours)),
    }
