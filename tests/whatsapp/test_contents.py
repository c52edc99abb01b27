"""Message shapes: registered once, shared by all workers, renewed when they vanish."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from conversation.schemas import Choice
from core.database import Connection, pool
from tests.whatsapp.house import Phone, Simulator
from whatsapp.schemas import Content
from whatsapp.twilio.channel import TwilioChannel
from whatsapp.twilio.render import Shape, shape

TWO = Content(body="Which?", choices=[Choice(id="a", label="A"), Choice(id="b", label="B")])


@pytest.fixture
def phone(simulator: Simulator) -> Phone:
    phone = simulator.phone()
    phone.says("hi")
    return phone


def registered(channel: TwilioChannel) -> list[str]:
    return [str(content.sid) for content in channel._client.content.v1.contents.list()]


def test_one_shape_is_registered_once_and_used_by_every_message(
    channel: TwilioChannel, phone: Phone, db: Connection
) -> None:
    for _ in range(3):
        channel.send(phone.number, TWO, "1")
    assert len(registered(channel)) == 1
    assert {shown["content_sid"] for shown in phone.received()} == set(registered(channel))
    assert len(db.execute("select from channel_contents").fetchall()) == 1


def test_workers_that_register_at_once_end_with_one_resource(
    channel: TwilioChannel, phone: Phone, db: Connection
) -> None:
    pool()
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: channel.send(phone.number, TWO, "1"), range(6)))
    rows = db.execute("select content_sid from channel_contents").fetchall()
    assert [row["content_sid"] for row in rows] == registered(channel)
    assert len(phone.received()) == 6


def test_a_resource_that_vanished_is_registered_anew(
    channel: TwilioChannel, phone: Phone, simulator: Simulator, db: Connection
) -> None:
    channel.send(phone.number, TWO, "1")
    (old,) = registered(channel)
    channel._client.content.v1.contents(old).delete()
    channel.send(phone.number, TWO, "2")
    assert len(phone.received()) == 2
    rows = db.execute("select content_sid from channel_contents").fetchall()
    assert [row["content_sid"] for row in rows] == registered(channel) != [old]


def test_where_a_shape_is_refused_the_choices_are_said_in_words(
    channel: TwilioChannel, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(content: Content) -> Shape:
        form = shape(content)
        return replace(form, types={"twilio/quick-reply": {"body": "", "actions": []}})

    monkeypatch.setattr("whatsapp.twilio.channel.shape", refused)
    channel.send(phone.number, TWO, "1")
    (shown,) = phone.received()
    assert shown["body"].splitlines() == ["Which?", "1. A", "2. B"]
