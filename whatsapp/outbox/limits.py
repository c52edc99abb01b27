"""How fast messages may go out: per number, per traveller, and to how many a day unasked.

The counts are in Redis, so that all workers share them; one script judges and counts in one step.
Each rate is a "generic cell rate": a single moment says when the next message would be due were
all evenly spaced, and a message may be early by the limit's tolerance. Bulk may be less early
than replies, so that some room is always left for whoever waits for an answer. When Redis is
away each process counts for itself: sending goes on, since PostgreSQL says what is to be sent.
"""

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import redis
import structlog

from core.settings import settings
from whatsapp.accounts import account

log = structlog.get_logger(__name__)

PAIR_INTERVAL_S = 6.0
PAIR_BURST = 45
UNASKED_A_DAY = 250  # people that WhatsApp lets a new number write to first
DAY_S = 86_400.0

_REPLY_EARLY = 1 / 8  # of a second's messages that may go at once
_BULK_EARLY = 1 / 40
_REDIS_PATIENCE_S = 0.5
_REDIS_REST_S = 5.0
_MOST_PAIRS = 10_000
_MOST_HOLD_S = 60.0
_FIRST_HOLD_S = 1.0
_BULK_HOLDS = 4.0
_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that asks whether it may go out now.

    Attributes:
        recipient: key of the address.
        bulk: whether nobody waits for it.
        unasked: whether it opens a talk, as only a template can.
    """

    recipient: int
    bulk: bool = False
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The rates to keep to.

    Attributes:
        per_second: messages of the number a second.
        unasked_a_day: travellers that bulk may write to first within 24 hours.
    """

    per_second: float
    unasked_a_day: int = UNASKED_A_DAY

    def early_s(self, *, bulk: bool) -> float:
        """Return by how many seconds a message may be early."""
        share = _BULK_EARLY if bulk else _REPLY_EARLY
        return max(0.0, share * self.per_second - 1) / self.per_second


class LocalLimiter:
    """The limits as one process counts them.

    Args:
        limits: the rates.
        now: a clock in seconds.
    """

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._now = now
        self._lock = threading.Lock()
        self._number = 0.0
        self._pairs: dict[int, float] = {}
        self._unasked: dict[int, float] = {}
        self._holds = _Holds()

    def take(self, turn: Turn) -> float:
        """Count a message and return 0, or return the seconds to wait and count nothing."""
        with self._lock:
            now = self._now()
            wait_s = max(
                self._holds.left_s(now, bulk=turn.bulk),
                self._number - now - self._limits.early_s(bulk=turn.bulk),
                self._pairs.get(turn.recipient, now) - now - (PAIR_BURST - 1) * PAIR_INTERVAL_S,
                self._day_is_full_s(turn, now),
            )
            if wait_s <= 0:
                self._count(turn, now)
            return max(0.0, wait_s)

    def hold(self, after_s: float | None) -> None:
        """Slow the number down: the provider says that it sends too much."""
        with self._lock:
            self._holds.add(self._now(), after_s)

    def _day_is_full_s(self, turn: Turn, now: float) -> float:
        self._unasked = {who: at for who, at in self._unasked.items() if at > now - DAY_S}
        full = len(self._unasked) >= self._limits.unasked_a_day
        if not (turn.unasked and turn.bulk and full) or turn.recipient in self._unasked:
            return 0.0
        return min(self._unasked.values(), default=now) + DAY_S - now

    def _count(self, turn: Turn, now: float) -> None:
        self._number = max(self._number, now) + 1 / self._limits.per_second
        if len(self._pairs) > _MOST_PAIRS:
            self._pairs = {who: due for who, due in self._pairs.items() if due > now}
        self._pairs[turn.recipient] = max(self._pairs.get(turn.recipient, now), now) + (
            PAIR_INTERVAL_S
        )
        if turn.unasked:
            self._unasked[turn.recipient] = now


@dataclass
class _Holds:
    """Until when the number rests, for replies and for bulk; each anew is twice as long."""

    level: int = 0
    reply: float = 0.0
    bulk: float = 0.0

    def left_s(self, now: float, *, bulk: bool) -> float:
        return (self.bulk if bulk else self.reply) - now

    def add(self, now: float, after_s: float | None) -> None:
        if now > self.bulk + _MOST_HOLD_S:
            self.level = 0
        rests = now < self.reply
        self.level += not rests
        own_s = 0.0 if rests else min(_MOST_HOLD_S, _FIRST_HOLD_S * 2.0 ** (self.level - 1))
        hold_s = max(own_s, after_s or 0.0)
        self.reply = max(self.reply, now + hold_s)
        self.bulk = max(self.bulk, now + _BULK_HOLDS * hold_s)


class SharedLimiter:
    """The limits as all workers count them together, in Redis.

    Args:
        client: a connection to Redis.
        name: the account that the counts belong to.
        limits: the rates.
    """

    def __init__(self, client: "redis.Redis", name: str, limits: Limits) -> None:
        self._client = client
        self._limits = limits
        self._keys = [f"limits:{name}:{part}" for part in ("number", "hold", "unasked", "pair")]
        self._take = client.register_script(_script("take.lua"))
        self._hold = client.register_script(_script("hold.lua"))
        self._local = LocalLimiter(limits)
        self._rests_until = 0.0

    def take(self, turn: Turn) -> float:
        """Count a message and return 0, or return the seconds to wait and count nothing."""
        *shared, pairs = self._keys
        waits = self._ask(self._take, [*shared, f"{pairs}:{turn.recipient}"], self._rates(turn))
        return self._local.take(turn) if waits is None else waits / _US

    def hold(self, after_s: float | None) -> None:
        """Slow the number down: the provider says that it sends too much."""
        times = [_FIRST_HOLD_S, _MOST_HOLD_S, _BULK_HOLDS, after_s or 0.0]
        self._ask(self._hold, [self._keys[1]], times)
        self._local.hold(after_s)  # should Redis go now, this is known still

    def _rates(self, turn: Turn) -> list[float]:
        return [
            _US / self._limits.per_second,
            _US * self._limits.early_s(bulk=turn.bulk),
            _US * PAIR_INTERVAL_S,
            _US * PAIR_INTERVAL_S * (PAIR_BURST - 1),
            self._limits.unasked_a_day,
            int(turn.bulk),
            int(turn.unasked),
            turn.recipient,
        ]

    def _ask(
        self, script: Callable[..., object], keys: list[str], values: list[float]
    ) -> int | None:
        """Run *script*; None when Redis is away, which then is left in peace for a moment."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            return int(cast("int", script(keys=keys, args=values)))
        except redis.RedisError as error:
            self._rests_until = time.monotonic() + _REDIS_REST_S
            log.warning("limits_not_shared", reason=type(error).__name__)
            return None


Limiter = LocalLimiter | SharedLimiter


@functools.cache
def limiter() -> Limiter:
    """Return the limits of this process's account and number."""
    limits = Limits(settings().messages_per_second)
    url = settings().redis_url
    if not url:
        return LocalLimiter(limits)
    client = redis.Redis.from_url(
        url, socket_timeout=_REDIS_PATIENCE_S, socket_connect_timeout=_REDIS_PATIENCE_S
    )
    return SharedLimiter(client, account(), limits)


def _script(name: str) -> str:
    return (Path(__file__).parent / name).read_text()
