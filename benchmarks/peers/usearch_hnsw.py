"""USearch: a navigable graph over the fused vectors, in half precision."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
from usearch.index import Index

from benchmarks.job import Job, Wish
from benchmarks.peers.base import THREADS

_BATCH = 5_000


class UsearchHnsw:
    """`Index` over the fused vectors with float16 storage, asked with two widths of search."""

    ways: ClassVar[Mapping[str, str]] = {
        f"usearch HNSW f16 ef {width}": "Index over the fused vector, float16, connectivity 16, "
        f"expansion_add 128, expansion_search {width}"
        for width in (100, 400)
    }

    def __init__(self, folder: Path) -> None:
        del folder  # it lives in memory

    def build(self, job: Job) -> None:
        """Insert all fused vectors into the graph."""
        width = job.dimensions * len(job.criteria)
        self._index = Index(
            ndim=width, metric="ip", dtype="f16", connectivity=16, expansion_add=128
        )
        for start, stop in job.batches(_BATCH):
            keys = np.arange(start, stop, dtype=np.uint64)
            self._index.add(keys, job.fused(start, stop), threads=THREADS)

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Walk the graph with the width that the way's name ends with."""
        self._index.expansion_search = int(way.rsplit(" ", 1)[1])
        found = self._index.search(wish.fused(), limit, threads=1)
        return [int(key) for key in found.keys]

    def stored_bytes(self) -> int:
        """Nothing is on disk."""
        return 0

    def close(self) -> None:
        """Memory goes with the process."""
