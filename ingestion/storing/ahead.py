"""Embedding texts while the feed is still being read."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from core.database import unit_of_work
from recommender.models.service import active_embedder
from recommender.service import CachedEmbedder

log = structlog.get_logger(__name__)

_MOST_WAITING = 4


class EmbeddingAhead:
    """Puts the vectors of texts where the storing will find them: among the texts embedded before.

    The model computes outside the interpreter's lock, so that it has one core while the other
    reads on. What it has done is not lost when the run stops or is killed.
    """

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[int]] = deque()
        self._done = 0

    def embed(self, texts: Sequence[str]) -> None:
        """Embed texts in the background; wait while much of it is still to be done."""
        if not texts:
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "embedding-ahead")
        while len(self._waiting) >= _MOST_WAITING:
            self._take_first()
        self._waiting.append(self._thread.submit(_embed, texts))

    def finish(self) -> int:
        """Wait for all of it; return how many texts had not been embedded before."""
        while self._waiting:
            self._take_first()
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        return self._done

    def _take_first(self) -> None:
        try:
            self._done += self._waiting.popleft().result()
        except Exception:  # the storing embeds what is missing, and says what is wrong
            log.exception("not_embedded_ahead")


def _embed(texts: Sequence[str]) -> int:
    with unit_of_work() as unit:
        cached = CachedEmbedder(unit.connection, active_embedder(unit.connection))
        cached.encode(texts)
    return cached.embedded
