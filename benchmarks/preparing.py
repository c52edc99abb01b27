"""From the sample catalogue to a job in a folder; embeddings are kept for the next run."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.drawing import draw_job, package_texts, read_phrases
from benchmarks.job import Floats, Job
from core.settings import settings
from recommender.embedding import TextEmbedder
from recommender.schemas import Criterion

_SEED = 7
_WISHED = 100
"""Phrases that wishes may name, at most, for each criterion."""


def prepare_job(
    embedder: TextEmbedder, packages: int, wishes: int, distinct: int, *, own_values: bool
) -> Job:
    """Embed what packages and wishes may say, and draw both.

    Args:
        embedder: the text model.
        packages: how many packages.
        wishes: how many wishes.
        distinct: how many texts the packages are drawn from, over all criteria.
        own_values: give every package values that no other has.
    """
    random = np.random.default_rng(_SEED)
    phrases = read_phrases()
    offered = package_texts(phrases, distinct, random)
    wished = {
        key: sorted(random.choice(some, min(len(some), _WISHED), replace=False).tolist())
        for key, some in phrases.items()
    }
    return draw_job(
        _embed_all(offered, embedder),
        _embed_all(wished, embedder),
        packages,
        wishes,
        own_values=own_values,
    )


def _embed_all(
    texts: Mapping[Criterion, Sequence[str]], embedder: TextEmbedder
) -> dict[Criterion, Floats]:
    flat = [text for key in Criterion for text in texts[key]]
    ends = np.cumsum([len(texts[key]) for key in Criterion])
    return dict(zip(Criterion, np.split(_embed(flat, embedder), ends[:-1]), strict=True))


def _embed(texts: Sequence[str], embedder: TextEmbedder) -> Floats:
    """Embed texts, or read what an earlier run made of the same ones."""
    digest = hashlib.sha256("\n".join([embedder.name, *texts]).encode()).hexdigest()[:16]
    path = settings().state_dir / "benchmarks" / f"{digest}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new.npy")
        np.save(unfinished, embedder.encode(texts))
        unfinished.rename(path)
    return _read(path)


def _read(path: Path) -> Floats:
    vectors: Floats = np.load(path)
    return vectors
