"""Limits on how often: shared through Redis, kept here while it is away, and said clearly."""

from collections.abc import Iterator

import pytest
import redis

from core import rate_limits
from core.embedded.service import Servers
from core.errors import SlowDownError
from core.settings import settings


@pytest.fixture(autouse=True)
def fresh(servers: Servers, configured: pytest.MonkeyPatch) -> Iterator[None]:
    with redis.Redis.from_url(servers.redis_url) as client:
        for key in client.scan_iter("travelbuddy:limits*"):
            client.delete(key)
    rate_limits._limiter.cache_clear()
    yield
    rate_limits._limiter.cache_clear()


def test_once_too_often_is_refused_with_the_time_to_wait() -> None:
    for _ in range(3):
        rate_limits.take("test", "somebody", "3/hour")
    with pytest.raises(SlowDownError) as caught:
        rate_limits.take("test", "somebody", "3/hour")
    assert caught.value.http_status == 429
    assert caught.value.after_s
    assert 0 < caught.value.after_s <= 3600


def test_others_and_other_things_are_counted_apart() -> None:
    rate_limits.take("test", "somebody", "1/hour")
    rate_limits.take("test", "somebody else", "1/hour")
    rate_limits.take("another test", "somebody", "1/hour")


def test_all_processes_count_together() -> None:
    rate_limits.take("test", "somebody", "1/hour")
    rate_limits._limiter.cache_clear()  # as another process would begin
    with pytest.raises(SlowDownError):
        rate_limits.take("test", "somebody", "1/hour")


def test_redis_does_not_learn_who_it_is(servers: Servers) -> None:
    rate_limits.take("test", "203.0.113.7", "1/hour")
    with redis.Redis.from_url(servers.redis_url) as client:
        keys = b" ".join(client.scan_iter("travelbuddy:limits*"))
    assert keys
    assert b"203.0.113.7" not in keys


def test_without_redis_each_process_counts_for_itself(configured: pytest.MonkeyPatch) -> None:
    configured.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    rate_limits.take("test", "somebody", "1/hour")
    with pytest.raises(SlowDownError):
        rate_limits.take("test", "somebody", "1/hour")
