"""What a sentence is about by its meaning, where none of its words tells."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingestion.splitting.lexicon import words_table
from ingestion.splitting.schemas import Topic
from recommender.embedding import TextEmbedder

FEWEST_WORDS = 4
"""Shorter ones are names more often than statements."""
LONGEST = 300
"""Characters of a sentence that are embedded."""

_MARGIN = 0.012
_NEAREST = 2

Matrix = NDArray[np.float32]


def worth_asking(text: str) -> bool:
    """Tell whether *text* is long enough to mean something by itself."""
    return len(text.split()) >= FEWEST_WORDS and any(char.islower() for char in text)


def topics_of(texts: Sequence[str], embedder: TextEmbedder) -> list[frozenset[Topic]]:
    """Return for each text the topic that it clearly means, or none."""
    if not texts:
        return []
    labels, prototypes = _prototypes(embedder)
    cosines = embedder.encode([text[:LONGEST] for text in texts]) @ prototypes.T
    kinds = list(dict.fromkeys(labels))
    columns = [[i for i, label in enumerate(labels) if label == kind] for kind in kinds]
    scores = np.stack([_score(cosines[:, column]) for column in columns], axis=1)
    return [_clear(row, kinds) for row in scores]


def _score(cosines: Matrix) -> Matrix:
    """Return the mean of the nearest prototypes' cosines, one per text."""
    nearest = np.sort(cosines, axis=1)[:, -_NEAREST:]
    return np.asarray(nearest.mean(axis=1), np.float32)


def _clear(scores: Matrix, kinds: Sequence[str]) -> frozenset[Topic]:
    order = np.argsort(-scores)
    best = kinds[order[0]]
    if best == "rest" or scores[order[0]] - scores[order[1]] < _MARGIN:
        return frozenset()
    return frozenset({Topic(best)})


_remembered: dict[str, tuple[list[str], Matrix]] = {}


def _prototypes(embedder: TextEmbedder) -> tuple[list[str], Matrix]:
    """Return the label and the unit vector of each prototype, embedded once by each model."""
    if embedder.name not in _remembered:
        _remembered[embedder.name] = _embedded_prototypes(embedder)
    return _remembered[embedder.name]


def _embedded_prototypes(embedder: TextEmbedder) -> tuple[list[str], Matrix]:
    table = words_table()["prototypes"]
    pairs = [(label, phrase) for label, phrases in table.items() for phrase in phrases]
    vectors = embedder.encode([phrase for _, phrase in pairs])
    return [label for label, _ in pairs], vectors
