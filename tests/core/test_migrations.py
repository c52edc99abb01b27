"""Migrations: from nothing to the current schema, once."""

import threading
from pathlib import Path

import psycopg
import pytest

from core.database import Connection
from core.embedded.service import Servers
from core.errors import ConfigurationError
from core.migrations import applied, migrate, pending
from tests.conftest import copy_database, drop_database, in_database


def test_a_migrated_database_has_nothing_pending(connection: Connection) -> None:
    tables = {
        row["tablename"]
        for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")
    }
    assert {"travel_packages", "user_interests", "inbound_messages", "outbound_messages"} <= tables


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    assert migrate(database_url) == []
    with psycopg.connect(database_url) as connection:
        assert pending(connection) == []
        assert len(applied(connection)) >= 4


def test_two_processes_may_migrate_at_once(servers: Servers) -> None:
    url = copy_database(servers, "template1", "raced")
    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(url))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drop_database(servers, "raced")
    assert sorted(map(len, done))[:2] == [0, 0]
    assert max(map(len, done)) >= 4


def test_an_unreachable_database_is_one_clear_line() -> None:
    with pytest.raises(ConfigurationError, match=r"^cannot reach the database: .+$"):
        migrate("postgresql://postgres@127.0.0.1:1/none")


def test_a_broken_migration_says_what_failed(servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "20990101000000_broken.sql").write_text(
        "-- migrate:up\nselect nonsense;\n-- migrate:down\n"
    )
    copy_database(servers, "template1", "broken")
    with pytest.raises(ConfigurationError, match="nonsense"):
        migrate(in_database(servers.database_url, "broken"), tmp_path)
    drop_database(servers, "broken")
