"""The formula written down as SQL: a column for each criterion, every row scored by a scan."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from pgvector import HalfVector
from psycopg import sql

from benchmarks.job import Floats, Job, Wish
from benchmarks.peers.postgres import Row, copy_rows, drop_schema, open_schema, table_bytes

_BATCH = 1_000


class _Scan:
    """Order by the weighted sum of cosine distances; null, for silence, is at distance 1."""

    ways: ClassVar[Mapping[str, str]]
    _type: str
    _storage: str

    def __init__(self, folder: Path) -> None:
        del folder  # the database has its own
        self._schema = f"benchmark_scan_{self._type}"
        self._connection = open_schema(self._schema)

    def build(self, job: Job) -> None:
        """Create and fill the table."""
        self._criteria = job.criteria
        columns = ", ".join(
            f"{name} {self._type}({job.dimensions}) storage {self._storage}"
            for name in job.criteria
        )
        self._connection.execute(f"create unlogged table packages (id int4 primary key, {columns})")
        types = ["int4", *[self._type] * len(job.criteria)]
        copy_rows(self._connection, types, self._rows(job))
        self._connection.execute("vacuum analyze packages")

    def _rows(self, job: Job) -> Iterator[Row]:
        for start, stop in job.batches(_BATCH):
            columns = [job.column(each, start, stop) for each in range(len(job.criteria))]
            for row in range(start, stop):
                values = [self._value(column[row - start]) for column in columns]
                told = [
                    value if code else None
                    for value, code in zip(values, job.codes[row], strict=True)
                ]
                yield [row, *told]

    def _value(self, vector: Floats) -> object:
        return HalfVector(vector) if self._type == "halfvec" else vector

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Run the literal query over the stated criteria."""
        del way
        term = sql.SQL("%s::float8 * coalesce({} <=> %s, 1)")
        terms = [term.format(sql.Identifier(self._criteria[each])) for each in wish.stated]
        query = sql.SQL("select id from packages order by {} limit %s").format(
            sql.SQL(" + ").join(terms)
        )
        values = [
            value
            for each in wish.stated
            for value in (float(wish.weights[each]), self._value(wish.vectors[each]))
        ]
        rows = self._connection.execute(query, [*values, limit], binary=True)
        return [int(str(row[0])) for row in rows]

    def stored_bytes(self) -> int:
        """Return the size of the table."""
        return table_bytes(self._connection)

    def close(self) -> None:
        """Drop the table and leave."""
        drop_schema(self._connection, self._schema)
        self._connection.close()


class LiteralScan(_Scan):
    """Full precision: seven vectors do not fit a page, so each is fetched from beside the table."""

    ways: ClassVar[Mapping[str, str]] = {
        "postgres literal": "7 columns vector(384), order by sum of w * (v <=> q), scan"
    }
    _type = "vector"
    _storage = "external"


class HalfScan(_Scan):
    """Half precision: seven vectors fit one page and are kept in it."""

    ways: ClassVar[Mapping[str, str]] = {
        "postgres halfvec": "7 columns halfvec(384) storage plain, the same query, scan"
    }
    _type = "halfvec"
    _storage = "plain"
