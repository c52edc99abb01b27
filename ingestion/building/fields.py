"""What the fields of tours and of places to stay are read alike by."""

from collections.abc import Callable
from typing import Any, TypeVar

from ingestion.building.port import Remarks
from ingestion.mapping.schemas import Mapping
from ingestion.normalising.links import read_link
from ingestion.schemas import Draft

T = TypeVar("T")


class Fields:
    """Reads one draft's values, field by field.

    Args:
        draft: the operator's values.
        mapping: has the rule of each field.
        remarks: takes what cannot be read.
    """

    def __init__(self, draft: Draft, mapping: Mapping, remarks: Remarks) -> None:
        self._draft, self._mapping, self._remarks = draft, mapping, remarks

    def _values(self, name: str) -> list[Any]:
        return list(self._draft.values.get(name, []))

    def _rule(self, name: str) -> Any:
        return getattr(self._mapping.fields, name)

    def _first_read(self, name: str, read: Callable[[Any], T | None]) -> T | None:
        """Return what the first value says that says anything."""
        for value in self._values(name):
            found = self._remarks.attempt(name, value, read)
            if found is not None:
                return found
        return None

    def _link(self, name: str) -> str | None:
        rule = self._rule(name)
        if rule is None:
            return None
        return self._first_read(name, lambda value: read_link(value, base=rule.base))
