"""The simulator's clock, which may be moved forward: whatever is due by then happens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulator.errors import ControlError

FURTHEST_SECONDS = 100 * 365 * 86_400.0


@dataclass(eq=False, slots=True)
class _Sleeper:
    """Somebody who waits for a simulated moment."""

    due: datetime
    woken: asyncio.Future[None]


class Clock:
    """Real time plus an offset that only grows.

    It is used from one event loop only.
    """

    def __init__(self) -> None:
        self.offset = timedelta()
        self._sleepers: set[_Sleeper] = set()

    def now(self) -> datetime:
        """The simulated moment, in UTC."""
        return datetime.now(UTC) + self.offset

    async def sleep(self, seconds: float) -> None:
        """Wait for this many simulated seconds; moving the clock shortens the wait."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        sleeper = _Sleeper(self.now() + timedelta(seconds=seconds), loop.create_future())
        alarm = loop.call_later(seconds, _wake, sleeper)
        self._sleepers.add(sleeper)
        try:
            await sleeper.woken
        finally:
            alarm.cancel()
            self._sleepers.discard(sleeper)

    def reset(self) -> None:
        """Back to real time, for a simulator that has forgotten all its messages."""
        self.offset = timedelta()

    def advance(self, seconds: float) -> int:
        """Move forward (never backwards: messages would change order).

        Args:
            seconds: How far.

        Returns:
            How many things became due, which now happen in the order of their moments.

        Raises:
            ControlError: If it has gone a century; calendars end, and tests need no more.
        """
        if self.offset.total_seconds() + seconds > FURTHEST_SECONDS:
            raise ControlError(409, "the clock has gone a hundred years; a reset sets it right")
        self.offset += timedelta(seconds=max(0.0, seconds))
        now = self.now()
        due = sorted((s for s in self._sleepers if s.due <= now), key=lambda s: s.due)
        for sleeper in due:
            _wake(sleeper)
        return len(due)


def _wake(sleeper: _Sleeper) -> None:
    if not sleeper.woken.done():
        sleeper.woken.set_result(None)
