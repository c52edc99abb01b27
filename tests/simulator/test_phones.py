"""Several phones: made, changed, hidden numbers shown later, and let go."""

from __future__ import annotations

import re
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import Control
from tests.simulator.support import BUSINESS, PERSON, PHONE, Bot, eventually


def _create(control: Control, **fields: object) -> dict[str, Any]:
    answer = control.http.post("/simulator/phones", json=fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _change(control: Control, phone: str, **fields: object) -> dict[str, Any]:
    answer = control.http.patch(f"/simulator/phones/{phone}", json=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_phone_has_the_name_number_and_colour_that_it_was_given(control: Control) -> None:
    made = _create(control, name="Lan", number="+84 900 000 077", colour="#112233")
    assert (made["phone"], made["number"]) == ("+84900000077", "+84900000077")
    assert (made["profile_name"], made["colour"], made["username"]) == ("Lan", "#112233", None)
    assert control.http.get("/simulator/phones").json()["phones"] == [made]


def test_phones_made_without_a_word_get_free_numbers(control: Control) -> None:
    control.send(text="hello")
    numbers = [_create(control)["number"] for _ in range(2)]
    assert numbers == ["+84900000002", "+84900000003"]


@pytest.mark.parametrize("fields", [{"number": None}, {"username": "lan.nguyen"}])
def test_a_phone_without_a_number_is_known_by_an_opaque_id(
    control: Control, bot: Bot, fields: dict[str, object]
) -> None:
    made = _create(control, name="Lan", **fields)
    assert re.fullmatch(r"VN\.[0-9A-F]{16}", made["phone"])
    assert made["number"] is None
    control.send(made["phone"], text="hello")
    form = eventually(bot.messages)[0]
    assert form["From"] == f"whatsapp:{made['phone']}"
    assert "WaId" not in form


def test_a_number_that_is_shown_later_keeps_the_thread_and_brings_the_id(
    control: Control, client: Client, bot: Bot
) -> None:
    hidden = _create(control, number=None)["phone"]
    control.send(hidden, text="hello")
    shown = _change(control, hidden, number="+84900000055")
    assert (shown["phone"], shown["number"]) == (hidden, "+84900000055")
    control.send(hidden, text="and now with a number")
    form = eventually(lambda: bot.messages()[1:])[0]
    assert (form["From"], form["ExternalUserId"]) == ("whatsapp:+84900000055", hidden)
    assert form["WaId"] == "84900000055"
    for address in (hidden, "+84900000055"):
        sent = client.messages.create(to=f"whatsapp:{address}", from_=BUSINESS, body=address)
        assert sent.to == f"whatsapp:{address}"
    bodies = [message["body"] for message in control.thread("+84900000055")]
    assert bodies == ["hello", "and now with a number", hidden, "+84900000055"]
    assert [m.from_ for m in client.messages.list(to=BUSINESS)] == [
        "whatsapp:+84900000055",
        f"whatsapp:{hidden}",
    ]


@pytest.mark.parametrize(
    ("method", "path", "fields", "status"),
    [
        ("POST", "/phones", {"number": PHONE}, 409),
        ("POST", "/phones", {"number": "VN.1a2B3c4D"}, 400),
        ("POST", "/phones", {"number": "x"}, 400),
        ("POST", "/phones", {"colour": "red; x"}, 400),
        ("POST", "/phones", {"username": "Not A Name"}, 400),
        ("PATCH", f"/phones/{PHONE}", {"number": "+84900000099"}, 409),
        ("PATCH", "/phones/VN.1a2B3c4D", {"number": PHONE}, 409),
        ("PATCH", "/phones/VN.1a2B3c4D", {"number": "VN.1a2B3c4E"}, 400),
        ("PATCH", f"/phones/{PHONE}", {"unreachable": 1}, 400),
        ("PATCH", "/phones/+84900000002", {"external_user_id": "VN.TAKEN"}, 409),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    control: Control, method: str, path: str, fields: dict[str, object], status: int
) -> None:
    control.send(text="hello")
    _change(control, PHONE, external_user_id="VN.TAKEN")
    answer = control.http.request(method, f"/simulator{path}", json=fields)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize("code", [63003, 63024])
def test_an_unreachable_person_makes_messages_undelivered(
    control: Control, client: Client, bot: Bot, code: int
) -> None:
    control.send(text="hello")
    _change(control, PHONE, unreachable=code)
    sid = _send(client, bot)
    eventually(lambda: "undelivered" in bot.statuses(sid))
    assert bot.statuses(sid) == ["queued", "sent", "undelivered"]
    assert bot.calls[-1].form["ErrorCode"] == str(code)
    _change(control, PHONE, unreachable=None)
    again = _send(client, bot)
    eventually(lambda: "delivered" in bot.statuses(again))


def _send(client: Client, bot: Bot) -> str:
    sent = client.messages.create(
        to=PERSON, from_=BUSINESS, body="Hi", status_callback=f"{bot.url}/status"
    )
    return str(sent.sid)


def test_a_phone_that_is_off_gets_its_messages_when_it_is_back(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    _change(control, PHONE, offline=True)
    sid = _send(client, bot)
    eventually(lambda: "sent" in bot.statuses(sid))
    control.post("/clock", advance_seconds=3600)
    assert client.messages(sid).fetch().status == "sent"
    _change(control, PHONE, offline=False)
    eventually(lambda: "delivered" in bot.statuses(sid))


def test_a_block_may_be_told_where_the_platform_tells_it(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    control.http.patch("/simulator/behaviour", json={"blocked_code": 63033})
    _change(control, PHONE, blocked=True)
    sid = _send(client, bot)
    eventually(lambda: "undelivered" in bot.statuses(sid))
    assert bot.calls[-1].form["ErrorCode"] == "63033"


def test_an_opt_out_may_be_set_by_hand(control: Control, client: Client) -> None:
    control.send(text="hello")
    _change(control, PHONE, opted_out=True)
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    assert caught.value.code == 21610


def test_unread_messages_are_counted_until_they_are_looked_at(
    control: Control, client: Client
) -> None:
    control.send(text="hello")
    _change(control, PHONE, auto_read=False)
    for _ in range(2):
        client.messages.create(to=PERSON, from_=BUSINESS, body="Hi")
    standing = f"/simulator/phones/{PHONE}"
    eventually(lambda: control.http.get(standing).json()["unread"] == 2)
    assert control.http.get(standing).json()["last_message"]["body"] == "Hi"
    control.post(f"/phones/{PHONE}/read")
    assert control.http.get(standing).json()["unread"] == 0


def test_a_phone_that_was_let_go_takes_its_messages_along(control: Control, client: Client) -> None:
    hidden = _create(control, number=None)["phone"]
    _change(control, hidden, number="+84900000055")
    control.send(hidden, text="hello")
    assert control.http.delete("/simulator/phones/+84900000055").status_code == 204
    assert client.messages.list() == []
    assert control.http.get("/simulator/phones").json()["phones"] == []
    assert _create(control, number="+84900000055")["phone"] == "+84900000055"
