"""The pages of no other room: in both languages, locked down, installable, true."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.pages import assets, rendering
from core.settings import settings
from core.wording import LANGUAGES, wording
from tests.api.support import Browser, fresh_keys

ROOMS = sorted(path.parent.name for path in rendering._HERE.parent.glob("*/wording"))
PUBLIC = ["/", "/privacy", "/terms", "/offline"]
SAID = re.compile(r"""\bsay\(\s*["']([a-z0-9_.]+)["']\s*[,)]""")
HTML = {"Accept": "text/html"}


@pytest.fixture
def app(configured: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    configured.setenv("BUSINESS_NAME", "River <b>Tours</b>")
    settings.cache_clear()
    with fresh_keys():
        yield create_app()


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    return Browser(app)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_say_the_same_things(room: str) -> None:
    said = wording(rendering._HERE.parent / room / "wording")
    english, vietnamese = (said.catalogue(language) for language in LANGUAGES)
    keys = {message.id for message in english if message.id}
    assert keys == {message.id for message in vietnamese if message.id}
    for key in keys:
        texts = [str(catalogue.get(key).string) for catalogue in (english, vietnamese)]  # type: ignore[union-attr]
        assert all(texts), key
        named = [set(re.findall(r"\{(\w+)\}", text)) for text in texts]
        assert named[0] == named[1], key


@pytest.mark.parametrize("room", ["pages", "onboarding"])
def test_templates_say_only_what_there_is(room: str) -> None:
    folder = rendering._HERE / "templates"
    files = [*(folder / room).glob("*.html"), *([folder / "base.html"] if room == "pages" else [])]
    keys = {key for file in files for key in SAID.findall(file.read_text("utf-8"))}
    say = [wording(rendering._HERE.parent / each / "wording") for each in ("pages", room)]
    assert keys
    assert not {key for key in keys if not any(each.catalogue("en").get(key) for each in say)}


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_in_one_language_and_holds_nothing_inline(
    client: TestClient, path: str, language: str
) -> None:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1") == 1
    assert "River &lt;b&gt;Tours" in answer.text
    assert "<b>Tours" not in answer.text
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"


def test_each_file_that_a_page_names_is_there_and_kept_for_good(client: TestClient) -> None:
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text))
    assert len(linked) >= 5
    sizes = 0
    for address in linked:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        sizes += len(answer.content)
    assert sizes < 150_000


@pytest.mark.parametrize("address", ["/static/style.css", "/static/style.css?v=another"])
def test_a_file_of_another_version_is_asked_for_again(client: TestClient, address: str) -> None:
    assert client.get(address).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["", "nothing.css", "%2e%2e/rendering.py", "..%2frendering.py", "/etc/passwd", "%00"]
)
def test_nothing_but_our_files_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_a_language_is_chosen_and_remembered(browser: Browser) -> None:
    answer = browser.client.get("/language/vi?next=/terms%3Fa%3D1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/terms?a=1"
    assert '<html lang="vi">' in browser.get("/").text
    assert browser.client.get("/language/xx").status_code == 404


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""],
)
def test_the_language_switch_leads_nowhere_else(browser: Browser, next_: str) -> None:
    answer = browser.client.get("/language/en", params={"next": next_})
    assert answer.headers["location"] == "/"


def test_beginning_opens_a_guests_session_once(database_url: str, browser: Browser) -> None:
    first = browser.post("/begin", page="/")
    assert first.status_code == 303
    assert first.headers["location"] == "/onboarding/places"
    kept = browser.client.cookies["session"]
    assert browser.post("/begin", page="/").status_code == 303
    assert browser.client.cookies["session"] == kept


def test_nobody_begins_from_another_sites_form(client: TestClient) -> None:
    assert client.post("/begin").status_code == 403
    forged = client.post("/begin", headers={"Origin": "https://evil.example"})
    assert forged.status_code == 403


