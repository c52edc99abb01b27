"""Faults on demand."""

from __future__ import annotations

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import Control
from tests.simulator.support import BUSINESS, PERSON, Bot, eventually, sdk


def test_the_next_sends_fail_as_told_and_then_it_is_over(control: Control, client: Client) -> None:
    control.send(text="hello")
    fault = {"count": 2, "http_status": 429, "code": 20429, "retry_after": 3}
    assert control.post("/faults", fail_next=fault)["failures_left"] == 2
    for _ in range(2):
        with pytest.raises(TwilioRestException) as caught:
            client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
        assert (caught.value.status, caught.value.code) == (429, 20429)
        assert client.http_client._test_only_last_response.headers["Retry-After"] == "3"
    assert client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").status == "queued"
    assert len(control.thread()) == 2


def test_a_send_may_be_accepted_and_yet_time_out(control: Control, client: Client) -> None:
    control.send(text="hello")
    control.post("/faults", timeout_after_accepting={"count": 1, "hold_seconds": 30})
    with sdk(control.base, timeout=0.3) as hasty, pytest.raises(requests.exceptions.ReadTimeout):
        hasty.messages.create(to=PERSON, from_=BUSINESS, body="Did this arrive?")
    found = client.messages.list(to=PERSON)
    assert [message.body for message in found] == ["Did this arrive?"]
    assert client.messages.create(to=PERSON, from_=BUSINESS, body="Next").status == "queued"


def test_a_webhook_may_arrive_many_times_at_once(control: Control, bot: Bot) -> None:
    control.post("/faults", duplicate_webhooks={"count": 1, "copies": 20})
    first = control.send(text="once, please")
    eventually(lambda: len(bot.messages()) == 20)
    second = control.send(text="and this")
    eventually(lambda: len(bot.messages()) == 21)
    sids = [form["MessageSid"] for form in bot.messages()]
    assert sids == [first] * 20 + [second]
    assert all(call.genuine for call in bot.calls)


def test_statuses_may_come_out_of_order(control: Control, client: Client, bot: Bot) -> None:
    control.send(text="hello")
    control.post("/faults", swap_statuses={"count": 1})
    sids = [
        client.messages.create(
            to=PERSON, from_=BUSINESS, body="Hi", status_callback=f"{bot.url}/status"
        ).sid
        for _ in range(2)
    ]
    eventually(lambda: all(len(bot.statuses(sid)) == 4 for sid in sids))
    assert bot.statuses(sids[0]) == ["queued", "delivered", "sent", "read"]
    assert bot.statuses(sids[1]) == ["queued", "sent", "delivered", "read"]


def test_faults_can_be_seen_and_cleared(control: Control, client: Client) -> None:
    control.post("/faults", fail_next={"count": 5}, timeout_after_accepting={"count": 4})
    seen = control.http.get("/simulator/faults").json()
    assert (seen["failures_left"], seen["timeouts_left"]) == (5, 4)
    control.http.delete("/simulator/faults")
    assert client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").status == "queued"


@pytest.mark.parametrize(
    "fault",
    [
        {"fail_next": {"http_status": 200}},
        {"fail_next": {"count": -1}},
        {"timeout_after_accepting": {"hold_seconds": 1e9}},
        {"duplicate_webhooks": {"copies": 1000}},
        {"unheard_of": {}},
    ],
)
def test_nonsense_faults_are_refused(control: Control, fault: dict[str, object]) -> None:
    answer = control.http.post("/simulator/faults", json=fault)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


def test_a_reset_forgets_everything(control: Control, client: Client) -> None:
    control.send(text="hello")
    control.post("/faults", fail_next={"count": 5})
    control.post("/reset")
    assert control.thread() == []
    assert client.messages.list() == []
    assert control.http.get("/simulator/faults").json()["failures_left"] == 0
