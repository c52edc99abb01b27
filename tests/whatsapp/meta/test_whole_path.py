"""From Meta's webhook to an answer on Meta's wire, and back to the message's history."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from core.database import Connection, unit_of_work
from core.errors import RetryLaterError
from core.settings import settings
from tests.whatsapp.meta.payloads import EVERY_KIND, PHONE, SCOPED, change, post, status, text
from tests.whatsapp.meta.webhook import deliver
from tests.whatsapp.recorder import Asked, Recorder, Reply, says
from tests.whatsapp.sending import forget_limits, outbox, pass_time
from whatsapp import providers, service
from whatsapp.meta.channel import MetaChannel, meta_channel
from whatsapp.outbox import delivery


@pytest.fixture
def channel(
    meta: MetaChannel, client: TestClient, configured: pytest.MonkeyPatch
) -> Iterator[MetaChannel]:
    """Meta as this installation's carrier."""
    configured.setenv("WHATSAPP_PROVIDER", "meta")
    settings.cache_clear()
    forget_limits()
    yield meta
    forget_limits()


def answer(channel: MetaChannel, db: Connection) -> None:
    """Do what the jobs do: answer whoever waits, and send what was said."""
    for row in db.execute("select id from channel_identities order by id").fetchall():
        identity_id = int(row["id"])
        while True:
            with unit_of_work() as unit:
                if service.answer_next(unit.connection, identity_id, channel) is None:
                    break
        delivery.deliver(identity_id, channel)


def sent(graph: Recorder) -> list[dict[str, Any]]:
    """The messages that went over the wire, without typing indicators."""
    bodies = [asked.json() for asked in graph.asked]
    return [body for body in bodies if "type" in body]


def taking(graph: Recorder) -> None:
    """Let the Graph give each message an id of its own."""

    def take(asked: Asked) -> Reply:
        reference = asked.json().get("biz_opaque_callback_data", "none")
        return says({"messages": [{"id": f"wamid.OURS{reference}=="}]})

    graph.answer = take


def history(db: Connection, outbound_id: int) -> list[str]:
    rows = db.execute(
        "select status from message_events where outbound_id = %s order by id", [outbound_id]
    ).fetchall()
    return [row["status"] for row in rows]


def test_a_message_is_answered_and_what_becomes_of_the_answer_is_known(
    channel: MetaChannel, graph: Recorder, client: TestClient, db: Connection
) -> None:
    taking(graph)
    assert deliver(client, post(change(messages=[text("xin chào")]))) == 200
    answer(channel, db)
    messages = sent(graph)
    assert messages
    assert {each["to"] for each in messages} == {f"+{PHONE}"}
    reference = messages[0]["biz_opaque_callback_data"]
    for said in ("delivered", "sent", "read", "read"):
        report = status(reference, said, id=f"wamid.OURS{reference}==")
        assert deliver(client, post(change(statuses=[report]))) == 200
    states = [each for each, _ in outbox(db)]
    assert states[0] == "read"
    assert history(db, int(reference))[-4:] == ["delivered", "sent", "read", "read"]


def test_somebody_without_a_phone_is_answered_by_their_id(
    channel: MetaChannel, graph: Recorder, client: TestClient, db: Connection
) -> None:
    taking(graph)
    said = {**EVERY_KIND["place"], "from_user_id": SCOPED}
    del said["from"]
    nameless = {"profile": {"name": "Lan"}, "user_id": SCOPED}
    assert deliver(client, post(change(messages=[said], contacts=[nameless]))) == 200
    answer(channel, db)
    assert {each.get("recipient") for each in sent(graph)} == {SCOPED}
    assert deliver(client, post(change(messages=[text("và đây là số của tôi")]))) == 200
    assert db.execute("select count(*) as users from users").fetchone() == {"users": 1}


def test_a_lost_answer_is_settled_by_the_callback_and_nothing_is_sent_twice(
    channel: MetaChannel, graph: Recorder, client: TestClient, db: Connection
) -> None:
    graph.answer = lambda _: Reply(502, b"lost")
    assert deliver(client, post(change(messages=[text("xin chào")]))) == 200
    with pytest.raises(RetryLaterError):
        answer(channel, db)
    (first, *_) = sent(graph)
    reference = first["biz_opaque_callback_data"]
    taking(graph)
    report = status(reference, "sent", id="wamid.ITWENT==")
    assert deliver(client, post(change(statuses=[report]))) == 200
    answer(channel, db)
    references = [each["biz_opaque_callback_data"] for each in sent(graph)]
    assert references.count(reference) == 1
    assert outbox(db)[0] == ("sent", None)


def test_a_lost_answer_of_which_no_word_comes_is_set_aside(
    channel: MetaChannel, graph: Recorder, client: TestClient, db: Connection
) -> None:
    graph.answer = lambda _: Reply(502, b"lost")
    assert deliver(client, post(change(messages=[text("xin chào")]))) == 200
    with pytest.raises(RetryLaterError):
        answer(channel, db)
    count = len(sent(graph))
    taking(graph)
    pass_time(db, 3_600)
    answer(channel, db)
    assert outbox(db)[0] == ("failed", "outcome-unknown")
    references = [each["biz_opaque_callback_data"] for each in sent(graph)[count:]]
    assert sent(graph)[0]["biz_opaque_callback_data"] not in references


def test_a_thumb_on_a_card_is_an_answer_to_it(
    channel: MetaChannel, graph: Recorder, client: TestClient, db: Connection
) -> None:
    taking(graph)
    assert deliver(client, post(change(messages=[EVERY_KIND["reaction"]]))) == 200
    answer(channel, db)
    assert sent(graph)
    assert deliver(client, post(change(messages=[EVERY_KIND["reaction taken back"]]))) == 200
    count = len(sent(graph))
    answer(channel, db)
    assert len(sent(graph)) == count


def test_the_settings_choose_who_carries_the_messages(
    channel: MetaChannel, configured: pytest.MonkeyPatch
) -> None:
    providers.channel.cache_clear()
    meta_channel.cache_clear()
    chosen = providers.channel()
    assert (chosen.provider, chosen is meta_channel()) == ("meta", True)
    configured.setenv("WHATSAPP_PROVIDER", "twilio")
    settings.cache_clear()
    providers.channel.cache_clear()
    assert providers.channel().provider == "twilio"
    providers.channel.cache_clear()
    meta_channel()._graph.close()
    meta_channel.cache_clear()
