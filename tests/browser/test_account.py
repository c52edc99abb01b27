"""The account's pages in a browser: wide and narrow, by keyboard, with scripts and without."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.sessions import tokens
from api.sessions.schemas import Method, UserRole
from api.sessions.service import open_session
from api.sessions.visit import LANGUAGE, SESSION
from cli.runtime import free_ports
from core.database import unit_of_work
from core.settings import settings
from recommender.importance import importance_of
from recommender.schemas import Criterion
from tests.api.people import fill, new_user
from tests.api.support import fresh_keys
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.web import SHOTS, barriers

PAGES = (
    "/account", "/account/importance", "/account/history", "/account/schedule",
    "/account/schedule/terms?rhythm=weekly&weekday=4&hour=9", "/account/consents",
    "/account/security", "/account/data", "/account/delete", "/farewell", "/admin/audit",
)  # fmt: skip


@pytest.fixture
def base(catalogue_url: str, configured: pytest.MonkeyPatch) -> Iterator[str]:
    """The application, served to real browsers."""
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    configured.setenv("PUBLIC_BASE_URL", address)
    settings.cache_clear()
    with fresh_keys():
        config = uvicorn.Config(create_app(), "127.0.0.1", port, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="app")
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield address
        server.should_exit = True
        thread.join()


@contextmanager
def signed_in(
    browser: Browser, base: str, size: tuple[int, int], language: str = "en", **options: object
) -> Iterator[tuple[Page, int]]:
    """Open a browser of somebody of whom everything is known; a page's error fails the test."""
    with unit_of_work() as unit:
        user_id = new_user(unit.connection, UserRole.ADMIN)
        opened = open_session(unit.connection, user_id, Method.FACEBOOK, "Firefox on Linux")
        fill(unit.connection, user_id)
    token = tokens.sign(user_id, opened.visitor.session_id)
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        **options,  # type: ignore[arg-type]
    )
    cookies = {SESSION: token, LANGUAGE: language}
    context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in cookies.items()]
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda each: troubles.append(each.text) if each.type == "error" else None)
    try:
        yield page, user_id
        assert not troubles
    finally:
        context.close()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        width = page.viewport_size["width"]  # type: ignore[index]
        page.screenshot(path=Path(SHOTS) / f"account-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("size", [DESKTOP, NARROW])
def test_every_page_fits_and_is_accessible(
    browser: Browser, base: str, size: tuple[int, int], language: str
) -> None:
    with signed_in(browser, base, size, language) as (page, _):
        for path in PAGES:
            page.goto(base + path)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size[0], f"{path} is {width} px wide"
            expect(page.locator("h1")).to_have_count(1)
            shot(page, f"{path.strip('/').replace('/', '_').partition('?')[0]}-{language}")
            assert barriers(page) == [], path


def test_what_matters_is_set_by_keyboard_with_a_slider(browser: Browser, base: str) -> None:
    with signed_in(browser, base, NARROW) as (page, user_id):
        page.goto(f"{base}/account/importance")
        slider = page.get_by_label("Price")
        expect(slider).to_have_attribute("aria-valuetext", "as usual")
        slider.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(slider).to_have_attribute("aria-valuetext", "most")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_have_text("Saved. The next tours go by it.")
    with unit_of_work() as unit:
        assert importance_of(unit.connection, user_id)[Criterion.BUDGET] == 4.0


def test_without_scripts_it_is_a_list_of_words(browser: Browser, base: str) -> None:
    with signed_in(browser, base, DESKTOP, java_script_enabled=False) as (page, user_id):
        page.goto(f"{base}/account/importance")
        page.get_by_label("Food").select_option("hardly")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Food")).to_have_value("hardly")
    with unit_of_work() as unit:
        assert importance_of(unit.connection, user_id)[Criterion.FOOD] == 0.25


def test_a_schedule_is_agreed_on_by_clicks(browser: Browser, base: str) -> None:
    with signed_in(browser, base, NARROW) as (page, _):
        page.goto(f"{base}/account/schedule")
        page.get_by_label("Every two weeks").check()
        page.get_by_label("Day of the week").select_option("Sunday")
        page.get_by_role("button", name="Read what you agree to").click()
        expect(page.locator("blockquote")).to_contain_text("every second Sunday at 09:00")
        page.get_by_role("button", name="I agree").click()
        expect(page.locator("#now")).to_have_text("They come every second Sunday at 09:00.")


def test_all_is_downloaded_and_deleted_by_clicks(browser: Browser, base: str) -> None:
    with signed_in(browser, base, DESKTOP) as (page, _):
        page.goto(f"{base}/account/data")
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download").click()
        text = Path(waiting.value.path()).read_text(encoding="utf-8")
        assert "somewhere with seafood" in text
        page.get_by_role("link", name="Delete my data").click()
        page.get_by_label("Type DELETE to confirm").fill("delete")
        page.get_by_label("I know that this cannot be undone").check()
        page.get_by_role("button", name="Delete everything now").click()
        expect(page.locator("h1")).to_have_text("Your data are deleted")
        page.goto(f"{base}/account")
        expect(page.locator("h1")).not_to_have_text("Your account")
