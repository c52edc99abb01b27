"""A browser, a simulator and an echo bot; without Chromium these tests say so and are skipped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from simulator.server import running
from simulator.settings import Settings
from tests.browser.echobot import ACCOUNT, TOKEN, EchoBot, serving_echo
from tests.browser.pages import BROWSERS, PhonePage, chromium, launched

DESKTOP = (1280, 800)
NARROW = (360, 740)


class Windows:
    """Browser windows that are kept from test to test: a fresh one costs a second."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[tuple[object, ...], tuple[Page, list[str]]] = {}

    def get(self, size: tuple[int, int], *, touch: bool, scheme: str) -> tuple[Page, list[str]]:
        """A window and the list into which its errors go."""
        key = (size, touch, scheme)
        if key not in self._pages:
            self._pages[key] = self._opened(size, touch=touch, scheme=scheme)
        page, troubles = self._pages[key]
        if page.url.startswith("http"):
            page.evaluate("sessionStorage.clear()")
        troubles.clear()
        return page, troubles

    def _opened(self, size: tuple[int, int], *, touch: bool, scheme: str) -> tuple[Page, list[str]]:
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            has_touch=touch,
            color_scheme="dark" if scheme == "dark" else "light",
            permissions=["microphone"],
            locale="en-GB",
        )
        page = context.new_page()
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: _note(message, troubles))
        page.set_default_timeout(5000)
        return page, troubles


@dataclass
class Stage:
    """One simulator with its bot, and a browser to look at it."""

    base: str
    bot: EchoBot
    windows: Windows
    http: httpx.Client

    @contextmanager
    def page(
        self,
        size: tuple[int, int] = DESKTOP,
        *,
        touch: bool = False,
        scheme: str = "light",
        base: str = "",
    ) -> Iterator[PhonePage]:
        """The page at this size; every error of its scripts or its console fails the test."""
        page, troubles = self.windows.get(size, touch=touch, scheme=scheme)
        phone = PhonePage(page, base or self.base, troubles).open()
        try:
            yield phone
            assert not [one for one in troubles if not phone.expects(one)]
        finally:
            page.goto("about:blank")  # its stream must not keep the next test's messages unread


def _note(message: ConsoleMessage, troubles: list[str]) -> None:
    if message.type in {"error", "warning"}:
        troubles.append(message.text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = chromium()
    if found is None:
        pytest.skip(f"no Chromium here: looked for {', '.join(BROWSERS)}")
    with launched(found) as started:
        yield started


@pytest.fixture(scope="module")
def _windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture(scope="session")
def bot() -> Iterator[EchoBot]:
    with serving_echo() as serving:
        yield serving


@pytest.fixture(scope="session")
def settings(bot: EchoBot) -> Settings:
    return Settings(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        webhook_url=f"{bot.url}/webhook",
        status_callback_url=f"{bot.url}/status",
        business_name="Echo Tours",
        status_delay=0.005,
        suggestions=("buttons",),
    )


@pytest.fixture(scope="session")
def _base(settings: Settings, bot: EchoBot) -> Iterator[str]:
    with running(settings) as base:
        bot.api = base
        yield base


@pytest.fixture
def stage(_base: str, bot: EchoBot, _windows: Windows) -> Iterator[Stage]:
    with httpx.Client(base_url=_base, trust_env=False, timeout=10) as http:
        http.post("/simulator/reset")
        bot.seen.clear()
        bot.contents.clear()
        yield Stage(_base, bot, _windows, http)


@pytest.fixture
def phone(stage: Stage) -> Iterator[PhonePage]:
    """The page on a desktop."""
    with stage.page() as page:
        yield page


@pytest.fixture
def narrow(stage: Stage) -> Iterator[PhonePage]:
    """The page on a small phone, with fingers."""
    with stage.page(NARROW, touch=True) as page:
        yield page
