"""Sessions: signed for minutes, renewed once, ended for good, and nobody else's."""

import datetime as dt
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from api.sessions import service, tokens
from api.sessions.devices import device_of
from api.sessions.paths import local_path
from api.sessions.schemas import Method, Opened
from core.audit.service import entries
from core.database import Connection
from core.settings import settings
from tests.api.support import KEY, fresh_keys

DEVICE = "Firefox on Linux"


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    with fresh_keys():
        yield


@pytest.fixture
def opened(connection: Connection) -> Opened:
    return service.open_guest(connection, DEVICE, "vi")


def _token(opened: Opened) -> str:
    return tokens.sign(opened.visitor.user_id, opened.visitor.session_id)


def test_a_token_leads_to_its_session(connection: Connection, opened: Opened) -> None:
    visitor = service.visitor_with(connection, _token(opened))
    assert visitor == opened.visitor
    assert visitor.language == "vi"
    assert visitor.is_guest


def test_an_expired_token_is_refused(connection: Connection, opened: Opened) -> None:
    then = dt.datetime.now(dt.UTC) - tokens.VALID_FOR - dt.timedelta(seconds=10)
    old = tokens.sign(opened.visitor.user_id, opened.visitor.session_id, then)
    assert service.visitor_with(connection, old) is None


def test_a_token_signed_by_nobody_is_refused(connection: Connection, opened: Opened) -> None:
    header = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    _, claims, _ = _token(opened).split(".")
    assert service.visitor_with(connection, f"{header}.{claims}.") is None


def test_a_token_signed_otherwise_is_refused(connection: Connection, opened: Opened) -> None:
    claims = {"iss": "travelbuddy", "aud": "web", "sub": "1", "exp": 9_999_999_999, "iat": 1}
    claims["sid"] = str(opened.visitor.session_id)
    key = OctKey.import_key(KEY.encode() * 2)
    for algorithm in ("HS256", "HS512"):
        forged = jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])
        assert service.visitor_with(connection, forged) is None


def test_a_token_of_another_key_is_refused(connection: Connection, opened: Opened) -> None:
    token = _token(opened)
    with fresh_keys("another secret that is long enough to sign with"):
        assert service.visitor_with(connection, token) is None


def test_after_a_change_of_keys_older_tokens_hold(connection: Connection, opened: Opened) -> None:
    before = settings().session_keys[0].get_secret_value()
    token = _token(opened)
    with fresh_keys("another secret that is long enough to sign with", before):
        assert service.visitor_with(connection, token) == opened.visitor
        assert tokens.sign(1, uuid4()).split(".")[0] != token.split(".")[0]


@pytest.mark.parametrize("nonsense", ["", "x", "a.b.c", "..", "\x00", "é" * 3000])
def test_nonsense_is_no_token(nonsense: str) -> None:
    assert tokens.read(nonsense) is None


def test_every_part_of_a_token_is_signed(connection: Connection, opened: Opened) -> None:
    token = _token(opened)
    for place in range(0, len(token) - 1, 7):
        sign = "A" if token[place] != "A" else "B"
        changed = token[:place] + sign + token[place + 1 :]
        assert tokens.read(changed) is None, place


def test_renewing_replaces_the_secret(connection: Connection, opened: Opened) -> None:
    assert opened.renewal
    renewed = service.renew(connection, opened.renewal)
    assert renewed
    assert renewed.visitor == opened.visitor
    assert renewed.renewal not in {None, opened.renewal}


def test_requests_side_by_side_may_show_one_secret(connection: Connection, opened: Opened) -> None:
    assert opened.renewal
    first, second = (service.renew(connection, opened.renewal) for _ in range(2))
    assert first
    assert second
    assert second.renewal is None, "the first one's answer brings the new secret"


def test_a_copied_secret_ends_the_session_for_both(connection: Connection, opened: Opened) -> None:
    assert opened.renewal
    renewed = service.renew(connection, opened.renewal)
    connection.execute("update sessions set renewed_at = now() - interval '2 minutes'")
    assert service.renew(connection, opened.renewal) is None
    assert renewed
    assert renewed.renewal
    assert service.renew(connection, renewed.renewal) is None
    assert service.visitor_with(connection, _token(opened)) is None
    assert entries(connection)[0].detail == {"because": service.COPIED}


def test_a_session_lasts_no_longer_than_half_a_year(connection: Connection) -> None:
    user_id = service.open_guest(connection, DEVICE, "en").visitor.user_id
    opened = service.open_session(connection, user_id, Method.FACEBOOK, DEVICE)
    connection.execute(
        "update sessions set created_at = now() - interval '170 days' where id = %s",
        [opened.visitor.session_id],
    )
    assert opened.renewal
    renewed = service.renew(connection, opened.renewal)
    assert renewed
    left = renewed.expires_at - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=9) < left < dt.timedelta(days=11)


def test_an_ended_session_is_over_at_once(connection: Connection, opened: Opened) -> None:
    visitor = opened.visitor
    assert not service.end_session(connection, visitor.user_id + 1, visitor.session_id, "x")
    assert service.end_session(connection, visitor.user_id, visitor.session_id, "x")
    assert service.visitor_with(connection, _token(opened)) is None
    assert service.renew(connection, opened.renewal or "") is None
    assert service.sessions_of(connection, visitor.user_id) == []


def test_all_others_can_be_ended(connection: Connection, opened: Opened) -> None:
    user_id = opened.visitor.user_id
    kept = service.open_session(connection, user_id, Method.WHATSAPP, "Safari on iPhone")
    assert service.end_all(connection, user_id, "x", but=kept.visitor.session_id) == 1
    assert [each.device for each in service.sessions_of(connection, user_id)] == [
        "Safari on iPhone"
    ]


def test_who_is_being_erased_has_no_session(connection: Connection, opened: Opened) -> None:
    connection.execute("update users set erase_requested_at = now()")
    assert service.visitor_with(connection, _token(opened)) is None
    assert service.renew(connection, opened.renewal or "") is None


@pytest.mark.parametrize(
    "wanted", ["/", "/account", "/onboarding/places?from=account", "/a/b-c_d.e~f%20g?x=1&y=2"]
)
def test_our_own_paths_may_come_next(wanted: str) -> None:
    assert local_path(wanted, "/else") == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "account",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\\b",
        "/a\r\nSet-Cookie: x=1",
        "/\t/evil.example",
        " /account",
        "/" + "a" * 400,
        "/é",
    ],
)
def test_nothing_else_may(wanted: str) -> None:
    assert local_path(wanted, "/else") == "/else"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", DEVICE),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.0", "unknown"),
        ("", "unknown"),
    ],
)
def test_devices_have_names_that_owners_know(agent: str, name: str) -> None:
    assert device_of(agent) == name
