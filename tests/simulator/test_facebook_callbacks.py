"""What a test can steer of the stand-in for Facebook, and how it calls the app."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client

from simulator.__main__ import _parser, _settings
from simulator.server import running
from simulator.settings import Settings
from tests.simulator.facebook import ONE, SECRET, begin, decide, exchange
from tests.simulator.support import Answer, Bot


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("what", ["deletion", "deauthorize"])
def test_the_app_is_told_who_leaves_and_its_answer_comes_back(
    facebook: httpx.Client, bot: Bot, what: str
) -> None:
    confirmed = {"url": "https://tours.example/deletion/abc", "confirmation_code": "abc"}
    bot.answers.append(Answer(200, json.dumps(confirmed), "application/json"))
    told = facebook.post(f"/simulator/facebook/{what}", json={"person": ONE})
    assert told.json() == {"status": 200, "body": confirmed}
    [call] = bot.calls
    assert call.path == f"/{what}"
    signature, payload = call.form["signed_request"].split(".")
    expected = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).digest()
    assert decoded(signature) == expected
    claims = json.loads(decoded(payload))
    assert (claims["user_id"], claims["algorithm"]) == (ONE, "HMAC-SHA256")
    assert abs(claims["issued_at"] - time.time()) < 60


def test_whoever_leaves_takes_their_tokens_along(facebook: httpx.Client, app: OAuth2Client) -> None:
    token = str(exchange(app, decide(facebook, begin(app)))["access_token"])
    facebook.post("/simulator/facebook/deauthorize", json={"person": ONE}).raise_for_status()
    answer = facebook.get("/facebook/me", params={"access_token": token})
    assert answer.json()["error"]["code"] == 190


def test_an_app_that_answers_in_words_or_not_at_all_is_reported(
    facebook: httpx.Client, facebook_settings: Settings, bot: Bot
) -> None:
    bot.answers.append(Answer(500, "out of order", "text/plain"))
    told = facebook.post("/simulator/facebook/deletion", json={"person": ONE}).json()
    assert told == {"status": 500, "body": "out of order"}
    nowhere = replace(facebook_settings, facebook_deletion_url="http://127.0.0.1:1/")
    with running(nowhere) as base, httpx.Client(base_url=base, trust_env=False) as http:
        away = http.post("/simulator/facebook/deletion", json={"person": ONE})
    assert away.status_code == 502
    assert "does not answer" in away.json()["error"]


def test_only_somebody_who_is_there_can_leave_and_only_where_there_is_a_callback(
    facebook: httpx.Client, facebook_settings: Settings
) -> None:
    stranger = facebook.post("/simulator/facebook/deletion", json={"person": "5"})
    assert stranger.status_code == 404
    without = replace(facebook_settings, facebook_deletion_url="")
    with running(without) as base, httpx.Client(base_url=base, trust_env=False) as http:
        answer = http.post("/simulator/facebook/deletion", json={"person": ONE})
    assert answer.status_code == 409
    assert "--facebook-deletion-url" in answer.json()["error"]


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("server_error", 500, 1), ("graph_error", 400, 4)]
)
@pytest.mark.parametrize(
    ("at", "path"), [("token", "/facebook/oauth/access_token"), ("me", "/facebook/me")]
)
def test_the_next_request_fails_as_planned_and_the_one_after_does_not(
    facebook: httpx.Client, at: str, path: str, kind: str, status: int, code: int
) -> None:
    planned = facebook.post("/simulator/facebook/faults", json={"kind": kind, "at": at})
    assert len(planned.json()["faults"]) == 1
    failed, after = facebook.get(path), facebook.get(path)
    assert (failed.status_code, failed.json()["error"]["code"]) == (status, code)
    assert after.json()["error"]["code"] != code


def test_keys_can_be_nonsense_for_a_while(facebook: httpx.Client) -> None:
    path = "/facebook/.well-known/oauth/openid/jwks/"
    plan = {"kind": "garbled", "at": "keys", "count": 2}
    facebook.post("/simulator/facebook/faults", json=plan).raise_for_status()
    answers = [facebook.get(path) for _ in range(3)]
    assert [answer.text.startswith("<") for answer in answers] == [True, True, False]


def test_a_slow_exchange_is_answered_rightly_and_a_planned_fault_can_be_taken_back(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    plan = {"kind": "slow", "seconds": 0.3}
    facebook.post("/simulator/facebook/faults", json=plan).raise_for_status()
    answer = decide(facebook, begin(app))
    with pytest.raises(httpx.TimeoutException):
        facebook.get("/facebook/oauth/access_token", timeout=0.05)
    facebook.post("/simulator/facebook/faults", json=plan).raise_for_status()
    assert "id_token" in exchange(app, answer)
    facebook.post("/simulator/facebook/faults", json={"kind": "server_error"}).raise_for_status()
    assert facebook.delete("/simulator/facebook/faults").json() == {"faults": []}
    assert facebook.get("/facebook/oauth/access_token").status_code == 400


def test_what_is_switched_and_who_there_is_can_be_seen_and_is_as_before_after_a_reset(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    before = facebook.get("/simulator/facebook").json()
    assert {"Traveller One", "Traveller Two"} < {person["name"] for person in before["people"]}
    facebook.patch("/simulator/facebook", json={"id_tokens": False}).raise_for_status()
    typed = {"person": "new", "name": "Traveller Nine"}
    assert "id_token" not in exchange(app, decide(facebook, begin(app), **typed))
    assert facebook.get("/simulator/facebook").json() != before
    facebook.post("/simulator/reset").raise_for_status()
    assert facebook.get("/simulator/facebook").json() == before
    assert SECRET not in json.dumps(before)


def test_the_command_line_and_the_environment_set_up_an_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIMULATOR_FACEBOOK_APP_SECRET", SECRET)
    monkeypatch.setenv("SIMULATOR_FACEBOOK_REDIRECT", "http://a.example/x\nhttp://b.example/y")
    options = ["--facebook-app-id", "1", "--facebook-deletion-url", "http://127.0.0.1:1/d"]
    found = _settings(_parser().parse_args(options), "token")
    assert (found.facebook_app_id, found.facebook_app_secret) == ("1", SECRET)
    assert found.facebook_redirects == ("http://a.example/x", "http://b.example/y")
    assert found.facebook_deletion_url == "http://127.0.0.1:1/d"
    assert found.facebook_issuer == "https://www.facebook.com"