def test_guests_are_not_made_without_end(database_url: str, app: FastAPI) -> None:
    answers = [Browser(app).post("/begin", page="/").status_code for _ in range(31)]
    assert answers == [303] * 30 + [429]


def test_facebook_is_offered_where_it_is_set_up(
    browser: Browser, configured: pytest.MonkeyPatch
) -> None:
    assert "/login/facebook" not in browser.get("/").text
    configured.setenv("FACEBOOK_APP_ID", "1234")
    configured.setenv("FACEBOOK_APP_SECRET", "a secret of the tests")
    settings.cache_clear()
    assert 'action="/login/facebook"' in browser.get("/").text


def test_an_operators_own_privacy_page_goes_before_ours(
    client: TestClient, configured: pytest.MonkeyPatch
) -> None:
    configured.setenv("PRIVACY_URL", "https://river.example/data")
    settings.cache_clear()
    assert client.get("/privacy").headers["location"] == "https://river.example/data"
    configured.setenv("PRIVACY_URL", f"{settings().public_base_url}/privacy")
    settings.cache_clear()
    assert client.get("/privacy").status_code == 200


def test_privacy_names_only_what_is_set_up(
    client: TestClient, configured: pytest.MonkeyPatch
) -> None:
    before = client.get("/privacy").text
    assert "Twilio" in before
    assert "Facebook" not in before
    assert "language model" not in before
    configured.setenv("LLM_BASE_URL", "http://127.0.0.1:9/v1")
    configured.setenv("SUPPORT_CONTACT", "help@river.example")
    settings.cache_clear()
    after = client.get("/privacy").text
    assert "language model" in after
    assert 'href="mailto:help@river.example"' in after


def test_it_can_be_installed(client: TestClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    shown = json.loads(answer.text)
    assert shown["start_url"] == "/"
    assert {icon["sizes"] for icon in shown["icons"]} == {"any", "192x192", "512x512"}
    for icon in shown["icons"]:
        picture = client.get(icon["src"])
        assert picture.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width = int.from_bytes(picture.content[16:20])
            assert icon["sizes"] == f"{width}x{width}"
    assert client.get("/favicon.ico").content.startswith(b"\x89PNG")


def test_the_service_worker_keeps_files_and_one_page_of_nobodys(client: TestClient) -> None:
    answer = client.get("/sw.js")
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    script = answer.text
    assert "__" not in script
    kept = re.findall(r"/static/\S+\?v=[0-9a-f]+", script)
    assert kept
    assert all(client.get(address).status_code == 200 for address in kept)
    assert script.count("addAll") == 1
    assert "cache.put" not in script


def test_search_engines_are_told_what_is_for_everybody(client: TestClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert "Disallow: /" in lines
    assert "Allow: /privacy" in lines


def test_a_browser_gets_errors_as_pages_and_a_program_as_problems(client: TestClient) -> None:
    page = client.get("/nothing", headers=HTML)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "There is nothing here" in page.text
    assert client.get("/nothing").headers["content-type"] == "application/problem+json"
    api = client.get("/api/v1/nothing", headers=HTML)
    assert api.headers["content-type"] == "application/problem+json"


def test_an_error_page_repeats_nothing_that_was_sent(client: TestClient) -> None:
    answer = client.get("/<script>alert(1)</script>", headers=HTML)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_failure_of_ours_is_a_page_that_tells_nothing(app: FastAPI, client: TestClient) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a secret")

    app.add_api_route("/fails", fail)
    answer = client.get("/fails", headers=HTML)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "<h1>" in answer.text


def test_a_notice_is_one_of_ours_or_none(browser: Browser) -> None:
    assert "You are signed out." in browser.get("/?notice=signed_out").text
    assert 'class="notice"' not in browser.get("/?notice=<script>").text
    assert 'class="notice"' not in browser.get("/?notice=you_won_a_prize").text


def test_pictures_and_scripts_are_small() -> None:
    files = [path for path in Path(assets.FOLDER).rglob("*") if path.is_file()]
    assert files
    assert sum(path.stat().st_size for path in files) < 150_000
