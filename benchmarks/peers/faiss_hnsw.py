"""Faiss, approximate: a navigable graph over the fused vectors."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import faiss

from benchmarks.job import Job, Wish
from benchmarks.peers.base import THREADS

_BATCH = 5_000
_NEIGHBOURS = 32
_CONSTRUCTION = 100


class FaissHnsw:
    """`IndexHNSWFlat` over the fused vectors, asked with three widths of search."""

    ways: ClassVar[Mapping[str, str]] = {
        f"faiss HNSW ef {width}": f"IndexHNSWFlat over the fused vector, M {_NEIGHBOURS}, "
        f"efConstruction {_CONSTRUCTION}, efSearch {width}"
        for width in (40, 100, 400)
    }

    def __init__(self, folder: Path) -> None:
        del folder  # it lives in memory
        faiss.omp_set_num_threads(THREADS)

    def build(self, job: Job) -> None:
        """Insert all fused vectors into the graph."""
        width = job.dimensions * len(job.criteria)
        self._index = faiss.IndexHNSWFlat(width, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        self._index.hnsw.efConstruction = _CONSTRUCTION
        for start, stop in job.batches(_BATCH):
            self._index.add(job.fused(start, stop))

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Walk the graph with the width that the way's name ends with."""
        parameters = faiss.SearchParametersHNSW(efSearch=int(way.rsplit(" ", 1)[1]))
        _, rows = self._index.search(wish.fused()[None], limit, params=parameters)
        return [int(row) for row in rows[0] if row >= 0]

    def stored_bytes(self) -> int:
        """Nothing is on disk."""
        return 0

    def close(self) -> None:
        """Memory goes with the process."""
