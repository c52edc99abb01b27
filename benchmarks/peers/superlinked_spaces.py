"""Superlinked: a space for each criterion, weights given with the query; it concatenates inside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from superlinked import framework as sl

from benchmarks.job import Job, Wish

_BATCH = 500


class SuperlinkedSpaces:
    """One `CustomSpace` a criterion in one in-memory index."""

    ways: ClassVar[Mapping[str, str]] = {
        "superlinked": "7 CustomSpaces in one Index, weights as query parameters, InMemoryExecutor"
    }

    def __init__(self, folder: Path) -> None:
        del folder  # it lives in memory

    def build(self, job: Job) -> None:
        """Declare schema, spaces and query, then put all packages into the source."""
        self._criteria = job.criteria
        fields = {"id": sl.IdField, **dict.fromkeys(job.criteria, sl.FloatList)}
        schema: Any = type("Tour", (sl.Schema,), {"__annotations__": fields})()
        spaces = {
            name: sl.CustomSpace(vector=getattr(schema, name), length=job.dimensions)
            for name in job.criteria
        }
        index = sl.Index(list(spaces.values()))
        query = sl.Query(
            index, weights={spaces[name]: sl.Param(f"weight_{name}") for name in spaces}
        )
        asked: Any = query.find(schema)
        for name, space in spaces.items():
            asked = asked.similar(space, sl.Param(name))
        self._query = asked.limit(sl.Param("limit"))
        source = sl.InMemorySource(schema)
        self._app = sl.InMemoryExecutor(sources=[source], indices=[index]).run()
        for start, stop in job.batches(_BATCH):
            source.put(_records(job, start, stop))

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Run the query with the stated vectors; what was not stated weighs nothing."""
        del way
        weights = {
            f"weight_{name}": float(weight)
            for name, weight in zip(self._criteria, wish.weights, strict=True)
        }
        vectors = {
            self._criteria[position]: wish.vectors[position].tolist() for position in wish.stated
        }
        found = self._app.query(self._query, limit=limit, **weights, **vectors)
        return [int(entry.id) for entry in found.entries]

    def stored_bytes(self) -> int:
        """Nothing is on disk."""
        return 0

    def close(self) -> None:
        """Memory goes with the process."""


def _records(job: Job, start: int, stop: int) -> list[dict[str, object]]:
    columns = [job.column(criterion, start, stop) for criterion in range(len(job.criteria))]
    return [
        {
            "id": str(row),
            **{
                name: column[row - start].tolist()
                for name, column in zip(job.criteria, columns, strict=True)
            },
        }
        for row in range(start, stop)
    ]
