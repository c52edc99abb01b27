"""Signing in through Facebook: whoever it is, whatever goes wrong, and nobody else."""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import pytest
from fastapi import FastAPI

from api.app import create_app
from core.settings import settings
from simulator.server import running
from simulator.settings import Settings as Simulated
from tests.api.support import Browser
from tests.conftest import rows_of

BASE = "http://127.0.0.1:8000"
APP, SECRET = "1234567890", "an app secret of the tests"
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')


class Facebook:
    """The stand-in for Facebook, and people who use its dialog."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx.Client(base_url=base, trust_env=False)

    def answer(
        self, dialog: str, name: str = "One", email: str = "one@travellers.example", **form: str
    ) -> str:
        """Go through the dialog as somebody; return the path with which it sends them back."""
        hidden = {key: unescape(value) for key, value in HIDDEN.findall(self.http.get(dialog).text)}
        decided = {"person": "new", "name": name, "email": email, "decision": "continue"}
        fields = hidden | decided | {"share_email": "on"} | form
        sent = self.http.post("/facebook/dialog/oauth", data=fields)
        assert sent.status_code == 303, sent.text
        back = urlsplit(sent.headers["location"])
        return f"{back.path}?{back.query}"

    def fail(self, at: str, kind: str) -> None:
        """Let the next request to some part of it fail."""
        self.http.post("/simulator/facebook/faults", json={"at": at, "kind": kind})


@pytest.fixture
def facebook(configured: pytest.MonkeyPatch) -> Iterator[Facebook]:
    simulated = Simulated(
        account_sid="AC" + "0" * 32,
        auth_token="a-token-for-tests",
        facebook_app_id=APP,
        facebook_app_secret=SECRET,
    )
    with running(simulated) as base:
        configured.setenv("FACEBOOK_APP_ID", APP)
        configured.setenv("FACEBOOK_APP_SECRET", SECRET)
        configured.setenv("FACEBOOK_BASE_URL", f"{base}/facebook/v23.0")
        configured.setenv("FACEBOOK_DIALOG_URL", f"{base}/facebook/v23.0/dialog/oauth")
        keys = f"{base}/facebook/.well-known/oauth/openid/jwks/"
        configured.setenv("FACEBOOK_KEYS_URL", keys)
        configured.setenv("PUBLIC_BASE_URL", BASE)
        settings.cache_clear()
        stand_in = Facebook(base)
        yield stand_in
        stand_in.http.close()


@pytest.fixture
def app(facebook: Facebook, database_url: str) -> FastAPI:
    settings.cache_clear()
    return create_app()


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    return Browser(app, BASE)


def _leave(browser: Browser, next_page: str = "") -> str:
    sent = browser.post("/login/facebook", next=next_page)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def _sign_in(browser: Browser, facebook: Facebook, **person: str) -> httpx2.Response:
    return browser.get(facebook.answer(_leave(browser), **person))


def _notice(answer: httpx2.Response) -> str:
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return query.get("notice", [""])[0]


def _users(url: str) -> int:
    return int(rows_of(url, "select count(*) as size from users")[0]["size"])


def test_a_new_person_is_signed_in_and_begins(
    browser: Browser, facebook: Facebook, database_url: str
) -> None:
    answer = _sign_in(browser, facebook)
    assert answer.headers["location"] == "/onboarding/places"
    assert set(browser.client.cookies) == {"browser", "session", "renewal"}
    rows = rows_of(database_url, "select method, device from sessions")
    assert rows == [{"method": "facebook", "device": "Firefox on Linux"}]
    assert browser.get("/login").headers["location"] == "/account"


def test_the_dialog_is_asked_with_state_nonce_and_a_challenge(
    browser: Browser, facebook: Facebook
) -> None:
    asked = parse_qs(urlsplit(_leave(browser)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{BASE}/login/facebook/callback"]
    assert {"state", "nonce", "code_challenge", "scope"} <= set(asked)
    assert "code_verifier" not in asked


def test_the_same_person_comes_back_to_the_same_account(
    app: FastAPI, facebook: Facebook, database_url: str
) -> None:
    person = facebook.http.get("/simulator/facebook").json()["people"][0]["id"]
    for _ in range(2):
        assert _notice(_sign_in(Browser(app, BASE), facebook, person=person)) == ""
    assert _users(database_url) == 1


def test_a_login_goes_on_where_it_was_asked_for(browser: Browser, facebook: Facebook) -> None:
    path = facebook.answer(_leave(browser, "/join"))
    assert browser.get(path).headers["location"] == "/join"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil"])
def test_a_login_leads_to_no_other_site(
    browser: Browser, facebook: Facebook, elsewhere: str
) -> None:
    path = facebook.answer(_leave(browser, elsewhere))
    assert browser.get(path).headers["location"] == "/onboarding/places"
    assert browser.get(f"/login?next={elsewhere}").headers["location"] == "/account"


def test_whoever_says_no_is_told_that_nothing_changed(
    browser: Browser, facebook: Facebook, database_url: str
) -> None:
    answer = browser.get(facebook.answer(_leave(browser), decision="cancel"))
    assert _notice(answer) == "login_refused"
    assert _users(database_url) == 0
    assert "session" not in browser.client.cookies


def test_nobody_needs_to_share_an_address(
    browser: Browser, facebook: Facebook, database_url: str
) -> None:
    answer = _sign_in(browser, facebook, share_email="")
    assert answer.headers["location"] == "/onboarding/places"
    rows = rows_of(database_url, "select name_encrypted, email_encrypted, email_index from users")
    assert (rows[0]["email_encrypted"], rows[0]["email_index"]) == (None, None)
    assert b"One" not in bytes(rows[0]["name_encrypted"])


def test_an_answer_can_be_used_once(browser: Browser, facebook: Facebook) -> None:
    path = facebook.answer(_leave(browser))
    assert _notice(browser.get(path)) == ""
    assert _notice(browser.get(path)) == "login_expired"


def test_another_browser_cannot_use_the_answer(
    app: FastAPI, browser: Browser, facebook: Facebook, database_url: str
) -> None:
    path = facebook.answer(_leave(browser))
    victim = Browser(app, BASE)
    victim.get("/login")
    assert _notice(victim.get(path)) == "login_expired"
    assert _users(database_url) == 0


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?code=y", "?state=" + "x" * 3000])
def test_an_answer_that_nobody_asked_for_is_refused(browser: Browser, query: str) -> None:
    assert _notice(browser.get(f"/login/facebook/callback{query}")) == "login_expired"


def test_a_forged_code_is_refused(browser: Browser, facebook: Facebook, database_url: str) -> None:
    state = parse_qs(urlsplit(_leave(browser)).query)["state"][0]
    answer = browser.get("/login/facebook/callback", params={"state": state, "code": "made up"})
    assert _notice(answer) == "login_failed"
    assert _users(database_url) == 0


@pytest.mark.parametrize(
    ("at", "kind", "notice"),
    [
        ("token", "server_error", "login_later"),
        ("token", "graph_error", "login_failed"),
        ("token", "garbled", "login_failed"),
        ("me", "server_error", "login_later"),
        ("me", "graph_error", "login_failed"),
        ("me", "garbled", "login_failed"),
    ],
)
def test_trouble_at_facebook_is_told_and_can_be_tried_again(
    browser: Browser, facebook: Facebook, at: str, kind: str, notice: str
) -> None:
    path = facebook.answer(_leave(browser))
    facebook.fail(at, kind)
    assert _notice(browser.get(path)) == notice
    assert _sign_in(browser, facebook).headers["location"] == "/onboarding/places"


def test_a_session_of_before_the_login_is_worth_nothing_after_it(
    app: FastAPI, browser: Browser, facebook: Facebook
) -> None:
    """Whoever planted a guest's cookies in a browser is not signed in with it."""
    browser.post("/begin", "/")
    planted = dict(browser.client.cookies)
    _sign_in(browser, facebook)
    thief = Browser(app, BASE)
    for name, value in planted.items():
        thief.client.cookies.set(name, value)
    assert thief.get("/account").headers["location"].startswith("/login")
    assert browser.get("/account").status_code == 200


