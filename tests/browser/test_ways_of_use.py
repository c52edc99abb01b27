"""By keyboard alone, on a small screen, in the dark, and while the simulator restarts."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import urlsplit

from playwright.sync_api import expect

from simulator.server import running
from simulator.settings import Settings
from tests.browser.conftest import Stage
from tests.browser.pages import PhonePage

WORDS = (
    ".item .text",
    ".item.own .text",
    ".item .text a",
    ".item time",
    ".item.own .meta",
    ".notice",
    ".strip",
    ".mine",
    ".presence",
    ".row-foot",
    ".people .lead",
    ".tabs [aria-selected=false]",
    ".tabs [aria-selected=true]",
    ".line time",
    ".status.good",
    ".chips button",
    ".url",
)


def test_all_of_a_conversation_works_by_keyboard(phone: PhonePage) -> None:
    keys = phone.page.keyboard
    box = phone.page.get_by_role("textbox", name="Message", exact=True)
    box.focus()
    keys.type("list")
    keys.press("Enter")
    choose = phone.page.get_by_role("button", name="Choose")
    choose.focus()
    keys.press("Enter")
    radio = phone.dialog().get_by_role("radio").first
    expect(phone.dialog()).to_be_visible()
    radio.focus()
    keys.press("ArrowDown")
    keys.press("Enter")
    phone.see("You chose row-2")
    box.focus()
    keys.press("Shift+Tab")
    for _ in range(12):
        if phone.page.evaluate("document.activeElement.matches('.item')"):
            break
        keys.press("Shift+Tab")
    expect(phone.page.locator(".item:focus")).to_contain_text("You chose row-2")
    keys.press("ArrowUp")
    keys.press("Enter")
    expect(phone.page.get_by_role("menu")).to_be_visible()
    keys.press("Escape")
    keys.press("ArrowDown")
    keys.press("r")
    expect(phone.page.locator("#quoting")).to_contain_text("You chose row-2")
    expect(box).to_be_focused()
    keys.press("Escape")
    expect(phone.page.locator("#quoting")).to_be_hidden()


def test_tabs_and_menus_move_by_arrows(phone: PhonePage) -> None:
    phone.page.get_by_role("tab", name="Phone", exact=True).focus()
    phone.page.keyboard.press("ArrowLeft")
    expect(phone.page.get_by_role("tab", name="HTTP")).to_have_attribute("aria-selected", "true")
    expect(phone.page.locator("#log-pane")).to_be_visible()
    attach = phone.page.get_by_role("button", name="Attach")
    attach.focus()
    phone.page.keyboard.press("Enter")
    expect(phone.page.get_by_role("menuitem", name="Photos and videos")).to_be_focused()
    phone.page.keyboard.press("ArrowUp")
    expect(phone.page.get_by_role("menuitem", name="Contact")).to_be_focused()
    phone.page.keyboard.press("Escape")
    expect(attach).to_be_focused()


def test_everything_that_can_be_pressed_has_a_name(phone: PhonePage) -> None:
    phone.say("card")
    phone.see("Mekong")
    nameless = phone.page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([type=file]), select, textarea')]
        .filter(one => one.checkVisibility())
        .filter(one => !(one.getAttribute('aria-label') || one.textContent.trim()
          || one.labels?.[0]?.textContent.trim()))
        .map(one => one.outerHTML)"""
    )
    assert nameless == []


def test_a_small_screen_shows_one_thing_at_a_time(narrow: PhonePage) -> None:
    page = narrow.page
    expect(page.locator("#people")).to_be_hidden()
    expect(page.locator("#panel")).to_be_hidden()
    narrow.say("buttons")
    page.get_by_role("button", name="Yes", exact=True).tap()
    narrow.see("You tapped yes")
    narrow.press("All phones")
    expect(page.locator(".person[aria-current]")).to_be_focused()
    page.locator(".person").first.tap()
    expect(page.locator("#people")).to_be_hidden()
    narrow.press("Developer panel")
    expect(page.get_by_role("tab", name="Phone", exact=True)).to_be_focused()
    expect(page.locator("#window")).to_be_visible()
    page.locator("#panel").get_by_role("button", name="Back to the chat").tap()
    expect(page.locator("#panel")).to_be_hidden()


def test_words_can_be_read_in_light_and_in_the_dark(stage: Stage) -> None:
    for scheme in ("light", "dark"):
        with stage.page(scheme=scheme) as phone:
            phone.say("marks")
            phone.see("no markup")
            phone.tab("HTTP")
            expect(phone.page.locator(".status.good").first).to_be_visible()
            weak = {one: _contrast(phone, one) for one in WORDS if _contrast(phone, one) < 4.5}
            assert not weak, scheme


def test_what_is_sent_while_the_simulator_is_away_goes_out_when_it_is_back(
    stage: Stage, settings: Settings
) -> None:
    with running(settings) as base:
        port = int(urlsplit(base).port or 0)
    with ExitStack() as page_open:
        with running(settings, port):
            phone = page_open.enter_context(stage.page(base=base))
            phone.say("before")
            phone.see("^before")
        phone.expected |= {"ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED"}
        expect(phone.page.get_by_text("Connection lost")).to_be_visible()
        phone.say("meanwhile")
        waiting = phone.see("^meanwhile").locator(".meta")
        expect(waiting).to_have_accessible_name(re.compile("Waiting for the connection"))
        with running(settings, port):
            expect(phone.page.get_by_text("Connection lost")).to_be_hidden()
            expect(phone.page.locator("#thread .item")).to_have_count(1)
            expect(phone.page.locator(".ticks.waiting")).to_have_count(0)


def test_a_message_that_no_bot_takes_says_why(stage: Stage, settings: Settings) -> None:
    nobody = replace(settings, webhook_url="http://127.0.0.1:9/webhook")
    with running(nobody) as base, stage.page(base=base) as phone:
        phone.say("anybody?")
        status = phone.see("^anybody").locator(".meta")
        expect(status).to_have_accessible_name(re.compile("^Failed,"))
        status.click()
        expect(phone.dialog()).to_contain_text("Reason")
        expect(phone.dialog().locator(".bad")).not_to_be_empty()


def _contrast(phone: PhonePage, selector: str) -> float:
    """The contrast of an element's words with what is behind them, as WCAG counts it."""
    script = """selector => {
      const text = document.querySelector(selector);
      const canvas = document.createElement('canvas')
        .getContext('2d', { willReadFrequently: true });
      const behind = [];
      for (let one = text; one; one = one.parentElement) {
        behind.unshift(getComputedStyle(one).backgroundColor);
      }
      const light = colours => {
        for (const colour of ['#fff', ...colours]) {
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
        }
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(value => {
          const part = value / 255;
          return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const both = [light([...behind, getComputedStyle(text).color]), light(behind)];
      return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    }"""
    return float(phone.page.evaluate(script, selector))
