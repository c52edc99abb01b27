"""Failures of which no callback tells: they are found in the account's list, and mended once."""

import time

import pytest

from core.database import Connection
from tests.whatsapp.house import Phone, Simulator, wait_until
from tests.whatsapp.sending import outbox, queue
from whatsapp import tasks
from whatsapp.outbox import delivery
from whatsapp.twilio.channel import TwilioChannel


def failed(phone: Phone) -> bool:
    return any(shown["status"] in {"failed", "undelivered"} for shown in phone.received())


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_failure_whose_callback_was_lost_is_mended_by_one_copy(
    simulator: Simulator,
    channel: TwilioChannel,
    db: Connection,
    phone: Phone,
    identity: int,
    status: str,
) -> None:
    simulator.call("POST", "/faults", fail_by_callback={"code": 63012, "status": status})
    (first,) = queue(identity, "hello")
    delivery.deliver(identity, channel)
    wait_until(lambda: failed(phone), "the failure")
    for _ in range(2):
        tasks.reconcile()
        assert outbox(db) == [(status, "63012"), ("pending", None)]
    copied = db.execute("select copy_of from outbound_messages order by id").fetchall()
    assert [row["copy_of"] for row in copied] == [None, first]


def test_what_arrived_is_left_alone(
    channel: TwilioChannel, db: Connection, phone: Phone, identity: int
) -> None:
    queue(identity, "hello")
    delivery.deliver(identity, channel)
    wait_until(lambda: phone.received()[0]["status"] == "read", "the message to be read")
    tasks.reconcile()
    assert [status for status, _ in outbox(db)] == ["queued"]


def test_a_message_found_in_the_list_as_failed_is_tried_again_as_any_other(
    simulator: Simulator, channel: TwilioChannel, db: Connection, phone: Phone, identity: int
) -> None:
    simulator.hold_next(2.0)
    simulator.call("POST", "/faults", fail_by_callback={"code": 63012})
    queue(identity, "hello")
    started = time.monotonic()
    delivery.deliver(identity, channel)
    assert time.monotonic() - started > channel.timeout_s  # it was in doubt
    wait_until(lambda: failed(phone), "the failure")
    tasks.reconcile()
    assert outbox(db) == [("failed", "63012"), ("pending", None)]
