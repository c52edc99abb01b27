"""pgvector, approximate: a navigable graph over one fused half-precision vector a package."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from pgvector import HalfVector
from psycopg import sql

from benchmarks.job import Job, Wish
from benchmarks.peers.postgres import Row, copy_rows, drop_schema, open_schema, table_bytes

_BATCH = 1_000
_SCHEMA = "benchmark_hnsw"


class FusedHnsw:
    """One `halfvec` a package, inner product, HNSW, asked with two widths of search."""

    ways: ClassVar[Mapping[str, str]] = {
        f"pgvector HNSW ef {width}": "1 fused halfvec(2688), inner product, m 16, "
        f"ef_construction 64, hnsw.ef_search {width}"
        for width in (40, 200)
    }

    def __init__(self, folder: Path) -> None:
        del folder  # the database has its own
        self._connection = open_schema(_SCHEMA)
        # On small tables the planner would rather scan; what is measured here is the index.
        self._connection.execute("set enable_seqscan = off")
        self._width = 0

    def build(self, job: Job) -> None:
        """Create and fill the table, then build the index."""
        size = job.dimensions * len(job.criteria)
        self._connection.execute(
            f"create unlogged table packages (id int4 primary key, fused halfvec({size})"
            " storage plain)"
        )
        copy_rows(self._connection, ["int4", "halfvec"], _rows(job))
        self._connection.execute("create index on packages using hnsw (fused halfvec_ip_ops)")
        self._connection.execute("vacuum analyze packages")

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Walk the index with the width that the way's name ends with."""
        self._set_width(int(way.rsplit(" ", 1)[1]))
        rows = self._connection.execute(
            "select id from packages order by fused <#> %s limit %s",
            [HalfVector(wish.fused()), limit],
            binary=True,
        )
        return [int(str(row[0])) for row in rows]

    def _set_width(self, width: int) -> None:
        if width != self._width:
            query = sql.SQL("set hnsw.ef_search = {}").format(sql.Literal(width))
            self._connection.execute(query)
            self._width = width

    def stored_bytes(self) -> int:
        """Return the size of the table and its index."""
        return table_bytes(self._connection)

    def close(self) -> None:
        """Drop the table and leave."""
        drop_schema(self._connection, _SCHEMA)
        self._connection.close()


def _rows(job: Job) -> Iterator[Row]:
    for start, stop in job.batches(_BATCH):
        for row, fused in enumerate(job.fused(start, stop), start):
            yield [row, HalfVector(fused)]
