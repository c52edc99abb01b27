"""Changing the text model while the service goes on.

All tours are encoded by the configured model in batches, each a transaction of its own, into rows
beside the catalogue. Whoever ranks, and whoever stores tours, goes on with the active model. When
nothing is left to encode, one transaction moves the vectors to the tours and makes the new model
the active one. A run that was cut short at any point is taken up where it was.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.database import Connection, pool, unit_of_work
from core.errors import RetryLaterError
from recommender import feedback
from recommender.embedding import embedder
from recommender.encoding import encode_packages
from recommender.models import repository
from recommender.models.repository import Encoder, Standing
from recommender.models.service import configured_encoder, configured_name
from recommender.service import CachedEmbedder

_BATCH = 64

Progress = Callable[[int, int], None]


def _no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has done.

    Attributes:
        encoder: the encoder that the catalogue changes to.
        finished: whether tours are ranked by it now, and all wishes are encoded by it.
        encoded: how many tours this run has encoded.
        travellers: how many wishes it has encoded.
        seconds: how long it took.
    """

    encoder: str
    finished: bool
    encoded: int
    travellers: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Change:
    """Where the catalogue stands between the encoder in use and the configured one.

    Attributes:
        active: the encoder that tours are ranked by; None before the first tours.
        configured: the encoder that the settings ask for.
        standing: how far the catalogue is encoded by the configured one.
    """

    active: str | None
    configured: str
    standing: Standing

    @property
    def is_due(self) -> bool:
        """Whether there is anything to do."""
        behind = self.standing.ready < self.standing.tours or self.standing.travellers > 0
        return behind or self.active not in (None, self.configured)


def look(connection: Connection) -> Change:
    """Return where the catalogue stands; no model is loaded for that."""
    active, configured = repository.load_active(connection), configured_name()
    standing = repository.standing(connection, configured)
    return Change(active.name if active else None, configured, standing)


def reembed(on_progress: Progress = _no_progress, seconds: float | None = None) -> Outcome:
    """Encode the catalogue by the configured model, and rank by it once all is ready.

    Args:
        on_progress: called with the number of tours that are ready and that of all.
        seconds: after which to leave the rest to the next run; None works to the end.

    Raises:
        ConfigurationError: the configured model cannot be loaded.
        RetryLaterError: another process is at it.
    """
    with repository.changing_alone(str(pool().conninfo)) as alone:
        if not alone:
            raise RetryLaterError("another process is encoding the catalogue")
        return _Run(configured_encoder(), on_progress, seconds).work()


class _Run:
    """One run towards *target*."""

    def __init__(self, target: Encoder, on_progress: Progress, seconds: float | None) -> None:
        self._target, self._tell = target, on_progress
        self._began = time.monotonic()
        self._end = None if seconds is None else self._began + seconds
        self._encoded = self._travellers = 0

    def work(self) -> Outcome:
        """Work to the end, or until the time is up."""
        with unit_of_work() as unit:
            repository.save_encoder(unit.connection, self._target)
            repository.drop_staged(unit.connection, keep=self._target.name)
            before = repository.standing(unit.connection, self._target.name)
        finished = self._stage_and_switch(before) and self._renew_wishes()
        seconds = time.monotonic() - self._began
        return Outcome(self._target.name, finished, self._encoded, self._travellers, seconds)

    def _is_over(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end

    def _stage_and_switch(self, before: Standing) -> bool:
        """Encode what is not ready, until nothing is left when nobody may store anything."""
        while True:
            if not self._stage(before):
                return False
            with unit_of_work() as unit:
                if self._switch(unit.connection):
                    return True

    def _stage(self, before: Standing) -> bool:
        """Encode all tours that are not ready; tell whether the time has sufficed."""
        after = 0
        while not self._is_over():
            with unit_of_work() as unit:
                done = self._encode_batch(unit.connection, after)
            self._tell(min(before.ready + self._encoded, before.tours), before.tours)
            if done:
                after = done[-1]
            elif after == 0:
                return True
            else:
                after = 0  # once more from the start: tours may have changed meanwhile
        return False

    def _encode_batch(self, connection: Connection, after: int) -> list[int]:
        """Encode the next tours behind key *after*, and return their keys."""
        tours = repository.unencoded_tours(connection, self._target.name, after, _BATCH)
        cached = CachedEmbedder(connection, embedder())
        encoded = encode_packages([each.package for each in tours], cached)
        repository.stage(connection, self._target.name, tours, encoded)
        self._encoded += len(tours)
        return [each.key for each in tours]

    def _switch(self, connection: Connection) -> bool:
        """Rank by the new encoder from now on, unless too much was stored at the last moment."""
        repository.lock_for_switching(connection)
        if len(self._encode_batch(connection, 0)) == _BATCH:
            return False
        repository.apply_staged(connection, self._target.name)
        repository.activate(connection, self._target.name)
        repository.drop_staged(connection)
        return True

    def _renew_wishes(self) -> bool:
        """Encode stored wishes anew, each in a transaction of its own; they rank meanwhile too."""
        after = 0
        while not self._is_over():
            with unit_of_work() as unit:
                stale = repository.stale_travellers(
                    unit.connection, self._target.name, after, _BATCH
                )
            if not stale:
                return True
            for after in stale:
                with unit_of_work() as unit:
                    feedback.relearn(unit.connection, after)
                self._travellers += 1
        return False
