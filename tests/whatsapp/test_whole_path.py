"""From a phone, through every process, and back: nothing here is imagined but the phone."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from psycopg.rows import DictRow, dict_row
from twilio.request_validator import RequestValidator

from core.embedded.service import Servers
from tests.conftest import copy_database, drop_database
from tests.whatsapp import house


@dataclass
class House:
    """Web server, worker and simulator, as processes of their own."""

    simulator: house.Simulator
    database: psycopg.Connection[DictRow]
    environment: dict[str, str]
    logs: Path
    stack: ExitStack
    workers: list[Popen[bytes]] = field(default_factory=list)

    @property
    def webhook(self) -> str:
        return f"{self.environment['PUBLIC_BASE_URL']}/webhooks/twilio"

    def start_worker(self) -> None:
        running = house.process(
            "celery", "-A", "whatsapp.worker", "worker", "--beat", "--concurrency=2",
            "--without-gossip", "--without-mingle",
            environment=self.environment, log=self.logs / "worker",
        )  # fmt: skip
        self.workers.append(self.stack.enter_context(running))

    def start_web(self, port: int, **changes: str) -> str:
        """Start a web server, with *changes* to its settings; return its address."""
        running = house.process(
            "uvicorn", "api.app:create_app", "--factory", "--port", str(port),
            environment={**self.environment, **changes}, log=self.logs / "web",
        )  # fmt: skip
        self.stack.enter_context(running)
        url = f"http://127.0.0.1:{port}"
        house.wait_until(lambda: _answers(url), f"the web server; see {self.logs}")
        return url

    def rows(self, query: str, *parameters: object) -> list[DictRow]:
        return self.database.execute(query, list(parameters)).fetchall()

    def waiting(self) -> list[DictRow]:
        """Messages that are not answered, or not sent, yet."""
        return self.rows(
            """select id from inbound_messages where processed_at is null union all
               select id from outbound_messages where status in ('pending', 'claimed', 'unknown')"""
        )


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def running(
    servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    logs = tmp_path_factory.mktemp("house")
    url = copy_database(servers, template, "house")
    web, phone = house.free_port(), house.free_port()
    environment = {
        "DATABASE_URL": url,
        "REDIS_URL": servers.redis_url.removesuffix("/0") + "/1",
        "STATE_DIR": str(logs / "state"),
        "TWILIO_ACCOUNT_SID": house.ACCOUNT,
        "TWILIO_AUTH_TOKEN": house.TOKEN,
        "TWILIO_BASE_URL": f"http://127.0.0.1:{phone}",
        "TWILIO_TIMEOUT_S": "1",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{web}",
    }
    with ExitStack() as stack:
        webhook = f"{environment['PUBLIC_BASE_URL']}/webhooks/twilio"
        simulator = stack.enter_context(house.simulator(logs / "simulator", webhook, phone))
        database = stack.enter_context(psycopg.connect(url, autocommit=True, row_factory=dict_row))
        started = House(simulator, database, environment, logs, stack)
        started.start_worker()
        started.start_web(web)
        yield started
    drop_database(servers, "house")


def deliver(running: House, sid: str, number: str, text: str, times: int) -> list[int]:
    """Call the webhook as Twilio would, *times* times at once."""
    form = {"MessageSid": sid, "From": f"whatsapp:{number}", "Body": text, "NumMedia": "0"}
    signature = RequestValidator(house.TOKEN).compute_signature(running.webhook, form)
    headers = {
        "X-Twilio-Signature": signature,
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def call(_: int) -> int:
        with httpx.Client(trust_env=False, timeout=30) as client:
            answer = client.post(running.webhook, content=urlencode(form), headers=headers)
        return answer.status_code

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(call, range(times)))


def settled(running: House, phone: house.Phone) -> list[dict[str, object]]:
    """Return what the phone received once nothing is waiting any more."""
    house.wait_until(lambda: not running.waiting(), "everything to be answered and sent")
    time.sleep(0.3)  # time enough for a second answer, were there one
    return phone.received()


def test_a_message_is_answered_and_its_statuses_come_home(running: House) -> None:
    phone = running.simulator.phone()
    sid = phone.says("hello")
    assert phone.waits_for(1)
    query = """select distinct o.status from outbound_messages o
                 join inbound_messages m on m.id = o.inbound_id where m.provider_sid = %s"""
    house.wait_until(
        lambda: [row["status"] for row in running.rows(query, sid)] == ["read"],
        "every message to be read",
    )
    history = running.rows(
        """select distinct e.status from message_events e
             join outbound_messages o on o.id = e.outbound_id
             join inbound_messages m on m.id = o.inbound_id where m.provider_sid = %s""",
        sid,
    )
    assert {row["status"] for row in history} == {"queued", "sent", "delivered", "read"}


def test_one_message_delivered_twenty_times_at_once_gets_one_answer(running: House) -> None:
    phone = running.simulator.phone()
    sid = phone.says("hello")
    first = phone.waits_for(1)
    house.wait_until(lambda: not running.waiting(), "the answer to be sent")
    answers = len(phone.received())
    assert answers >= len(first)
    assert deliver(running, sid, phone.number, "hello", 20) == [200] * 20
    again = "SM" + "e" * 32
    assert deliver(running, again, phone.number, "help", 20) == [200] * 20
    after = settled(running, phone)
    count = running.rows(
        "select count(*) as n from inbound_messages where provider_sid = %s", again
    )
    assert count[0]["n"] == 1
    queued = running.rows(
        """select count(*) as n from outbound_messages o join inbound_messages m
               on m.id = o.inbound_id where m.provider_sid = %s""",
        again,
    )
    assert len(after) - answers == queued[0]["n"] > 0


def test_quick_messages_are_answered_in_order_though_a_worker_is_killed_in_the_middle(
    running: House,
) -> None:
    phone = running.simulator.phone()
    running.simulator.hold_next(0.6, count=2)  # so that the kill falls into a send
    sids = [phone.says(text) for text in ("hello", "help", "5 days in Hạ Long")]
    phone.waits_for(1)
    house.kill(running.workers[-1])
    running.start_worker()
    received = [message["sid"] for message in settled(running, phone)]
    rows = running.rows(
        """select m.provider_sid as asked, o.provider_sid as answered, o.status
             from outbound_messages o join inbound_messages m on m.id = o.inbound_id
            where m.provider_sid = any(%s) order by m.id, o.position""",
        sids,
    )
    assert {row["asked"] for row in rows} == set(sids)
    assert [row["answered"] for row in rows] == received
    assert len(set(received)) == len(received)


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_out_of_order_whenever_workers_die(running: House) -> None:
    chance = random.Random(20_261_121)
    phones = [running.simulator.phone() for _ in range(3)]
    asked = {phone.number: [] for phone in phones}  # type: dict[str, list[str]]
    for kills in range(6):
        for _ in range(8):
            phone = chance.choice(phones)
            asked[phone.number].append(phone.says(chance.choice(["hello", "help", "Sa Pa"])))
        if kills % 2:
            running.simulator.hold_next(1.5, count=2)  # longer than the channel's patience
        time.sleep(chance.uniform(0, 1.5))
        house.kill(running.workers[-1])
        running.start_worker()
    house.wait_until(lambda: not running.waiting(), "all to be answered and sent", 120)
    for phone in phones:
        rows = running.rows(
            """select m.provider_sid as asked, o.provider_sid as answered
                 from outbound_messages o join inbound_messages m on m.id = o.inbound_id
                where m.provider_sid = any(%s) order by m.id, o.position""",
            asked[phone.number],
        )
        assert {row["asked"] for row in rows} == set(asked[phone.number])
        assert [row["answered"] for row in rows] == [shown["sid"] for shown in phone.received()]


def test_a_location_from_somebody_without_a_phone_number_is_answered(running: House) -> None:
    phone = house.Phone(running.simulator, "VN.1A2B3C4D5E")
    phone.does(location={"latitude": 20.91, "longitude": 107.18, "label": "Vịnh Hạ Long"})
    assert phone.waits_for(1)
    assert all(message["error_code"] is None for message in settled(running, phone))


def test_stop_in_the_middle_ends_everything_but_the_confirmation(running: House) -> None:
    phone = running.simulator.phone()
    phone.says("hello")
    phone.waits_for(1)
    settled(running, phone)
    before = len(phone.received())
    running.simulator.fail_next(count=1, http_status=429, code=63018, retry_after=3)
    phone.says("help")
    house.wait_until(
        lambda: running.rows("select id from outbound_messages where not_before > now()"),
        "the answer to be held back",
    )
    phone.says("STOP")
    assert len(settled(running, phone)) == before + 1
    phone.says("hello again")
    assert len(settled(running, phone)) == before + 1


def test_a_message_that_comes_while_redis_is_away_is_found_by_the_sweep(running: House) -> None:
    cut_off = running.start_web(house.free_port(), REDIS_URL="redis://127.0.0.1:1/0")
    phone = running.simulator.phone()
    form = {"MessageSid": "SM" + "d" * 32, "From": f"whatsapp:{phone.number}", "Body": "hello"}
    signature = RequestValidator(house.TOKEN).compute_signature(running.webhook, form)
    phone.says("hello")
    phone.waits_for(1)
    settled(running, phone)
    before = len(phone.received())
    with httpx.Client(trust_env=False, timeout=30) as client:
        answer = client.post(
            f"{cut_off}/webhooks/twilio", data=form, headers={"X-Twilio-Signature": signature}
        )
        assert answer.status_code == 200
        assert client.get(f"{cut_off}/ready").json()["redis"] == "unreachable"
    assert len(phone.waits_for(before + 1, patience_s=40)) > before


def test_no_log_names_a_phone_or_what_was_said(running: House) -> None:
    phone = running.simulator.phone()
    phone.says("a confidential wish for Sa Pa")
    phone.waits_for(1)
    settled(running, phone)
    logged = "".join((running.logs / name).read_text() for name in ("web", "worker"))
    assert "message_answered" in logged
    assert "confidential" not in logged
    assert phone.number.lstrip("+") not in logged
    assert house.TOKEN not in logged
