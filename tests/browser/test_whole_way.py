"""The whole way of a traveller: login, wizard, WhatsApp, first tours, change, export, deletion.

Once on a desk, once on a small phone, once without scripts and once without a mouse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.embedded.service import Servers
from tests.browser.concierge import Concierge, serving
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.web import Web, a_browser

LINK = re.compile(r"/r/[\w-]{16,}")


@pytest.fixture(scope="module")
def concierge(
    servers: Servers, template_with_tours: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Concierge]:
    with serving(servers, template_with_tours, tmp_path_factory.mktemp("whole way")) as running:
        yield running


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def _continue_with_facebook(web: Web, name: str) -> None:
    """Go through Facebook's dialog as somebody who has never been here."""
    web.go("/")
    _press(web.page, "Continue with Facebook")
    web.page.get_by_role("radio", name="Somebody else").check()
    web.page.get_by_label("Name", exact=True).fill(name)
    _press(web.page, "Continue")
    expect(web.page).to_have_url(re.compile("/onboarding/places"))


def _answer_the_wizard(web: Web) -> None:
    page = web.page
    page.get_by_label("Type a place").fill("Hội An")
    _press(page, "Next")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("checkbox", name=re.compile("Hội An"))).to_be_checked()
    page.go_forward()
    for step in ("time", "budget", "transport", "food", "activities", "lodging"):
        expect(page).to_have_url(re.compile(f"/onboarding/{step}"))
        assert web.fits(), step
        expect(page.locator("#preview")).to_contain_text(re.compile("match"))
        if step == "food":
            page.locator("textarea").first.fill("vegetarian")
        page.locator("#wizard button[value=next]").click()
    expect(page).to_have_url(re.compile("/join"))


def _join(web: Web, concierge: Concierge) -> list[str]:
    """Send the code from a new phone; return what comes back."""
    _press(web.page, "Agree and show my code")
    code = web.page.locator(".large-code").inner_text()
    phone = concierge.simulator.phone()
    phone.says(f"Please connect me. Code {code}")
    return [str(each["body"]) for each in phone.waits_for(4)]


@pytest.mark.parametrize(
    ("size", "scripts"),
    [(DESKTOP, True), (NARROW, True), (NARROW, False)],
    ids=["desk", "phone", "phone without scripts"],
)
def test_from_the_first_page_to_the_first_tours_and_out_again(
    browser: Browser, concierge: Concierge, size: tuple[int, int], scripts: bool
) -> None:
    with a_browser(browser, concierge, size, scripts=scripts) as web:
        _continue_with_facebook(web, f"A traveller {size[0]} {scripts}")
        _answer_the_wizard(web)
        said = _join(web, concierge)
        assert "connected" in said[0]
        assert sum("Hội An" in each for each in said) >= 1
        web.go("/account")
        expect(web.page.get_by_role("heading", level=1)).to_be_visible()
        _change_a_wish(web)
        assert _exported(web)["tables"]["user_interests"]
        _delete(web)


def _change_a_wish(web: Web) -> None:
    web.go("/onboarding/places?from=account")
    web.page.get_by_role("checkbox", name=re.compile("Hội An")).uncheck()
    web.page.get_by_role("checkbox", name=re.compile("Sa Pa")).check()
    _press(web.page, "Save")
    expect(web.page).to_have_url(re.compile("/account"))
    expect(web.page.locator("main")).to_contain_text("Sa Pa")


def _exported(web: Web) -> dict[str, Any]:
    web.go("/account/data")
    web.page.get_by_role("radio", name=re.compile("JSON")).check()
    with web.page.expect_download() as download:
        web.page.locator('form[action="/account/export"] button').click()
    return dict(json.loads(download.value.path().read_text("utf-8")))


def _delete(web: Web) -> None:
    web.go("/account/delete")
    web.page.get_by_label(re.compile("^Type")).fill("DELETE")
    web.page.locator("#sure").check()
    web.page.locator("form[action='/account/delete'] button").click()
    expect(web.page).to_have_url(re.compile("/farewell"))
    web.go("/account")
    expect(web.page).to_have_url(re.compile("/login"))


def test_the_whole_wizard_can_be_walked_by_keyboard(browser: Browser, concierge: Concierge) -> None:
    with a_browser(browser, concierge, DESKTOP) as web:
        web.go("/")
        _tab_to(web.page, "Continue with WhatsApp")
        web.page.keyboard.press("Enter")
        expect(web.page).to_have_url(re.compile("/onboarding/places"))
        _tab_to(web.page, "Type a place")
        web.page.keyboard.type("Sa Pa")
        web.page.keyboard.press("Enter")
        expect(web.page.get_by_role("checkbox", name=re.compile("Sa Pa"))).to_be_checked()
        for step in ("time", "budget", "transport", "food", "activities", "lodging", "join"):
            _tab_to(web.page, re.compile("^(Next|Done)"))
            web.page.keyboard.press("Enter")
            web.page.wait_for_url(re.compile(f"/{step}"))
        expect(web.page).to_have_url(re.compile("/join"))
        _tab_to(web.page, "Agree and show my code")
        web.page.keyboard.press("Enter")
        expect(web.page.locator(".large-code")).to_be_visible()


def _tab_to(page: Page, name: str | re.Pattern[str]) -> None:
    """Press the tabulator until the thing of that name has the focus, and shows it."""
    wanted = re.compile(re.escape(name)) if isinstance(name, str) else name
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused and wanted.search(focused["name"]):
            assert focused["outlined"], f"nobody sees the focus on {focused['name']}"
            return
    raise AssertionError(f"the tabulator never comes to {name}")


_FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const label = at.labels && at.labels.length ? at.labels[0].innerText : at.innerText;
  const style = getComputedStyle(at);
  return {
    name: (label || at.getAttribute('aria-label') || '').trim(),
    outlined: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
  };
}"""
