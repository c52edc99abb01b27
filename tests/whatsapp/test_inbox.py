"""The inbox: each message once, each person one user, every answer in order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from conversation.schemas import Incoming, Outgoing
from core.database import Connection, pool, unit_of_work
from core.errors import RetryLaterError
from core.settings import settings
from recommender import feedback
from recommender import service as recommender
from recommender.reactions import Kind
from recommender.schemas import WEIGHTS, Criterion, Interests
from tests.whatsapp.conftest import message, receive
from tests.whatsapp.house import Phone, Simulator, free_port
from whatsapp import providers, repository, service, tasks
from whatsapp.outbox.repository import waiting_outbox
from whatsapp.schemas import InboundMessage
from whatsapp.twilio.channel import TwilioChannel, twilio_channel

PHONE = "+84901234567"
SCOPED = "VN.1A2B3C4D"
WISH = Interests(locations=["Sa Pa"])


def answer_all(identity_id: int, channel: TwilioChannel) -> int:
    """Answer until nothing waits; return how many were answered."""
    count = 0
    while True:
        with unit_of_work() as unit:
            if service.answer_next(unit.connection, identity_id, channel) is None:
                return count
        count += 1


def missed(channel: TwilioChannel) -> list[InboundMessage]:
    """Ask the provider what the inbox lacks."""
    with unit_of_work() as unit:
        since = service.look_back_to(unit.connection)
        assert since is not None
        return service.missing_from_inbox(unit.connection, channel.received(since))


def number_of(db: Connection, table: str) -> int:
    row = db.execute(f"select count(*) as n from {table}").fetchone()
    assert row is not None
    return int(row["n"])


def test_twenty_deliveries_of_one_message_at_once_make_one_row(
    database_url: str, db: Connection
) -> None:
    pool()
    with ThreadPoolExecutor(20) as threads:
        results = list(threads.map(lambda _: receive(message(1, PHONE)), range(20)))
    assert len([result for result in results if result is not None]) == 1
    assert [number_of(db, table) for table in ("inbound_messages", "users")] == [1, 1]


def test_an_album_of_one_new_person_makes_one_user(database_url: str, db: Connection) -> None:
    pool()
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda number: receive(message(number, PHONE)), range(10)))
    assert number_of(db, "inbound_messages") == 10
    assert [number_of(db, table) for table in ("channel_identities", "users")] == [1, 1]


def test_a_person_without_a_phone_is_one_user_with_the_phone_that_comes_later(
    database_url: str, db: Connection
) -> None:
    first = receive(message(1, SCOPED, Latitude="20.9", Longitude="107.0"))
    later = receive(message(2, PHONE, ExternalUserId=SCOPED))
    again = receive(message(3, SCOPED))
    assert first == again != later
    assert number_of(db, "users") == 1


def test_a_phone_is_one_user_with_the_scoped_id_that_comes_later(
    database_url: str, db: Connection
) -> None:
    receive(message(1, PHONE))
    receive(message(2, PHONE, ExternalUserId=SCOPED))
    receive(message(3, SCOPED))
    assert number_of(db, "users") == 1


def test_two_users_who_turn_out_to_be_one_keep_the_newer_of_what_each_had(
    database_url: str, db: Connection
) -> None:
    receive(message(1, PHONE))
    receive(message(2, SCOPED))
    old, new = [row["id"] for row in db.execute("select id from users order by id")]
    for user, age in ((old, 2), (new, 1)):
        db.execute(
            "insert into conversations values (%s, %s, now() - make_interval(days => %s))",
            [user, psycopg.types.json.Jsonb({"of": user}), age],
        )
        db.execute(
            "insert into consents (user_id, kind, granted, text_shown, text_version, channel)"
            " values (%s, 'conversation', true, 'yes', '1', 'whatsapp')",
            [user],
        )
    receive(message(3, PHONE, ExternalUserId=SCOPED))
    assert [row["id"] for row in db.execute("select id from users")] == [old]
    assert [row["state"] for row in db.execute("select state from conversations")] == [{"of": new}]
    assert number_of(db, "consents") == 2
    assert number_of(db, "inbound_messages") == 3


def test_the_reactions_of_two_users_who_turn_out_to_be_one_are_learned_from_together(
    catalogue_url: str,
) -> None:
    receive(message(1, PHONE))
    receive(message(2, SCOPED))
    with unit_of_work() as unit:
        db = unit.connection
        old, new = [row["id"] for row in db.execute("select id from users order by id")]
        tours = recommender.recommend(db, WISH, limit=341)
        for user, place in ((old, 0), (new, 1)):
            feedback.save_interests(db, user, WISH)
            page = [tours[place], tours[-1 - place]]
            recommender.record_shown(db, user, page)
            feedback.react(db, user, [page[0].package_id], Kind.UP)
    receive(message(3, PHONE, ExternalUserId=SCOPED))
    with unit_of_work() as unit:
        db = unit.connection
        one = recommender.profile(db, old)
        assert one.interests == WISH
        assert one.learned
        learned = feedback.relearn(db, old)
        (change,) = (each for each in learned.changes if each.criterion is Criterion.LOCATION)
        assert set(change.because) == {tours[0].package_id, tours[1].package_id}
        assert feedback.undo_last(db, old)
        assert feedback.undo_last(db, old)
        assert not feedback.undo_last(db, old)
        assert recommender.profile(db, old).weights == WEIGHTS


def test_no_table_that_belongs_to_a_user_is_forgotten_in_a_merge(db: Connection) -> None:
    rows = db.execute(
        "select conrelid::regclass::text as name from pg_constraint"
        " where contype = 'f' and confrelid = 'users'::regclass"
    )
    known = {*repository.ONE_ROW_A_USER, *repository.MANY_ROWS_A_USER}
    assert {row["name"] for row in rows} == known


def test_a_message_whose_webhook_failed_is_found_in_the_provider_s_list(
    channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    phone = simulator.phone()
    for_somebody_else = phone.says("before our time")
    known = phone.says("the first that reached us")
    receive(replace(message(0, phone.number), sid=known))
    db.execute("update inbound_messages set received_at = received_at - interval '1 s'")
    lost = [phone.says("STOP"), phone.says("are you there?")]
    db.execute(
        "update inbound_messages set received_at = %s",
        [datetime.fromisoformat(phone.thread()[1]["created_at"])],
    )
    found = missed(channel)
    assert [one.sid for one in found if one.sid != for_somebody_else] == lost
    assert [one.payload["Body"] for one in found[-2:]] == ["STOP", "are you there?"]
    for one in found:
        assert receive(one) is not None
    assert missed(channel) == []


def test_while_the_inbox_is_empty_nobody_s_old_messages_are_looked_for(database_url: str) -> None:
    with unit_of_work() as unit:
        assert service.look_back_to(unit.connection) is None


def looked_back_to(db: Connection) -> timedelta:
    """How long ago the next look at the provider's list begins."""
    with unit_of_work() as unit:
        since = service.look_back_to(unit.connection)
    assert since is not None
    return datetime.now(UTC) - since


