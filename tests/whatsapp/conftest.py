"""Fixtures of the channel's tests: the simulator, and everything that answers it."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from core.database import Connection, unit_of_work
from core.settings import settings
from tests.whatsapp import house
from tests.whatsapp.sending import forget_limits
from whatsapp import providers, service
from whatsapp.outbox.limits import limiter
from whatsapp.schemas import InboundMessage
from whatsapp.twilio.channel import TwilioChannel, twilio_channel


@pytest.fixture(scope="session")
def lonely_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[house.Simulator]:
    """A simulator whose webhooks nobody answers, for what only goes out."""
    log = tmp_path_factory.mktemp("simulator") / "log"
    nobody = f"http://127.0.0.1:{house.free_port()}/webhooks/twilio"
    with house.simulator(log, nobody) as running:
        yield running


@pytest.fixture
def simulator(lonely_simulator: house.Simulator) -> Iterator[house.Simulator]:
    yield lonely_simulator
    lonely_simulator.call("POST", "/reset")


@pytest.fixture
def channel(
    simulator: house.Simulator, database_url: str, configured: pytest.MonkeyPatch
) -> Iterator[TwilioChannel]:
    """The real channel, pointed at the simulator, with little patience."""
    configured.setenv("TWILIO_BASE_URL", simulator.url)
    configured.setenv("TWILIO_TIMEOUT_S", "1")
    settings.cache_clear()
    forget_limits()
    for cached in (providers.channel, twilio_channel):
        cached.cache_clear()
    yield twilio_channel()
    limiter.cache_clear()
    for cached in (providers.channel, twilio_channel):
        cached.cache_clear()


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    """A connection that commits after each statement, to look and to arrange."""
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def phone(simulator: house.Simulator) -> house.Phone:
    """A phone that has just written, so that it can be written to."""
    phone = simulator.phone()
    phone.says("hi")
    return phone


@pytest.fixture
def identity(phone: house.Phone, channel: TwilioChannel, db: Connection) -> int:
    """The address of that phone; its message is answered."""
    identity = receive(message(1, phone.number))
    assert identity is not None
    db.execute("update inbound_messages set processed_at = now()")
    return identity


def message(sid_number: int, address: str, body: str = "hello", **fields: str) -> InboundMessage:
    """A message as Twilio's webhook brings it."""
    sid = f"SM{sid_number:032x}"
    payload = {"MessageSid": sid, "From": f"whatsapp:{address}", "Body": body, **fields}
    return InboundMessage(
        sid, address, fields.get("ExternalUserId"), fields.get("ProfileName", ""), payload
    )


def receive(incoming: InboundMessage) -> int | None:
    """Keep *incoming*, in a transaction of its own; return who waits for an answer."""
    with unit_of_work() as unit:
        return next(iter(service.receive(unit.connection, [incoming])), None)
