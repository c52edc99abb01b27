"""Judged sets as files.

A set is a folder with `catalogue.jsonl` (tours), `queries.jsonl` (an id and interests, or a
traveller's own text) and `qrels.tsv` (query id, tour id, gain from 0 to 10; absent is 0). A set
without a catalogue of its own is judged on that of the folder above, which several may share.

A field that the product would refuse, a length of a thousand days, is left out of its line and
reported: one odd listing among hundreds is no reason to measure nothing. A tour without a title
is called by its id.
"""

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from core.errors import InvalidInputError
from core.validation import faults
from recommender.schemas import Interests, Package

_Row = TypeVar("_Row", bound=BaseModel)
_MOST_REPAIRS = 20


class Query(BaseModel):
    """A judged wish: interests, or a traveller's own words."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    interests: Interests | None = None
    text: str | None = None

    @field_validator("id", mode="before")
    @classmethod
    def _number_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _wishes_something(self) -> Self:
        if self.interests is None and self.text is None:
            raise ValueError("give interests or text")
        return self


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Tours, wishes, and how well each tour serves each wish.

    Attributes:
        name: what the set is called: the name of its folder.
        packages: the tours.
        queries: the wishes.
        gains: by query id and tour id; a tour that is absent serves the wish not at all.
        repairs: what was left out of lines that could not be read as they are, and why, and
            judgements that have no part in the figures.
    """

    name: str
    packages: Sequence[Package]
    queries: Sequence[Query]
    gains: Mapping[str, Mapping[str, float]]
    repairs: Sequence[str] = ()


def load_set(folder: Path) -> JudgedSet:
    """Read a judged set.

    Raises:
        InvalidInputError: a file is missing or has nothing in it, or a line is beyond repair.
    """
    repairs: list[str] = []
    tours, wishes, judgements = _catalogue(folder), folder / "queries.jsonl", folder / "qrels.tsv"
    packages = _distinct(list(_read_lines(tours, Package, repairs)), tours, repairs)
    queries = list(_read_lines(wishes, Query, repairs))
    gains = _read_gains(judgements)
    for path, rows in ((tours, packages), (wishes, queries), (judgements, gains)):
        if not rows:
            raise InvalidInputError(f"{path}: holds nothing to measure")
    repairs += [f"{judgements}: {fault}" for fault in _mismatches(packages, queries, gains)]
    return JudgedSet(folder.absolute().name, packages, queries, gains, repairs)


def _catalogue(folder: Path) -> Path:
    own, shared = folder / "catalogue.jsonl", folder.parent / "catalogue.jsonl"
    return shared if shared.exists() and not own.exists() else own


def _distinct(packages: Sequence[Package], path: Path, repairs: list[str]) -> list[Package]:
    """Return the first tour of each id: found twice, it would earn its gain twice."""
    first: dict[str, Package] = {}
    copies = [each for each in packages if first.setdefault(each.id, each) is not each]
    repairs += [f"{path}: left out a second tour with the id {each.id!r}" for each in copies]
    return list(first.values())


def _mismatches(
    packages: Sequence[Package],
    queries: Sequence[Query],
    gains: Mapping[str, Mapping[str, float]],
) -> Iterator[str]:
    """Say how many judgements and wishes have no counterpart."""
    tours, wishes = {each.id for each in packages}, {each.id for each in queries}
    strange_tours = {key for row in gains.values() for key in row} - tours
    counted = (
        (len(strange_tours), "judged tours are not in the catalogue, and count as never found"),
        (len(gains.keys() - wishes), "judged wishes are not among the queries"),
        (len(wishes - gains.keys()), "wishes have no judged tour, and count as 0"),
    )
    return (f"{number} {what}" for number, what in counted if number)


def _read_lines(path: Path, model: type[_Row], repairs: list[str]) -> Iterator[_Row]:
    for number, line in _lines(path):
        place = f"{path}:{number}"
        try:
            yield model.model_validate_json(line)
        except ValidationError as error:
            yield _repair(model, line, place, error)
            repairs.append(f"{place}: left out {faults(error)}")


def _repair(model: type[_Row], line: str, place: str, error: ValidationError) -> _Row:
    """Read a line without what is wrong in it; *error* says what that is."""
    first = error
    try:
        row = json.loads(line)
    except ValueError:
        raise InvalidInputError(f"{place}: {faults(first)}") from None
    for _ in range(_MOST_REPAIRS):
        if not isinstance(row, dict) or not _leave_out(row, error.errors()[0]["loc"]):
            break
        try:
            return model.model_validate({"title": str(row.get("id")), **row})
        except ValidationError as remaining:
            error = remaining
    raise InvalidInputError(f"{place}: {faults(first)}")


def _leave_out(row: Any, path: Sequence[int | str]) -> bool:
    """Remove the innermost thing on a path that is there; tell whether there was any."""
    holder, key = None, None
    for step in path:
        try:
            inner = row[step]
        except (KeyError, IndexError, TypeError):
            break
        holder, key, row = row, step, inner
    if holder is None or key is None or key == "id":
        return False
    del holder[key]
    return True


def _read_gains(path: Path) -> dict[str, dict[str, float]]:
    gains: dict[str, dict[str, float]] = {}
    for number, line in _lines(path):
        try:
            query, package, gain = next(csv.reader([line], delimiter="\t"))
            gains.setdefault(query, {})[package] = _gain(gain)
        except (ValueError, csv.Error):
            raise InvalidInputError(f"{path}:{number}: not query, tour and gain") from None
    return gains


def _gain(text: str) -> float:
    gain = float(text)
    if not (math.isfinite(gain) and gain >= 0):
        raise ValueError("a gain is 0 or more")
    return gain


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Return the lines that are not blank, numbered from 1; a line ends with a line feed alone."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
