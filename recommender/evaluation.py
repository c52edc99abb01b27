"""Measuring rankers against judged sets: nDCG@10 and precision@10.

A set is a folder with `catalogue.jsonl` (tours), `queries.jsonl` (an id and interests, or a
traveller's own text) and `qrels.tsv` (query id, tour id, gain from 0 to 10; absent is 0).
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import InvalidInputError
from core.validation import faults
from recommender.schemas import Interests, Package

DEPTH = 10

Row = TypeVar("Row", bound=BaseModel)
Understand = Callable[[str], Interests]
Rank = Callable[[Interests, int], list[str]]


class Query(BaseModel):
    """A judged wish: interests, or a traveller's own words."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    interests: Interests | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Tours, wishes, and how well each tour serves each wish (gains by query and tour id)."""

    name: str
    packages: Sequence[Package]
    queries: Sequence[Query]
    gains: Mapping[str, Mapping[str, float]]


class Figures(BaseModel):
    """Means over the queries of one set.

    Attributes:
        ideal_precision: what a perfect ranking reaches where fewer than ten tours are relevant.
    """

    ndcg: float
    precision: float
    ideal_precision: float
    queries: int

    def for_json(self) -> dict[str, float | int]:
        """Return the figures under the names in which others read them."""
        return {
            f"ndcg@{DEPTH}": round(self.ndcg, 4),
            f"p@{DEPTH}": round(self.precision, 4),
            f"ideal_p@{DEPTH}": round(self.ideal_precision, 4),
            "queries": self.queries,
        }


def load_set(folder: Path) -> JudgedSet:
    """Read a judged set.

    Raises:
        InvalidInputError: a file is missing or a line of it is not what it should be.
    """
    packages = _read_lines(folder / "catalogue.jsonl", Package)
    queries = _read_lines(folder / "queries.jsonl", Query)
    return JudgedSet(folder.name, packages, queries, _read_gains(folder / "qrels.tsv"))


def evaluate(judged: JudgedSet, rank: Rank, understand: Understand) -> Figures:
    """Rank every query of a set and compare the first ten with the judgements.

    Args:
        judged: the set.
        rank: returns tour ids, best first, for interests and a limit.
        understand: turns a traveller's own words into interests, where a query has only words.
    """
    scores = []
    for query in judged.queries:
        interests = query.interests or understand(query.text or "")
        gains = judged.gains.get(query.id, {})
        ideal = sorted(gains.values(), reverse=True)
        found = [gains.get(key, 0.0) for key in rank(interests, DEPTH)]
        scores.append((ndcg(found, ideal), precision(found), precision(ideal)))
    means = np.mean(scores, axis=0) if scores else np.zeros(3)
    return Figures(
        ndcg=float(means[0]),
        precision=float(means[1]),
        ideal_precision=float(means[2]),
        queries=len(scores),
    )


def ndcg(found: Sequence[float], judged: Sequence[float]) -> float:
    """Return nDCG with linear gains and log2 discounts (Järvelin and Kekäläinen, 2002).

    Args:
        found: gains of the ranked tours, in order.
        judged: gains of all judged tours, in any order.
    """
    ideal = _dcg(sorted(judged, reverse=True)[:DEPTH])
    return _dcg(found[:DEPTH]) / ideal if ideal > 0 else 0.0


def precision(found: Sequence[float]) -> float:
    """Return the share of relevant tours (gain above 0) among ten places."""
    return sum(gain > 0 for gain in found[:DEPTH]) / DEPTH


def _dcg(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(place + 2) for place, gain in enumerate(gains)))


def _read_lines(path: Path, model: type[Row]) -> list[Row]:
    rows = []
    for number, line in enumerate(_lines(path), 1):
        try:
            rows.append(model.model_validate_json(line))
        except ValidationError as error:
            raise InvalidInputError(f"{path}:{number}: {faults(error)}") from None
    return rows


def _read_gains(path: Path) -> dict[str, dict[str, float]]:
    gains: dict[str, dict[str, float]] = {}
    for number, row in enumerate(csv.reader(_lines(path), delimiter="\t"), 1):
        try:
            query, package, gain = row
            gains.setdefault(query, {})[package] = float(gain)
        except ValueError:
            raise InvalidInputError(f"{path}:{number}: not query, tour and gain") from None
    return gains


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