def test_the_provider_s_list_is_read_on_from_where_an_outage_ended_it(
    channel: TwilioChannel, db: Connection, phone: Phone, identity: int
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    db.execute("update inbound_messages set received_at = %s", [long_ago])
    assert looked_back_to(db) < timedelta(minutes=31)  # never compared: what is recent
    tasks.reconcile()
    assert looked_back_to(db) < timedelta(minutes=31)
    db.execute("update inbox_checks set complete_to = now() - interval '5 hours'")
    assert timedelta(hours=5) < looked_back_to(db) < timedelta(hours=6)
    db.execute("update inbox_checks set complete_to = now() - interval '20 days'")
    assert looked_back_to(db) < timedelta(days=7, minutes=1)


def test_where_the_provider_s_list_cannot_be_read_the_next_look_goes_back_as_far(
    channel: TwilioChannel, db: Connection, identity: int, configured: pytest.MonkeyPatch
) -> None:
    tasks.reconcile()
    db.execute("update inbox_checks set complete_to = now() - interval '5 hours'")
    db.execute("update inbound_messages set received_at = now() - interval '30 days'")
    configured.setenv("TWILIO_BASE_URL", f"http://127.0.0.1:{free_port()}")
    for cached in (settings, providers.channel, twilio_channel):
        cached.cache_clear()
    with pytest.raises(RetryLaterError):
        tasks.reconcile()
    assert looked_back_to(db) > timedelta(hours=5)


def test_a_webhook_does_not_wait_for_the_answer_to_the_message_before(
    database_url: str,
) -> None:
    identity = receive(message(1, PHONE))
    assert identity is not None
    with unit_of_work() as busy, ThreadPoolExecutor(1) as threads:
        repository.lock_user(busy.connection, identity, 1_000)
        later = message(2, PHONE, ExternalUserId=SCOPED)
        assert threads.submit(receive, later).result(timeout=10) == identity


def test_messages_are_answered_in_order_by_whichever_job_comes_first(
    channel: TwilioChannel, db: Connection
) -> None:
    identity = receive(message(1, PHONE))
    assert identity is not None
    receive(message(2, PHONE))
    receive(message(3, PHONE))
    with ThreadPoolExecutor(3) as threads:
        counts = list(threads.map(lambda _: answer_all(identity, channel), range(3)))
    assert sum(counts) == 3
    done = db.execute("select id from inbound_messages order by processed_at").fetchall()
    assert [row["id"] for row in done] == sorted(row["id"] for row in done)
    queued = db.execute("select inbound_id from outbound_messages order by id").fetchall()
    assert [row["inbound_id"] for row in queued] == sorted(row["inbound_id"] for row in queued)


def test_the_two_addresses_of_a_person_are_answered_in_one_order(
    channel: TwilioChannel, db: Connection
) -> None:
    receive(message(1, SCOPED))
    phone = receive(message(2, PHONE, ExternalUserId=SCOPED))
    assert phone is not None
    assert answer_all(phone, channel) == 2
    rows = db.execute(
        "select distinct o.inbound_id, o.identity_id = m.identity_id as there"
        " from outbound_messages o join inbound_messages m on m.id = o.inbound_id"
    ).fetchall()
    assert len(rows) == 2
    assert all(row["there"] for row in rows)


def test_answering_again_sends_nothing_again(channel: TwilioChannel, db: Connection) -> None:
    identity = receive(message(1, PHONE))
    assert identity is not None
    assert answer_all(identity, channel) == 1
    queued = number_of(db, "outbound_messages")
    assert answer_all(identity, channel) == 0
    db.execute("update inbound_messages set processed_at = null")  # as if the note were lost
    assert answer_all(identity, channel) == 1
    assert number_of(db, "outbound_messages") == queued


def failing(connection: Connection, user_id: int, incoming: Incoming) -> list[Outgoing]:
    connection.execute("update users set language = 'xx' where id = %s", [user_id])
    raise ZeroDivisionError(f"about {incoming.text}")


def test_a_message_that_cannot_be_answered_is_tried_again_and_later_apologised_for(
    channel: TwilioChannel, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "answer", failing)
    identity = receive(message(1, PHONE, "a private matter"))
    assert identity is not None
    db.execute("update users set language = 'vi'")
    for attempt in range(1, service.MOST_ATTEMPTS + 1):
        with unit_of_work() as unit:
            service.answer_next(unit.connection, identity, channel)
        row = db.execute(
            "select attempts, last_error, processed_at from inbound_messages"
        ).fetchone()
        assert row is not None
        assert row["attempts"] == attempt
        assert row["last_error"].startswith("ZeroDivisionError")
        assert "private" not in row["last_error"]
        assert (row["processed_at"] is not None) == (attempt == service.MOST_ATTEMPTS)
        db.execute("update inbound_messages set not_before = now()")  # time passes
    sent = [row["content"]["body"] for row in db.execute("select content from outbound_messages")]
    assert len(sent) == 1
    assert sent[0].startswith("Xin lỗi")
    assert db.execute("select language from users").fetchall() == [{"language": "vi"}]


def test_the_next_try_waits_and_the_next_message_waits_behind_it(
    channel: TwilioChannel, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = receive(message(1, PHONE))
    assert identity is not None
    with monkeypatch.context() as patch, unit_of_work() as unit:
        patch.setattr(service, "answer", failing)
        service.answer_next(unit.connection, identity, channel)
    receive(message(2, PHONE))
    with pytest.raises(RetryLaterError) as caught, unit_of_work() as unit:
        service.answer_next(unit.connection, identity, channel)
    assert caught.value.after_s is not None
    assert 0 < caught.value.after_s <= 1
    db.execute("update inbound_messages set not_before = now()")
    assert answer_all(identity, channel) == 2


def test_the_sweep_finds_what_was_left_and_nothing_else(
    channel: TwilioChannel, db: Connection
) -> None:
    identity = receive(message(1, PHONE))
    with unit_of_work() as unit:
        assert repository.waiting_inbox(unit.connection, 5, 10) == []
    db.execute("update inbound_messages set not_before = now() - interval '6 s'")
    with unit_of_work() as unit:
        assert repository.waiting_inbox(unit.connection, 5, 10) == [identity]
    answer_all(identity or 0, channel)
    with unit_of_work() as unit:
        assert repository.waiting_inbox(unit.connection, 5, 10) == []
        assert waiting_outbox(unit.connection, 5, 10) == []
    db.execute("update outbound_messages set not_before = now() - interval '6 s'")
    with unit_of_work() as unit:
        waiting = waiting_outbox(unit.connection, 5, 10)
    assert [row["identity_id"] for row in waiting] == [identity]
