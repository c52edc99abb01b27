"""What is too old is let go of, and nothing else is."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import dict_row

from core.database import Connection
from core.encryption import decrypt, encrypt
from core.retention import repository, service, tasks
from core.settings import ROOT, Settings, settings

TOUR = """with provider as (insert into providers (name) values ('Lotus') returning id)
    insert into travel_packages (provider_id, external_id, title, fields, content_hash, encoder)
    select id, 'one', 'one', '{}', '', 'none' from provider"""
HASH = "decode(lpad(%(n)s::text, 64, '0'), 'hex')"

# For each rule: what makes a row *%(age)s* days old, and after how many days it is too old.
AGEING: dict[str, tuple[LiteralString, int]] = {
    "message_events": (
        """insert into message_events (outbound_id, status, received_at)
           select min(id), %(n)s::text, now() - make_interval(days => %(age)s)
           from outbound_messages""",
        90,
    ),
    "ai_calls": (
        """insert into ai_calls (purpose, model, latency_ms, outcome, called_at)
           select 'test', %(n)s::text, 1, 'answered', now() - make_interval(days => %(age)s)""",
        90,
    ),
    "sessions": (
        """insert into sessions (user_id, method, device, renewal_hash, expires_at)
           select min(user_id), 'whatsapp', '', %(n)s::text::bytea,
                  now() - make_interval(days => %(age)s)
           from channel_identities""",
        30,
    ),
    "one_time_codes": (
        f"""insert into one_time_codes (purpose, code_hash, user_id, expires_at)
           select 'join', {HASH}, min(id), now() - make_interval(days => %(age)s) from users""",
        30,
    ),
    "login_attempts": (
        """insert into login_attempts (state_hash, browser_hash, provider, nonce,
                                       verifier_encrypted, return_to, expires_at)
           values (%(n)s::text::bytea, '', 'facebook', '', '', '/',
                   now() - make_interval(days => %(age)s))""",
        1,
    ),
    "pending_links": (
        """insert into pending_links (browser_hash, provider, subject_index, user_id, expires_at)
           select %(n)s::text::bytea, 'facebook', '', min(id),
                  now() - make_interval(days => %(age)s)
           from users""",
        1,
    ),
    "idempotency_keys": (
        """insert into idempotency_keys (owner, key, request_hash, created_at)
           values ('me', %(n)s::text, '', now() - make_interval(days => %(age)s))""",
        1,
    ),
    "link_clicks": (
        """insert into link_clicks (user_id, package_id, clicked_at)
           select min(users.id), min(travel_packages.id), now() - make_interval(days => %(age)s)
           from users, travel_packages""",
        365,
    ),
    "pushes": (
        """insert into pushes (user_id, due_at, outcome, decided_at)
           select min(id), now() + make_interval(days => %(n)s), 'skipped',
                  now() - make_interval(days => %(age)s)
           from users""",
        365,
    ),
    "audit_log": (
        """insert into audit_log (actor, action, user_id, at)
           values ('system', 'test', %(n)s, now() - make_interval(days => %(age)s))""",
        730,
    ),
    "deletion_requests": (
        """insert into deletion_requests (code, provider, requested_at)
           values (%(n)s::text, 'facebook', now() - make_interval(days => %(age)s))""",
        730,
    ),
}


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    """A database in which a traveller has said something a year ago, and a tour is offered."""
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("insert into users default values")
        connection.execute(
            """insert into channel_identities (user_id, channel, address_index, address_encrypted)
               select id, 'whatsapp', '', '' from users"""
        )
        connection.execute(TOUR)
        say(connection, age=1, number=0)
        yield connection


def say(db: Connection, age: int, number: int, status: str = "read") -> None:
    """Let the traveller write and be answered so many days ago."""
    values = {
        "n": f"SM{number}",
        "age": age,
        "said": encrypt('{"MessageSid": "SM0123456789", "Body": "my wish"}'),
        "heard": encrypt("my voice"),
        "status": status,
    }
    db.execute(
        """insert into inbound_messages (channel, provider_sid, identity_id, payload_encrypted,
                                         transcript_encrypted, processed_at, last_error)
           select 'whatsapp', %(n)s, id, %(said)s, %(heard)s,
                  now() - make_interval(days => %(age)s), 'given up'
           from channel_identities""",
        values,
    )
    db.execute(
        """insert into outbound_messages (identity_id, content, template, status, provider_sid,
                                          updated_at)
           select id, '{"body": "a tour"}', '{"name": "opener", "variables": ["a tour"]}',
                  %(status)s, 'out' || %(n)s, now() - make_interval(days => %(age)s)
           from channel_identities""",
        values,
    )


def size(db: Connection, table: str) -> int:
    rows = db.execute(f"select count(*) as size from {table}").fetchall()
    return int(rows[0]["size"])


def test_every_rule_but_those_with_tests_of_their_own_is_tried() -> None:
    own = {"inbound_words", "outbound_words", "guests"}
    assert {rule.name for rule in repository.RULES} == {*AGEING, *own}


@pytest.mark.parametrize("name", AGEING)
def test_a_row_goes_on_the_day_after_its_last(db: Connection, name: str) -> None:
    statement, days = AGEING[name]
    for number, age in enumerate((days + 1, days - 1), 1):
        db.execute(statement, {"n": number, "age": age})
    before = size(db, name)
    foreseen = service.look()
    assert foreseen[name] == 1
    assert sum(foreseen.values()) == 1
    assert size(db, name) == before, "to look changes nothing"
    assert service.run() == foreseen
    assert size(db, name) == before - 1 + (name == "audit_log")  # the run itself is noted there
    assert service.look()[name] == 0


def test_old_words_are_blanked_and_their_rows_stay(db: Connection) -> None:
    say(db, age=181, number=1)
    say(db, age=179, number=2)
    assert service.run()["inbound_words"] == 1
    inbound = db.execute("select * from inbound_messages order by provider_sid").fetchall()
    assert [row["provider_sid"] for row in inbound] == ["SM0", "SM1", "SM2"]
    assert [json.loads(decrypt(row["payload_encrypted"])) == {} for row in inbound] == [
        False, True, False,
    ]  # fmt: skip
    assert [row["transcript_encrypted"] is None for row in inbound] == [False, True, False]
    assert [row["settled_at"] is None for row in inbound] == [True, False, True]
    outbound = db.execute("select * from outbound_messages order by provider_sid").fetchall()
    assert [row["content"] for row in outbound] == [{"body": "a tour"}, {}, {"body": "a tour"}]
    assert outbound[1]["template"] == {"name": "opener"}
    assert service.run()["inbound_words"] == 0, "what is blank is not blanked again"


@pytest.mark.parametrize("status", ["pending", "claimed", "unknown", "held"])
def test_what_is_still_to_be_sent_or_answered_keeps_its_words(db: Connection, status: str) -> None:
    say(db, age=400, number=1, status=status)
    db.execute("update inbound_messages set processed_at = null")
    counts = service.run()
    assert (counts["outbound_words"], counts["inbound_words"]) == (0, 0)


def guest(db: Connection, idle_days: int, method: str = "guest", role: str = "traveller") -> int:
    row = db.execute("insert into users (role) values (%s) returning id", [role]).fetchone()
    assert row is not None
    db.execute(
        """insert into sessions (user_id, method, device, renewal_hash, last_seen_at, expires_at)
           values (%s, %s, '', %s::text::bytea, now() - make_interval(days => %s),
                   now() - make_interval(days => %s) + interval '30 days')""",
        [row["id"], method, row["id"], idle_days, idle_days],
    )
    return int(row["id"])


def test_guests_go_after_a_week_with_all_that_is_theirs(db: Connection) -> None:
    idle, here = guest(db, idle_days=8), guest(db, idle_days=6)
    db.execute(
        """insert into sessions (user_id, method, device, renewal_hash, expires_at, last_seen_at)
           select id, 'guest', '', 'second', now(), now() - interval '90 days'
           from users where id = %s""",
        [here],
    )
    assert service.run()["guests"] == 1
    left = {row["id"] for row in db.execute("select id from users")}
    assert here in left
    assert idle not in left
    assert size(db, f"sessions where user_id = {here}") == 2
    assert size(db, f"sessions where user_id = {idle}") == 0


def test_whoever_can_come_back_stays(db: Connection) -> None:
    signed_in = guest(db, idle_days=20, method="whatsapp")
    with_facebook, with_number = guest(db, idle_days=400), guest(db, idle_days=400)
    staff, elsewhere = guest(db, idle_days=400, role="operator"), guest(db, idle_days=400)
    db.execute(
        """insert into login_methods (user_id, provider, subject_index)
           values (%s, 'facebook', decode(repeat('00', 32), 'hex'))""",
        [with_facebook],
    )
    db.execute(
        """insert into channel_identities (user_id, channel, address_index, address_encrypted)
           values (%s, 'whatsapp', 'x', '')""",
        [with_number],
    )
    db.execute("update users set auth_id = gen_random_uuid() where id = %s", [elsewhere])
    assert service.run()["guests"] == 0
    left = {row["id"] for row in db.execute("select id from users")}
    assert {signed_in, with_facebook, with_number, staff, elsewhere} < left


def test_somebody_who_lost_every_way_in_goes_once_their_session_is_over(db: Connection) -> None:
    nobody = guest(db, idle_days=31, method="whatsapp")
    assert service.run()["guests"] == 1
    assert size(db, f"users where id = {nobody}") == 0


def test_much_is_let_go_of_in_steps_and_what_somebody_works_with_is_left(
    db: Connection, database_url: str
) -> None:
    db.execute(
        """insert into ai_calls (purpose, model, latency_ms, outcome, called_at)
           select 'test', 'x', 1, 'answered', now() - interval '91 days'
           from generate_series(1, 2500)"""
    )
    with psycopg.connect(database_url) as busy:
        busy.execute("select from ai_calls order by id limit 10 for update")
        assert service.run()["ai_calls"] == 2490
        busy.rollback()
    assert service.run()["ai_calls"] == 10


def test_the_handbook_names_every_table_with_personal_data_and_every_time(db: Connection) -> None:
    text = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    rows = db.execute(
        """select distinct table_name from information_schema.columns
            where table_schema = 'public'
              and (column_name in ('user_id', 'identity_id') or column_name ~ 'encrypted')"""
    )
    assert {row["table_name"] for row in rows} <= set(re.findall(r"`(\w+)`", text))
    for name, field in Settings.model_fields.items():
        if name.startswith("retention_"):
            assert re.search(rf"`{name.upper()}` \({field.default}\)", text), name


def test_the_settings_say_how_long(db: Connection, configured: pytest.MonkeyPatch) -> None:
    db.execute(AGEING["ai_calls"][0], {"n": 1, "age": 10})
    configured.setenv("RETENTION_EVENT_DAYS", "9")
    settings.cache_clear()
    assert service.look()["ai_calls"] == 1


def test_the_job_runs_once_a_day_and_the_audit_trail_says_so(db: Connection) -> None:
    tasks.retention()
    db.execute(AGEING["ai_calls"][0], {"n": 1, "age": 91})
    tasks.retention()
    assert size(db, "ai_calls") == 1, "it was done already today"
    db.execute("update audit_log set at = now() - interval '1 day'")
    tasks.retention()
    assert size(db, "ai_calls") == 0
    notes = db.execute("select * from audit_log order by id").fetchall()
    assert [(row["actor"], row["action"]) for row in notes] == [("system", "retention.ran")] * 2
    assert notes[1]["detail"]["ai_calls"] == 1


def test_the_command_counts_first_and_then_acts(db: Connection, database_url: str) -> None:
    def travelbuddy(*arguments: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments, "--json"],
            capture_output=True, text=True, check=True, timeout=120,
            cwd=ROOT, env={**os.environ, "DATABASE_URL": database_url},
        )  # fmt: skip
        return dict(json.loads(done.stdout))

    db.execute(AGEING["ai_calls"][0], {"n": 1, "age": 91})
    foreseen = travelbuddy("--dry-run")
    assert foreseen["dry_run"] is True
    assert size(db, "ai_calls") == 1
    assert travelbuddy()["rows"] == foreseen["rows"]
    assert size(db, "ai_calls") == 0


COMMAND = """
import typer
from cli.retention import retention
from core.logging import configure_logging
configure_logging()
typer.run(retention)
"""
