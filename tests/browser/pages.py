"""The phone page as a person sees it: what is on it, and what can be done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

PHONE = "+84900000001"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


def chromium() -> str | None:
    """Where a Chromium is installed here, if one is."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """A browser with a microphone that hums, for as long as the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class PhonePage:
    """One open page; everything is found by the names that a screen reader says."""

    def __init__(self, page: Page, base: str, troubles: list[str]) -> None:
        self.page, self.base, self.troubles = page, base, troubles
        self.expected: set[str] = set()

    def expects(self, trouble: str) -> bool:
        return any(part in trouble for part in self.expected)

    def open(self, phone: str = PHONE) -> PhonePage:
        self.page.goto(f"{self.base}/?phone={phone.replace('+', '%2B')}")
        expect(self.page.locator("#phone-list [aria-current]")).to_be_attached()
        return self

    def say(self, words: str) -> None:
        self.page.get_by_role("textbox", name="Message", exact=True).fill(words)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def bubble(self, words: str) -> Locator:
        """The newest bubble with these words."""
        return self.page.locator("#thread .item", has_text=re.compile(words)).last

    def see(self, words: str) -> Locator:
        bubble = self.bubble(words)
        expect(bubble).to_be_visible()
        return bubble

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def pick(self, name: str) -> None:
        """An entry of the menu that is open."""
        self.page.get_by_role("menuitem", name=name, exact=True).click()

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=re.compile(name)).click()

    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    def attach(self, name: str, *files: Path) -> None:
        """Choose files by an entry of the attach menu."""
        self.press("Attach")
        with self.page.expect_file_chooser() as chooser:
            self.pick(name)
        chooser.value.set_files(list(files))
