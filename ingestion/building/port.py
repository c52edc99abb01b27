"""What builds the catalogue's items from drafts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from accommodation.schemas import Accommodation
from core.text import tidy
from ingestion.mapping.paths import plain
from ingestion.schemas import Draft, Record, Reject, Remark
from recommender.encoding import Said
from recommender.schemas import Package

T = TypeVar("T")
_SHOWN = 120
"""Characters of an operator's value that a remark repeats."""


@dataclass(frozen=True, slots=True)
class Built:
    """An item that can be stored, with where it came from and what is wrong with it.

    Attributes:
        said: what a tour's texts say; of a place to stay they are not read.
    """

    provider: str
    draft: Draft
    item: Package | Accommodation
    remarks: tuple[Remark, ...]
    said: Said | None = None


class Builder(Protocol):
    """Makes items of records, in two steps: most records need only the first."""

    def draft(self, record: Record) -> Draft | Reject:
        """Return what the item is made of, with the hash that tells whether it has changed."""
        ...

    def provider(self, draft: Draft) -> str:
        """Return whose item it is."""
        ...

    def build(self, drafts: Sequence[Draft]) -> list[Built | Reject]:
        """Return the items, in order."""
        ...


@dataclass(slots=True)
class Remarks:
    """Collects what is wrong with one record."""

    found: list[Remark] = field(default_factory=list)

    def add(self, name: str, code: str, value: object = "") -> None:
        """Note one thing."""
        self.found.append(Remark(name, code, shown(value)))

    def attempt(self, name: str, value: object, read: Callable[[Any], T]) -> T | None:
        """Return what *read* makes of a value; None, and a remark, where it cannot be read."""
        try:
            return read(value)
        except (ValueError, OverflowError) as error:
            self.add(name, "cannot be read", f"{shown(value)}: {error}")
            return None

    def cut(self, name: str, text: str, longest: int) -> str:
        """Return the beginning of a text, and note it where there was more."""
        if len(text) > longest:
            self.add(name, f"cut after {longest:,} characters", text)
        return text[:longest]


def shown(value: object) -> str:
    """Return the beginning of a value, on one line."""
    text = value if isinstance(value, str) else str(plain(value) if value is not None else "")
    line = tidy(text[: 10 * _SHOWN])
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def first(values: Sequence[Any]) -> Any:
    """Return the first of some values; None of none."""
    return values[0] if values else None
