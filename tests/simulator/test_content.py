"""Content resources, what they look like on the phone, and WhatsApp's limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, TOKEN, Bot, eventually


def _create(control: Control, kind: str, **fields: Any) -> str:
    answer = control.http.post(
        "/v1/Content",
        auth=(ACCOUNT, TOKEN),
        json={"friendly_name": "shape", "language": "vi", "types": {kind: fields}},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sid"])


def _send(client: Client, sid: str, **variables: str) -> str:
    message = client.messages.create(
        to=PERSON, from_=BUSINESS, content_sid=sid, content_variables=json.dumps(variables)
    )
    return str(message.sid)


def _replies(count: int, title: str = "Yes") -> list[dict[str, str]]:
    return [{"title": f"{title}{number}", "id": f"id{number}"} for number in range(count)]


@pytest.fixture(autouse=True)
def open_window(control: Control, bot: Bot) -> None:
    control.send(text="hello")
    eventually(bot.messages)


def test_the_sdk_creates_fetches_lists_and_deletes(client: Client) -> None:
    text = ContentList.TwilioText({"body": "Hi {{1}}"})
    request = ContentList.ContentCreateRequest(
        {"friendly_name": "hi", "language": "en", "variables": {"1": "you"}, "types": None}
    )
    request.types = ContentList.Types({"twilio/text": None})
    request.types.twilio_text = text
    made = client.content.v1.contents.create(request)
    assert made.sid.startswith("HX")
    assert client.content.v1.contents(made.sid).fetch().friendly_name == "hi"
    assert [content.sid for content in client.content.v1.contents.list()] == [made.sid]
    assert client.content.v1.contents(made.sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        client.content.v1.contents(made.sid).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_an_unknown_content_is_not_found(client: Client) -> None:
    with pytest.raises(TwilioRestException) as caught:
        _send(client, "HX" + "0" * 32)
    assert (caught.value.status, caught.value.code) == (404, 20404)


@pytest.mark.parametrize("raw", ["not json", "[1]", '{"1": {"a": 1}}', '{"1": null}', "[" * 5000])
def test_variables_that_are_no_mapping_are_refused(
    control: Control, client: Client, raw: str
) -> None:
    content = _create(control, "twilio/text", body="Hi {{1}}")
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(
            to=PERSON, from_=BUSINESS, content_sid=content, content_variables=raw
        )
    assert (caught.value.status, caught.value.code) == (400, 21656)


def test_a_card_shows_its_picture_words_and_buttons(control: Control, client: Client) -> None:
    content = _create(
        control,
        "twilio/card",
        title="*{{1}}*",
        subtitle="{{2}}",
        media=["https://example.com/{{3}}.jpg"],
        actions=[
            {"type": "QUICK_REPLY", "title": "Tell me more", "id": "more:{{3}}"},
            {"type": "URL", "title": "Book", "url": "https://example.com/book/{{3}}"},
        ],
    )
    sid = _send(client, content, **{"1": "Hội An", "2": "2 days", "3": "t7"})
    shown: Any = control.message(sid)
    assert shown["body"] == "*Hội An*\n2 days"
    picture = shown["media"][0]
    assert (picture["url"], picture["content_type"]) == ("https://example.com/t7.jpg", "image/jpeg")
    assert shown["buttons"] == [
        {"kind": "reply", "title": "Tell me more", "id": "more:t7", "url": None},
        {"kind": "url", "title": "Book", "id": None, "url": "https://example.com/book/t7"},
    ]


def test_a_list_shows_its_rows(control: Control, client: Client) -> None:
    items = [{"item": "{{1}}", "id": "p:1", "description": "Old town"}]
    content = _create(control, "twilio/list-picker", body="Where?", button="Places", items=items)
    shown = control.message(_send(client, content, **{"1": "Hội An"}))
    row = {"id": "p:1", "title": "Hội An", "description": "Old town"}
    assert shown["list"] == {"button": "Places", "rows": [row]}


def test_default_variables_fill_what_the_send_leaves_out(control: Control, client: Client) -> None:
    answer = control.http.post(
        "/v1/Content",
        auth=(ACCOUNT, TOKEN),
        json={"variables": {"1": "friend"}, "types": {"twilio/text": {"body": "Hi {{1}}!"}}},
    )
    assert control.message(_send(client, answer.json()["sid"]))["body"] == "Hi friend!"


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("twilio/quick-reply", {"body": "b", "actions": _replies(4)}, "4 buttons"),
        ("twilio/quick-reply", {"body": "b", "actions": _replies(1, "t" * 20)}, "button title"),
        ("twilio/quick-reply", {"body": "b" * 1025, "actions": _replies(1)}, "body of 1025"),
        (
            "twilio/quick-reply",
            {"body": "b", "actions": [{"title": "A", "id": "1"}, {"title": "A", "id": "2"}]},
            "same title",
        ),
        (
            "twilio/list-picker",
            {"body": "b", "button": "x" * 21, "items": [{"item": "i", "id": "1"}]},
            "list button",
        ),
        (
            "twilio/list-picker",
            {"body": "b", "button": "x", "items": [{"item": "i" * 25, "id": "1"}]},
            "row title of 25",
        ),
        (
            "twilio/list-picker",
            {
                "body": "b",
                "button": "x",
                "items": [{"item": "i", "id": "1", "description": "d" * 73}],
            },
            "row description of 73",
        ),
        (
            "twilio/list-picker",
            {"body": "b", "button": "x", "items": [{"item": "i", "id": "1"}] * 2},
            "same id",
        ),
        ("twilio/text", {"body": "t" * 1601}, "body of 1601"),
        ("twilio/media", {"media": ["javascript:alert(1)"]}, "media address"),
        (
            "twilio/call-to-action",
            {"body": "b", "actions": [{"type": "URL", "title": "t", "url": "javascript:x"}]},
            "address of a button",
        ),
    ],
)
def test_what_breaks_a_limit_is_accepted_and_then_fails(
    control: Control, client: Client, kind: str, fields: dict[str, Any], reason: str
) -> None:
    sid = _send(client, _create(control, kind, **fields))
    eventually(lambda: client.messages(sid).fetch().status == "failed")
    failed = client.messages(sid).fetch()
    assert failed.error_code == 63021
    assert reason in failed.error_message


@pytest.mark.parametrize("value", ["", "  ", "two\nlines", "a tab\there", "far     apart"])
def test_a_variable_that_whatsapp_refuses_fails_the_message(
    control: Control, client: Client, value: str
) -> None:
    sid = _send(client, _create(control, "twilio/text", body="Hi {{1}}!"), **{"1": value})
    eventually(lambda: client.messages(sid).fetch().status == "failed")
    assert client.messages(sid).fetch().error_code == 63021


def test_the_limits_themselves_are_allowed(control: Control, client: Client) -> None:
    quick = _create(control, "twilio/quick-reply", body="b" * 1024, actions=_replies(3, "t" * 19))
    items = [{"item": "i" * 24, "id": str(n), "description": "d" * 72} for n in range(10)]
    listed = _create(control, "twilio/list-picker", body="b", button="x" * 20, items=items)
    sids = [_send(client, content) for content in (quick, listed)]
    eventually(lambda: all(client.messages(sid).fetch().status == "read" for sid in sids))


@pytest.mark.parametrize(
    "types",
    [
        {},
        {"twilio/unheard-of": {"body": "x"}},
        {"twilio/text": {"body": ""}},
        {"twilio/text": {"body": 7}},
        {"twilio/card": {"subtitle": "no title"}},
        {"twilio/quick-reply": {"body": "x", "actions": []}},
        {"twilio/quick-reply": {"body": "x", "actions": _replies(11)}},
        {"twilio/list-picker": {"body": "x", "button": "y", "items": [{"item": "z"}]}},
    ],
)
def test_a_malformed_content_is_refused_in_one_line(
    control: Control, types: dict[str, Any]
) -> None:
    answer = control.http.post("/v1/Content", auth=(ACCOUNT, TOKEN), json={"types": types})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert "\n" not in answer.json()["message"]
