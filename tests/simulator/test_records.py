"""What happened: the log of HTTP, the counts, transcripts, the clock, and one stream of it all."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from twilio.rest import Client

from simulator.clock import Clock
from tests.simulator.conftest import Control
from tests.simulator.support import (
    ACCOUNT,
    BUSINESS,
    PERSON,
    PHONE,
    TOKEN,
    Answer,
    Bot,
    eventually,
)


def _lines(control: Control, **query: str) -> list[dict[str, Any]]:
    return list(control.http.get("/simulator/http", params=query).json()["lines"])


def test_both_directions_are_logged_with_their_bodies(
    control: Control, client: Client, bot: Bot
) -> None:
    bot.answers.append(Answer(body="<Response/>"))
    control.send(text="hello")
    eventually(lambda: control.thread()[0]["delivery"])
    sid = client.messages.create(to=PERSON, from_=BUSINESS, body="Xin chào").sid
    asked, webhook = _lines(control)
    assert (asked["direction"], asked["status"], asked["sid"]) == ("in", 201, sid)
    assert (asked["kind"], asked["phone"]) == ("sends", PHONE)
    assert (webhook["direction"], webhook["status"], webhook["kind"]) == ("out", 200, "message")
    page = control.http.get(f"/simulator/http/{asked['id']}").json()
    assert "Body=Xin+ch%C3%A0o" in page["request"]["body"]
    assert json.loads(page["response"]["body"])["sid"] == sid
    hook = control.http.get(f"/simulator/http/{webhook['id']}").json()
    assert "Body=hello" in hook["request"]["body"]
    assert hook["response"]["body"] == "<Response/>"
    assert hook["request"]["headers"]["x-twilio-signature"]


def test_secrets_are_never_logged(control: Control, client: Client, bot: Bot) -> None:
    control.send(text=f"my password is {TOKEN}")
    eventually(bot.messages)
    client.messages.create(to=PERSON, from_=BUSINESS, body=f"yours is {TOKEN}")
    control.http.get(f"/2010-04-01/x?token={TOKEN}")
    for one in _lines(control):
        whole = control.http.get(f"/simulator/http/{one['id']}").text
        assert TOKEN not in whole
        assert "Basic " not in whole


def test_the_log_can_be_narrowed(control: Control, client: Client, bot: Bot) -> None:
    control.send("+84900000002", text="other")
    control.send(text="mine")
    eventually(lambda: len(bot.messages()) == 2)
    client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    assert [one["direction"] for one in _lines(control, phone=PHONE)] == ["in", "out"]
    assert [one["direction"] for one in _lines(control, direction="in")] == ["in"]
    assert len(_lines(control, limit="1")) == 1


def test_what_was_made_to_go_wrong_is_noted(control: Control, client: Client) -> None:
    control.send(text="hello")
    control.post("/faults", garble_answers={"kind": "html"})
    control.http.post(
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data={"To": PERSON, "From": BUSINESS, "Body": "x"},
        auth=(ACCOUNT, TOKEN),
    )
    assert "nonsense (html), as planned" in _lines(control, direction="in")[0]["note"]


@pytest.mark.parametrize("number", ["0", "999999", "x"])
def test_an_exchange_that_is_not_kept_is_not_found(control: Control, number: str) -> None:
    assert control.http.get(f"/simulator/http/{number}").status_code in {400, 404}


def test_sends_are_counted_by_second_and_by_pair(control: Control, client: Client) -> None:
    control.send(text="hello")
    for _ in range(4):
        client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    control.post("/clock", advance_seconds=100)
    client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    rates = control.http.get("/simulator/rates").json()
    assert rates["sends"] == 5 == sum(count for _, count in rates["seconds"])
    assert rates["pairs"][PHONE] == {"sends": 5, "peak_per_6_seconds": 4}
    assert 1 <= rates["peak_per_second"] <= 4


def test_a_transcript_tells_who_said_what_when_and_what_became_of_it(
    control: Control, client: Client, bot: Bot
) -> None:
    control.http.patch(f"/simulator/phones/{PHONE}", json={"profile_name": "<b>Lan</b>"})
    control.send(text="<script>alert('x')</script>")
    control.send(location={"latitude": 15.88, "longitude": 108.33, "label": "Old town"})
    control.post("/faults", fail_by_callback={"code": 63012})
    sid = client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").sid
    eventually(lambda: client.messages(sid).fetch().status == "failed")
    eventually(lambda: control.thread()[1]["delivery"])
    path = f"/simulator/phones/{PHONE}/transcript"
    told = control.http.get(path).json()
    assert [message["body"] for message in told["messages"]][::2] == [
        "<script>alert('x')</script>",
        "Hi",
    ]
    text = control.http.get(path, params={"format": "text"})
    assert "(place 15.88, 108.33 Old town)" in text.text
    assert "63012 Channel provider returned" in text.text
    page = control.http.get(path, params={"format": "html"})
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "<b>" not in page.text
    for answer, ending in ((text, "txt"), (page, "html")):
        assert f'filename="84900000001.{ending}"' in answer.headers["Content-Disposition"]


def _events(control: Control, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """The first event of each name on the stream of everything, once things happen."""
    seen: dict[str, dict[str, Any]] = {}
    with control.http.stream("GET", "/simulator/events", params={"viewer": PHONE}) as stream:
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: "):
                seen.setdefault(name, json.loads(line.removeprefix("data: ")))
                if list(seen) == ["clock"]:
                    _make_things_happen(control)
            if wanted <= set(seen):
                return seen
    return seen


def _make_things_happen(control: Control) -> None:
    control.send("+84900000002", text="hello")
    control.post("/faults", swap_statuses={})
    control.http.delete("/simulator/phones/+84900000003")
    control.post("/reset")


def test_one_stream_tells_of_every_phone_and_switch(control: Control, bot: Bot) -> None:
    wanted = {"clock", "message", "phone", "switches", "gone", "reset"}
    seen = _events(control, wanted)
    assert seen["message"]["phone"] == "+84900000002"
    assert seen["switches"] == {"what": "faults"}
    assert seen["gone"] == {"phone": "+84900000003"}
    assert seen["clock"]["offset_seconds"] == 0


def test_the_clock_moves_forward_and_wakes_those_who_wait() -> None:
    async def wait() -> tuple[list[str], int]:
        clock, woken = Clock(), []

        async def sleeper(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper("late", 7200))
            group.create_task(sleeper("early", 3600))
            patient = group.create_task(sleeper("never", 1_000_000))
            await asyncio.sleep(0)
            count = clock.advance(7200)
            await asyncio.sleep(0.01)
            patient.cancel()
        return woken, count

    assert asyncio.run(wait()) == (["early", "late"], 2)


def test_the_clock_is_set_in_hours_or_seconds(control: Control) -> None:
    moved = control.post("/clock", advance_hours=2, advance_seconds=30)
    assert moved["offset_seconds"] == 7230
    assert control.http.get("/simulator/clock").json()["offset_seconds"] == 7230
    for nonsense in ({}, {"advance_seconds": -1}, {"advance_hours": 1e9}):
        assert control.http.post("/simulator/clock", json=nonsense).status_code == 400


def test_switches_go_back_to_how_they_started(control: Control) -> None:
    started = control.http.get("/simulator/behaviour").json()
    changed = control.http.patch("/simulator/behaviour", json={"status_delay": 5}).json()
    assert changed == {**started, "status_delay": 5}
    assert control.http.delete("/simulator/behaviour").json() == started
    control.http.patch("/simulator/behaviour", json={"opt_out": False})
    control.post("/reset")
    assert control.http.get("/simulator/behaviour").json() == started
    wrong = control.http.patch("/simulator/behaviour", json={"approval": "never"})
    assert wrong.status_code == 400
