"""A whole installation with servers of its own, and what happens to it."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from core.migrations import migrate
from tests.chaos import plans
from tests.chaos.parts import Database, Program, Redis, sleep_until
from tests.whatsapp import house
from whatsapp.schemas import FAILED

_WAITING = ("pending", "claimed", "unknown", "held")


@dataclass
class Installation:
    """Web server, two workers, the beat, PostgreSQL, Redis, and the simulator."""

    database: Database
    redis: Redis
    simulator: house.Simulator
    programs: dict[str, Program]
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Each message that was sent, by its sid: the phone's number and the words."""
    faults: dict[str, int] = field(default_factory=dict)

    def say(self, number: str, text: str) -> str:
        sid = house.Phone(self.simulator, number).says(text)
        self.asked[sid] = (number, text)
        return sid

    def live_through(self, seed: int, scale: plans.Scale, numbers: Sequence[str]) -> None:
        """Let the travellers talk while things break, until the plan is over."""
        begin = time.monotonic() + 0.2
        broken = plans.breaks(seed, scale)
        timelines: list[Callable[[Callable[[], bool]], None]] = [
            partial(self._talk, plans.words(seed, scale), numbers, begin),
            partial(self._provoke, plans.faults(seed, scale), begin),
            *(partial(self._break, each, begin) for each in broken.values()),
        ]
        with ThreadPoolExecutor(len(timelines)) as threads:
            running: list[Future[None]] = []

            def over() -> bool:
                return any(each.done() and each.exception() for each in running)

            running += [threads.submit(each, over) for each in timelines]
            for each in as_completed(running):
                each.result()
        self.faults = self.simulator.call("GET", "/faults")["happened"]
        self.simulator.call("POST", "/faults", **_NO_FAULTS)

    def _talk(
        self,
        said: Sequence[plans.Said],
        numbers: Sequence[str],
        begin: float,
        over: Callable[[], bool],
    ) -> None:
        with httpx.Client(base_url=self.simulator.url, trust_env=False, timeout=35) as client:
            for each in said:
                if not sleep_until(begin + each.at, over):
                    return
                number = numbers[each.traveller]
                answer = client.post(
                    f"/simulator/phones/{number}/messages", json={"text": each.text}
                )
                assert answer.status_code == 201, answer.text
                self.asked[answer.json()["sid"]] = (number, each.text)

    def _provoke(
        self, faults: Sequence[plans.Fault], begin: float, over: Callable[[], bool]
    ) -> None:
        for each in faults:
            if not sleep_until(begin + each.at, over):
                return
            self.simulator.call("POST", "/faults", **each.request)

    def _break(self, broken: Sequence[plans.Break], begin: float, over: Callable[[], bool]) -> None:
        for each in broken:
            if not sleep_until(begin + each.at, over):
                return
            self._take_away(each)
            time.sleep(each.away_s)
            self._put_back(each.part)

    def _take_away(self, broken: plans.Break) -> None:
        if broken.part == "postgres":
            self.database.stop(broken.mode)
        elif broken.part == "redis":
            self.redis.kill()
        else:
            self.programs[broken.part].kill()

    def _put_back(self, part: str) -> None:
        if part == "postgres":
            self.database.start()
        elif part == "redis":
            self.redis.start()
        else:
            self.programs[part].start()

    def settle(self, patience_s: float) -> float:
        """Wait until nothing is under way any more; return how long that took.

        Raises:
            AssertionError: it takes too long; the message says what is waited for.
        """
        started, quiet_since = time.monotonic(), None
        while quiet_since is None or time.monotonic() - quiet_since < _QUIET_S:
            missing = self.unfinished()
            quiet_since = None if missing else quiet_since or time.monotonic()
            if missing and time.monotonic() - started > patience_s:
                raise AssertionError(f"after {patience_s:.0f} s there still is: {missing}")
            time.sleep(0.5)
        return quiet_since - started

    def unfinished(self) -> dict[str, Any]:
        """Return what is still to be taken in, answered or sent; empty when all is done."""
        inbox = self.database.rows("select provider_sid, processed_at from inbound_messages")
        known = {str(sid): processed_at is not None for sid, processed_at in inbox}
        waiting = self.database.rows(
            """select id, status, attempts, error_code,
                      round(extract(epoch from not_before - now()))::float
                 from outbound_messages where status = any(%s) order by id""",
            list(_WAITING),
        )
        found: dict[str, list[Any]] = {
            "not in the inbox": [sid for sid in self.asked if sid not in known],
            "not answered": [sid for sid, answered in known.items() if not answered],
            "not sent (id, status, attempts, code, seconds to wait)": waiting,
        }
        if not any(found.values()):
            found["failed, and not told of"] = self._unheard()
        return {what: (len(each), each[:10]) for what, each in found.items() if each}

    def received(self) -> dict[str, list[dict[str, Any]]]:
        """Return what every phone received, by its number."""
        numbers = sorted({number for number, _ in self.asked.values()})
        return {number: house.Phone(self.simulator, number).received() for number in numbers}

    def _unheard(self) -> list[str]:
        """Return the messages that failed though the outbox holds them to be well."""
        over = self.database.rows(
            "select provider_sid from outbound_messages where status = any(%s)", list(FAILED)
        )
        known = {sid for (sid,) in over}
        shown = [each for thread in self.received().values() for each in thread]
        return [
            str(each["sid"])
            for each in shown
            if each["status"] in FAILED and each["sid"] not in known
        ]


