"""Statuses: told in any order, they end where the message is; each is remembered."""

import itertools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import pytest

from core.database import Connection
from core.errors import RetryLaterError
from tests.whatsapp.conftest import message
from tests.whatsapp.sending import queue
from tests.whatsapp.sending import report as tell
from whatsapp import service
from whatsapp.outbox import delivery, repository, statuses
from whatsapp.schemas import StatusChange
from whatsapp.twilio.channel import TwilioChannel

SID = "SM" + "b" * 32

Report = Callable[..., int | None]


@pytest.fixture
def outbound(connection: Connection) -> int:
    """A message that the provider has just accepted."""
    [identity] = service.receive(connection, [message(1, "+84901234567")])
    repository.add_outbound(connection, identity, None, [{"body": "hello"}])
    row = connection.execute("select id from outbound_messages").fetchone()
    assert row is not None
    repository.claim(connection, row["id"])
    statuses.advance(connection, row["id"], SID, "queued", None)
    return int(row["id"])


@pytest.fixture
def report(connection: Connection) -> Report:
    """Tell what the provider says."""

    def tell(outbound: int, status: str, code: str = "", sid: str = SID) -> int | None:
        return service.record_status(connection, StatusChange(outbound, sid, status, code))

    return tell


def state(connection: Connection) -> tuple[str, str | None]:
    row = connection.execute(
        "select status, error_code from outbound_messages order by id"
    ).fetchone()
    assert row is not None
    return row["status"], row["error_code"]


def history(connection: Connection) -> list[str]:
    return [
        row["status"] for row in connection.execute("select status from message_events order by id")
    ]


def test_delivered_sent_read_read_ends_as_read_with_four_rows_of_history(
    outbound: int, report: Report, connection: Connection
) -> None:
    for status in ("delivered", "sent", "read", "read"):
        assert report(outbound, status) is not None
    assert state(connection) == ("read", None)
    accepted, *called_back = history(connection)
    assert accepted == "queued"
    assert called_back == ["delivered", "sent", "read", "read"]


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["sending", "sent", "delivered", "read"]))[::3]
)
def test_any_order_of_reports_ends_at_the_furthest(
    outbound: int, report: Report, connection: Connection, order: tuple[str, ...]
) -> None:
    for status in order:
        report(outbound, status)
    assert state(connection)[0] == "read"
    assert sorted(history(connection)) == sorted(["queued", *order])


@pytest.mark.parametrize("failure", ["failed", "undelivered"])
@pytest.mark.parametrize("later", ["queued", "sending", "sent", "delivered", "read"])
def test_a_failure_is_final(
    outbound: int, report: Report, connection: Connection, failure: str, later: str
) -> None:
    report(outbound, failure, "63016")
    report(outbound, later)
    assert state(connection) == (failure, "63016")


def test_what_was_read_has_not_failed(
    outbound: int, report: Report, connection: Connection
) -> None:
    report(outbound, "read")
    report(outbound, "failed", "63024")
    assert state(connection) == ("read", None)
    rows = connection.execute("select reachable from channel_identities").fetchall()
    assert rows == [{"reachable": True}]


def test_a_report_with_another_sid_changes_nothing(
    outbound: int, report: Report, connection: Connection
) -> None:
    assert report(outbound, "read", sid="SM" + "c" * 32) is None
    assert report(outbound + 1, "read") is None
    assert state(connection) == ("queued", None)
    assert history(connection) == ["queued"]


def test_a_report_whose_sid_is_another_messages_changes_neither(
    outbound: int, report: Report, connection: Connection
) -> None:
    identity = connection.execute("select identity_id from outbound_messages").fetchone()
    assert identity
    (second,) = repository.add_outbound(
        connection, identity["identity_id"], None, [{"body": "again"}]
    )
    repository.claim(connection, second)
    assert report(second, "delivered") is None
    rows = connection.execute("select provider_sid, status from outbound_messages order by id")
    assert [(row["provider_sid"], row["status"]) for row in rows] == [
        (SID, "queued"),
        (None, "claimed"),
    ]


def test_a_report_before_our_own_note_of_the_sid_is_not_lost(
    outbound: int, report: Report, connection: Connection
) -> None:
    connection.execute("update outbound_messages set provider_sid = null, status = 'claimed'")
    report(outbound, "delivered")
    # And now the answer to our own call comes.
    statuses.advance(connection, outbound, SID, "queued", None)
    assert state(connection) == ("delivered", None)


def test_a_message_that_was_never_handed_over_takes_no_report(
    outbound: int, report: Report, connection: Connection
) -> None:
    connection.execute("update outbound_messages set provider_sid = null, status = 'pending'")
    assert report(outbound, "delivered") is None
    assert state(connection)[0] == "pending"


def test_an_opt_out_reported_later_is_mirrored(
    outbound: int, report: Report, connection: Connection
) -> None:
    report(outbound, "failed", "21610")
    assert connection.execute("select granted from consents").fetchall() == [{"granted": False}]


def test_somebody_reported_later_as_unreachable_is_remembered_as_such(
    outbound: int, report: Report, connection: Connection
) -> None:
    report(outbound, "undelivered", "63024")
    assert connection.execute("select reachable from channel_identities").fetchall() == [
        {"reachable": False}
    ]


def test_an_opt_out_that_is_known_is_not_recorded_twice(
    outbound: int, report: Report, connection: Connection
) -> None:
    for _ in range(2):
        report(outbound, "failed", "21610")
    assert connection.execute("select count(*) as n from consents").fetchall() == [{"n": 1}]


def test_callbacks_at_the_same_time_are_all_kept_and_have_one_consequence(
    identity: int, channel: TwilioChannel, db: Connection
) -> None:
    (first,) = queue(identity, "one")
    delivery.deliver(identity, channel)
    told = [*["sent"] * 4, *["failed"] * 8, *["delivered"] * 4]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: tell(first, each, "63018" if each == "failed" else ""), told))
    counted = db.execute(
        """select status, count(*) as n from message_events where outbound_id = %s
            group by status order by status""",
        [first],
    ).fetchall()
    assert {row["status"]: row["n"] for row in counted} == {
        "queued": 1, "sent": 4, "failed": 8, "delivered": 4,
    }  # fmt: skip
    rows = db.execute("select status, copy_of from outbound_messages order by id").fetchall()
    copies = [row["copy_of"] for row in rows[1:]]
    if rows[0]["status"] == "failed":
        assert copies == [first]
    else:
        assert (rows[0]["status"], copies) == ("delivered", [])


def test_callbacks_and_sending_at_the_same_time_do_not_stand_in_each_others_way(
    identity: int, channel: TwilioChannel, db: Connection
) -> None:
    ids = queue(identity, *[f"part {number}" for number in range(6)])

    def send() -> None:
        with suppress(RetryLaterError):
            delivery.deliver(identity, channel)

    with ThreadPoolExecutor(8) as pool:
        jobs: list[Future[object]] = [pool.submit(send) for _ in range(3)]
        jobs += [pool.submit(tell, each, "failed", "63024") for each in ids for _ in range(2)]
        for job in jobs:
            job.result()
    send()
    left = db.execute("select status from outbound_messages where status = 'pending'").fetchall()
    assert left == []


def test_a_callback_that_does_not_name_our_message_is_known_by_its_sid(
    outbound: int, report: Report, connection: Connection
) -> None:
    assert report(0, "delivered") is not None
    assert state(connection) == ("delivered", None)
    assert report(0, "read", sid="SM" + "f" * 32) is None
