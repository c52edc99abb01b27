"""Many messages at once, through real workers: replies first, bulk at the number's rate."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from psycopg.rows import DictRow, dict_row

from core.database import close_pool
from core.embedded.service import Servers
from core.jobs import BULK_JOB, REPLY_JOB
from core.settings import settings
from tests.conftest import copy_database, drop_database
from tests.whatsapp import house
from tests.whatsapp.conftest import message, receive
from tests.whatsapp.sending import forget_limits, queue
from whatsapp.outbox.schemas import BULK, REPLY

pytestmark = pytest.mark.slow

PER_SECOND = 20.0


@dataclass
class Floor:
    """A database, two worker processes and a simulator, with nobody to call back."""

    simulator: house.Simulator
    database: psycopg.Connection[DictRow]
    jobs: Celery
    numbers: Iterator[int]

    def traveller(self) -> int:
        """Somebody whom we may write to; return their address's key."""
        number = next(self.numbers)
        identity = receive(message(number, f"+84907{number:06}"))
        assert identity is not None
        return identity

    def hand_over(self, identity: int, priority: int) -> None:
        job = BULK_JOB if priority == BULK else REPLY_JOB
        self.jobs.send_task("whatsapp.deliver", (identity,), priority=job)

    def rows(self, query: str) -> list[DictRow]:
        return self.database.execute(query).fetchall()

    def all_sent(self) -> bool:
        return not self.rows(
            "select id from outbound_messages where status in ('pending', 'claimed', 'unknown')"
        )


@pytest.fixture
def floor(
    servers: Servers, template: str, tmp_path: Path, configured: pytest.MonkeyPatch
) -> Iterator[Floor]:
    url = copy_database(servers, template, "storm")
    nobody = f"http://127.0.0.1:{house.free_port()}"
    broker = servers.redis_url.removesuffix("/0") + "/3"
    with ExitStack() as stack:
        simulator = stack.enter_context(
            house.simulator(tmp_path / "simulator", f"{nobody}/webhooks/twilio")
        )
        simulator.call("PATCH", "/limits", window={"on": False})
        environment = {
            "DATABASE_URL": url, "REDIS_URL": broker, "TWILIO_BASE_URL": simulator.url,
            "TWILIO_ACCOUNT_SID": house.ACCOUNT, "TWILIO_AUTH_TOKEN": house.TOKEN,
            "PUBLIC_BASE_URL": nobody, "MESSAGES_PER_SECOND": str(PER_SECOND),
            "STATE_DIR": str(tmp_path / "state"),
        }  # fmt: skip
        for name, value in environment.items():
            configured.setenv(name, value)
        settings.cache_clear()
        forget_limits()
        stack.enter_context(
            house.process(
                "celery", "-A", "whatsapp.worker", "worker", "--beat", "--concurrency=2",
                "--without-gossip", "--without-mingle",
                environment=environment, log=tmp_path / "worker",
            )
        )  # fmt: skip
        database = stack.enter_context(psycopg.connect(url, autocommit=True, row_factory=dict_row))
        jobs = stack.enter_context(Celery("storm", broker=broker))
        jobs.conf.broker_transport_options = {
            "priority_steps": [REPLY_JOB, BULK_JOB], "queue_order_strategy": "priority",
        }  # fmt: skip
        yield Floor(simulator, database, jobs, iter(range(1, 100_000)))
        jobs.control.purge()
    close_pool()
    drop_database(servers, "storm")


def test_in_a_storm_of_429_replies_go_out_first_and_bulk_drains_at_the_numbers_rate(
    floor: Floor,
) -> None:
    bulk = [floor.traveller() for _ in range(80)]
    waiting = [floor.traveller() for _ in range(6)]
    floor.database.execute("update inbound_messages set processed_at = now()")
    floor.simulator.fail_next(count=6, http_status=429, code=20429, retry_after=1)
    for identity in bulk:
        queue(identity, "suggestions", priority=BULK)
        floor.hand_over(identity, BULK)
    house.wait_until(
        lambda: floor.rows("select id from outbound_messages where attempts > 0"), "the storm"
    )
    for identity in waiting:
        queue(identity, "the answer", priority=REPLY)
        floor.hand_over(identity, REPLY)
    house.wait_until(floor.all_sent, "everything to be sent", 180)
    sent = floor.rows(
        """select priority, claimed_at, error_code from outbound_messages
            where provider_sid is not null order by claimed_at"""
    )
    assert len(sent) == 86
    last_reply = max(place for place, row in enumerate(sent) if row["priority"] == REPLY)
    assert last_reply < 40  # of 86, though they came last
    bodies = [
        shown["body"]
        for number in range(1, 87)
        for shown in house.Phone(floor.simulator, f"+84907{number:06}").received()
    ]
    assert sorted(bodies) == ["suggestions"] * 80 + ["the answer"] * 6
    assert busiest_second(sent) <= PER_SECOND * 1.2


def busiest_second(sent: list[DictRow]) -> int:
    """Return the most messages handed over within one second."""
    times: list[float] = [row["claimed_at"].timestamp() for row in sent]
    return max(sum(start <= time < start + 1 for time in times) for start in times)


def test_a_reply_overtakes_the_bulk_that_is_queued_before_it(floor: Floor) -> None:
    bulk = [floor.traveller() for _ in range(100)]
    asked = floor.traveller()
    floor.database.execute("update inbound_messages set processed_at = now()")
    for identity in bulk:
        queue(identity, "suggestions", priority=BULK)
        floor.hand_over(identity, BULK)
    house.wait_until(
        lambda: floor.rows("select id from outbound_messages where provider_sid is not null"),
        "the first to be sent",
        90,
    )
    queue(asked, "the answer", priority=REPLY)
    floor.hand_over(asked, REPLY)
    house.wait_until(floor.all_sent, "everything to be sent", 120)
    sent = floor.rows("select priority, claimed_at from outbound_messages order by claimed_at")
    place = next(place for place, row in enumerate(sent) if row["priority"] == REPLY)
    assert place < 60
    assert busiest_second(sent) <= PER_SECOND * 1.2
