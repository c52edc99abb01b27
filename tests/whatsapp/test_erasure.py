"""Who asked to be forgotten is forgotten: at the provider, then here."""

from dataclasses import replace
from typing import Any, cast

import psycopg
import pytest
import structlog
from psycopg import sql
from psycopg.types.json import Jsonb

from core.database import Connection
from core.errors import ConfigurationError, RejectedError
from core.settings import settings
from tests.whatsapp import house
from tests.whatsapp.conftest import message, receive
from tests.whatsapp.test_identities import PHONE, everything, tour
from whatsapp import providers
from whatsapp.erasure import service
from whatsapp.port import Channel
from whatsapp.schemas import Content
from whatsapp.twilio.channel import TwilioChannel


def fill(db: Connection, user_id: int, identity_id: int) -> None:
    """Leave a trace of a traveller in every table that can hold one."""
    package = tour(db, f"for {user_id}")
    ids = {"user": user_id, "identity": identity_id, "tour": package, "empty": Jsonb({})}
    for statement in (
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           values (%(user)s, 'recommendations', true, 'terms', '1', 'chat')""",
        "insert into conversations (user_id) values (%(user)s) on conflict do nothing",
        """insert into user_interests (user_id, interests, encoder)
           values (%(user)s, %(empty)s, 'none')""",
        """insert into recommendations (user_id, package_id, rank, score, parts, ranker)
           values (%(user)s, %(tour)s, 1, .5, %(empty)s, 'standard')""",
        "insert into feedback (user_id, package_id, kind) values (%(user)s, %(tour)s, 'up')",
        "insert into saved_tours (user_id, package_id) values (%(user)s, %(tour)s)",
        "insert into push_schedules (user_id) values (%(user)s)",
        "insert into handovers (user_id, reason) values (%(user)s, 'asked')",
        """insert into outbound_messages (identity_id, content, status)
           values (%(identity)s, %(empty)s, 'read')""",
        """insert into message_events (outbound_id, status)
           select id, 'read' from outbound_messages where identity_id = %(identity)s""",
        """insert into pushes (user_id, due_at, outcome, outbound_id)
           select %(user)s, now(), 'sent', id from outbound_messages
            where identity_id = %(identity)s""",
        """insert into login_methods (user_id, provider, subject_index)
           values (%(user)s, 'facebook', decode(lpad(%(user)s::text, 64, '0'), 'hex'))""",
        """insert into login_attempts (state_hash, browser_hash, provider, nonce,
                                       verifier_encrypted, return_to, user_id, expires_at)
           values (%(user)s::text::bytea, '', 'facebook', '', '', '/', %(user)s, now())""",
        """insert into pending_links (browser_hash, provider, subject_index, user_id, expires_at)
           values (%(user)s::text::bytea, 'facebook', '', %(user)s, now())""",
        """insert into sessions (user_id, method, device, renewal_hash, expires_at)
           values (%(user)s, 'whatsapp', '', %(user)s::text::bytea, now())""",
        """insert into one_time_codes (purpose, code_hash, user_id, expires_at)
           values ('join', decode(lpad(%(user)s::text, 64, '0'), 'hex'), %(user)s, now())""",
        """insert into tracked_links (token, user_id, package_id)
           values (%(user)s::text, %(user)s, %(tour)s)""",
        "insert into link_clicks (user_id, package_id) values (%(user)s, %(tour)s)",
    ):
        db.execute(statement, ids)


# What outlives people on purpose: it names them by number and says nothing of them.
OUTLIVES = {"audit_log", "deletion_requests"}


def personal_tables(db: Connection) -> list[tuple[str, str]]:
    """Return every table that says whose a row is, and the column that says it."""
    rows = db.execute(
        """select c.table_name, c.column_name from information_schema.columns c
             join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
              and c.column_name in ('user_id', 'identity_id')"""
    )
    found = [(row["table_name"], row["column_name"]) for row in rows]
    assert {table for table, _ in found} > OUTLIVES
    return [each for each in found if each[0] not in OUTLIVES]


def traces(db: Connection, user_id: int, identity_id: int) -> dict[str, int]:
    """Count a traveller's rows, in each table."""
    found = {}
    for table, column in personal_tables(db):
        key = user_id if column == "user_id" else identity_id
        row = db.execute(
            sql.SQL("select count(*) as n from {} where {} = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            ),
            [key],
        ).fetchone()
        found[table] = row["n"] if row else 0
    return found


def nobody() -> Any:
    raise AssertionError("there is nothing to ask a provider for")


def erase() -> int:
    """Erase people of whose messages no provider knows."""
    with psycopg.connect(settings().database_url or "", autocommit=True) as look:
        look.execute("update inbound_messages set erased_at = now()")
    return service.erase(nobody)


def test_no_row_is_left_of_who_asked_to_be_forgotten_and_others_stay(
    database_url: str, db: Connection
) -> None:
    people = []
    for number, phone in enumerate((PHONE, "+84900000002"), 1):
        identity = receive(message(number, phone))
        assert identity is not None
        row = db.execute("select user_id from channel_identities where id = %s", [identity])
        people.append((row.fetchall()[0]["user_id"], identity))
        fill(db, *people[-1])
    db.execute("update inbound_messages set processed_at = now()")
    (leaver, address), stayer = people
    assert all(traces(db, leaver, address).values()), "the test forgot a table"
    assert all(traces(db, *stayer).values())
    db.execute("update users set erase_requested_at = now() where id = %s", [leaver])
    assert erase() == 1
    assert erase() == 0
    assert set(traces(db, leaver, address).values()) == {0}
    assert all(traces(db, *stayer).values())
    [events] = everything(db, "select count(*) as n from message_events")
    assert events["n"] == 1


@pytest.mark.parametrize("status", ["pending", "claimed", "unknown"])
def test_nobody_goes_before_they_are_told_so_unless_that_takes_an_hour(
    database_url: str, db: Connection, status: str
) -> None:
    identity = receive(message(1, PHONE))
    db.execute("update inbound_messages set processed_at = now()")
    db.execute("update users set erase_requested_at = now()")
    db.execute(
        """insert into outbound_messages (identity_id, content, status)
           values (%s, '{"body": "done"}', %s)""",
        [identity, status],
    )
    assert erase() == 0
    db.execute("update users set erase_requested_at = now() - interval '61 minutes'")
    assert erase() == 1


def test_what_they_write_meanwhile_is_answered_first(database_url: str, db: Connection) -> None:
    receive(message(1, PHONE))
    db.execute("update users set erase_requested_at = now()")
    assert erase() == 0
    db.execute("update inbound_messages set processed_at = now()")
    assert erase() == 1
    again = receive(message(2, PHONE))
    assert again is not None, "they can come back as somebody new"


def test_somebody_who_is_being_answered_is_left_for_the_next_time(
    database_url: str, db: Connection
) -> None:
    receive(message(1, PHONE))
    db.execute("update inbound_messages set processed_at = now()")
    db.execute("update users set erase_requested_at = now()")
    with psycopg.connect(database_url) as busy:
        busy.execute("select from users for update")
        assert erase() == 0
        busy.rollback()
    assert erase() == 1


def said_by_both(phone: house.Phone, channel: TwilioChannel, db: Connection) -> list[str]:
    """Let the phone write two messages and get one; return their sids as the provider has them."""
    sids = [phone.says("my secret wish"), phone.says("and another")]
    for number, sid in enumerate(sids):
        receive(replace(message(number, phone.number), sid=sid))
    db.execute("update inbound_messages set processed_at = now()")
    [identity] = everything(db, "select id from channel_identities")
    sent = channel.send(phone.number, Content(body="a secret answer"), "1").sid
    db.execute(
        """insert into outbound_messages (identity_id, content, status, provider_sid)
           values (%s, '{}', 'read', %s)""",
        [identity["id"], sent],
    )
    db.execute("update users set erase_requested_at = now()")
    return [*sids, sent]


def bodies(channel: TwilioChannel) -> list[str]:
    """Return what the provider keeps, the newest first."""
    return [str(each.body) for each in channel._client.messages.list()]


def test_the_provider_forgets_what_was_said_before_we_do(
    channel: TwilioChannel, db: Connection, simulator: house.Simulator
) -> None:
    phone, stayer = simulator.phone(), simulator.phone()
    stayer.says("mine stays")
    said_by_both(phone, channel, db)
    assert sorted(bodies(channel)) == [
        "a secret answer", "and another", "mine stays", "my secret wish",
    ]  # fmt: skip
    assert service.erase(providers.channel) == 1
    assert bodies(channel) == ["mine stays"]
    assert everything(db, "select id from users") == []
    [entry] = everything(db, "select actor, action from audit_log")
    assert entry == {"actor": "system", "action": "user.erased"}


def test_nobody_goes_while_the_provider_is_away_and_what_is_done_is_not_done_again(
    channel: TwilioChannel, db: Connection, simulator: house.Simulator
) -> None:
    sids = said_by_both(simulator.phone(), channel, db)
    channel.erase(sids[0])
    simulator.fail_next(count=1, http_status=503, code=20503, on=["messages"])
    assert service.erase(providers.channel) == 0
    assert len(bodies(channel)) == 2
    assert len(everything(db, "select id from users")) == 1
    db.execute("update inbound_messages set erased_at = now() where provider_sid = %s", [sids[1]])
    assert service.erase(providers.channel) == 1
    assert bodies(channel) == ["and another"], "what is noted as erased is not asked for again"


def test_a_crash_between_the_provider_and_our_note_of_it_costs_nothing(
    channel: TwilioChannel, db: Connection, simulator: house.Simulator
) -> None:
    for sid in said_by_both(simulator.phone(), channel, db):
        channel.erase(sid)
    assert bodies(channel) == []
    assert service.erase(providers.channel) == 1


class Refusing:
    """A provider that will not delete one message."""

    def __init__(self, channel: TwilioChannel, but: str) -> None:
        self.channel = channel
        self.but = but
        self.asked = 0

    def erase(self, provider_sid: str) -> None:
        self.asked += 1
        if provider_sid == self.but:
            raise RejectedError("still under way", code="20009")
        self.channel.erase(provider_sid)


def test_a_message_that_is_not_deleted_now_holds_up_its_user_for_a_week_but_nobody_else(
    channel: TwilioChannel, db: Connection, simulator: house.Simulator
) -> None:
    sids = said_by_both(simulator.phone(), channel, db)
    refusing = Refusing(channel, but=sids[0])
    assert service.erase(lambda: cast("Channel", refusing)) == 0
    assert refusing.asked == 3
    assert bodies(channel) == ["my secret wish"]
    assert service.erase(lambda: cast("Channel", refusing)) == 0
    assert refusing.asked == 4, "only what is left is asked for again"
    db.execute("update users set erase_requested_at = now() - interval '7 days 1 minute'")
    with structlog.testing.capture_logs() as logs:
        assert service.erase(lambda: cast("Channel", refusing)) == 1
    [warning] = [each for each in logs if each["event"] == "messages_left_at_provider"]
    assert (warning["messages"], warning["log_level"]) == (1, "warning")
    assert everything(db, "select id from users") == []


def test_without_an_account_people_without_messages_go_and_others_wait(
    database_url: str, db: Connection
) -> None:
    def no_account() -> Channel:
        raise ConfigurationError("no account")

    receive(message(1, PHONE))
    db.execute("update inbound_messages set processed_at = now()")
    db.execute("insert into users default values")
    db.execute("update users set erase_requested_at = now()")
    assert service.erase(no_account) == 1
    assert len(everything(db, "select user_id from channel_identities")) == 1


def test_what_another_provider_carried_cannot_be_asked_for_and_holds_nobody_up(
    database_url: str, db: Connection
) -> None:
    receive(message(1, PHONE))
    db.execute("update inbound_messages set processed_at = now(), provider = 'meta'")
    db.execute("update users set erase_requested_at = now()")
    assert service.erase(nobody) == 1


def test_an_id_that_is_not_twilios_is_never_put_into_an_address(channel: TwilioChannel) -> None:
    channel.erase("../../Accounts")
    channel.erase("wamid.HBgL")
    channel.erase("SM" + "f" * 32)  # long gone
