"""Everything encrypted gets the newest key, whatever comes in between."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.rows import dict_row

from core import encryption
from core.database import Connection
from core.encryption import decrypt, encrypt, new_key
from core.errors import ConfigurationError
from core.rotation import repository, service
from core.rotation.schemas import Tally
from core.settings import ROOT, settings

OLD, NEW = new_key(), new_key()


def use_keys(configured: pytest.MonkeyPatch, *keys: str) -> None:
    configured.setenv("ENCRYPTION_KEYS", json.dumps(keys))
    settings.cache_clear()
    encryption._cipher.cache_clear()


@pytest.fixture
def db(database_url: str, configured: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A database with a person's data, encrypted with an old key; the settings have a new one."""
    use_keys(configured, OLD)
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        fill(connection)
        use_keys(configured, NEW, OLD)
        yield connection
    encryption._cipher.cache_clear()


def fill(db: Connection) -> None:
    words = {"name": encrypt("Traveller One"), "address": encrypt("+84900000001")}
    said = {"said": encrypt('{"Body": "xin chào"}'), "heard": encrypt("xin chào")}
    for statement in (
        "insert into users (name_encrypted) values (%(name)s)",
        """insert into channel_identities (user_id, channel, address_index, address_encrypted,
                                           profile_name_encrypted)
           select id, 'whatsapp', '', %(address)s, %(name)s from users""",
        """insert into inbound_messages (channel, provider_sid, identity_id, payload_encrypted,
                                         transcript_encrypted)
           select 'whatsapp', 'SM' || n, i.id, %(said)s, case when n %% 2 = 0 then %(heard)s end
           from channel_identities i, generate_series(1, 450) as n""",
        """insert into login_attempts (state_hash, browser_hash, provider, nonce,
                                       verifier_encrypted, return_to, expires_at)
           select n::text::bytea, '', 'facebook', '', %(name)s, '/', now()
           from generate_series(1, 201) as n""",
    ):
        db.execute(statement, {**words, **said})


def everything(db: Connection) -> list[bytes]:
    """Return every encrypted value of the database."""
    return [
        bytes(value)
        for table in repository.TABLES
        for row in db.execute(
            f"select {', '.join(table.columns)} from {table.name} order by {table.key}"
        )
        for value in row.values()
        if value is not None
    ]


def test_no_encrypted_column_is_forgotten(db: Connection) -> None:
    rows = db.execute(
        """select table_name, column_name from information_schema.columns
            where table_schema = 'public' and data_type = 'bytea' and column_name ~ 'encrypted'"""
    )
    listed = {(table.name, column) for table in repository.TABLES for column in table.columns}
    assert {(row["table_name"], row["column_name"]) for row in rows} == listed


def test_afterwards_the_old_key_is_not_needed(
    db: Connection, configured: pytest.MonkeyPatch
) -> None:
    before = [decrypt(value) for value in everything(db)]
    foreseen = service.rotate(dry_run=True)
    assert [decrypt(value) for value in everything(db)] == before
    assert service.rotate() == foreseen
    assert foreseen["inbound_messages"] == Tally(renewed=450 + 225)
    assert foreseen["login_attempts"] == Tally(renewed=201)
    use_keys(configured, NEW)
    assert [decrypt(value) for value in everything(db)] == before
    again = service.rotate()
    assert all(tally.renewed == tally.unreadable == 0 for tally in again.values())
    notes = db.execute("select action, detail from audit_log order by id").fetchall()
    assert [note["detail"]["values"] for note in notes] == [1 + 2 + 675 + 201, 0]


def blocked(db: Connection) -> list[int]:
    """Return the servers' processes that wait for somebody's lock."""
    rows = db.execute(
        """select pid from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'"""
    )
    return [row["pid"] for row in rows]


def test_a_run_that_was_cut_short_is_gone_on_with(
    db: Connection, database_url: str, configured: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url) as busy:
        busy.execute("select from inbound_messages where provider_sid = 'SM300' for update")
        run = pool.submit(service.rotate)
        while not blocked(db):
            time.sleep(0.01)
        db.execute("select pg_terminate_backend(%s)", blocked(db))
        with pytest.raises(psycopg.OperationalError):
            run.result(30)
    half = service.rotate(dry_run=True)
    assert half["users"].renewed == half["channel_identities"].renewed == 0
    assert (half["inbound_messages"].current, half["inbound_messages"].renewed) == (300, 375)
    service.rotate()
    use_keys(configured, NEW)
    assert {tally.unreadable for tally in service.rotate().values()} == {0}


def test_what_no_key_opens_is_told_and_left_alone(
    db: Connection, configured: pytest.MonkeyPatch
) -> None:
    use_keys(configured, new_key(), NEW)
    before = everything(db)
    db.execute("update users set name_encrypted = %s", [encrypt("another")])
    counts = service.rotate()
    assert counts["users"] == Tally(current=1)
    assert counts["channel_identities"] == Tally(unreadable=2)
    assert everything(db)[1:] == before[1:]


def test_a_value_is_renewed_only_if_it_has_an_older_key(configured: pytest.MonkeyPatch) -> None:
    use_keys(configured, OLD)
    old = encrypt("xin chào")
    use_keys(configured, NEW, OLD)
    new = encryption.renewed(old)
    assert new is not None
    assert decrypt(new) == "xin chào"
    assert encryption.renewed(new) is None
    use_keys(configured, NEW)
    with pytest.raises(ConfigurationError):
        encryption.renewed(old)


def test_the_command_rotates_and_names_what_it_cannot_open(
    db: Connection, database_url: str
) -> None:
    def travelbuddy(*arguments: str, keys: list[str]) -> "subprocess.CompletedProcess[str]":
        environment = {"DATABASE_URL": database_url, "ENCRYPTION_KEYS": json.dumps(keys)}
        return subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments],
            capture_output=True, text=True, check=False, timeout=120,
            cwd=ROOT, env={**os.environ, **environment},
        )  # fmt: skip

    made = travelbuddy("make", keys=[]).stdout.strip()
    lost = travelbuddy("rotate", "--dry-run", keys=[made])
    assert lost.returncode == 1
    assert "ENCRYPTION_KEYS" in lost.stderr
    done = travelbuddy("rotate", "--json", keys=[made, OLD])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tables"]["users"] == {
        "current": 0, "renewed": 1, "unreadable": 0,
    }  # fmt: skip
    assert travelbuddy("rotate", keys=[made]).returncode == 0


COMMAND = """
from cli.keys import app
from core.logging import configure_logging
configure_logging()
app()
"""
