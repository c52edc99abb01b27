"""Templates: submitted, judged in WhatsApp's own time, paused; and what may open a conversation."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, TOKEN, Bot, eventually

BODY = "Hello {{1}}, three new ideas for you. Reply STOP to end."
SAMPLES = {"1": "Lan"}


def _content(control: Control, types: dict[str, Any], **fields: Any) -> str:
    content = {"friendly_name": "ideas", "language": "en", "types": types, **fields}
    answer = control.http.post("/v1/Content", auth=(ACCOUNT, TOKEN), json=content)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sid"])


def _text(control: Control, body: str = BODY, **samples: str) -> str:
    return _content(control, {"twilio/text": {"body": body}}, variables=samples or SAMPLES)


def _submit(control: Control, sid: str, category: str = "UTILITY") -> dict[str, Any]:
    path = f"/v1/Content/{sid}/ApprovalRequests/whatsapp"
    request = {"name": "weekly_ideas", "category": category}
    answer = control.http.post(path, auth=(ACCOUNT, TOKEN), json=request)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _status(client: Client, sid: str) -> str:
    return str(client.content.v1.contents(sid).approval_fetch().fetch().whatsapp["status"])


def _outcome(client: Client, bot: Bot, content: str) -> str:
    """The error number that a message with this content ends with, or "" when it arrives."""
    sid = client.messages.create(
        to=PERSON, from_=BUSINESS, content_sid=content, status_callback=f"{bot.url}/status"
    ).sid
    done = {"delivered", "failed", "undelivered"}
    eventually(lambda: done & set(bot.statuses(sid)))
    forms = [call.form for call in bot.calls if call.form["MessageSid"] == sid]
    return next((form["ErrorCode"] for form in forms if "ErrorCode" in form), "")


def test_a_verdict_takes_its_time(control: Control, client: Client, bot: Bot) -> None:
    control.http.patch("/simulator/behaviour", json={"approval": "delay", "approval_seconds": 3600})
    sid = _text(control)
    assert _status(client, sid) == "unsubmitted"
    assert _submit(control, sid)["status"] == "received"
    eventually(lambda: _status(client, sid) == "pending")
    assert _outcome(client, bot, sid) == "63016"
    control.post("/clock", advance_hours=2)
    eventually(lambda: _status(client, sid) == "approved")
    assert _outcome(client, bot, sid) == ""


def test_a_verdict_may_be_given_and_taken_back_by_hand(
    control: Control, client: Client, bot: Bot
) -> None:
    control.http.patch("/simulator/behaviour", json={"approval": "hand"})
    sid = _text(control)
    _submit(control, sid, "MARKETING")
    eventually(lambda: _status(client, sid) == "pending")
    control.post("/clock", advance_hours=1000)
    assert _status(client, sid) == "pending"
    for status, code in (
        ("approved", ""),
        ("paused", "63041"),
        ("disabled", "63042"),
        ("rejected", "63040"),
    ):
        decided = control.post(f"/templates/{sid}", status=status, reason="because")
        assert (decided["status"], decided["rejection_reason"]) == (status, "because")
        assert _status(client, sid) == status
        assert _outcome(client, bot, sid) == code


def test_what_was_rejected_may_be_submitted_again_and_what_is_approved_stays(
    control: Control, client: Client
) -> None:
    sid = _text(control)
    assert _submit(control, sid)["status"] == "approved"
    assert _submit(control, sid, "MARKETING")["category"] == "UTILITY"
    control.post(f"/templates/{sid}", status="rejected")
    assert _submit(control, sid, "MARKETING")["category"] == "MARKETING"
    assert _status(client, sid) == "approved"


def _buttons(title: str) -> dict[str, Any]:
    return {"twilio/quick-reply": {"body": "New ideas", "actions": [{"title": title, "id": "a"}]}}


@pytest.mark.parametrize(
    ("types", "samples", "reason"),
    [
        ({"twilio/text": {"body": BODY}}, {}, "no sample"),
        ({"twilio/text": {"body": BODY}}, {"1": " "}, "no sample"),
        ({"twilio/text": {"body": "a {{1}} b {{3}} c"}}, {"1": "x", "3": "y"}, "numbered"),
        ({"twilio/text": {"body": "a\n\n\nb"}}, {}, "line breaks"),
        ({"twilio/text": {"body": "a" * 1025}}, {}, "1025"),
        (_buttons("t" * 26), {}, "longer than 25"),
        (_buttons("See {{1}}"), {"1": "x"}, "title holds a variable"),
        ({"twilio/location": {"latitude": 1, "longitude": 2}}, {}, "location"),
    ],
)
def test_a_template_against_the_rules_is_rejected_with_the_reason(
    control: Control, types: dict[str, Any], samples: dict[str, str], reason: str
) -> None:
    judged = _submit(control, _content(control, types, variables=samples))
    assert judged["status"] == "rejected"
    assert reason in judged["rejection_reason"]


def test_the_rules_may_be_switched_off(control: Control) -> None:
    control.http.patch("/simulator/limits", json={"templates": {"on": False}})
    assert _submit(control, _text(control, "{{1}}"))["status"] == "approved"


def test_a_template_may_have_longer_buttons_than_an_answer(
    control: Control, client: Client, bot: Bot
) -> None:
    sid = _content(control, _buttons("t" * 25))
    assert _submit(control, sid)["status"] == "approved"
    assert _outcome(client, bot, sid) == ""
    control.send(text="hello")
    assert _outcome(client, bot, sid) == "63021"


LIST = {"body": "Where?", "button": "Places", "items": [{"item": "Huế", "id": "p:1"}]}
PLACE = {"latitude": "{{1}}", "longitude": 108.33, "label": "Old town", "address": "Hội An"}
CARD = {
    "title": "Old town",
    "body": "Lanterns",
    "media": "https://example.com/a.jpg",
    "actions": [{"type": "QUICK_REPLY", "title": "Tell me more", "id": "more:1"}],
}


@pytest.mark.parametrize(
    "types",
    [
        {"twilio/text": {"body": "never submitted"}},
        {"twilio/list-picker": LIST},
        {"twilio/location": {**PLACE, "latitude": 15.88}},
    ],
)
def test_what_cannot_open_a_conversation_fails_outside_the_window_only(
    control: Control, client: Client, bot: Bot, types: dict[str, Any]
) -> None:
    sid = _content(control, types)
    assert _outcome(client, bot, sid) == "63016"
    control.send(text="hello")
    assert _outcome(client, bot, sid) == ""


def test_a_place_of_the_bot_is_shown_as_one(control: Control, client: Client) -> None:
    control.send(text="hello")
    content = _content(control, {"twilio/location": PLACE})
    sid = client.messages.create(
        to=PERSON, from_=BUSINESS, content_sid=content, content_variables='{"1": "15.88"}'
    ).sid
    place = {"latitude": 15.88, "longitude": 108.33, "label": "Old town", "address": "Hội An"}
    assert control.message(sid)["location"] == place


@pytest.mark.parametrize("latitude", ["north", "91", "nan"])
def test_a_place_that_is_nowhere_fails(
    control: Control, client: Client, bot: Bot, latitude: str
) -> None:
    control.send(text="hello")
    content = _content(control, {"twilio/location": PLACE}, variables={"1": latitude})
    assert _outcome(client, bot, content) == "63021"


def test_a_carousel_needs_approval_even_while_the_window_is_open(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    sid = _content(control, {"twilio/carousel": {"body": "Three ideas", "cards": [CARD, CARD]}})
    assert _outcome(client, bot, sid) == "63016"
    assert _submit(control, sid)["status"] == "approved"
    assert _outcome(client, bot, sid) == ""
    shown: Any = control.thread()[-1]
    assert (shown["body"], len(shown["cards"])) == ("Three ideas", 2)
    assert shown["cards"][0]["body"] == "Old town\nLanterns"
    control.send(button_payload="more:1")
    tapped = eventually(lambda: bot.messages()[1:])[0]
    assert tapped["ButtonPayload"] == "more:1"


def test_templates_are_listed_with_their_verdicts(control: Control, client: Client) -> None:
    judged, plain = _text(control), _text(control, "plain")
    _submit(control, judged)
    listed = control.http.get("/simulator/templates").json()["templates"]
    assert [(one["sid"], one["status"]) for one in listed] == [
        (judged, "approved"),
        (plain, "unsubmitted"),
    ]
    assert (listed[0]["name"], listed[0]["kind"]) == ("weekly_ideas", "twilio/text")
    asked = client.content.v1.content_and_approvals.list()
    told = {one.sid: one.approval_requests["status"] for one in asked}
    assert told == {judged: "approved", plain: "unsubmitted"}


def test_a_decision_about_nothing_is_refused(control: Control) -> None:
    plain = _text(control)
    for sid, status in (("HX" + "0" * 32, 404), (plain, 409)):
        answer = control.http.post(f"/simulator/templates/{sid}", json={"status": "approved"})
        assert answer.status_code == status
        assert "error" in answer.json()


def test_a_variable_may_be_1600_characters_long_and_no_longer(
    control: Control, client: Client
) -> None:
    control.send(text="hello")
    content = _text(control)
    fields = {"to": PERSON, "from_": BUSINESS, "content_sid": content}
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**fields, content_variables='{"1": "' + "x" * 1601 + '"}')
    assert (caught.value.status, caught.value.code) == (400, 21658)