def test_a_known_address_alone_opens_no_account(
    app: FastAPI, browser: Browser, facebook: Facebook, database_url: str
) -> None:
    _sign_in(browser, facebook)
    other = Browser(app, BASE)
    answer = _sign_in(other, facebook, name="Somebody With The Same Address")
    assert _notice(answer) == "email_known"
    assert "session" not in other.client.cookies
    assert _users(database_url) == 1


def test_after_proof_the_second_way_leads_to_the_same_account(
    app: FastAPI, facebook: Facebook, database_url: str
) -> None:
    people = facebook.http.get("/simulator/facebook").json()["people"]
    first = next(each for each in people if each["email"])
    _sign_in(Browser(app, BASE), facebook, person=first["id"])
    second = Browser(app, BASE)
    again = {"name": "The Same Person", "email": first["email"].upper()}
    assert _notice(_sign_in(second, facebook, **again)) == "email_known"
    assert _notice(_sign_in(second, facebook, person=first["id"])) == ""
    rows = rows_of(
        database_url, "select count(distinct user_id) as users, count(*) from login_methods"
    )
    assert rows == [{"users": 1, "count": 2}]
    assert _users(database_url) == 1


def test_a_guest_keeps_what_they_have_told(
    browser: Browser, facebook: Facebook, database_url: str
) -> None:
    browser.post("/begin", "/")
    assert _users(database_url) == 1
    _sign_in(browser, facebook)
    assert _users(database_url) == 1


