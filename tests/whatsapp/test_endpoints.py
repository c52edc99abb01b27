"""The webhooks over HTTP: what is let in, what is kept, and what is said to the rest."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from twilio.request_validator import RequestValidator

from api.app import create_app
from core.database import Connection
from core.settings import settings
from tests.whatsapp.house import ACCOUNT, TOKEN
from whatsapp.twilio.signature import parse_form

PUBLIC = "https://bot.example"
INBOUND = "/webhooks/twilio"
SID = "SM" + "1" * 32


@pytest.fixture
def outside(configured: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of an application without a database, for what must not get that far."""
    configured.setenv("PUBLIC_BASE_URL", PUBLIC)
    configured.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()
    with TestClient(create_app(), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(database_url: str, configured: pytest.MonkeyPatch) -> Iterator[TestClient]:
    configured.setenv("PUBLIC_BASE_URL", PUBLIC)
    settings.cache_clear()
    with TestClient(create_app(), raise_server_exceptions=False) as client:
        yield client


def fields(**changes: str) -> dict[str, str]:
    return {
        "MessageSid": SID, "SmsSid": SID, "AccountSid": ACCOUNT, "From": "whatsapp:+84901234567",
        "To": "whatsapp:+14155238886", "WaId": "84901234567", "ProfileName": "Minh",
        "Body": "hello", "NumMedia": "0", "ApiVersion": "2010-04-01", **changes,
    }  # fmt: skip


def signed(path: str, form: dict[str, str], token: str = TOKEN) -> dict[str, str]:
    signature = RequestValidator(token).compute_signature(f"{PUBLIC}{path}", form)
    return {"X-Twilio-Signature": signature}


def post(client: TestClient, form: dict[str, str], path: str = INBOUND, **headers: str) -> int:
    answer = client.post(path, data=form, headers={**signed(path, form), **headers})
    return answer.status_code


def kept(db: Connection) -> list[str]:
    return [row["provider_sid"] for row in db.execute("select provider_sid from inbound_messages")]


def test_a_signed_message_is_kept_and_answered_with_empty_twiml(
    client: TestClient, db: Connection
) -> None:
    answer = client.post(INBOUND, data=fields(), headers=signed(INBOUND, fields()))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.endswith("<Response/>")
    assert kept(db) == [SID]


def test_a_repeated_message_is_kept_once(client: TestClient, db: Connection) -> None:
    assert [post(client, fields()) for _ in range(3)] == [200, 200, 200]
    assert kept(db) == [SID]


def test_nothing_of_the_person_is_readable_in_the_database(
    client: TestClient, db: Connection
) -> None:
    post(client, fields(Body="my secret wish"))
    rows = db.execute(
        "select m::text as m, i::text as i from inbound_messages m, channel_identities i"
    )
    stored = str(rows.fetchall())
    for secret in ("84901234567", "Minh", "my secret wish"):
        assert secret not in stored
        assert secret.encode().hex() not in stored


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "internal:8000"},
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http"},
        {"x-forwarded-proto": "http", "x-forwarded-port": "8000"},
        {"x-forwarded-for": "1.2.3.4", "forwarded": "for=1.2.3.4;host=evil.example;proto=http"},
        {"x-original-url": "/elsewhere", "x-rewrite-url": "/elsewhere"},
        {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"},
    ],
)
def test_a_proxy_s_headers_make_no_difference(
    client: TestClient, db: Connection, headers: dict[str, str]
) -> None:
    body, content_type = urlencode(fields()), "application/x-www-form-urlencoded"
    sent = {"content-type": content_type, **signed(INBOUND, fields()), **headers}
    assert client.post(INBOUND, content=body, headers=sent).status_code == 200
    assert kept(db) == [SID]


@pytest.mark.parametrize(
    "public", [PUBLIC, "http://bot.example", f"{PUBLIC}:8443", f"{PUBLIC}/a/b"]
)
@pytest.mark.parametrize("asked", ["http://10.0.0.7:8000", "https://internal", "http://[::1]:80"])
@pytest.mark.parametrize("query", ["", "?rc=5", "?rp=all&rc=5&x=%C4%91%20a"])
def test_scheme_host_and_port_of_the_request_make_no_difference(
    outside: TestClient, configured: pytest.MonkeyPatch, public: str, asked: str, query: str
) -> None:
    configured.setenv("PUBLIC_BASE_URL", public)
    settings.cache_clear()
    form = fields(From="nobody", Body="", Address="")  # signed, but not fit to be kept
    signature = RequestValidator(TOKEN).compute_signature(f"{public}{INBOUND}{query}", form)
    for given, status in ((signature, 400), (signature[::-1], 403), ("", 403)):
        headers = {"X-Twilio-Signature": given}
        answer = outside.post(f"{asked}{INBOUND}{query}", data=form, headers=headers)
        assert answer.status_code == status


