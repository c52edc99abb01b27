"""Take the pictures of the phone simulator that the documentation shows.

Usage: python -m scripts.screenshots                             docs/images/simulator*.png
       python -m scripts.screenshots --demo http://127.0.0.1:4010   docs/images/phone.png

The first starts a simulator and a small bot of its own. The second photographs a real answer: it
needs `travelbuddy demo` running at that address. Both need Chromium and Playwright.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, expect

from simulator.server import running
from simulator.settings import Settings
from tests.browser.echobot import ACCOUNT, TOKEN, png, serving_echo
from tests.browser.pages import BROWSERS, PHONE, PhonePage, chromium, launched

IMAGES = Path(__file__).parents[1] / "docs" / "images"
DESK = (1280, 860)
NARROW = (360, 740)
PEOPLE = (("+84900000001", "Traveller A"), ("+84900000002", "Traveller B"), (None, "Traveller C"))
WISH = "5 days around Ha Long and Sapa, under 400 USD, vegetarian food"


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description="Photograph the phone simulator.")
    parser.add_argument("--demo", help="the address of a running demo's phone simulator")
    options = parser.parse_args(arguments)
    path = chromium()
    if path is None:
        sys.stderr.write(f"No Chromium here: looked for {', '.join(BROWSERS)}\n")
        return 1
    with launched(path) as browser:
        if options.demo:
            photograph_demo(browser, options.demo)
        else:
            photograph_simulator(browser)
    return 0


@contextmanager
def window(
    browser: Browser, base: str, size: tuple[int, int], scheme: str = "light", phone: str = PHONE
) -> Iterator[PhonePage]:
    """The phone page at this size, for as long as the block runs."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if size == NARROW else 1,
        permissions=["microphone"],
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Asia/Ho_Chi_Minh",
    )
    try:
        yield PhonePage(context.new_page(), base, []).open(phone)
    finally:
        context.close()


def photograph_demo(browser: Browser, base: str) -> None:
    """A wish and its real answer, on a new phone."""
    with window(browser, base, DESK, phone="+84900000031") as phone:
        phone.say(WISH)
        expect(phone.page.locator("#thread .item .actions").last).to_be_visible(timeout=30_000)
        phone.page.wait_for_timeout(2500)
        shoot(phone, "phone")


def photograph_simulator(browser: Browser) -> None:
    """A chat of the simulator with a bot that shows every shape, and its panels."""
    with serving_echo() as bot:
        settings = Settings(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            webhook_url=f"{bot.url}/webhook",
            business_name="Echo Tours",
            suggestions=("buttons", "list", "card", "photo"),
        )
        with running(settings) as base:
            bot.api = base
            add_people(base)
            with window(browser, base, DESK) as phone:
                talk(phone)
                shoot(phone, "simulator")
            with window(browser, base, DESK, "dark") as phone:
                plan(phone)
                shoot(phone, "simulator-faults")
            with window(browser, base, NARROW) as phone:
                shoot(phone, "simulator-phone")


def add_people(base: str) -> None:
    """Three people; all of them have said hello."""
    with httpx.Client(base_url=base, trust_env=False) as http:
        for number, name in PEOPLE:
            username = None if number else "traveller.c"
            made = http.post(
                "/simulator/phones", json={"number": number, "name": name, "username": username}
            ).json()
            http.patch(f"/simulator/phones/{made['phone']}", json={"auto_read": False})
            http.post(f"/simulator/phones/{made['phone']}/messages", json={"text": "Xin chào!"})


def talk(phone: PhonePage) -> None:
    """A conversation with one of everything."""
    phone.say("card")
    phone.see("Mekong by boat")
    with tempfile.TemporaryDirectory() as folder:
        photos = [Path(folder) / f"photo-{number}.png" for number in range(2)]
        for number, path in enumerate(photos):
            path.write_bytes(png(80 + 120 * number, 130, 110))
        phone.attach("Photos and videos", *photos)
        phone.dialog().get_by_role("button", name="Send").click()
        expect(phone.page.locator("#thread .tile")).to_have_count(2)
    phone.press("Record a voice message")
    phone.page.wait_for_timeout(2200)
    phone.press("Send the recording")
    phone.see("Got audio/ogg").locator(".bubble").click(button="right")
    phone.pick("Reply")
    phone.say("list")
    phone.see("Where to")
    phone.page.wait_for_timeout(600)


def plan(phone: PhonePage) -> None:
    """Some faults ahead, and one that has happened."""
    phone.tab("Faults")
    phone.page.locator(".fault", has_text="Fail with the code").click()
    phone.say("buttons")
    phone.see("did not arrive")
    for name in ("429 storm", "Hang up after", "Repeat a webhook"):
        phone.page.locator(".fault", has_text=name).click()
    phone.page.locator("#faults-pane").evaluate("pane => { pane.scrollTop = 0; }")
    phone.page.mouse.move(5, 5)
    phone.page.wait_for_timeout(400)


def shoot(phone: PhonePage, name: str) -> None:
    """Store what is to be seen as docs/images/NAME.png."""
    phone.page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
