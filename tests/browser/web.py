"""The web pages in a browser of somebody's own, and what an examiner of accessibility finds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, Page, expect

from tests.browser.concierge import Concierge
from tests.browser.pages import PhonePage

SHOTS = os.environ.get("SHOTS")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Web:
    """A browser of somebody's own, at the web pages; every error of a page fails the test."""

    def __init__(self, page: Page, concierge: Concierge) -> None:
        self.page, self.concierge = page, concierge
        self.base = concierge.environment["PUBLIC_BASE_URL"]

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def begins(self) -> None:
        """Begin as a guest, and go to where WhatsApp is connected."""
        self.go("/")
        self.page.locator('form[action="/begin"] button').first.click()
        expect(self.page).to_have_url(re.compile("/onboarding/"))
        self.go("/join")

    def opens_whatsapp(self, name: str) -> PhonePage:
        """Follow the link to WhatsApp; the phone that opens is nobody's yet."""
        link = self.page.get_by_role("link", name=name, exact=True)
        number = self.concierge.simulator.phone().number.replace("+", "%2B")
        phone = self.page.context.new_page()
        phone.goto(f"{link.get_attribute('href')}&phone={number}")
        return PhonePage(phone, self.concierge.simulator.url, [])

    def fits(self) -> bool:
        width = self.page.evaluate("document.documentElement.scrollWidth")
        return bool(width <= self.page.viewport_size["width"])  # type: ignore[index]

    def shot(self, name: str) -> None:
        if SHOTS:
            width = self.page.viewport_size["width"]  # type: ignore[index]
            self.page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


@contextmanager
def a_browser(
    browser: Browser, concierge: Concierge, size: tuple[int, int], *, scripts: bool = True
) -> Iterator[Web]:
    """A browser that nobody has used yet; it must have nothing to complain of at the end."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, locale="en-GB"
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.set_default_timeout(10_000)
    yield Web(page, concierge)
    context.close()
    assert troubles == []


def barriers(page: Page) -> list[str]:
    """Return what axe finds on a page, by rule and place: WCAG 2.2 AA and good practice."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{each['id']}: {node['target']} {node['html'][:120]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
