"""Faiss, every package compared: one fused vector each, inner product."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import faiss

from benchmarks.job import Job, Wish
from benchmarks.peers.base import THREADS

_BATCH = 5_000


class FaissFlat:
    """`IndexFlatIP` over the fused vectors: exact up to float32."""

    ways: ClassVar[Mapping[str, str]] = {"faiss flat": "IndexFlatIP over the fused vector, float32"}

    def __init__(self, folder: Path) -> None:
        del folder  # it lives in memory
        faiss.omp_set_num_threads(THREADS)

    def build(self, job: Job) -> None:
        """Add all fused vectors."""
        self._index = faiss.IndexFlatIP(job.dimensions * len(job.criteria))
        for start, stop in job.batches(_BATCH):
            self._index.add(job.fused(start, stop))

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Compare the fused wish with every package."""
        del way
        _, rows = self._index.search(wish.fused()[None], limit)
        return [int(row) for row in rows[0] if row >= 0]

    def stored_bytes(self) -> int:
        """Nothing is on disk."""
        return 0

    def close(self) -> None:
        """Memory goes with the process."""
