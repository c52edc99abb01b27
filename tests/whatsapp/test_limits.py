"""Rates: counted by all workers together, with room for replies, and without Redis too."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from core.embedded.service import Servers
from whatsapp.outbox import limits
from whatsapp.outbox.limits import Limiter, Limits, LocalLimiter, SharedLimiter, Turn

_names = itertools.count(1)

Make = Callable[..., Limiter]


@pytest.fixture
def client(servers: Servers) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(servers.redis_url) as client:
        yield client


@pytest.fixture(params=["shared", "local"])
def make(request: pytest.FixtureRequest, client: "redis.Redis") -> Make:
    """Make a limiter that nobody has used."""

    def one(per_second: float, **rates: int) -> Limiter:
        found = Limits(per_second, **rates)
        if request.param == "local":
            return LocalLimiter(found)
        return SharedLimiter(client, f"test-{next(_names)}", found)

    return one


def granted(limiter: Limiter, turns: list[Turn]) -> int:
    return sum(limiter.take(turn) == 0 for turn in turns)


def test_a_burst_ends_and_the_next_place_is_told(make: Make) -> None:
    limiter = make(0.5)
    assert limiter.take(Turn(1)) == 0
    wait_s = limiter.take(Turn(2))
    assert 1.5 < wait_s <= 2.0


def test_what_is_refused_is_not_counted(make: Make) -> None:
    limiter = make(0.5)
    limiter.take(Turn(1))
    waits = [limiter.take(Turn(who)) for who in range(2, 30)]
    assert max(waits) <= 2.0


def test_replies_still_get_a_place_when_bulk_has_used_up_its_own(make: Make) -> None:
    limiter = make(0.1, unasked_a_day=10)
    assert Limits(80).early_s(bulk=True) < Limits(80).early_s(bulk=False)
    assert granted(limiter, [Turn(1, bulk=True)]) == 1
    fast = make(80)
    bulk = granted(fast, [Turn(who, bulk=True) for who in range(5)])
    assert bulk < 5
    assert granted(fast, [Turn(who) for who in range(100, 103)]) == 3


def test_one_traveller_gets_a_burst_of_45_and_then_waits(make: Make) -> None:
    limiter = make(1_000)
    got = 0
    for _ in range(60):
        while 0 < (wait_s := limiter.take(Turn(7))) < 1:
            pass
        got += wait_s == 0
    assert got == 45
    assert 4 < limiter.take(Turn(7)) <= 6
    assert limiter.take(Turn(8)) == 0


def test_bulk_writes_to_so_many_new_people_a_day_and_replies_to_all(make: Make) -> None:
    limiter = make(1_000, unasked_a_day=3)

    def first(who: int, *, bulk: bool) -> float:
        while 0 < (wait_s := limiter.take(Turn(who, bulk=bulk, unasked=True))) < 1:
            pass
        return wait_s

    assert [first(who, bulk=True) for who in range(3)] == [0, 0, 0]
    assert first(3, bulk=True) > 86_000
    assert first(0, bulk=True) == 0  # has been written to today
    assert first(4, bulk=False) == 0


def test_a_hold_stops_everybody_and_bulk_for_longer(make: Make) -> None:
    limiter = make(1_000)
    limiter.hold(7)
    assert 6 < limiter.take(Turn(1)) <= 7
    assert 27 < limiter.take(Turn(2, bulk=True)) <= 28


def test_refusals_of_what_was_under_way_do_not_lengthen_a_hold(make: Make) -> None:
    limiter = make(1_000)
    for _ in range(20):
        limiter.hold(None)
    assert limiter.take(Turn(1)) <= 1.01


def test_a_hold_that_does_not_help_is_followed_by_a_longer_one() -> None:
    now = 100.0
    limiter = LocalLimiter(Limits(1_000), lambda: now)
    waits = []
    for _ in range(8):
        limiter.hold(None)
        waits.append(limiter.take(Turn(1)))
        now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    now += 1_000
    limiter.hold(None)
    assert limiter.take(Turn(1)) == 1


def test_holds_in_redis_grow_too(client: "redis.Redis") -> None:
    limiter = SharedLimiter(client, f"test-{next(_names)}", Limits(1_000))
    key = limiter._keys[1]
    limiter.hold(None)
    client.hset(key, "reply", "0")
    limiter.hold(None)
    assert 1.5 < limiter.take(Turn(1)) <= 2
    assert client.hget(key, "level") == b"2"


def test_workers_share_one_count(client: "redis.Redis") -> None:
    name = f"test-{next(_names)}"
    workers = [SharedLimiter(client, name, Limits(0.01)) for _ in range(4)]
    turns = [(worker, Turn(who)) for who, worker in enumerate(workers * 10)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda each: each[0].take(each[1]), turns))
    assert waits.count(0) == 1


def test_a_clock_in_seconds_lets_out_exactly_the_rate() -> None:
    now = 0.0
    limiter = LocalLimiter(Limits(80), lambda: now)
    sent = 0
    for tick in range(10_000):
        now = tick / 1_000
        sent += limiter.take(Turn(tick, bulk=tick % 2 == 0)) == 0
    assert 795 <= sent <= 812


def test_without_redis_each_process_counts_for_itself_and_sending_goes_on() -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    limiter = SharedLimiter(gone, "test-gone", Limits(0.5))
    assert limiter.take(Turn(1)) == 0
    assert limiter.take(Turn(2)) > 1
    limiter.hold(30)
    assert limiter.take(Turn(3)) > 29


def test_redis_that_is_away_is_not_asked_for_every_message() -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    limiter = SharedLimiter(gone, "test-gone", Limits(1_000))
    asked = []

    def refuse(**values: object) -> int:
        asked.append(values)
        raise redis.ConnectionError("away")

    limiter._take = refuse  # type: ignore[assignment]
    for who in range(10):
        limiter.take(Turn(who))
    assert len(asked) == 1


def test_the_numbers_are_those_that_whatsapp_gives() -> None:
    assert (limits.PAIR_INTERVAL_S, limits.PAIR_BURST, limits.UNASKED_A_DAY) == (6, 45, 250)
