"""Faults on demand: what goes wrong next, and how.

Each switch counts down as sends arrive. A new kind of fault is a field here, a field of
``FaultRequest`` and one question asked where it should bite.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from simulator.errors import ApiError


@dataclass(slots=True)
class Faults:
    """The switches of one simulator; all off at first."""

    failures_left: int = 0
    http_status: int = 500
    code: int = 20500
    retry_after: float | None = None
    timeouts_left: int = 0
    hold_seconds: float = 30.0
    duplicates_left: int = 0
    copies: int = 2
    swaps_left: int = 0

    def fail_next(
        self, count: int, http_status: int, code: int, retry_after: float | None = None
    ) -> None:
        """Refuse the next ``count`` sends; ``retry_after`` is in seconds."""
        self.failures_left = count
        self.http_status, self.code, self.retry_after = http_status, code, retry_after

    def timeout_after_accepting(self, count: int, hold_seconds: float = 30.0) -> None:
        """Take the next ``count`` sends, but hold their answers back for this many seconds."""
        self.timeouts_left, self.hold_seconds = count, hold_seconds

    def duplicate_webhooks(self, count: int, copies: int = 2) -> None:
        """Post each of the next ``count`` webhooks this many times, all at once."""
        self.duplicates_left, self.copies = count, copies

    def swap_statuses(self, count: int) -> None:
        """Report sent after delivered for the next ``count`` messages."""
        self.swaps_left = count

    def raise_if_due(self) -> None:
        """Raise the planned refusal, if one is due.

        Raises:
            ApiError: With the status, code and ``Retry-After`` that were asked for.
        """
        if self.failures_left <= 0:
            return
        self.failures_left -= 1
        reason = "Too Many Requests" if self.http_status == 429 else "Simulated failure"
        raise ApiError(self.http_status, self.code, reason, self.retry_after)

    def hold(self) -> float:
        """Seconds to keep the client waiting for the answer to a send that was accepted."""
        if self.timeouts_left <= 0:
            return 0.0
        self.timeouts_left -= 1
        return self.hold_seconds

    def copies_due(self) -> int:
        """How many times to post the webhook that is about to leave."""
        if self.duplicates_left <= 0:
            return 1
        self.duplicates_left -= 1
        return self.copies

    def swap_due(self) -> bool:
        """Whether the message that was just taken gets its statuses in the wrong order."""
        if self.swaps_left <= 0:
            return False
        self.swaps_left -= 1
        return True

    def clear(self) -> None:
        """Switch everything off."""
        self.failures_left = self.timeouts_left = self.duplicates_left = self.swaps_left = 0

    def view(self) -> dict[str, Any]:
        """What is still to come, as JSON."""
        return asdict(self)
