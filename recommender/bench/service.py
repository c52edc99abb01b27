"""Time the ranker on a made catalogue, check its answers, and time the literal query beside it."""

import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.database import Connection
from recommender.bench import repository
from recommender.bench.oracle import Oracle
from recommender.bench.workload import Workload
from recommender.embedding import Calibration
from recommender.encoding import EncodedWish
from recommender.ranker import Catalogue, Ranked
from recommender.schemas import Criterion
from recommender.snapshot import Segment, Snapshot

LIMIT = 10
MOST_LITERAL = 100_000
"""Tours that the literal query is timed on at most: they take over a gigabyte."""
_ROUNDS = 5
_WARM_UP = 20
_LITERAL_QUERIES = 5
_CHANGED = 100
_WARM_UP_SEED, _WISHES_SEED, _CHANGED_SEED = 1, 2, 3
_TOLERANCE = 1.5e-6
"""Scores are rounded to millionths."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Built:
    """A catalogue that was built, and what that took.

    Attributes:
        catalogue: ready to be ranked.
        seconds: making the tours included.
        size: bytes of the catalogue's columns.
        peak: the most bytes that the process has had.
    """

    catalogue: Catalogue
    seconds: float
    size: int
    peak: int


@dataclass(frozen=True, slots=True)
class Timing:
    """How long rankings took.

    Attributes:
        rounds: milliseconds, shape (rounds, wishes).
        placed: shape (wishes,): which wishes name a place.
    """

    rounds: Doubles
    placed: NDArray[np.bool_]

    def percentile(self, share: float, *, placed: bool | None = None) -> float:
        """Return the milliseconds that *share* per cent of the rankings do not exceed."""
        chosen = self.rounds if placed is None else self.rounds[:, self.placed == placed]
        return float(np.percentile(chosen, share)) if chosen.size else 0.0


class Bench:
    """One made catalogue and the wishes for it.

    Args:
        workload: what tours and wishes are drawn from.
        scale: what the text model's cosines mean.
        packages: how many tours to make.
        wishes: how many wishes to draw.
    """

    def __init__(self, workload: Workload, scale: Calibration, packages: int, wishes: int) -> None:
        self._workload, self._scale, self._size = workload, scale, packages
        self._wishes = workload.wishes(wishes, _WISHES_SEED)

    def build(self) -> Built:
        """Make the tours and read them in."""
        started = time.perf_counter()
        catalogue = Catalogue(self._workload.packages(self._size), self._scale)
        seconds = time.perf_counter() - started
        return Built(catalogue, seconds, catalogue.nbytes, _peak_bytes())

    def time(self, catalogue: Catalogue) -> Timing:
        """Rank every wish several times, after as many others as there are criteria."""
        for wish in self._workload.wishes(_WARM_UP, _WARM_UP_SEED):
            catalogue.rank(wish, LIMIT)
        rounds = [[_ms(catalogue, wish) for wish in self._wishes] for _ in range(_ROUNDS)]
        placed = np.array([bool(wish.places) for wish in self._wishes])
        return Timing(np.array(rounds), placed)

    def refresh_ms(self, catalogue: Catalogue) -> float:
        """Time how changed tours are taken in beside the others."""
        snapshot = Snapshot(Segment(catalogue, range(self._size)), self._scale)
        changed = dict(enumerate(self._workload.packages(min(_CHANGED, self._size), _CHANGED_SEED)))
        started = time.perf_counter()
        snapshot.with_changes((), changed)
        return 1_000 * (time.perf_counter() - started)

    def agreement(self, catalogue: Catalogue) -> float:
        """Return the share of ranks at which tour and score are those of brute force."""
        scores = Oracle(self._wishes, self._scale).scores(self._workload.packages(self._size))
        shares = [
            _agreement(catalogue.rank(wish, LIMIT), row)
            for wish, row in zip(self._wishes, scores, strict=True)
        ]
        return float(np.mean(shares))

    def literal_ms(self, connection: Connection) -> tuple[int, float]:
        """Return how many tours the literal query was timed on, and the median."""
        packages = min(self._size, MOST_LITERAL)
        vectors = self._workload.vectors()
        random = np.random.default_rng(_WISHES_SEED)
        with repository.literal_table(connection, vectors, packages):
            times = []
            for _ in range(1 + _LITERAL_QUERIES):
                rows = random.integers(len(vectors), size=len(Criterion))
                wish = dict(zip(Criterion, vectors[rows], strict=True))
                started = time.perf_counter()
                repository.literal_best(connection, wish, LIMIT)
                times.append(1_000 * (time.perf_counter() - started))
        return packages, float(np.median(times[1:]))  # the first one only warms up


def _ms(catalogue: Catalogue, wish: EncodedWish) -> float:
    started = time.perf_counter()
    catalogue.rank(wish, LIMIT)
    return 1_000 * (time.perf_counter() - started)


def _agreement(found: Sequence[Ranked], scores: NDArray[np.float32]) -> float:
    """Compare rank by rank; tours of the same score may stand for one another."""
    best = -np.sort(np.partition(-scores, len(found) - 1)[: len(found)])
    agrees = [
        abs(each.score - scores[each.index]) < _TOLERANCE and abs(each.score - at) < _TOLERANCE
        for each, at in zip(found, best, strict=True)
    ]
    return float(np.mean(agrees))


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1_024 * peak
