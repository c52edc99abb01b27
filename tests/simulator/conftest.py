"""One simulator and one bot for each module, both real servers on loopback, fresh for a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from twilio.rest import Client

from simulator.server import running
from simulator.settings import Settings
from tests.simulator.facebook import APP, CALLBACK, SECRET
from tests.simulator.support import ACCOUNT, PHONE, TOKEN, Bot, sdk, serving_bot


@dataclass
class Control:
    """The simulator's own API, with the phone of the tests filled in."""

    http: httpx.Client
    base: str

    def send(self, phone: str = PHONE, **what: object) -> str:
        answer = self.http.post(f"/simulator/phones/{phone}/messages", json=what)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["sid"])

    def thread(self, phone: str = PHONE, **query: float) -> list[dict[str, object]]:
        answer = self.http.get(f"/simulator/phones/{phone}/messages", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def message(self, sid: str, phone: str = PHONE) -> dict[str, object]:
        return next(message for message in self.thread(phone) if message["sid"] == sid)

    def post(self, path: str, **what: object) -> dict[str, object]:
        answer = self.http.post(f"/simulator{path}", json=what)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def bot() -> Iterator[Bot]:
    with serving_bot() as serving:
        yield serving


@pytest.fixture(scope="module")
def settings(bot: Bot) -> Settings:
    return Settings(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        webhook_url=f"{bot.url}/webhook",
        status_delay=0.005,
        read_delay=0.02,
        suggestions=("Hello there",),
    )


@pytest.fixture(scope="module")
def control(settings: Settings) -> Iterator[Control]:
    with (
        running(settings) as base,
        httpx.Client(base_url=base, trust_env=False, timeout=10) as http,
    ):
        yield Control(http, base)


@pytest.fixture(scope="module")
def client(control: Control) -> Iterator[Client]:
    with sdk(control.base) as connected:
        yield connected


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    """Let no test see what another left behind."""
    if "control" in request.fixturenames:
        request.getfixturevalue("control").post("/reset")
    if "facebook" in request.fixturenames:
        request.getfixturevalue("facebook").post("/simulator/reset").raise_for_status()
    if "bot" in request.fixturenames:
        request.getfixturevalue("bot").clear()


@pytest.fixture(scope="module")
def facebook_settings(settings: Settings, bot: Bot) -> Settings:
    return replace(
        settings,
        webhook_url="",
        business_name="Tours & <Sons>",
        facebook_app_id=APP,
        facebook_app_secret=SECRET,
        facebook_deletion_url=f"{bot.url}/deletion",
        facebook_deauthorize_url=f"{bot.url}/deauthorize",
    )


@pytest.fixture(scope="module")
def facebook(facebook_settings: Settings) -> Iterator[httpx.Client]:
    with (
        running(facebook_settings) as base,
        httpx.Client(base_url=base, trust_env=False, timeout=10) as http,
    ):
        yield http


@pytest.fixture
def app(facebook: httpx.Client) -> Iterator[OAuth2Client]:
    """The app's own client, as Authlib makes it."""
    with OAuth2Client(
        APP,
        SECRET,
        scope="openid email",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",
        base_url=str(facebook.base_url),
        trust_env=False,
    ) as client:
        yield client
