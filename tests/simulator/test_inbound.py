"""What the person does, as the bot's webhook gets it."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest
from twilio.rest import Client

from simulator.server import running
from simulator.settings import Settings
from tests.simulator.conftest import Control
from tests.simulator.support import (
    ACCOUNT,
    BUSINESS,
    PERSON,
    PHONE,
    Answer,
    Bot,
    eventually,
    serving_bot,
)

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def _first_form(bot: Bot) -> dict[str, str]:
    return dict(eventually(bot.messages)[0])


def test_a_text_arrives_as_twilios_signed_form(control: Control, bot: Bot) -> None:
    sid = control.send(text="Tôi muốn đi biển & ăn ngon!")
    form = _first_form(bot)
    assert bot.calls[0].genuine
    assert bot.calls[0].path == "/webhook"
    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"] == sid
    assert form["Body"] == "Tôi muốn đi biển & ăn ngon!"
    assert (form["From"], form["To"], form["WaId"]) == (PERSON, BUSINESS, PHONE[1:])
    assert (form["AccountSid"], form["ApiVersion"]) == (ACCOUNT, "2010-04-01")
    assert (form["NumMedia"], form["NumSegments"], form["MessageType"]) == ("0", "1", "text")
    assert form["ProfileName"] == "Traveller"
    assert json.loads(form["ChannelMetadata"])["type"] == "whatsapp"
    assert "MessagingServiceSid" not in form


def test_a_location_comes_with_an_empty_body_that_is_part_of_the_signature(
    control: Control, bot: Bot
) -> None:
    control.send(location={"latitude": 15.8801, "longitude": 108.338, "label": "Hội An"})
    form = _first_form(bot)
    assert (form["Latitude"], form["Longitude"]) == ("15.8801", "108.338")
    assert (form["Label"], form["Body"]) == ("Hội An", "")
    assert "Address" not in form
    assert bot.calls[0].genuine


def test_a_tap_names_the_button_and_the_message_it_belongs_to(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    card = _quick_reply(control, client)
    control.send(button_payload="more:7")
    form = eventually(lambda: bot.messages()[1:])[0]
    assert (form["MessageType"], form["Body"]) == ("button", "Tell me more")
    assert (form["ButtonText"], form["ButtonPayload"]) == ("Tell me more", "more:7")
    assert form["OriginalRepliedMessageSid"] == card


def test_a_tap_on_an_older_message_names_the_older_message(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    older, _newer = _quick_reply(control, client), _quick_reply(control, client)
    control.send(button_text="Tell me more", reply_to=older)
    form = eventually(lambda: bot.messages()[1:])[0]
    assert form["OriginalRepliedMessageSid"] == older


def _quick_reply(control: Control, client: Client) -> str:
    content = control.http.post(
        "/v1/Content",
        auth=(ACCOUNT, client.password),
        json={
            "types": {
                "twilio/quick-reply": {
                    "body": "A tour",
                    "actions": [{"title": "Tell me more", "id": "more:7"}],
                }
            }
        },
    ).json()["sid"]
    return str(client.messages.create(to=PERSON, from_=BUSINESS, content_sid=content).sid)


def test_a_picked_row_names_its_id_and_title(control: Control, client: Client, bot: Bot) -> None:
    control.send(text="hello")
    rows = [{"item": "Hội An", "id": "place:1", "description": "Old town"}]
    body = {"body": "Where to?", "button": "Places", "items": rows}
    content = control.http.post(
        "/v1/Content",
        auth=(ACCOUNT, client.password),
        json={"types": {"twilio/list-picker": body}},
    ).json()["sid"]
    asked = client.messages.create(to=PERSON, from_=BUSINESS, content_sid=content)
    control.send(list_id="place:1")
    form = eventually(lambda: bot.messages()[1:])[0]
    assert (form["ListId"], form["ListTitle"], form["Body"]) == ("place:1", "Hội An", "Hội An")
    assert form["OriginalRepliedMessageSid"] == asked.sid


def test_a_swiped_reply_names_the_message(control: Control, client: Client, bot: Bot) -> None:
    control.send(text="hello")
    said = client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").sid
    control.send(text="this one", reply_to=said)
    assert eventually(lambda: bot.messages()[1:])[0]["OriginalRepliedMessageSid"] == said


@pytest.mark.parametrize(
    "what",
    [
        {"button_payload": "nowhere"},
        {"list_id": "nowhere"},
        {"text": "x", "reply_to": "SM" + "0" * 32},
    ],
)
def test_what_the_phone_does_not_show_cannot_be_tapped(
    control: Control, what: dict[str, str]
) -> None:
    answer = control.http.post(f"/simulator/phones/{PHONE}/messages", json=what)
    assert answer.status_code == 404
    assert "this phone shows no" in answer.json()["error"]


def test_media_come_with_numbered_fields(control: Control, bot: Bot) -> None:
    photo = {"url": "https://example.com/a.jpg", "content_type": "image/jpeg"}
    control.send(text="look", media=[photo])
    form = _first_form(bot)
    assert (form["NumMedia"], form["MessageType"]) == ("1", "image")
    assert (form["MediaUrl0"], form["MediaContentType0"]) == (photo["url"], "image/jpeg")


def test_a_user_without_a_number_has_no_wa_id(control: Control, bot: Bot) -> None:
    control.send("VN.1a2B3c4D", text="hello")
    form = _first_form(bot)
    assert form["From"] == "whatsapp:VN.1a2B3c4D"
    assert "WaId" not in form


def test_an_advertisement_is_named_where_the_person_came_from_one(
    control: Control, bot: Bot
) -> None:
    ad = {"source_url": "https://fb.example/ad", "source_id": "7", "headline": "Hội An"}
    control.send(text="hello", referral=ad)
    form = _first_form(bot)
    assert (form["ReferralSourceUrl"], form["ReferralSourceId"]) == ("https://fb.example/ad", "7")
    assert (form["ReferralSourceType"], form["ReferralHeadline"]) == ("ad", "Hội An")
    assert "ReferralBody" not in form
    assert bot.calls[0].genuine


def test_once_the_number_is_known_the_user_id_moves_to_its_own_field(
    control: Control, bot: Bot
) -> None:
    control.http.patch(
        f"/simulator/phones/{PHONE}",
        json={"external_user_id": "VN.1a2B3c4D", "profile_name": "A <b>name</b>"},
    )
    control.send(text="hello")
    form = _first_form(bot)
    assert (form["From"], form["ExternalUserId"]) == (PERSON, "VN.1a2B3c4D")
    assert form["ProfileName"] == "A <b>name</b>"


def test_three_quick_texts_arrive_in_the_order_written(control: Control, bot: Bot) -> None:
    bot.pause.clear()
    sids = [control.send(text=str(number)) for number in range(3)]
    assert len(eventually(bot.messages)) == 1
    bot.pause.set()
    eventually(lambda: len(bot.messages()) == 3)
    assert [form["MessageSid"] for form in bot.messages()] == sids


def test_ticks_go_from_sent_to_delivered_to_read(
    control: Control, client: Client, bot: Bot
) -> None:
    bot.pause.clear()
    sid = control.send(text="hello")
    assert control.message(sid)["status"] == "sent"
    bot.pause.set()
    eventually(lambda: control.message(sid)["status"] == "delivered")
    assert client.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=sid).success
    assert control.message(sid)["status"] == "read"
    standing = control.http.get(f"/simulator/phones/{PHONE}").json()
    assert standing["typing"] is True


def test_the_next_message_ends_the_typing(control: Control, client: Client, bot: Bot) -> None:
    sid = control.send(text="hello")
    client.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=sid)
    client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    assert control.http.get(f"/simulator/phones/{PHONE}").json()["typing"] is False


def test_an_answer_given_before_the_webhook_returns_still_turns_the_ticks_blue(
    control: Control, client: Client, bot: Bot
) -> None:
    bot.pause.clear()
    sid = control.send(text="hello")
    eventually(bot.messages)
    client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    bot.pause.set()
    eventually(lambda: control.message(sid)["status"] == "read")


@pytest.mark.parametrize("message_id", ["", "SM" + "0" * 32, "nonsense"])
def test_typing_for_an_unknown_message_is_refused(control: Control, message_id: str) -> None:
    answer = control.http.post(
        "/v2/Indicators/Typing.json",
        auth=(ACCOUNT, "a-token-for-tests"),
        data={"channel": "whatsapp", "messageId": message_id},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_twiml_in_the_answer_becomes_a_message(control: Control, bot: Bot) -> None:
    bot.answers.append(Answer(body="<Response><Message>Hello &amp; welcome</Message></Response>"))
    control.send(text="hello")
    reply = eventually(lambda: control.thread(after=1))[0]
    assert (reply["direction"], reply["body"]) == ("outbound", "Hello & welcome")


@pytest.mark.parametrize("body", ["", EMPTY])
def test_an_empty_answer_sends_nothing(control: Control, bot: Bot, body: str) -> None:
    bot.answers.append(Answer(body=body))
    sid = control.send(text="hello")
    eventually(lambda: control.message(sid)["status"] == "delivered")
    assert len(control.thread()) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("<Response><Message>", "text/xml", "12100"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Response>&a;</Response>', "text/xml", "12100"),
        ("<Nonsense/>", "text/xml", "12200"),
        ('{"ok": true}', "application/json", "12300"),
    ],
)
def test_an_answer_that_is_not_twiml_is_told_to_the_developer(
    control: Control, bot: Bot, body: str, content_type: str, code: str
) -> None:
    bot.answers.append(Answer(body=body, content_type=content_type))
    sid = control.send(text="hello")
    eventually(lambda: control.message(sid)["delivery"])
    delivery = control.message(sid)["delivery"]
    assert isinstance(delivery, dict)
    assert delivery["ok"] is True
    assert str(delivery["reason"]).startswith(code)


def test_a_refusing_webhook_is_shown_as_not_delivered_with_the_reason(
    control: Control, bot: Bot
) -> None:
    bot.answers.append(Answer(status=503))
    sid = control.send(text="hello")
    eventually(lambda: control.message(sid)["status"] == "failed")
    delivery = control.message(sid)["delivery"]
    assert isinstance(delivery, dict)
    assert (delivery["ok"], delivery["http_status"], delivery["attempts"]) == (False, 503, 1)
    assert "503" in str(delivery["reason"])
    calls = control.http.get("/simulator/webhooks", params={"phone": PHONE}).json()["calls"]
    assert [call["http_status"] for call in calls] == [503]


def test_without_a_webhook_the_message_says_so(settings: Settings) -> None:
    with running(replace(settings, webhook_url="")) as base, httpx.Client(base_url=base) as http:
        control = Control(http, base)
        sid = control.send(text="hello")
        eventually(lambda: control.message(sid)["status"] == "failed")
        assert "no webhook is configured" in str(control.message(sid)["delivery"])


def test_a_bot_that_is_not_running_is_reported_not_raised(settings: Settings) -> None:
    with serving_bot() as gone:
        url = gone.url
    with running(replace(settings, webhook_url=url)) as base, httpx.Client(base_url=base) as http:
        control = Control(http, base)
        sid = control.send(text="hello")
        eventually(lambda: control.message(sid)["status"] == "failed")
        assert "no connection" in str(control.message(sid)["delivery"])


def test_retries_that_the_url_asks_for_repeat_the_same_message(
    settings: Settings, bot: Bot
) -> None:
    bot.answers += [Answer(status=500), Answer(status=429)]
    asking = replace(settings, webhook_url=f"{bot.url}/webhook#rc=3&rp=4xx,5xx")
    with running(asking) as base, httpx.Client(base_url=base) as http:
        control = Control(http, base)
        sid = control.send(text="hello")
        eventually(lambda: control.message(sid)["status"] == "delivered")
        delivery = control.message(sid)["delivery"]
    assert isinstance(delivery, dict)
    assert delivery["attempts"] == 3
    assert {form["MessageSid"] for form in bot.messages()} == {sid}
    assert len({call.headers["I-Twilio-Idempotency-Token"] for call in bot.calls}) == 1
    assert all(call.genuine for call in bot.calls)


def test_the_public_address_is_signed_while_another_is_called(settings: Settings, bot: Bot) -> None:
    bot.public_url = "https://bot.example.com"
    behind = replace(
        settings,
        webhook_url="https://bot.example.com/webhook?tenant=1",
        deliver_to=f"{bot.url}/webhook?tenant=1",
        status_callback_url="https://bot.example.com/status",
    )
    with running(behind) as base, httpx.Client(base_url=base) as http:
        control = Control(http, base)
        bot.answers.append(Answer(body="<Response><Message>Hi</Message></Response>"))
        control.send(text="hello")
        eventually(lambda: len(bot.calls) == 5)
    assert bot.calls[0].path == "/webhook?tenant=1"
    assert {call.path for call in bot.calls[1:]} == {"/status"}
    assert all(call.genuine for call in bot.calls)


def test_the_long_poll_returns_as_soon_as_the_bot_writes(
    control: Control, client: Client, bot: Bot
) -> None:
    bot.answers.append(Answer(body="<Response><Message>Here</Message></Response>"))
    control.send(text="hello")
    assert [message["body"] for message in control.thread(after=1, wait=5)] == ["Here"]
    assert control.thread(after=2, wait=0.05) == []
