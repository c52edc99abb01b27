"""Hostile requests by the thousand: a sample of them every time, all of them when asked."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from schemathesis.core.result import Ok

from api.app import create_app
from core.access.schemas import Role
from core.access.service import create_token
from core.database import Connection, unit_of_work
from core.encryption import decrypt
from core.settings import settings as our_settings
from tests.api.hostile import INBOUND, META, PUBLIC, Hostility, inbound_sid
from tests.whatsapp.meta.payloads import NUMBER_ID
from tests.whatsapp.meta.webhook import SECRET, WORD
from tests.whatsapp.test_endpoints import fields, signed
from whatsapp.outbox import repository as outbox
from whatsapp.reading import media_of, read

UNTIMED = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a request as it came says enough, and a smaller one takes minutes
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.filter_too_much,
    ],
)


@pytest.fixture
def app(database_url: str, configured: pytest.MonkeyPatch) -> FastAPI:
    configured.setenv("PUBLIC_BASE_URL", PUBLIC)
    configured.setenv("META_APP_SECRET", SECRET)
    configured.setenv("META_VERIFY_TOKEN", WORD)
    configured.setenv("META_PHONE_NUMBER_ID", NUMBER_ID)
    our_settings.cache_clear()
    return create_app()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def hostility(client: TestClient, db: Connection) -> Hostility:
    """Somebody who knows a few messages that there are, some of ours among them."""
    known = [inbound_sid() for _ in range(2)]
    for sid in known:
        form = fields(MessageSid=sid)
        assert client.post(INBOUND, data=form, headers=signed(INBOUND, form)).status_code == 200
    row = db.execute("select id from channel_identities").fetchone()
    assert row
    ids = outbox.add_outbound(db, row["id"], None, [{"body": str(each)} for each in range(20)])
    db.execute("update outbound_messages set status = 'claimed', claimed_at = now()")
    ours = [inbound_sid() for _ in range(3)]
    return Hostility(client, [*known, *ours], ids)


def send_many(hostility: Hostility, requests: int) -> Callable[[], None]:
    @settings(UNTIMED, max_examples=requests)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        hostility.send(data)

    return run


def assert_the_inbox_is_intact(client: TestClient, db: Connection, accepted: set[str]) -> None:
    """Whatever was taken can be read, was taken once, and others are still taken."""
    rows = db.execute("select provider, provider_sid, payload_encrypted from inbound_messages")
    kept = []
    for row in rows.fetchall():
        payload = json.loads(decrypt(bytes(row["payload_encrypted"])))
        read(row["provider"], payload)
        media_of(row["provider"], payload)
        kept.append(row["provider_sid"])
    assert len(kept) == len(set(kept))
    assert accepted <= set(kept)
    form = fields(MessageSid=inbound_sid(), Body="still there?")
    assert client.post(INBOUND, data=form, headers=signed(INBOUND, form)).status_code == 200


def test_a_sample_of_hostile_requests_is_taken_or_refused_in_one_line(
    hostility: Hostility, client: TestClient, db: Connection
) -> None:
    send_many(hostility, 400)()
    assert {(path, status) for path in (INBOUND, META) for status in (200, 400, 403)} <= set(
        hostility.answers
    )
    assert_the_inbox_is_intact(client, db, hostility.accepted)


@pytest.mark.slow
def test_eight_thousand_hostile_requests_cause_no_server_error(
    hostility: Hostility, client: TestClient, db: Connection
) -> None:
    send_many(hostility, 8_000)()
    assert_the_inbox_is_intact(client, db, hostility.accepted)


def described(app: FastAPI, requests: int) -> Callable[[], None]:
    """Requests made from our own description, by a tool that knows nothing else of us."""
    with unit_of_work() as unit:
        token = create_token(unit.connection, "hostile", Role.ADMIN)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]

    @settings(UNTIMED, max_examples=requests)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        case: Any = data.draw(data.draw(st.sampled_from(operations)).as_strategy())
        allowed = {"Authorization": f"Bearer {token}"} if data.draw(st.integers(0, 9)) else {}
        answer = case.call(headers=allowed)
        assert answer.status_code < 500, (case.method, case.path, answer.text)
        assert "Traceback" not in answer.text

    return run


def test_a_sample_of_requests_by_our_own_description_causes_no_server_error(app: FastAPI) -> None:
    described(app, 60)()


@pytest.mark.slow
def test_two_thousand_requests_by_our_own_description_cause_no_server_error(app: FastAPI) -> None:
    described(app, 2_000)()
