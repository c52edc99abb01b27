"""Intents by a small classifier over the meaning of a message and the pieces of its words."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import structlog
from numpy.typing import NDArray

from conversation.understanding.features import (
    INTENTS,
    Vector,
    embedded_part,
    facts_of,
    pieces,
)
from conversation.understanding.schemas import Intent
from conversation.understanding.slots import Read
from core.errors import ConfigurationError
from core.settings import settings
from recommender.embedding import EMBEDDED, TextEmbedder, embedder, load_embedder

WEIGHTS = Path(__file__).parent / "data" / "intents.npz"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Classifier:
    """A multinomial logistic regression.

    Attributes:
        mean: what is taken off every embedding, shape (384,).
        meaning: weights of an embedding, shape (384, intents).
        letters: weights of the pieces of words, shape (buckets, intents).
        facts: weights of what the rules found, shape (facts, intents).
        temperature: by which the scores are divided, so that they tell how sure they are.
        made_from: digest of what it was trained on.
    """

    mean: Vector
    meaning: Vector
    letters: Vector
    facts: Vector
    temperature: float
    made_from: str

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Self:
        """Return the classifier in a file."""
        with np.load(path) as stored:
            matrices = {name: stored[name].astype(np.float32) for name in _MATRICES}
            return cls(
                **matrices,
                temperature=float(stored["temperature"]),
                made_from=str(stored["made_from"]),
            )

    def save(self, path: Path = WEIGHTS) -> None:
        """Write the classifier to a file, in half precision: it decides the same."""
        np.savez_compressed(
            path,
            temperature=np.float32(self.temperature),
            made_from=np.array(self.made_from),
            allow_pickle=False,
            **{name: getattr(self, name).astype(np.float16) for name in _MATRICES},
        )

    def probabilities(self, found: Read, embedding: Vector) -> NDArray[np.float64]:
        """Return how likely each intent is, shape (intents,), in the order of `INTENTS`.

        Args:
            found: what the rules read in a message.
            embedding: the message's unit vector, shape (384,).
        """
        scores = (embedding - self.mean) @ self.meaning + facts_of(found) @ self.facts
        weights = pieces(found.bare)
        if weights:
            scores = (
                scores + np.array(list(weights.values()), np.float32) @ self.letters[list(weights)]
            )
        odds = np.exp((scores - scores.max()) / self.temperature)
        return np.asarray(odds / odds.sum(), np.float64)


_MATRICES = ("mean", "meaning", "letters", "facts")


def likely_intents(found: Read) -> Mapping[Intent, float] | None:
    """Return how likely each intent of a message is; None where the model does not run here."""
    model = _embedder()
    if model is None:
        return None
    embedding = model.encode([embedded_part(found)])[0]
    return dict(zip(INTENTS, _classifier().probabilities(found, embedding).tolist(), strict=True))


@functools.cache
def _classifier() -> Classifier:
    return Classifier.load()


@functools.cache
def _embedder() -> TextEmbedder | None:
    """Return the embedded model, whatever tours are embedded with: the weights are for it."""
    try:
        return embedder() if settings().embedding_model == EMBEDDED else load_embedder(EMBEDDED)
    except ConfigurationError as error:
        log.warning("understanding.rules_alone", reason=str(error))
        return None
