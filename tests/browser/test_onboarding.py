"""The wizard in a browser: by keyboard, on a phone, without scripts, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.embedded.service import Servers
from tests.browser.concierge import Concierge, serving
from tests.browser.conftest import DESKTOP, NARROW

STEPS = ("places", "time", "budget", "transport", "food", "activities", "lodging")
NOTED = ("422", "404", "ERR_INTERNET_DISCONNECTED")
"""What a browser notes on its console: a form was sent back, a page or the network is not there."""


@pytest.fixture(scope="module")
def concierge(
    servers: Servers, template_with_tours: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Concierge]:
    with serving(servers, template_with_tours, tmp_path_factory.mktemp("wizard")) as running:
        yield running


@contextmanager
def visiting(
    browser: Browser, concierge: Concierge, size: tuple[int, int] = DESKTOP, **options: Any
) -> Iterator[Page]:
    """A browser of somebody's own; every error of a page's scripts fails the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        base_url=concierge.environment["PUBLIC_BASE_URL"],
        **{"locale": "en-GB", **options},
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert not [each for each in troubles if not any(noted in each for noted in NOTED)]


def begin(page: Page) -> None:
    page.goto("/")
    page.locator('form[action="/begin"] button').click()
    expect(page).to_have_url(re.compile("/onboarding/places$"))


def tours(page: Page) -> int:
    found = re.search(r"\d+", page.locator("#preview .count").inner_text())
    return int(found[0]) if found else 0


def fits(page: Page) -> bool:
    width = page.evaluate("document.documentElement.scrollWidth")
    return bool(width <= page.viewport_size["width"])  # type: ignore[index]


def test_the_whole_wizard_by_keyboard_alone(browser: Browser, concierge: Concierge) -> None:
    with visiting(browser, concierge) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        begin(page)
        everything = tours(page)
        page.get_by_label("Type a place").focus()
        page.keyboard.type("sa p")
        expect(page.get_by_role("option", name=re.compile("^Sa Pa"))).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("checkbox", name=re.compile("^Sa Pa"))).to_be_checked()
        expect(page.locator("#preview .count")).to_have_text(re.compile(r"^\d+ tours match$"))
        assert 0 < tours(page) < everything
        page.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/onboarding/time$"))
        page.get_by_label("From, in days").focus()
        page.keyboard.type("3")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/onboarding/budget$"))
        page.get_by_label("At most").focus()
        page.keyboard.type("much")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("At most")).to_have_value("much")
        page.get_by_label("At most").fill("400")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/onboarding/transport$"))
        page.get_by_role("checkbox", name="Train").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Back").click()
        expect(page.get_by_label("At most")).to_have_value("400")
        page.goto("/onboarding/transport")
        expect(page.get_by_role("checkbox", name="Train")).to_be_checked()


def test_the_tours_follow_what_is_typed(browser: Browser, concierge: Concierge) -> None:
    with visiting(browser, concierge) as page:
        begin(page)
        page.get_by_role("checkbox", name=re.compile("^Sa Pa")).check()
        first = page.locator("#preview li").first
        expect(first).to_contain_text("Sa Pa")
        page.get_by_role("checkbox", name=re.compile("^Sa Pa")).uncheck()
        expect(page.locator("#preview .count")).to_have_text(re.compile("to choose from"))
        page.goto("/onboarding/places")
        expect(page.get_by_role("checkbox", name=re.compile("^Sa Pa"))).not_to_be_checked()


def test_a_pin_on_the_map_stands_for_its_box(browser: Browser, concierge: Concierge) -> None:
    with visiting(browser, concierge) as page:
        begin(page)
        box = page.get_by_role("checkbox", name=re.compile("^Hội An"))
        page.locator('.pin[data-place="Hội An"] .dot').click()
        expect(box).to_be_checked()
        expect(page.locator('.pin[data-place="Hội An"]')).to_have_class(re.compile("chosen"))
        box.uncheck()
        expect(page.locator('.pin[data-place="Hội An"]')).not_to_have_class(re.compile("chosen"))


