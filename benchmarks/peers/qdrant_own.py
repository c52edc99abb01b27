"""Qdrant's engine in process, with its own weighting: a formula over a prefetch per criterion."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import qdrant_edge as qdrant

from benchmarks.job import Job, Wish
from benchmarks.peers.base import THREADS, folder_bytes

_BATCH = 1_000


_COUNT = 1_000
_FORMULA = f"qdrant formula {_COUNT}"
_TWO_STEPS = f"qdrant formula {_COUNT}, two steps"
_ALL = "qdrant formula, all"
_SETUP = "7 named vectors, cosine, no graph; formula with the weights, middle as default; "


class QdrantOwn:
    """Seven named vectors; the best so many of each stated criterion, scored by the formula.

    A package that a criterion's prefetch left out has no score there, and the formula takes the
    middle for it: the same as for a silent one, which has no such vector at all. Two steps repair
    that for whatever is among the best of any criterion; to prefetch everything repairs all.
    """

    ways: ClassVar[Mapping[str, str]] = {
        _FORMULA: f"{_SETUP}prefetch {_COUNT} for each stated criterion",
        _TWO_STEPS: f"{_SETUP}the union of {_COUNT} for each criterion, then all scores of those",
        _ALL: f"{_SETUP}prefetch of all packages for each stated criterion",
    }

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, job: Job) -> None:
        """Upsert all packages, each with the vectors that it has."""
        self._criteria, self._size = job.criteria, len(job)
        vector = qdrant.EdgeVectorParams(size=job.dimensions, distance=qdrant.Distance.Cosine)
        configuration = qdrant.EdgeConfig(
            vectors=dict.fromkeys(job.criteria, vector),
            max_search_threads=THREADS,
            wal_enabled=False,
            # Without an index a search compares everything: no other kind of miss is added.
            optimizers=qdrant.EdgeOptimizersConfig(indexing_threshold=0),
        )
        self._shard = qdrant.EdgeShard.create(str(self._folder), configuration)
        for start, stop in job.batches(_BATCH):
            points = _points(job, start, stop)
            self._shard.update(qdrant.UpdateOperation.upsert_points(points))
        self._shard.optimize()
        self._shard.flush()

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Let the engine fetch, score and sort."""
        if way == _TWO_STEPS:
            candidates = self._union(wish)
            chosen = qdrant.Filter(must=[qdrant.HasIdCondition(candidates)])
            return self._by_formula(wish, limit, len(candidates), chosen)
        return self._by_formula(wish, limit, self._size if way == _ALL else _COUNT)

    def _by_formula(
        self, wish: Wish, limit: int, count: int, chosen: qdrant.Filter | None = None
    ) -> list[int]:
        prefetches = [
            qdrant.Prefetch(limit=count, query=self._nearest(wish, each), filter=chosen)
            for each in wish.stated
        ]
        request = qdrant.QueryRequest(limit=limit, query=_formula(wish), prefetches=prefetches)
        return [int(point.id) for point in self._shard.query(request)]

    def _union(self, wish: Wish) -> set[int]:
        requests = [
            qdrant.QueryRequest(limit=_COUNT, query=self._nearest(wish, each))
            for each in wish.stated
        ]
        return {int(point.id) for each in requests for point in self._shard.query(each)}

    def _nearest(self, wish: Wish, criterion: int) -> qdrant.Query:
        wanted = wish.vectors[criterion].tolist()
        return qdrant.Query.Nearest(wanted, using=self._criteria[criterion])

    def stored_bytes(self) -> int:
        """Return the size of the shard's folder."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Close the shard."""
        self._shard.close()


def _points(job: Job, start: int, stop: int) -> list[qdrant.Point]:
    columns = [job.column(criterion, start, stop) for criterion in range(len(job.criteria))]
    return [
        qdrant.Point(
            row,
            {
                name: column[row - start]
                for position, (name, column) in enumerate(zip(job.criteria, columns, strict=True))
                if job.codes[row, position]
            },
        )
        for row in range(start, stop)
    ]


def _formula(wish: Wish) -> qdrant.Formula:
    expression = qdrant.Expression
    names = [f"$score[{place}]" for place in range(len(wish.stated))]
    terms = [
        expression.Mult([expression.Constant(float(weight)), expression.Variable(name)])
        for weight, name in zip(wish.weights[wish.stated], names, strict=True)
    ]
    return qdrant.Formula(expression.Sum(terms), dict.fromkeys(names, 0.0))
