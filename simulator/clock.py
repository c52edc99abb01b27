"""The simulator's clock, which tests may move forward to close a 24-hour window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset that only grows."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """The simulated moment, in UTC."""
        return datetime.now(UTC) + self.offset

    def reset(self) -> None:
        """Back to real time, for a simulator that has forgotten all its messages."""
        self.offset = timedelta()

    def advance(self, seconds: float) -> None:
        """Move forward by a number of seconds (never backwards: messages would change order)."""
        self.offset += timedelta(seconds=max(0.0, seconds))
