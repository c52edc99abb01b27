"""The catalogue in memory, ranked exactly.

    score = sum over the stated criteria of  w_i * (1 + cos_i) / 2,   the w_i summing to 1,

where a tour silent on a stated criterion counts as the middle, 0.5. A wish is compared with every
*distinct* value of a criterion once; what a tour scores is then a sum of looked-up numbers. Of
texts only the named concepts are summed at first, with the most that likeness can add: likeness is
computed for the few tours that could still win (`kernels.scan`).
"""

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from recommender.embedding import Calibration
from recommender.encoding import EncodedPackage, EncodedWish
from recommender.filters import Limits
from recommender.ranker.kernels import Flags
from recommender.ranker.question import Question
from recommender.ranker.scores import MIDDLE, Ranked, share_weights
from recommender.ranker.store import COLUMN, build_store
from recommender.schemas import WEIGHTS, Criterion

_ALL = np.zeros(0, np.uint8)


class Catalogue:
    """n tours in memory, ready to be ranked; safe to be used by several threads at once.

    Args:
        packages: the tours, encoded; read once, one by one.
        calibration: what the text model's cosines mean.
    """

    def __init__(self, packages: Iterable[EncodedPackage], calibration: Calibration) -> None:
        self._calibration = calibration
        self._store = build_store(packages)

    def __len__(self) -> int:
        return len(self._store)

    @property
    def nbytes(self) -> int:
        """How many bytes the columns take."""
        return self._store.nbytes

    def rank(
        self,
        wish: EncodedWish,
        limit: int,
        *,
        exclude: Collection[int] = (),
        weights: Mapping[Criterion, float] = WEIGHTS,
        limits: Limits | None = None,
    ) -> list[Ranked]:
        """Return the best *limit* tours, best first; equal scores in the catalogue's order.

        Args:
            wish: what is wished; with nothing stated every tour scores the middle.
            limit: how many at most; fewer come only where no more are allowed.
            exclude: rows that must not be among them.
            weights: relative weight of each criterion.
            limits: what a tour must not contradict.
        """
        allowed = self._allowed(exclude, limits)
        limit = min(limit, len(self))
        if limit <= 0:
            return []
        stated = wish.criteria()
        if not stated:
            return self._first(limit, allowed)
        question = Question(self._store, self._calibration, wish, share_weights(stated, weights))
        return question.ranked(question.best(limit, allowed))

    def count(self, limits: Limits, exclude: Collection[int] = ()) -> int:
        """Return how many tours pass the limits."""
        return int(self._allowed(exclude, limits).sum())

    def _allowed(self, exclude: Collection[int], limits: Limits | None) -> Flags:
        """Return which rows may be found; an empty array if all may."""
        if limits is None and not exclude:
            return _ALL
        store = self._store
        allowed = np.ones(len(store), np.uint8)
        if exclude:
            allowed[store.row_of[np.fromiter(exclude, np.int64, len(exclude))]] = 0
        if limits is not None:
            allowed &= store.facets.allowed(limits).view(np.uint8)
            self._avoid(limits, allowed)
        return allowed

    def _avoid(self, limits: Limits, allowed: Flags) -> None:
        store = self._store
        for concept in limits.avoided_concepts & store.concepts.keys():
            allowed &= 1 - store.flags[store.concepts[concept]]
        if limits.avoided_places:
            refused = np.zeros(store.visited.size, bool)
            for place in limits.avoided_places:
                refused[store.visited.within(place)] = True
            allowed[refused[store.codes[COLUMN[Criterion.LOCATION]]]] = 0

    def _first(self, limit: int, allowed: Flags) -> list[Ranked]:
        """Return the first tours of the catalogue, each with the middle as its score."""
        rows = self._store.row_of
        if len(allowed):
            rows = rows[allowed[rows] == 1]
        indexes = self._store.order[rows[:limit]]
        return [Ranked(int(index), MIDDLE, {}, frozenset()) for index in indexes]
