"""Tours and wishes for tests, and an embedder that needs no model file to be exact."""

import hashlib
from collections.abc import Sequence

import numpy as np

from recommender.embedding import Calibration, Matrix
from recommender.schemas import Package

EXACT = Calibration(unrelated=0.0, alike=1.0)


class HashEmbedder:
    """Gives equal texts equal unit vectors and others unrelated ones: a model's bare contract."""

    name = "hash"

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), 64)."""
        rows = [self._vector(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), 64)

    @staticmethod
    def _vector(text: str) -> Matrix:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).standard_normal(64)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def tour(key: str = "a", **fields: object) -> Package:
    """Make a tour with these fields."""
    return Package.model_validate({"id": key, "title": f"Tour {key}", **fields})
