"""Qdrant's engine in process, over one fused vector a package."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import qdrant_edge as qdrant

from benchmarks.job import Job, Wish
from benchmarks.peers.base import THREADS, folder_bytes

_BATCH = 1_000
_NEIGHBOURS = 16
_CONSTRUCTION = 100
_EXACT = "qdrant fused, exact"


class QdrantFused:
    """One fused vector a package, inner product, with a navigable graph or without."""

    ways: ClassVar[Mapping[str, str]] = {
        _EXACT: "1 fused vector, inner product, exact",
        **{
            f"qdrant fused HNSW ef {width}": "1 fused vector, inner product, "
            f"m {_NEIGHBOURS}, ef_construct {_CONSTRUCTION}, hnsw_ef {width}"
            for width in (100, 400)
        },
    }

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, job: Job) -> None:
        """Upsert all fused vectors, then build the graph."""
        size = job.dimensions * len(job.criteria)
        configuration = qdrant.EdgeConfig(
            vectors={"fused": qdrant.EdgeVectorParams(size=size, distance=qdrant.Distance.Dot)},
            hnsw_config=qdrant.HnswIndexConfig(
                m=_NEIGHBOURS,
                ef_construct=_CONSTRUCTION,
                full_scan_threshold=1_000,  # kB; below it no graph is built
                max_indexing_threads=THREADS,
            ),
            optimizers=qdrant.EdgeOptimizersConfig(
                default_segment_number=1, indexing_threshold=1_000
            ),
            max_search_threads=THREADS,
            wal_enabled=False,
        )
        self._shard = qdrant.EdgeShard.create(str(self._folder), configuration)
        for start, stop in job.batches(_BATCH):
            fused = job.fused(start, stop)
            points = [qdrant.Point(start + row, {"fused": each}) for row, each in enumerate(fused)]
            self._shard.update(qdrant.UpdateOperation.upsert_points(points))
        self._shard.optimize()
        self._shard.flush()

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Ask for the nearest packages, by the graph or exactly."""
        width = None if way == _EXACT else int(way.rsplit(" ", 1)[1])
        request = qdrant.QueryRequest(
            limit=limit,
            query=qdrant.Query.Nearest(wish.fused().tolist(), using="fused"),
            params=qdrant.SearchParams(exact=way == _EXACT, hnsw_ef=width),
        )
        return [int(point.id) for point in self._shard.query(request)]

    def stored_bytes(self) -> int:
        """Return the size of the shard's folder."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Close the shard."""
        self._shard.close()