def test_on_a_phone_the_tours_are_a_bar_that_opens(browser: Browser, concierge: Concierge) -> None:
    with visiting(browser, concierge, NARROW, has_touch=True) as page:
        begin(page)
        preview = page.locator("#preview")
        body = preview.locator(".preview-body")
        expect(body).not_to_be_visible()
        preview.locator("summary").tap()
        expect(body).to_be_visible()
        page.get_by_role("checkbox").first.focus()
        expect(body).not_to_be_visible()
        last = page.get_by_role("link", name="Skip", exact=True)
        last.scroll_into_view_if_needed()
        last.click(trial=True)  # the bar covers nothing that is to be tapped


def test_without_scripts_everything_can_be_done(browser: Browser, concierge: Concierge) -> None:
    with visiting(browser, concierge, NARROW, java_script_enabled=False) as page:
        begin(page)
        page.get_by_label("Type a place").fill("Sapa, Quvexo")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("checkbox", name=re.compile("^Sa Pa"))).to_be_checked()
        expect(page.get_by_text("Not on our map: Quvexo")).to_be_visible()
        expect(page.locator("#preview li")).to_have_count(3)
        for step in STEPS[1:]:
            page.get_by_role("button", name="Next").click()
            expect(page).to_have_url(re.compile(f"/onboarding/{step}$"))
        page.get_by_label("Notes", exact=True).fill("zzz spice")
        page.get_by_role("button", name="Show matching tours").click()
        expect(page.get_by_label("Notes", exact=True)).to_have_value("zzz spice")
        page.get_by_role("button", name=re.compile("^Done")).click()
        expect(page).to_have_url(re.compile("/join$"))


@pytest.mark.parametrize("size", [NARROW, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_or_needs_to_be_scrolled_sideways(
    browser: Browser, concierge: Concierge, size: tuple[int, int], scheme: str
) -> None:
    package = pytest.importorskip("axe_playwright_python")
    axe = (Path(package.__file__).parent / "axe.min.js").read_text("utf-8")
    language = "vi-VN" if size == NARROW else "en-GB"
    with visiting(browser, concierge, size, locale=language, color_scheme=scheme) as page:
        begin(page)
        page.get_by_role("checkbox").first.check()
        for path in ("/", "/privacy", "/terms", "/offline", "/nothing"):
            page.goto(path)
            assert barriers(page, axe) == [], path
            assert fits(page), path
        for step in STEPS:
            page.goto(f"/onboarding/{step}")
            if step == "budget":
                page.locator("#amount").fill("x")
                page.locator("button[value=next]").click()
                expect(page.get_by_role("alert")).to_be_visible()
            assert barriers(page, axe) == [], step
            assert fits(page), step


def barriers(page: Page, axe: str) -> list[str]:
    """What axe finds, by rule and place, WCAG 2.2 AA and good practice."""
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document)")
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def test_without_a_network_a_page_says_so_and_nothing_personal_is_kept(
    browser: Browser, concierge: Concierge
) -> None:
    with visiting(browser, concierge) as page:
        begin(page)
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        page.goto("/onboarding/time")
        kept = page.evaluate("""async () => {
            const names = await caches.keys();
            const lists = await Promise.all(names.map((name) =>
                caches.open(name).then((cache) => cache.keys())));
            return lists.flat().map((request) => new URL(request.url).pathname);
        }""")
        assert "/offline" in kept
        assert all(path == "/offline" or path.startswith("/static/") for path in kept)
        page.context.set_offline(True)
        page.goto("/onboarding/food")
        expect(page.get_by_role("heading", name="No connection")).to_be_visible()
        page.context.set_offline(False)
        page.goto("/onboarding/food")
        expect(page.get_by_role("heading", name="What do you like to eat?")).to_be_visible()
