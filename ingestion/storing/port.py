"""What stores the items of one kind."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.database import Connection
from ingestion.building.port import Built
from ingestion.mapping.paths import plain
from ingestion.schemas import Kind, Remark
from ingestion.storing.repository import Key

_LONGEST_ORIGINAL = 20_000
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Stored:
    """What is in the catalogue already under a key.

    Attributes:
        source_hash: of the record that it was made of; None where it must be made anew.
        retired: whether it is no longer offered.
        remarks: what was wrong with it.
    """

    source_hash: bytes | None
    retired: bool
    remarks: tuple[Remark, ...]


@dataclass(slots=True)
class Saved:
    """What became of a batch of items; see `Report` for the counts."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    returned: int = 0
    duplicates: int = 0
    embedded: int = 0
    changed: Counter[str] = field(default_factory=Counter)


class Store(Protocol):
    """Keeps the items of one kind.

    Attributes:
        kind: what they are.
    """

    kind: Kind

    def known(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, Stored]:
        """Return what is stored of those items that are."""
        ...

    def expect(self, items: Sequence[Built]) -> None:
        """Begin what can be done of items before they are stored."""
        ...

    def settle(self) -> int:
        """End what was begun; return how many texts have been embedded."""
        ...

    def save(self, connection: Connection, run_id: int, items: Mapping[Key, Built]) -> Saved:
        """Store items, in place of what was stored under the same keys."""
        ...

    def retire(self, connection: Connection, run_id: int, keys: Sequence[int]) -> None:
        """Take items out of what is offered; they are kept."""
        ...


def original(built: Built) -> dict[str, Any]:
    """Return an item's values as the operator wrote them, as JSON can hold them, shortened."""
    return {
        name: [_shortened(value) for value in values[:_MOST_VALUES]]
        for name, values in built.draft.values.items()
        if values
    }


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return _storable(value[:_LONGEST_ORIGINAL])
    if isinstance(value, Mapping):
        return {_storable(str(key)): _shortened(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shortened(each) for each in value[:_MOST_VALUES]]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such numbers
    return value if value is None or isinstance(value, bool | int | float) else plain(value)


def _storable(text: str) -> str:
    """Leave out what PostgreSQL cannot hold: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
