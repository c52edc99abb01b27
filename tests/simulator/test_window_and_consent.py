"""The 24-hour window, templates, and STOP."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from simulator.server import running
from simulator.settings import Settings
from tests.simulator.conftest import Control
from tests.simulator.support import (
    ACCOUNT,
    BUSINESS,
    PERSON,
    PHONE,
    TOKEN,
    Bot,
    eventually,
    sdk,
)

DAY = 86_400


def _text_content(control: Control, body: str) -> str:
    content = {"types": {"twilio/text": {"body": body}}, "variables": {"1": "Lan", "2": "Huế"}}
    answer = control.http.post("/v1/Content", auth=(ACCOUNT, TOKEN), json=content)
    assert answer.status_code == 201
    return str(answer.json()["sid"])


def _approve(client: Client, content_sid: str) -> str:
    answer = client.http_client.request(
        "POST",
        f"https://content.twilio.com/v1/Content/{content_sid}/ApprovalRequests/whatsapp",
        data={"name": "weekly_ideas", "category": "MARKETING"},
        headers={"Content-Type": "application/json"},
        auth=(ACCOUNT, TOKEN),
    )
    assert answer.status_code == 201
    fetched = client.content.v1.contents(content_sid).approval_fetch().fetch()
    return str(fetched.whatsapp["status"])


def _send(client: Client, bot: Bot, **what: str) -> str:
    message = client.messages.create(
        to=PERSON, from_=BUSINESS, status_callback=f"{bot.url}/status", **what
    )
    assert message.status == "queued"
    return str(message.sid)


def test_a_business_cannot_write_first_and_learns_it_only_afterwards(
    control: Control, client: Client, bot: Bot
) -> None:
    sid = _send(client, bot, body="Hi")
    eventually(lambda: "failed" in bot.statuses(sid))
    assert bot.statuses(sid) == ["queued", "failed"]
    form = bot.calls[-1].form
    assert (form["ErrorCode"], form["MessageStatus"]) == ("63016", "failed")
    assert client.messages(sid).fetch().error_code == 63016


def test_the_window_closes_24_hours_after_the_last_message(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    control.post("/clock", advance_seconds=DAY - 60)
    in_time = _send(client, bot, body="just in time")
    eventually(lambda: "delivered" in bot.statuses(in_time))
    control.post("/clock", advance_seconds=120)
    late = _send(client, bot, body="too late")
    eventually(lambda: "failed" in bot.statuses(late))
    control.send(text="again")
    reopened = _send(client, bot, body="hello again")
    eventually(lambda: "delivered" in bot.statuses(reopened))


def test_an_approved_template_passes_a_closed_window_and_an_unapproved_one_does_not(
    control: Control, client: Client, bot: Bot
) -> None:
    content = _text_content(control, "Hello {{1}}, three new ideas for you. Reply STOP to end.")
    refused = _send(client, bot, content_sid=content, content_variables='{"1": "there"}')
    eventually(lambda: bot.statuses(refused) == ["queued", "failed"])
    assert _approve(client, content) == "approved"
    sent = _send(client, bot, content_sid=content, content_variables='{"1": "there"}')
    eventually(lambda: "delivered" in bot.statuses(sent))
    body = "Hello there, three new ideas for you. Reply STOP to end."
    assert control.message(sent)["body"] == body


@pytest.mark.parametrize("body", ["{{1}} new ideas", "New ideas: {{1}}", "a {{1}} {{2}} b"])
def test_a_template_that_whatsapp_dislikes_is_rejected(
    control: Control, client: Client, body: str
) -> None:
    assert _approve(client, _text_content(control, body)) == "rejected"


def test_the_window_is_told_to_the_page(control: Control) -> None:
    before = control.http.get(f"/simulator/phones/{PHONE}").json()
    assert (before["window_closes_at"], before["window_seconds"]) == (None, 0)
    control.send(text="hello")
    control.post("/clock", advance_seconds=3600)
    after = control.http.get(f"/simulator/phones/{PHONE}").json()
    assert 22 * 3600 < after["window_seconds"] <= 23 * 3600


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "cancel"])
def test_stop_blocks_sending_until_start(
    control: Control, client: Client, bot: Bot, word: str
) -> None:
    control.send(text=word)
    assert eventually(bot.messages)[0]["OptOutType"] == "STOP"
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=PERSON, from_=BUSINESS, body="Wait!")
    assert (caught.value.status, caught.value.code) == (400, 21610)
    control.send(text="START")
    assert client.messages.create(to=PERSON, from_=BUSINESS, body="Welcome").status == "queued"


def test_the_platform_confirms_a_stop_once(control: Control) -> None:
    control.send(text="stop")
    control.send(text="stop")
    outbound = [m for m in control.thread() if m["direction"] == "outbound"]
    assert len(outbound) == 1
    assert "unsubscribed" in str(outbound[0]["body"])


def test_a_sentence_with_stop_in_it_is_no_opt_out(control: Control, client: Client) -> None:
    control.send(text="Where does the bus stop?")
    assert client.messages.create(to=PERSON, from_=BUSINESS, body="Here").status == "queued"


def test_opt_out_handling_can_be_left_to_the_bot(settings: Settings, bot: Bot) -> None:
    with (
        running(replace(settings, opt_out=False)) as base,
        httpx.Client(base_url=base) as http,
        sdk(base) as client,
    ):
        control = Control(http, base)
        control.send(text="STOP")
        assert client.messages.create(to=PERSON, from_=BUSINESS, body="Goodbye").sid
        assert "OptOutType" not in eventually(bot.messages)[0]
        assert len(control.thread()) == 2
