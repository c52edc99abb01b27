"""Ask all engines the same wishes, taking turns, and keep what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.engines import Engine
from benchmarks.job import Job
from benchmarks.oracle import agreement, true_scores
from core.errors import ConfigurationError

LIMIT = 10
_TURN = 8
"""Wishes that one way answers before the next one's turn.

One at a time would have every engine find the processor's caches full of another's data; all at
once would let a noisy minute fall on one engine alone.
"""


@dataclass(slots=True)
class Row:
    """What one way of asking one engine came to.

    Attributes:
        engine: the engine's name.
        way: the way's name.
        how: how it is configured.
        build_s: seconds to take in all packages.
        seconds: for each wish asked, by its number, how long the answer took.
        agreement: for each wish asked, by its number, the share of right answers.
        memory: bytes of memory that the engine's process grew by.
        stored: bytes on disk.
    """

    engine: str
    way: str
    how: str
    build_s: float
    seconds: dict[int, float] = field(default_factory=dict)
    agreement: dict[int, float] = field(default_factory=dict)
    memory: int = 0
    stored: int = 0


class Contest:
    """The engines that take part, and those that have dropped out, with the reason.

    Args:
        job: packages and wishes.
        engines: engines that have been built.
    """

    def __init__(self, job: Job, engines: Sequence[Engine]) -> None:
        self._job = job
        self._engines = {engine.name: engine for engine in engines}
        self.rows = [
            Row(engine.name, way, how, engine.build_s)
            for engine in engines
            for way, how in engine.ways.items()
        ]
        self.dropped: dict[str, str] = {}

    def run(self) -> Iterator[int]:
        """Ask every wish in every way; yield how many wishes are done after each turn."""
        for row in list(self.rows):
            self._warm_up(row)
        wishes = range(len(self._job.wishes))
        for turn, start in enumerate(range(0, len(wishes), _TURN)):
            stretch = wishes[start : start + _TURN]
            truth = {number: true_scores(self._job, self._job.wishes[number]) for number in stretch}
            shift = turn % max(len(self.rows), 1)
            for row in [*self.rows[shift:], *self.rows[:shift]]:
                self._ask(row, truth)
            yield stretch.stop
        self._weigh()

    def _warm_up(self, row: Row) -> None:
        if row in self.rows:
            try:
                self._engines[row.engine].warm_up(row.way, LIMIT)
            except ConfigurationError as error:
                self._drop(row.engine, error)

    def _ask(self, row: Row, truth: dict[int, np.ndarray]) -> None:
        if row.engine in self.dropped:
            return
        try:
            seconds, found = self._engines[row.engine].search(row.way, list(truth), LIMIT)
        except ConfigurationError as error:
            self._drop(row.engine, error)
            return
        for number, taken, rows in zip(truth, seconds, found, strict=True):
            row.seconds[number] = taken
            row.agreement[number] = agreement(truth[number], rows, LIMIT)

    def _weigh(self) -> None:
        for row in list(self.rows):
            try:
                row.memory, row.stored = self._engines[row.engine].weigh()
            except ConfigurationError as error:
                self._drop(row.engine, error)

    def _drop(self, engine: str, error: ConfigurationError) -> None:
        self.dropped[engine] = error.message
        self.rows = [row for row in self.rows if row.engine != engine]
