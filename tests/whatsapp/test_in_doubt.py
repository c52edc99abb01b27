"""Messages of which nobody knows whether they were sent: found out, and never sent twice."""

import pytest

from conversation.schemas import Choice, Outgoing
from core.database import Connection, unit_of_work
from core.errors import RetryLaterError
from tests.whatsapp.house import Phone, Simulator
from tests.whatsapp.sending import bodies, outbox, pass_time, queue, report
from whatsapp import service
from whatsapp.outbox import delivery
from whatsapp.schemas import StatusChange
from whatsapp.twilio.channel import TwilioChannel

BUTTONS = [Choice(id="a", label="More"), Choice(id="b", label="Help")]


def test_a_send_that_is_accepted_but_not_answered_is_never_sent_twice(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    queue(identity, "first", Outgoing(body="Choose", choices=BUTTONS), "last")
    simulator.hold_next(3, count=2)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["first", "Choose", "last"]
    assert {status for status, _ in outbox(db)} <= {"queued", "sent", "delivered", "read"}
    sids = [shown["sid"] for shown in phone.received()]
    kept = db.execute("select provider_sid from outbound_messages order by id")
    assert [row["provider_sid"] for row in kept] == sids


def test_the_same_words_sent_before_are_not_taken_for_a_message_in_doubt(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "same words", "same words")
    delivery.deliver(identity, channel)
    db.execute(
        """update outbound_messages set status = 'claimed', provider_sid = null,
                  claimed_at = now() - interval '1 h'
            where id = (select max(id) from outbound_messages)"""
    )
    db.execute("delete from message_events")
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["same words", "same words"]
    sids = [
        row["provider_sid"]
        for row in db.execute("select provider_sid from outbound_messages order by id")
    ]
    assert sids == [shown["sid"] for shown in phone.received()]


def test_a_message_claimed_by_a_worker_that_died_before_the_call_is_sent_after_all(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one", "two")
    db.execute(
        """update outbound_messages set status = 'claimed', attempts = 1, claimed_at = now()
            where id = (select min(id) from outbound_messages)"""
    )
    delivery.deliver(identity, channel)  # the other worker may still be at it
    assert bodies(phone) == []
    pass_time(db, 60)
    with pytest.raises(RetryLaterError):
        delivery.deliver(identity, channel)  # surely not sent: queued anew, ahead of the rest
    assert bodies(phone) == []
    pass_time(db, 60)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one", "two"]


def test_a_message_in_doubt_is_not_given_up_for_lost_too_early(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one")
    db.execute("update outbound_messages set status = 'unknown', claimed_at = now()")
    with pytest.raises(RetryLaterError) as caught:
        delivery.deliver(identity, channel)
    assert caught.value.after_s
    assert outbox(db) == [("unknown", None)]


@pytest.fixture
def forgetful(channel: TwilioChannel, configured: pytest.MonkeyPatch) -> TwilioChannel:
    """A channel that cannot be asked what was sent, as Meta's cannot."""
    configured.setattr(channel, "tells_unsent", False, raising=False)
    return channel


def test_where_the_provider_cannot_be_asked_a_message_in_doubt_waits_and_is_then_set_aside(
    identity: int, phone: Phone, forgetful: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    queue(identity, "one", "two")
    simulator.hold_next(3)
    with pytest.raises(RetryLaterError):
        delivery.deliver(identity, forgetful)
    assert outbox(db) == [("unknown", None), ("pending", None)]
    pass_time(db, forgetful.timeout_s + forgetful.settle_s + 1)
    delivery.deliver(identity, forgetful)
    assert bodies(phone) == ["one", "two"]  # it had been taken; it never goes twice
    assert outbox(db)[0] == ("failed", "outcome-unknown")


def test_word_that_comes_after_a_message_was_set_aside_in_doubt_still_counts(
    identity: int, forgetful: TwilioChannel, db: Connection
) -> None:
    (first,) = queue(identity, "one")
    db.execute(
        "update outbound_messages set status = 'unknown', claimed_at = now() - interval '1 h'"
    )
    delivery.deliver(identity, forgetful)
    assert outbox(db) == [("failed", "outcome-unknown")]
    report(first, "delivered", sid="SM" + "d" * 32)
    assert outbox(db) == [("delivered", None)]
    report(first, "sent", sid="SM" + "d" * 32)
    assert outbox(db) == [("delivered", None)]


def test_a_callback_settles_a_message_in_doubt_where_the_provider_cannot_be_asked(
    identity: int, phone: Phone, forgetful: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    (first, _) = queue(identity, "one", "two")
    simulator.hold_next(3)
    with pytest.raises(RetryLaterError):
        delivery.deliver(identity, forgetful)
    report(first, "sent", sid=phone.received()[0]["sid"])
    delivery.deliver(identity, forgetful)
    assert bodies(phone) == ["one", "two"]
    assert [status for status, _ in outbox(db)] == ["sent", "queued"]


def test_a_callback_settles_a_message_in_doubt(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one")
    db.execute("update outbound_messages set status = 'unknown', claimed_at = now()")
    row = db.execute("select id from outbound_messages").fetchone()
    assert row is not None
    sid = "SM" + "a" * 32
    with unit_of_work() as unit:
        service.record_status(unit.connection, StatusChange(row["id"], sid, "sent", ""))
    delivery.deliver(identity, channel)
    assert outbox(db) == [("sent", None)]
    assert bodies(phone) == []


def test_a_claim_of_a_worker_that_died_is_not_touched_before_the_other_could_have_ended(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one")
    db.execute("update outbound_messages set status = 'claimed', claimed_at = now()")
    pass_time(db, channel.timeout_s + channel.settle_s - 2)
    delivery.deliver(identity, channel)
    assert outbox(db) == [("claimed", None)]
