"""Messages through the official SDK."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, Bot, eventually, sdk


def _refusal(client: Client, **fields: object) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**{"to": PERSON, "from_": BUSINESS, **fields})
    return caught.value


def test_an_accepted_message_is_queued_and_looks_like_twilios_resource(
    control: Control, client: Client
) -> None:
    control.send(text="hello")
    message = client.messages.create(to=PERSON, from_=BUSINESS, body="Xin chào *bạn*")
    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert message.status == "queued"
    assert message.direction == "outbound-api"
    assert (message.to, message.from_) == (PERSON, BUSINESS)
    assert message.body == "Xin chào *bạn*"
    assert message.error_code is None
    assert message.num_media == "0"
    assert message.uri == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}.json"
    assert abs(message.date_created - datetime.now(UTC)) < timedelta(minutes=1)


def test_statuses_are_reported_in_order_each_with_a_genuine_signature(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    message = client.messages.create(
        to=PERSON, from_=BUSINESS, body="Hi", status_callback=f"{bot.url}/status?mid=7&x=%20"
    )
    eventually(lambda: "read" in bot.statuses(message.sid))
    assert bot.statuses(message.sid) == ["queued", "sent", "delivered", "read"]
    calls = [call for call in bot.calls if call.path.startswith("/status")]
    assert all(call.genuine for call in calls)
    assert {call.path for call in calls} == {"/status?mid=7&x=%20"}
    form = calls[-1].form
    assert form["SmsSid"] == form["MessageSid"] == message.sid
    assert form["SmsStatus"] == "read"
    assert (form["To"], form["From"], form["AccountSid"]) == (PERSON, BUSINESS, ACCOUNT)
    assert "ErrorCode" not in form
    assert client.messages(message.sid).fetch().status == "read"


def test_statuses_stay_in_order_when_the_bot_is_slow_to_answer(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    eventually(bot.messages)
    bot.pause.clear()
    message = client.messages.create(
        to=PERSON, from_=BUSINESS, body="Hi", status_callback=f"{bot.url}/status"
    )
    eventually(lambda: client.messages(message.sid).fetch().status == "read")
    assert bot.statuses(message.sid) == ["queued"]
    bot.pause.set()
    eventually(lambda: len(bot.statuses(message.sid)) == 4)
    assert bot.statuses(message.sid) == ["queued", "sent", "delivered", "read"]


def test_a_message_without_a_callback_reports_nothing(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    message = client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    eventually(lambda: client.messages(message.sid).fetch().status == "read")
    assert bot.statuses(message.sid) == []


def test_wrong_credentials_get_twilios_401(control: Control) -> None:
    with sdk(control.base, token="guessed") as stranger:
        refused = _refusal(stranger, body="Hi")
    assert (refused.status, refused.code) == (401, 20003)
    answer = control.http.get(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert answer.status_code == 401
    assert answer.json()["status"] == 401
    assert answer.json()["more_info"].endswith("/20003")


def test_another_account_is_not_found(control: Control, client: Client) -> None:
    other = "AC" + "f" * 32
    answer = control.http.get(
        f"/2010-04-01/Accounts/{other}/Messages.json", auth=(ACCOUNT, client.password)
    )
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": ""}, 21604),
        ({"from_": "", "body": "x"}, 21603),
        ({}, 21619),
        ({"body": "   "}, 21619),
        ({"body": "x" * 1601}, 21617),
        ({"to": "+84900000001", "body": "x"}, 21211),
        ({"to": "whatsapp:+0", "body": "x"}, 21211),
        ({"to": "whatsapp:none", "body": "x"}, 21211),
        ({"from_": "whatsapp:+14150000000", "body": "x"}, 63007),
        ({"body": "x", "media_url": ["ftp://example.com/a.png"]}, 21620),
        ({"body": "x", "media_url": ["https://example.com/a"] * 11}, 21623),
        ({"body": "x", "status_callback": "javascript:alert(1)"}, 21609),
    ],
)
def test_what_twilio_refuses_at_once_is_refused_with_its_number(
    client: Client, fields: dict[str, object], code: int
) -> None:
    refused = _refusal(client, **fields)
    assert (refused.status, refused.code) == (400, code)
    assert "\n" not in refused.msg


def test_1600_characters_are_still_allowed(control: Control, client: Client) -> None:
    control.send(text="hello")
    assert client.messages.create(to=PERSON, from_=BUSINESS, body="ế" * 1600).status == "queued"


def test_media_is_shown_with_its_type_and_counted(control: Control, client: Client) -> None:
    control.send(text="hello")
    url = "https://example.com/photos/old-town.jpg?w=800"
    message = client.messages.create(to=PERSON, from_=BUSINESS, media_url=[url])
    assert message.sid.startswith("MM")
    assert message.num_media == "1"
    shown: Any = control.message(message.sid)
    picture = shown["media"][0]
    assert (picture["url"], picture["content_type"], picture["view"]) == (url, "image/jpeg", url)


def test_a_messaging_service_may_stand_in_for_the_sender(control: Control, client: Client) -> None:
    control.send(text="hello")
    service = "MG" + "0" * 32
    message = client.messages.create(to=PERSON, messaging_service_sid=service, body="Hi")
    assert message.from_ == BUSINESS
    assert message.messaging_service_sid == service


def test_a_deleted_message_is_gone_from_the_account_but_not_from_the_phone(
    control: Control, client: Client
) -> None:
    control.send(text="hello")
    sid = client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").sid
    assert client.messages(sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        client.messages(sid).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)
    assert control.message(sid)["body"] == "Hi"


def test_a_redacted_message_has_no_words_in_the_account_but_on_the_phone(
    control: Control, client: Client
) -> None:
    control.send(text="hello")
    sid = client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").sid
    with pytest.raises(TwilioRestException) as caught:
        client.messages(sid).update(body="something else")
    assert (caught.value.status, caught.value.code) == (400, 20001)
    assert client.messages(sid).update(body="").body == ""
    assert client.messages(sid).fetch().body == ""
    assert control.message(sid)["body"] == "Hi"


def test_a_blocked_business_only_ever_sees_sent(control: Control, client: Client, bot: Bot) -> None:
    control.send(text="hello")
    control.http.patch(f"/simulator/phones/{PERSON}", json={"blocked": True})
    message = client.messages.create(
        to=PERSON, from_=BUSINESS, body="Hi", status_callback=f"{bot.url}/status"
    )
    eventually(lambda: "sent" in bot.statuses(message.sid))
    other = "whatsapp:+84900000002"
    control.send(other, text="hello")
    later = client.messages.create(
        to=other, from_=BUSINESS, body="Hi", status_callback=f"{bot.url}/status"
    )
    eventually(lambda: "read" in bot.statuses(later.sid))
    assert bot.statuses(message.sid) == ["queued", "sent"]


def test_a_person_who_does_not_read_leaves_messages_delivered_until_they_write(
    control: Control, client: Client
) -> None:
    control.send(text="hello")
    control.http.patch(f"/simulator/phones/{PERSON}", json={"auto_read": False})
    sid = client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").sid
    eventually(lambda: client.messages(sid).fetch().status == "delivered")
    assert control.post(f"/phones/{PERSON}/read") == {"read": 1}
    assert client.messages(sid).fetch().status == "read"
