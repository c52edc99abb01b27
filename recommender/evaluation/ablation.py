"""What each criterion is worth: the same wishes ranked without it."""

from collections.abc import Mapping
from statistics import fmean

from pydantic import BaseModel

from recommender.evaluation.measures import DEPTH, ndcg
from recommender.evaluation.scoring import Rank, Understand, wish_of
from recommender.evaluation.sets import JudgedSet, Query
from recommender.schemas import Criterion, Interests

_FIELDS: Mapping[Criterion, tuple[str, ...]] = {
    Criterion.LOCATION: ("locations",),
    Criterion.NOTES: ("accommodation", "notes"),
}
_NOTHING = Interests()


class Ablation(BaseModel):
    """One criterion left out of the wishes that state it.

    Attributes:
        queries: how many of the wishes state it.
        ndcg: nDCG@10 of these with all their criteria.
        without: nDCG@10 of these with the criterion left out.
    """

    queries: int
    ndcg: float
    without: float

    def for_json(self) -> dict[str, float | int]:
        """Return the figures under the names in which others read them."""
        return {
            "queries": self.queries,
            f"ndcg@{DEPTH}": round(self.ndcg, 4),
            f"without: ndcg@{DEPTH}": round(self.without, 4),
        }


def ablate(judged: JudgedSet, rank: Rank, understand: Understand) -> dict[Criterion, Ablation]:
    """Rank each wish once more for each criterion that it states, without that criterion.

    To leave a criterion out of the wish is the same as to give it no weight, for the weights of
    the others are scaled to sum to 1 either way.

    Args:
        judged: the set.
        rank: the ranker.
        understand: for queries that have only words.
    """
    wishes = [(query, wish_of(query, understand)) for query in judged.queries]
    whole = {query.id: _ndcg(judged, query, rank, wish) for query, wish in wishes}
    found = {}
    for criterion in Criterion:
        stated = [(query, wish) for query, wish in wishes if without(wish, criterion) != wish]
        if stated:
            found[criterion] = Ablation(
                queries=len(stated),
                ndcg=fmean(whole[query.id] for query, _ in stated),
                without=fmean(
                    _ndcg(judged, query, rank, without(wish, criterion)) for query, wish in stated
                ),
            )
    return found


def without(wish: Interests, criterion: Criterion) -> Interests:
    """Return the same interests with nothing said of one criterion."""
    fields = _FIELDS.get(criterion, (criterion.value,))
    return wish.model_copy(update={name: getattr(_NOTHING, name) for name in fields})


def _ndcg(judged: JudgedSet, query: Query, rank: Rank, wish: Interests) -> float:
    gains = judged.gains.get(query.id, {})
    return ndcg([gains.get(key, 0.0) for key in rank(wish, DEPTH)], list(gains.values()))
