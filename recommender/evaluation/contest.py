"""All rankers on one judged set, each made when it is first asked for."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from core.errors import InvalidInputError
from recommender import service
from recommender.diversity import rank_diversely
from recommender.embedding import TextEmbedder, calibration
from recommender.encoding import encode_packages, encode_wish
from recommender.evaluation.scoring import Rank
from recommender.evaluation.sets import JudgedSet
from recommender.evaluation.variety import Describer
from recommender.ranker import Catalogue, Ranked
from recommender.schemas import Interests

DIVERSE: Final = "diverse"
"""The standard ranker with `diversity` on top: what a traveller is sent."""
CONTENDERS: Final = (service.STANDARD, DIVERSE, *service.RANKERS[1:])
_BATCH = 32

Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Show no progress."""


class Contest:
    """One judged set, ready to be ranked by any ranker.

    Args:
        judged: the set.
        embedder: embeds its texts.
        on_progress: is told how many tours of how many are encoded.
    """

    def __init__(
        self, judged: JudgedSet, embedder: TextEmbedder, on_progress: Progress = silent
    ) -> None:
        self.judged = judged
        self.describe = Describer(judged.packages)
        self._embedder, self._on_progress = embedder, on_progress

    def ranker(self, name: str) -> Rank:
        """Return one of `CONTENDERS`.

        Raises:
            InvalidInputError: no such ranker.
        """
        if name == service.STANDARD:
            return lambda wish, limit: self._ids(self._standard(wish, limit))
        if name == DIVERSE:
            return lambda wish, limit: self._ids(self._diverse(wish, limit))
        if name not in CONTENDERS:
            raise InvalidInputError(f"unknown ranker {name!r}; choose from {', '.join(CONTENDERS)}")
        baseline = service.make_baseline(name, self.judged.packages, self._embedder)
        return lambda wish, limit: self._ids(baseline.rank(wish, limit))

    def _standard(self, wish: Interests, limit: int) -> list[Ranked]:
        return self._catalogue.rank(encode_wish(wish, self._embedder), limit)

    def _diverse(self, wish: Interests, limit: int) -> list[Ranked]:
        encoded = encode_wish(wish, self._embedder)
        return rank_diversely(
            lambda size: self._catalogue.rank(encoded, size),
            lambda each: each.score,
            lambda pool: self.describe(self._ids(pool)),
            limit,
        )

    @cached_property
    def _catalogue(self) -> Catalogue:
        packages = self.judged.packages
        encoded = []
        for start in range(0, len(packages), _BATCH):
            encoded += encode_packages(packages[start : start + _BATCH], self._embedder)
            self._on_progress(len(encoded), len(packages))
        return Catalogue(encoded, calibration())

    def _ids(self, ranked: Sequence[Ranked]) -> list[str]:
        return [self.judged.packages[each.index].id for each in ranked]
