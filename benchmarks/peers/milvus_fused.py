"""Milvus Lite over one fused vector a package."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pymilvus import DataType, MilvusClient

from benchmarks.job import Job, Wish
from benchmarks.peers.base import folder_bytes

_BATCH = 1_000
_COLLECTION = "packages"


class MilvusFused:
    """One fused vector a package, inner product, every package compared."""

    ways: ClassVar[Mapping[str, str]] = {"milvus-lite fused": "1 fused vector, FLAT, inner product"}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client = MilvusClient(str(folder / "milvus.db"))

    def build(self, job: Job) -> None:
        """Insert all fused vectors."""
        schema = self._client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("fused", DataType.FLOAT_VECTOR, dim=job.dimensions * len(job.criteria))
        indexes = self._client.prepare_index_params()
        indexes.add_index("fused", index_type="FLAT", metric_type="IP")
        self._client.create_collection(_COLLECTION, schema=schema, index_params=indexes)
        for start, stop in job.batches(_BATCH):
            fused = job.fused(start, stop)
            rows = [{"id": start + row, "fused": each} for row, each in enumerate(fused)]
            self._client.insert(_COLLECTION, rows)
        self._client.flush(_COLLECTION)
        self._client.load_collection(_COLLECTION)

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Ask for the packages with the largest inner product."""
        del way
        found = self._client.search(_COLLECTION, [wish.fused()], anns_field="fused", limit=limit)
        return [int(hit["id"]) for hit in found[0]]

    def stored_bytes(self) -> int:
        """Return the size of the database's folder."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Close the database."""
        self._client.close()
