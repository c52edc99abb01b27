"""Faults on the way to the bot: lost, late, repeated and in the wrong order."""

from __future__ import annotations

from collections import Counter

import pytest
from twilio.rest import Client

from tests.simulator.conftest import Control
from tests.simulator.support import BUSINESS, PERSON, Bot, eventually


def _send(client: Client, bot: Bot, body: str = "Hi") -> str:
    sent = client.messages.create(
        to=PERSON, from_=BUSINESS, body=body, status_callback=f"{bot.url}/status"
    )
    return str(sent.sid)


def test_a_lost_webhook_is_never_posted_but_its_message_is_listed(
    control: Control, client: Client, bot: Bot
) -> None:
    control.post("/faults", lose_webhooks={"on": ["messages"]})
    lost, kept = control.send(text="lost"), control.send(text="kept")
    eventually(lambda: control.message(kept)["status"] == "delivered")
    assert [form["MessageSid"] for form in bot.messages()] == [kept]
    assert {message.sid for message in client.messages.list(from_=PERSON)} == {lost, kept}
    assert control.message(lost)["status"] == "failed"
    calls = control.http.get("/simulator/webhooks").json()["calls"]
    assert [call["reason"] for call in calls] == ["lost on the way, as planned", None]


def test_callbacks_alone_may_be_lost(control: Control, client: Client, bot: Bot) -> None:
    control.post("/faults", lose_webhooks={"on": ["callbacks"], "count": None})
    control.send(text="hello")
    eventually(bot.messages)
    sid = _send(client, bot)
    eventually(lambda: client.messages(sid).fetch().status == "read")
    assert bot.statuses(sid) == []


def test_a_late_webhook_is_overtaken_and_comes_when_the_clock_moves(
    control: Control, bot: Bot
) -> None:
    control.post("/faults", delay_webhooks={"on": ["messages"], "seconds": 600})
    late, quick = control.send(text="first"), control.send(text="second")
    eventually(lambda: control.message(quick)["status"] == "delivered")
    assert [form["MessageSid"] for form in bot.messages()] == [quick]
    assert control.post("/clock", advance_seconds=601)["woken"] == 1
    eventually(lambda: control.message(late)["status"] == "delivered")
    assert [form["MessageSid"] for form in bot.messages()] == [quick, late]


def test_webhooks_may_come_backwards(control: Control, bot: Bot) -> None:
    control.post("/faults", reorder_webhooks={"size": 3})
    sids = [control.send(text=str(number)) for number in range(4)]
    eventually(lambda: len(bot.messages()) == 4)
    arrived = [form["MessageSid"] for form in bot.messages()]
    arrived.remove(sids[3])  # it belongs to no batch, and goes its own way
    assert arrived == list(reversed(sids[:3]))
    assert all(call.genuine for call in bot.calls)


def test_a_storm_reports_every_status_many_times(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    eventually(bot.messages)
    control.post("/faults", storm_callbacks={"times": 5})
    sid = _send(client, bot)
    eventually(lambda: len(bot.statuses(sid)) == 24)
    wanted = dict.fromkeys(("queued", "sent", "delivered", "read"), 6)
    assert Counter(bot.statuses(sid)) == wanted
    assert bot.statuses(sid)[:4] == ["queued", "sent", "delivered", "read"]
    assert all(call.genuine for call in bot.calls)


@pytest.mark.parametrize(("code", "status"), [(63018, "failed"), (63032, "undelivered")])
def test_any_error_may_come_by_callback(
    control: Control, client: Client, bot: Bot, code: int, status: str
) -> None:
    control.send(text="hello")
    control.post("/faults", fail_by_callback={"code": code, "status": status})
    failed, fine = _send(client, bot), _send(client, bot)
    eventually(lambda: "read" in bot.statuses(fine))
    assert bot.statuses(failed) == ["queued", status]
    told = client.messages(failed).fetch()
    assert (told.status, told.error_code) == (status, code)
    assert told.error_message


def test_copies_may_be_of_callbacks_only(control: Control, client: Client, bot: Bot) -> None:
    control.post("/faults", duplicate_webhooks={"count": None, "copies": 3, "on": ["callbacks"]})
    control.send(text="hello")
    eventually(bot.messages)
    sid = _send(client, bot)
    eventually(lambda: len(bot.statuses(sid)) == 12)
    assert len(bot.messages()) == 1


def test_the_first_status_may_go_unreported(control: Control, client: Client, bot: Bot) -> None:
    control.http.patch("/simulator/behaviour", json={"queued_callbacks": False})
    control.send(text="hello")
    sid = _send(client, bot)
    eventually(lambda: "read" in bot.statuses(sid))
    assert bot.statuses(sid) == ["sent", "delivered", "read"]


def test_webhooks_may_set_out_all_at_once(control: Control, bot: Bot) -> None:
    control.http.patch("/simulator/behaviour", json={"ordered_webhooks": False})
    bot.pause.clear()
    for number in range(3):
        control.send(text=str(number))
    eventually(lambda: len(bot.messages()) == 3)
    bot.pause.set()
