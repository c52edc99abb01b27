"""Our own scan: distinct values compared once, then only packages that can still win."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np

from benchmarks.job import Job, Wish
from recommender.ranker import kernels
from recommender.ranker.kernels import BLOCK, UNIT, Ints
from recommender.schemas import TEXT_CRITERIA

_SEEDS = 16
_LOCATION = 0


class TravelBuddy:
    """The product's kernel over columns of codes; every criterion is a table of cosines here."""

    ways: ClassVar[Mapping[str, str]] = {
        "travelbuddy": "codes in memory, each distinct value compared once, pruned exact scan"
    }

    def __init__(self, folder: Path) -> None:
        del folder  # it lives in memory

    def build(self, job: Job) -> None:
        """Copy dictionaries and codes, packages of the same place side by side."""
        order = np.argsort(job.codes[:, _LOCATION], kind="stable")
        self._values = [np.array(values, np.float32) for values in job.values]
        self._codes = np.ascontiguousarray(job.codes[order].T, np.uint32)
        self._order = order.astype(np.int32)
        starts = np.arange(0, len(order), BLOCK)
        self._firsts = np.minimum.reduceat(self._order, starts)
        self._texts = _no_texts(self._codes)
        self._blocks = -(-len(job) // BLOCK)

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Look every value's worth up, bound the blocks, scan."""
        del way
        worth = {each: self._worth(wish, each) for each in wish.stated}
        limits = self._limits(worth)
        found = kernels.Best(
            scores=np.zeros(limit, np.int64),
            rows=np.zeros(limit, np.int64),
            places=np.zeros(limit, np.int64),
            found=np.zeros(1, np.int64),
        )
        rows = kernels.Rows(np.zeros(0, np.int32), np.zeros(0, np.uint8), self._order, self._firsts)
        seeds = np.argpartition(limits, -_SEEDS)[-_SEEDS:] if len(limits) > _SEEDS else _all(limits)
        likeness = kernels.Likeness(np.zeros((0, 1), np.uint32), np.zeros((0, 1), np.float32))
        kernels.scan(self._columns(worth), self._texts, rows, limits, seeds, likeness, found)
        return [int(self._order[row]) for row in found.rows[: found.found[0]]]

    def _worth(self, wish: Wish, criterion: int) -> Ints:
        cosines = self._values[criterion] @ wish.vectors[criterion]
        share = float(wish.weights[criterion])
        units = np.rint((1 + np.clip(cosines, -1, 1)) * (share / 2 * UNIT))
        return np.asarray(units, np.int32)

    def _limits(self, worth: dict[int, Ints]) -> Ints:
        limits = np.zeros(self._blocks, np.int32)
        if _LOCATION in worth:
            kernels.best_of_blocks(self._codes[_LOCATION], worth[_LOCATION], limits)
        others = sum(int(each.max()) for key, each in worth.items() if key != _LOCATION)
        return np.asarray(limits + np.int32(others), np.int32)

    def _columns(self, worth: dict[int, Ints]) -> kernels.Columns:
        sizes = [len(each) for each in worth.values()]
        return kernels.Columns(
            codes=self._codes,
            active=np.array(list(worth), np.int64),
            worth=np.concatenate(list(worth.values())),
            starts=np.cumsum([0, *sizes[:-1]], dtype=np.int64),
        )

    def stored_bytes(self) -> int:
        """Nothing is on disk."""
        return 0

    def close(self) -> None:
        """Memory goes with the process."""


def _all(limits: Ints) -> kernels.Longs:
    return np.arange(len(limits), dtype=np.int64)


def _no_texts(codes: kernels.Codes) -> kernels.Texts:
    """Return the part of the product's question that this job does not have."""
    return kernels.Texts(
        codes=codes,
        columns=np.zeros(0, np.int64),
        vectors=(np.zeros((1, 1), np.float32),) * len(TEXT_CRITERIA),
        matrices=np.zeros(0, np.int64),
        wishes=np.zeros((0, 1), np.float32),
        unrelated=0.0,
        span=1.0,
        weights=np.zeros(0, np.float64),
        asked=np.zeros(0, np.float64),
        most=np.zeros(0, np.int32),
        gains=np.zeros(0, np.int32),
        flags=np.zeros((0, codes.shape[1]), np.uint8),
        concepts=np.zeros(0, np.int64),
        places=np.zeros(0, np.int64),
        saying=np.zeros(0, np.uint32),
        starts=np.zeros(0, np.int64),
        stops=np.zeros(0, np.int64),
        owners=np.zeros(0, np.int64),
    )