_QUIET_S = 5.0
_NO_FAULTS = {
    name: {"count": 0}
    for name in (
        "fail_next", "timeout_after_accepting", "reset_before_accepting", "reset_after_accepting",
        "garble_answers", "slow_answers", "duplicate_webhooks", "lose_webhooks",
        "delay_webhooks", "reorder_webhooks", "swap_statuses", "fail_by_callback",
        "storm_callbacks",
    )
}  # fmt: skip


def build(folder: Path, logs: Path, stack: ExitStack) -> Installation:
    """Start everything, with its data in *folder*; *stack* ends it."""
    database = Database(folder / "postgres")
    stack.callback(database.end)
    migrate(database.url)
    redis = Redis(folder / "redis")
    stack.callback(redis.end)
    redis.start()
    web, phone = house.free_port(), house.free_port()
    environment = {
        "DATABASE_URL": database.url,
        "REDIS_URL": redis.url,
        "STATE_DIR": str(folder / "state"),
        "TWILIO_ACCOUNT_SID": house.ACCOUNT,
        "TWILIO_AUTH_TOKEN": house.TOKEN,
        "TWILIO_BASE_URL": f"http://127.0.0.1:{phone}",
        "TWILIO_TIMEOUT_S": "1",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{web}",
    }
    webhook = f"{environment['PUBLIC_BASE_URL']}/webhooks/twilio"
    simulator = stack.enter_context(house.simulator(logs / "simulator", webhook, phone))
    programs = {
        name: Program(*arguments, environment=environment, log=logs / name)
        for name, arguments in _programs(web).items()
    }
    for each in programs.values():
        stack.callback(each.end)
        each.start()
    house.wait_until(lambda: _is_ready(web), f"the web server; see {logs}")
    return Installation(database, redis, simulator, programs)


def _programs(web_port: int) -> dict[str, tuple[str, ...]]:
    celery = ("celery", "-A", "whatsapp.worker")
    worker = (*celery, "worker", "--without-gossip", "--without-mingle")
    return {
        "web": ("uvicorn", "api.app:create_app", "--factory", "--port", str(web_port)),
        "worker-of-processes": (*worker, "--concurrency=2", "-n", "processes@%h"),
        "worker-of-threads": (*worker, "--pool=threads", "--concurrency=4", "-n", "threads@%h"),
        "beat": (*celery, "beat"),
    }


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False).is_success
    except httpx.TransportError:
        return False
