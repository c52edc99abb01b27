"""Milvus Lite with its own weighting: hybrid search and the weighted ranker."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pymilvus import AnnSearchRequest, DataType, MilvusClient, WeightedRanker

from benchmarks.job import Job, Wish
from benchmarks.peers.base import folder_bytes

_BATCH = 1_000
_COLLECTION = "packages"


class MilvusOwn:
    """Seven vector fields; the best so many of each stated one, fused by their weights."""

    ways: ClassVar[Mapping[str, str]] = {
        f"milvus-lite weighted {count}": "7 vector fields, FLAT, cosine; hybrid_search with "
        f"limit {count} for each stated criterion, WeightedRanker(norm_score=False)"
        for count in (100, 1000)
    }

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client = MilvusClient(str(folder / "milvus.db"))

    def build(self, job: Job) -> None:
        """Insert all packages; a silent one has a zero vector, whose cosine counts as 0."""
        self._criteria = job.criteria
        schema = self._client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        indexes = self._client.prepare_index_params()
        for name in job.criteria:
            schema.add_field(name, DataType.FLOAT_VECTOR, dim=job.dimensions)
            indexes.add_index(name, index_type="FLAT", metric_type="COSINE")
        self._client.create_collection(_COLLECTION, schema=schema, index_params=indexes)
        for start, stop in job.batches(_BATCH):
            self._client.insert(_COLLECTION, _rows(job, start, stop))
        self._client.flush(_COLLECTION)
        self._client.load_collection(_COLLECTION)

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Run one hybrid search over the stated criteria."""
        count = int(way.rsplit(" ", 1)[1])
        requests = [
            AnnSearchRequest(
                [wish.vectors[position]],
                self._criteria[position],
                {"metric_type": "COSINE"},
                limit=count,
            )
            for position in wish.stated
        ]
        weights = [float(wish.weights[position]) for position in wish.stated]
        ranker = WeightedRanker(*weights, norm_score=False)
        found = self._client.hybrid_search(_COLLECTION, requests, ranker, limit=limit)
        return [int(hit["id"]) for hit in found[0]]

    def stored_bytes(self) -> int:
        """Return the size of the database's folder."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Close the database."""
        self._client.close()


def _rows(job: Job, start: int, stop: int) -> list[dict[str, object]]:
    columns = [job.column(criterion, start, stop) for criterion in range(len(job.criteria))]
    return [
        {
            "id": row,
            **{
                name: column[row - start]
                for name, column in zip(job.criteria, columns, strict=True)
            },
        }
        for row in range(start, stop)
    ]
