"""The page that connects WhatsApp: what it shows is what is agreed to, and it goes on by itself."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from fastapi import FastAPI
from psycopg.rows import dict_row

from api.app import create_app
from api.joining import service
from api.joining.schemas import ShownCode
from conversation.schedules import terms
from conversation.understanding import Rhythm, Schedule
from core import rate_limits
from core.settings import settings
from tests.api.support import Browser, fresh_keys
from tests.conftest import rows_of
from tests.whatsapp.joining import Sender
from whatsapp import providers
from whatsapp.twilio.channel import twilio_channel

WEEKLY = {"rhythm": "weekly", "weekday": "4", "hour": "9"}
FRIDAYS = Schedule(rhythm=Rhythm.WEEKLY, weekday=4, hour=9)
CODE = re.compile(r'large-code">([0-9A-Z]{4}-[0-9A-Z]{4})<')
LINK = re.compile(r'href="(https://wa\.me/[^"]+)"')


@pytest.fixture
def app(catalogue_url: str, configured: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    configured.setenv("TWILIO_BASE_URL", "http://127.0.0.1:9")  # where nobody listens
    settings.cache_clear()
    rate_limits._limiter(settings().redis_url).storage.reset()  # another test's traveller 1
    for cached in (providers.channel, twilio_channel):
        cached.cache_clear()
    with fresh_keys():
        yield create_app()
    for cached in (providers.channel, twilio_channel):
        cached.cache_clear()


@pytest.fixture
def guest(app: FastAPI) -> Browser:
    """Somebody who has begun without signing in."""
    browser = Browser(app)
    assert browser.post("/begin", page="/").status_code == 303
    return browser


@pytest.fixture
def sender(app: FastAPI, catalogue_url: str) -> Iterator[Callable[[str], Sender]]:
    with psycopg.connect(catalogue_url, autocommit=True, row_factory=dict_row) as db:
        yield lambda number: Sender(number, twilio_channel(), db)


def shown_code(browser: Browser, **plan: str) -> str:
    """Ask for a code, and return the one that the page shows."""
    assert browser.post("/join/code", page="/join?new=1", **plan).status_code == 303
    found = CODE.search(browser.get("/join").text)
    assert found, "the page shows no code"
    return found[1]


def state(browser: Browser) -> str:
    return str(browser.get("/join/state").json()["state"])


def test_who_has_no_session_is_shown_no_page(app: FastAPI) -> None:
    stranger = Browser(app)
    for path in ("/join", "/join/terms", "/join/state", "/join/qr.svg"):
        answer = stranger.get(path)
        assert answer.status_code in {303, 401}, path
        assert "csrf" not in answer.text or answer.status_code == 303


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_words_of_exactly_one_choice_are_shown(guest: Browser, language: str) -> None:
    guest.get(f"/language/{language}?next=/join")
    page = unescape(guest.get("/join", params=WEEKLY).text)
    assert terms(FRIDAYS, language) in page
    part = unescape(guest.get("/join/terms", params={"rhythm": "daily"}).text)
    assert terms(Schedule(rhythm=Rhythm.DAILY), language) in part
    assert "<h1" not in part
    only_now = unescape(guest.get("/join").text)
    assert terms(FRIDAYS, language) not in only_now


def test_a_code_comes_with_a_button_a_picture_and_the_number(guest: Browser) -> None:
    code = shown_code(guest)
    page = guest.get("/join").text
    found = LINK.search(unescape(page))
    assert found
    link = urlsplit(found[1])
    assert link.path == "/14155238886"
    assert parse_qs(link.query)["text"][0].endswith(f"Code {code}")
    assert "+14155238886" in page
    assert '<meta http-equiv="refresh"' in page
    picture = guest.get("/join/qr.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.headers["cache-control"] == "no-store"
    assert picture.text.startswith("<svg")
    assert state(guest) == "waiting"


def test_the_database_does_not_know_the_code(guest: Browser, catalogue_url: str) -> None:
    code = shown_code(guest, **WEEKLY)
    [row] = rows_of(catalogue_url, "select * from one_time_codes")
    assert code not in str(row)
    assert row["detail"]["idea_terms"] == terms(FRIDAYS, "en")
    assert row["detail"]["plan"] == {"rhythm": "weekly", "weekday": 4, "hour": 9}
    assert code not in str(guest.client.cookies)


def test_once_the_message_has_come_the_guest_is_signed_in(
    guest: Browser, catalogue_url: str, sender: Callable[[str], Sender]
) -> None:
    said = sender("+84901234567").sends(f"code {shown_code(guest, **WEEKLY)}")
    assert "You are connected" in said[0]["body"]
    assert state(guest) == "joined"
    [session] = rows_of(catalogue_url, "select method from sessions")
    assert session["method"] == "whatsapp"
    assert guest.get("/account").status_code == 200


def test_without_scripts_the_page_itself_goes_on(
    guest: Browser, sender: Callable[[str], Sender]
) -> None:
    sender("+84901234567").sends(f"code {shown_code(guest)}")
    answer = guest.get("/join")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/account?notice=joined"
    assert "connected with WhatsApp" in guest.follow("/account?notice=joined").text


def test_a_question_in_the_chat_is_told_on_the_page(
    guest: Browser, sender: Callable[[str], Sender]
) -> None:
    traveller = sender("+84901234567")
    traveller.sends("3 days in Sa Pa")
    traveller.sends(f"code {shown_code(guest)}")
    assert state(guest) == "asked"
    assert "question for you in WhatsApp" in guest.get("/join").text
    traveller.taps("join_yes")
    assert state(guest) == "joined"


def test_a_further_number_can_be_added(
    guest: Browser, catalogue_url: str, sender: Callable[[str], Sender]
) -> None:
    sender("+84901234567").sends(f"code {shown_code(guest)}")
    assert state(guest) == "joined"
    assert state(guest) == "none"
    code = shown_code(guest)
    assert state(guest) == "waiting"
    sender("+84907654321").sends(f"code {code}")
    assert state(guest) == "joined"
    assert "2" in guest.get("/join?new=1").text
    [row] = rows_of(catalogue_url, "select count(distinct user_id) as n from channel_identities")
    assert row["n"] == 1


def test_an_expired_code_says_so(guest: Browser, catalogue_url: str) -> None:
    now = dt.datetime.now(dt.UTC)
    [session] = rows_of(catalogue_url, "select id from sessions")
    old = ShownCode(
        code="AAAA-2222", session_id=session["id"], issued_at=now - service.VALID_FOR, until=now
    )
    guest.client.cookies.set("join", service.sealed(old))
    assert state(guest) == "expired"
    page = guest.get("/join").text
    assert "no longer good" in page
    assert "AAAA-2222" not in page


def test_one_browser_s_code_is_shown_to_no_other(app: FastAPI, guest: Browser) -> None:
    shown_code(guest)
    stolen = guest.client.cookies.get("join")
    other = Browser(app)
    other.post("/begin", page="/")
    other.client.cookies.set("join", str(stolen))
    assert not CODE.search(other.get("/join").text)
    assert other.get("/join/qr.svg").status_code == 404
    for nonsense in ("", "x", "gAAAAA"):
        other.client.cookies.set("join", nonsense)
        assert other.get("/join").status_code == 200


@pytest.mark.parametrize(
    "plan",
    [
        {"rhythm": "hourly"},
        {"rhythm": "weekly", "weekday": "7"},
        {"rhythm": "weekly", "hour": "3"},
        {"rhythm": "weekly", "hour": "x"},
        {"rhythm": "x" * 21},
    ],
)
def test_a_choice_that_the_page_does_not_offer_is_refused(
    guest: Browser, catalogue_url: str, plan: dict[str, str]
) -> None:
    assert guest.get("/join", params=plan).status_code == 422
    assert guest.get("/join/terms", params=plan).status_code == 422
    assert guest.post("/join/code", page="/join", **plan).status_code == 422
    assert rows_of(catalogue_url, "select from one_time_codes") == []


def test_a_code_is_made_for_the_page_s_own_form_alone(guest: Browser, catalogue_url: str) -> None:
    assert guest.client.post("/join/code", data={"csrf": "0" * 64}).status_code == 403
    assert rows_of(catalogue_url, "select from one_time_codes") == []


def test_codes_are_not_made_without_end(guest: Browser) -> None:
    answers = [guest.post("/join/code", page="/join?new=1").status_code for _ in range(21)]
    assert answers == [303] * 20 + [429]
