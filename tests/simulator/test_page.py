"""The phone page, its policy, and the events that keep it fresh."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import httpx
import pytest
from twilio.rest import Client

from simulator.endpoints_page import HERE
from simulator.server import running
from simulator.settings import Settings
from tests.simulator.conftest import Control
from tests.simulator.support import BUSINESS, PERSON, PHONE, Bot, eventually


def _page_data(html: str) -> dict[str, Any]:
    found = re.search(r'data-page="([^"]*)"', html)
    assert found
    return dict(json.loads(unescape(found.group(1))))


def test_the_page_names_the_business_and_offers_the_examples(control: Control) -> None:
    answer = control.http.get("/", params={"phone": "+84 900 000 009"})
    assert answer.status_code == 200
    data = _page_data(answer.text)
    assert (data["phone"], data["suggestions"]) == ("+84900000009", ["Hello there"])
    assert "built-in method" not in answer.text  # a word whose name is also one of dict's methods


def test_a_nonsense_phone_falls_back_to_the_usual_one(control: Control) -> None:
    answer = control.http.get("/", params={"phone": "<script>"})
    assert _page_data(answer.text)["phone"] == PHONE
    assert "<script>" not in answer.text


def test_the_page_allows_no_foreign_or_inline_code(control: Control) -> None:
    answer = control.http.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)", answer.text)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", answer.text)


def _modules(control: Control) -> dict[str, str]:
    """Every script of the page by its name, found as a browser finds them: by their imports."""
    sources: dict[str, str] = {}
    waiting = ["app.js"]
    while waiting:
        name = waiting.pop()
        answer = control.http.get(f"/static/{name}")
        assert answer.status_code == 200, name
        sources[name] = answer.text
        waiting += set(re.findall(r'from "\./([\w.]+)"', answer.text)) - sources.keys()
    return sources


def test_every_file_that_the_page_names_exists(control: Control) -> None:
    html = control.http.get("/").text
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    assert len(named) > 5
    for path in named:
        answer = control.http.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-cache"
    assert _modules(control).keys() == {path.name for path in (HERE / "static").glob("*.js")}


def test_styles_and_scripts_load_nothing_from_elsewhere(control: Control) -> None:
    for path in (HERE / "static").iterdir():
        source = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"@import|url\(|https?://[a-z]", source), path.name


def test_every_drawing_that_is_used_is_there(control: Control) -> None:
    html = control.http.get("/").text
    drawn = set(re.findall(r'<symbol id="i-([a-z]+)"', html))
    used = set(re.findall(r'href="#i-([a-z]+)"', html))
    for source in _modules(control).values():
        used |= {a or b for a, b in re.findall(r'icon\("([a-z]+)"|name: "([a-z]+)", label', source)}
    assert used <= drawn


def test_every_word_of_the_page_stands_in_one_file(control: Control) -> None:
    words = _page_data(control.http.get("/").text)["words"]
    sources = "".join(_modules(control).values())
    for path in (HERE / "templates").glob("*.html"):
        sources += path.read_text("utf-8")
    said = set(re.findall(r"\bwords\.(\w+)\.(\w+)", sources))
    looked_up = set(re.findall(r"\bwords\.(\w+)(?:\[|\.items)", sources))
    known = {(room, name) for room, entries in words.items() for name in entries}
    said = {(room, name) for room, name in said if name != "items"}
    assert said <= known, said - known
    assert looked_up <= words.keys()
    unused = {(room, name) for room, name in known - said if room not in looked_up}
    assert not unused, unused


def test_names_with_markup_are_escaped(settings: Settings) -> None:
    nasty = "\"><script>alert('x')</script>"
    hostile = replace(settings, business_name=nasty, suggestions=(nasty,), webhook_url="")
    with running(hostile) as base, httpx.Client(base_url=base) as http:
        html = http.get("/").text
    assert "<script>alert" not in html
    assert _page_data(html)["businessName"] == nasty


def test_the_scripts_never_build_markup_from_text(control: Control) -> None:
    for name, source in _modules(control).items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", source
        ), name


def _events(control: Control, wanted: int) -> list[tuple[str, dict[str, Any]]]:
    """The first events of a page that opens now and then sees the person write."""
    seen: list[tuple[str, dict[str, Any]]] = []
    with control.http.stream("GET", f"/simulator/phones/{PHONE}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: "):
                seen.append((name, json.loads(line.removeprefix("data: "))))
                if len(seen) == 1:
                    control.send(text="line one\nline two")
            if len(seen) >= wanted:
                return seen
    return seen


def test_an_open_page_is_told_what_happens(control: Control) -> None:
    seen = _events(control, 5)
    assert seen[0][0] == "phone"
    names = [name for name, _ in seen]
    assert {"message", "webhook", "phone"} == set(names)
    first = next(data for name, data in seen if name == "message")
    assert (first["body"], first["status"]) == ("line one\nline two", "sent")


def test_while_a_page_is_open_only_the_page_marks_messages_read(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    with control.http.stream("GET", f"/simulator/phones/{PHONE}/events") as stream:
        lines = stream.iter_lines()  # kept: the stream closes when its iterator is dropped
        assert next(lines) == "event: phone"
        sid = client.messages.create(
            to=PERSON, from_=BUSINESS, body="Hi", status_callback=f"{bot.url}/status"
        ).sid
        eventually(lambda: "delivered" in bot.statuses(sid))
        other = client.messages.create(
            to="whatsapp:+84900000002", from_=BUSINESS, body="x", status_callback=f"{bot.url}/s"
        ).sid
        eventually(lambda: "failed" in bot.statuses(other))
        assert client.messages(sid).fetch().status == "delivered"
        control.post(f"/phones/{PHONE}/read")
    eventually(lambda: bot.statuses(sid) == ["queued", "sent", "delivered", "read"])


def test_the_simulator_says_that_it_is_well(control: Control) -> None:
    control.send(text="hello")
    health = control.http.get("/simulator/health").json()
    assert (health["status"], health["phones"], health["messages"]) == ("ok", 1, 1)
    assert "auth_token" not in health


@pytest.mark.parametrize("typed", ["84900000001", "+84 900 000 001", "whatsapp:+84900000001"])
def test_a_phone_may_be_typed_in_any_usual_way(control: Control, typed: str) -> None:
    assert control.http.get(f"/simulator/phones/{typed}").json()["phone"] == PHONE


def test_memory_is_bounded(settings: Settings, bot: Bot) -> None:
    small = replace(settings, message_cap=3, phone_cap=2)
    with running(small) as base, httpx.Client(base_url=base) as http:
        control = Control(http, base)
        for number in range(5):
            control.send(text=str(number))
        assert [message["body"] for message in control.thread()] == ["2", "3", "4"]
        for number in range(2, 5):
            control.send(f"+8490000000{number}", text="x")
        phones = http.get("/simulator/phones").json()["phones"]
        assert [phone["phone"] for phone in phones] == ["+84900000004", "+84900000003"]
        assert http.get("/simulator/health").json()["messages"] == 2
