"""How often something may be done: counted in Redis for all processes, or here while it is away."""

import functools
import hashlib
import math
import time

import structlog
from limits import parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from redis import RedisError

from core.errors import SlowDownError
from core.settings import settings

log = structlog.get_logger(__name__)

_PATIENCE_S = 1


def take(name: str, key: str, rate: str) -> None:
    """Count one time of doing something.

    Args:
        name: what is limited.
        key: by whom it is done; kept as a hash only.
        rate: how often they may: ``5/minute``, ``30/hour``, ``3/10 minutes``.

    Raises:
        SlowDownError: that was once too often; it says when the next time may be.
    """
    limit = parse(rate)
    who = hashlib.sha256(key.encode()).hexdigest()[:32]
    for limiter in _limiters():
        try:
            if limiter.hit(limit, name, who):
                return
            ends = limiter.get_window_stats(limit, name, who).reset_time
        except RedisError as error:
            log.warning("rate_limits_kept_here", reason=type(error).__name__)
            continue
        wait_s = max(1.0, math.ceil(ends - time.time()))
        raise SlowDownError(f"too often; try again in {wait_s:.0f} s", wait_s)


def _limiters() -> tuple[FixedWindowRateLimiter, ...]:
    url = settings().redis_url
    return (_limiter(url), _limiter(None)) if url else (_limiter(None),)


@functools.cache
def _limiter(redis_url: str | None) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(_storage(redis_url))


def _storage(redis_url: str | None) -> Storage:
    if redis_url is None:
        return MemoryStorage()
    return RedisStorage(
        redis_url,
        key_prefix="travelbuddy:limits",
        socket_connect_timeout=_PATIENCE_S,
        socket_timeout=_PATIENCE_S,
    )
