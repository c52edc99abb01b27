"""From the web page to the phone and back: all of it is clicked, typed and read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from core.embedded.service import Servers
from tests.browser.concierge import Concierge, serving
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.pages import PhonePage
from tests.browser.web import a_browser

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture(scope="module")
def concierge(
    servers: Servers, template_with_tours: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Concierge]:
    with serving(servers, template_with_tours, tmp_path_factory.mktemp("joining")) as running:
        yield running


@pytest.mark.parametrize("size", [NARROW, DESKTOP])
def test_a_guest_connects_a_phone_and_the_page_goes_on_by_itself(
    browser: Browser, concierge: Concierge, size: tuple[int, int]
) -> None:
    with a_browser(browser, concierge, size) as web:
        web.begins()
        web.page.get_by_label("Every week", exact=True).check()
        web.page.get_by_label("Day of the week").select_option(label="Friday")
        web.page.get_by_label("Time of day").select_option(label="09:00")
        expect(web.page.locator("#terms")).to_contain_text("every Friday at 09:00")
        assert web.fits()
        web.shot("join")
        web.page.get_by_role("button", name="Agree and show my code").click()
        code = web.page.locator(".large-code").inner_text()
        assert CODE.fullmatch(code)
        picture = web.page.get_by_role("img", name=re.compile("QR code"))
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        assert web.fits()
        web.shot("code")
        phone = web.opens_whatsapp("Open WhatsApp")
        expect(phone.page.get_by_role("textbox", name="Message", exact=True)).to_have_value(
            re.compile(code)
        )
        phone.press("Send")
        said = phone.see("You are connected")
        expect(said).to_contain_text("every Friday at 09:00")
        phone.see("for the details")
        expect(web.page).to_have_url(re.compile("/account"), timeout=15_000)
        expect(web.page.get_by_role("status").first).to_contain_text("connected with WhatsApp")


def test_it_works_without_scripts(browser: Browser, concierge: Concierge) -> None:
    with a_browser(browser, concierge, NARROW, scripts=False) as web:
        web.begins()
        web.page.get_by_label("Every month", exact=True).check()
        web.page.get_by_role("button", name="Show what I agree to").click()
        expect(web.page.locator("#terms")).to_contain_text("once a month")
        web.page.get_by_role("button", name="Agree and show my code").click()
        code = web.page.locator(".large-code").inner_text()
        phone = concierge.simulator.phone()
        phone.says(f"code {code}")
        phone.waits_for(2)
        web.page.get_by_role("link", name="I have sent it").click()
        expect(web.page).to_have_url(re.compile("/account"))


def test_a_link_from_the_chat_signs_in_once(browser: Browser, concierge: Concierge) -> None:
    with a_browser(browser, concierge, DESKTOP) as web:
        web.go("/login")
        href = web.page.locator('a[href*="/wa/"]').first.get_attribute("href")
        number = concierge.simulator.phone().number.replace("+", "%2B")
        page = web.page.context.new_page()
        page.goto(f"{href}&phone={number}")
        phone = PhonePage(page, concierge.simulator.url, [])
        phone.press("Send")
        said = phone.see("/login/link/").inner_text()
        link = re.search(r"http://\S+/login/link/[\w-]+", said)
        assert link
        web.page.goto(link[0])
        web.page.locator('form[action*="/login/link/"] button').click()
        expect(web.page).to_have_url(re.compile("/account"))
        with a_browser(browser, concierge, NARROW) as another:
            answer = another.page.request.get(link[0])
            assert answer.status == 404
            assert 'action="/login/link/' not in answer.text()
