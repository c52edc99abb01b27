"""How fast the bot sends: an exact count for each second and each phone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

SECONDS_KEPT = 3600
PAIRS_KEPT = 5000
PAIR_SECONDS = 6.0


@dataclass(slots=True)
class _Pair:
    """What one phone was sent."""

    sends: int = 0
    peak: int = 0
    recent: deque[datetime] = field(default_factory=deque)

    def count(self, now: datetime) -> None:
        self.sends += 1
        self.recent.append(now)
        while (now - self.recent[0]).total_seconds() >= PAIR_SECONDS:
            self.recent.popleft()
        self.peak = max(self.peak, len(self.recent))


class Rates:
    """Counts of the messages that the bot sent and that were accepted."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Count from nothing."""
        self._sends = 0
        self._refused = 0
        self._seconds: dict[int, int] = {}
        self._pairs: dict[str, _Pair] = {}

    def accepted(self, identity: str, now: datetime) -> None:
        """Count a message to a phone."""
        self._sends += 1
        second = int(now.timestamp())
        self._seconds[second] = self._seconds.get(second, 0) + 1
        if len(self._seconds) > SECONDS_KEPT:
            del self._seconds[min(self._seconds)]
        pair = self._pairs.pop(identity, None) or _Pair()
        self._pairs[identity] = pair  # the latest stands last
        pair.count(now)
        if len(self._pairs) > PAIRS_KEPT:
            del self._pairs[next(iter(self._pairs))]

    def refused(self) -> None:
        """Count a send that was refused at once."""
        self._refused += 1

    def view(self, now: datetime) -> dict[str, Any]:
        """All counts, as JSON; seconds in which nothing was sent are left out."""
        return {
            "sends": self._sends,
            "refused": self._refused,
            "last_second": self._seconds.get(int(now.timestamp()) - 1, 0),
            "peak_per_second": max(self._seconds.values(), default=0),
            "seconds": [
                [datetime.fromtimestamp(second, UTC).isoformat(), count]
                for second, count in sorted(self._seconds.items())
            ],
            "pairs": {
                identity: {"sends": pair.sends, "peak_per_6_seconds": pair.peak}
                for identity, pair in self._pairs.items()
            },
        }