def test_signing_out_ends_the_session(app: FastAPI, browser: Browser, facebook: Facebook) -> None:
    _sign_in(browser, facebook)
    kept = dict(browser.client.cookies)
    assert browser.post("/logout", "/account").headers["location"] == "/?notice=signed_out"
    assert "session" not in browser.client.cookies
    thief = Browser(app, BASE)
    for name, value in kept.items():
        thief.client.cookies.set(name, value)
    assert thief.get("/account").headers["location"].startswith("/login")


def test_facebook_can_have_somebody_deleted(
    browser: Browser, facebook: Facebook, database_url: str
) -> None:
    person = facebook.http.get("/simulator/facebook").json()["people"][0]["id"]
    _sign_in(browser, facebook, person=person)
    signed = _signed_request(person)
    asked = browser.client.post("/login/facebook/deletion", data={"signed_request": signed})
    told = asked.json()
    assert told["url"] == f"{BASE}/deletion/{told['confirmation_code']}"
    assert browser.get(f"/deletion/{told['confirmation_code']}").status_code == 200
    assert browser.get("/account").status_code == 303
    assert rows_of(database_url, "select from users where erase_requested_at is null") == []


@pytest.mark.parametrize("path", ["deletion", "deauthorize"])
@pytest.mark.parametrize("signed", ["", "x", "a.b", "....", "é.é", "x" * 5000])
def test_nobody_else_can(browser: Browser, path: str, signed: str) -> None:
    answer = browser.client.post(
        f"/login/facebook/{path}",
        data={"signed_request": signed},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert "\n" not in answer.json()["detail"]


def test_who_removes_the_app_at_facebook_is_signed_out(
    browser: Browser, facebook: Facebook, database_url: str
) -> None:
    person = facebook.http.get("/simulator/facebook").json()["people"][0]["id"]
    _sign_in(browser, facebook, person=person)
    signed = {"signed_request": _signed_request(person)}
    assert browser.client.post("/login/facebook/deauthorize", data=signed).status_code == 200
    assert browser.get("/account").status_code == 303
    assert rows_of(database_url, "select from login_methods") == []


def test_a_foreign_page_cannot_make_a_browser_sign_in(browser: Browser) -> None:
    token = browser.token()
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        sent = browser.client.post("/login/facebook", data={"csrf": token}, headers=headers)
        assert sent.status_code == 403, headers


def test_a_form_without_its_token_is_refused(app: FastAPI, browser: Browser) -> None:
    browser.get("/login")
    other = Browser(app, BASE)
    for token in ("", "0" * 64, other.token()):
        assert browser.client.post("/login/facebook", data={"csrf": token}).status_code == 403


def _signed_request(person: str) -> str:
    payload = _encoded(json.dumps({"user_id": person, "algorithm": "HMAC-SHA256"}).encode())
    signature = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).digest()
    return f"{_encoded(signature)}.{payload}"


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
