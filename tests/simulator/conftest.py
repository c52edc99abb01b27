"""One simulator and one bot for each module, both real servers on loopback, fresh for a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from twilio.rest import Client

from simulator.server import running
from simulator.settings import Settings
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
    if "bot" in request.fixturenames:
        request.getfixturevalue("bot").clear()
