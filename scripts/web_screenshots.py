"""Take a picture of every web page, for docs/pages.md.

Usage: python -m scripts.web_screenshots --web http://127.0.0.1:8000 --phone http://127.0.0.1:4010

It walks the whole way as a new traveller of a running `travelbuddy demo`, and needs Chromium and
Playwright.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page

from tests.browser.pages import BROWSERS, chromium, launched

FOLDER = Path(__file__).parents[1] / "docs" / "images" / "web"
DESK, NARROW = (1180, 800), (360, 740)
STEPS = ("places", "time", "budget", "transport", "food", "activities", "lodging")
ACCOUNT = (
    "account",
    "account/importance",
    "account/history",
    "account/schedule",
    "account/consents",
    "account/security",
    "account/data",
    "account/delete",
)
OPEN = ("", "login", "privacy", "terms", "offline", "api/docs", "nothing-here")
LONG = frozenset({"api/docs", "privacy", "terms"})
"""Of these the first screen says enough."""
_PATIENCE_S = 40.0


@dataclass(frozen=True, slots=True)
class Album:
    """A browser that photographs what it shows, in two sizes."""

    page: Page
    web: str

    def shoot(self, path: str, name: str = "") -> None:
        """Open a page of ours, and store it as it is on a desk and on a phone."""
        for size, prefix in ((DESK, "desk"), (NARROW, "phone")):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            self.page.goto(f"{self.web}/{path}")
            self.page.wait_for_load_state("networkidle")
            called = name or path.replace("/", "-") or "landing"
            whole = path not in LONG
            self.page.screenshot(path=FOLDER / f"{prefix}-{called}.png", full_page=whole)


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description="Photograph every web page.")
    parser.add_argument("--web", default="http://127.0.0.1:8000", help="a running demo's web page")
    parser.add_argument("--phone", default="http://127.0.0.1:4010", help="its phone simulator")
    options = parser.parse_args(arguments)
    path = chromium()
    if path is None:
        sys.stderr.write(f"No Chromium here: looked for {', '.join(BROWSERS)}\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with launched(path) as browser, an_album(browser, options.web) as album:
        photograph(album, options.phone)
    return 0


@contextmanager
def an_album(browser: Browser, web: str) -> Iterator[Album]:
    """A browser that nobody has used yet."""
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    try:
        yield Album(context.new_page(), web)
    finally:
        context.close()


def photograph(album: Album, phone: str) -> None:
    """Walk the whole way, and photograph each page on it."""
    for path in OPEN:
        album.shoot(path)
    page = album.page
    page.goto(f"{album.web}/")
    page.get_by_role("button", name="Continue with WhatsApp").click()
    page.get_by_label("Type a place").fill("Hội An, Sa Pa")
    page.locator("#wizard button[value=next]").click()
    page.goto(f"{album.web}/onboarding/food")
    page.locator("textarea").first.fill("vegetarian")
    page.locator("#wizard button[value=next]").click()
    for step in STEPS:
        album.shoot(f"onboarding/{step}")
    album.shoot("join", "join")
    page.get_by_label("Every week", exact=True).check()
    page.get_by_role("button", name="Agree and show my code").click()
    album.shoot("join", "join-code")
    connect(phone, page.locator(".large-code").inner_text())
    page.goto(f"{album.web}/join")
    page.wait_for_url(re.compile("/account"))
    for path in ACCOUNT:
        album.shoot(path)


def connect(phone: str, code: str) -> None:
    """Send the code from a new phone, and wait for the tours that follow."""
    number = f"+8490{int(time.time()) % 10_000_000:07d}"
    thread = f"{phone}/simulator/phones/{number}/messages"
    httpx.post(thread, json={"text": f"Please connect me. Code {code}"}).raise_for_status()
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        time.sleep(1)
        if sum(m["direction"] == "outbound" for m in httpx.get(thread).json()["messages"]) > 2:
            return
    raise TimeoutError("no tours came on WhatsApp")


if __name__ == "__main__":
    sys.exit(main())