def test_fields_that_come_several_times_are_signed_as_they_came(
    outside: TestClient,
) -> None:
    body = "MediaUrl=b&MediaUrl=a&Body="
    form = parse_form(body.encode())
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{INBOUND}", form)
    headers = {
        "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    assert outside.post(INBOUND, content=body, headers=headers).status_code == 400
    fewer = outside.post(INBOUND, content="MediaUrl=a&Body=", headers=headers)
    assert fewer.status_code == 403


def test_an_address_with_a_last_slash_or_a_query_works_as_it_was_signed(
    client: TestClient, db: Connection
) -> None:
    assert post(client, fields(), f"{INBOUND}/") == 200
    assert post(client, fields(MessageSid="SM" + "2" * 32), f"{INBOUND}?rc=5") == 200
    assert len(kept(db)) == 2


def test_a_public_address_with_a_path_of_its_own_works(
    client: TestClient, configured: pytest.MonkeyPatch
) -> None:
    configured.setenv("PUBLIC_BASE_URL", f"{PUBLIC}/bot/")
    settings.cache_clear()
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/bot{INBOUND}", fields())
    answer = client.post(INBOUND, data=fields(), headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200


def test_forged_and_tampered_messages_are_refused_and_not_kept(
    client: TestClient, db: Connection
) -> None:
    assert client.post(INBOUND, data=fields()).status_code == 403
    forged = signed(INBOUND, fields(), token="a guess")
    assert client.post(INBOUND, data=fields(), headers=forged).status_code == 403
    tampered = fields(Body="something else")
    assert client.post(INBOUND, data=tampered, headers=signed(INBOUND, fields())).status_code == 403
    assert kept(db) == []


def test_without_a_token_the_webhooks_do_not_exist(
    client: TestClient, configured: pytest.MonkeyPatch, db: Connection
) -> None:
    configured.setenv("TWILIO_AUTH_TOKEN", "")
    settings.cache_clear()
    assert post(client, fields()) == 404
    assert post(client, fields(), f"{INBOUND}/status?mid=1") == 404
    assert kept(db) == []


@pytest.mark.parametrize(
    "change",
    [
        {"MessageSid": ""},
        {"MessageSid": "SM1"},
        {"MessageSid": "SM" + "1" * 31 + "\x00"},
        {"From": ""},
        {"From": "whatsapp:"},
        {"From": "+84901234567"},
        {"From": "whatsapp:+84901234567'; drop table users; --"},
        {"From": "whatsapp:+849\x0001234567"},
        {"From": "messenger:123456"},
    ],
)
def test_a_message_without_an_id_or_a_sender_is_a_clear_400(
    outside: TestClient, change: dict[str, str]
) -> None:
    answer = outside.post(INBOUND, data=fields(**change), headers=signed(INBOUND, fields(**change)))
    assert answer.status_code == 400
    assert "\n" not in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("", b"", 415),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00", 400),
        ("application/x-www-form-urlencoded", b"Body=%ff%fe", 400),
        ("application/x-www-form-urlencoded", b"a=1&" * 5_000, 400),
        ("application/x-www-form-urlencoded", b"Body=" + b"a" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"", 403),
        ("application/x-www-form-urlencoded", b"%00=%00", 403),
        ("application/x-www-form-urlencoded", b"=&=&==&;", 403),
    ],
)
@pytest.mark.parametrize("path", [INBOUND, f"{INBOUND}/status"])
def test_hostile_bodies_get_one_clear_line(
    outside: TestClient, path: str, content_type: str, body: bytes, status: int
) -> None:
    headers = {"content-type": content_type, "X-Twilio-Signature": "x"}
    answer = outside.post(path, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "\n" not in answer.json()["detail"]


def test_odd_but_signed_messages_are_kept(client: TestClient, db: Connection) -> None:
    changes: list[dict[str, str]] = [
        {"Body": "a\x00b\x07c"},
        {"Body": "x" * 20_000},
        {"Body": "\u202eabc\u0300" * 50},
        {"ProfileName": "\x00" * 10},
        {"ProfileName": "N" * 5_000},
        {"NumMedia": "9" * 30, "Latitude": "nan", "Longitude": "inf"},
        {f"Field{number}": "" for number in range(150)},
    ]
    for number, change in enumerate(changes):
        assert post(client, fields(MessageSid=f"SM{number:032x}", **change)) == 200, change
    assert len(kept(db)) == len(changes)


def test_a_status_of_a_message_that_is_not_ours_is_ignored(
    client: TestClient, db: Connection
) -> None:
    form = {"MessageSid": SID, "MessageStatus": "delivered"}
    for mid in ("", "0", "999999", "-1", "1;drop", "9" * 400, "١"):
        assert post(client, form, f"{INBOUND}/status?{urlencode({'mid': mid})}") == 200
    assert db.execute("select from message_events").fetchall() == []


def test_a_get_and_an_unknown_path_are_told_so(outside: TestClient) -> None:
    assert outside.get(INBOUND).status_code == 405
    assert outside.post("/webhooks/nobody").status_code == 404
