"""Bringing a database to the current schema: dated plain SQL files, applied by dbmate."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from core.errors import ConfigurationError
from core.settings import ROOT

MIGRATIONS = ROOT / "migrations"
_LOCK = 7_264_115  # any constant: it keeps two processes from migrating at once


def migrate(database_url: str, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing, in order, and return the versions that were applied.

    Safe to run twice, and by several processes at once.

    Raises:
        ConfigurationError: the database cannot be reached, or a file in it failed.
    """
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(%s)", [_LOCK])
            before = applied(connection)
            _run_dbmate(_with_sslmode(database_url, connection), directory)
            return sorted(applied(connection) - before)
    except psycopg.OperationalError as error:
        raise ConfigurationError(f"cannot reach the database: {_first_line(error)}") from error


def applied(connection: psycopg.Connection) -> set[str]:
    """Return the versions that the database has."""
    found = connection.execute("select to_regclass('schema_migrations')").fetchone()
    if found is None or found[0] is None:
        return set()
    return {row[0] for row in connection.execute("select version from schema_migrations")}


def pending(connection: psycopg.Connection, directory: Path = MIGRATIONS) -> list[str]:
    """Return the versions that the database lacks."""
    versions = {path.name.split("_")[0] for path in directory.glob("*.sql")}
    return sorted(versions - applied(connection))


def _run_dbmate(database_url: str, directory: Path) -> None:
    command = [
        str(Path(sys.executable).parent / "dbmate"),
        "--no-dump-schema",
        "--migrations-dir",
        str(directory),
        "migrate",
    ]
    # The address holds a password: it travels in the environment, not in the process list.
    environment = {**os.environ, "DATABASE_URL": database_url}
    done = subprocess.run(  # noqa: S603 - our own binary, no shell
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["dbmate failed"]
        raise ConfigurationError(f"migration failed: {lines[-1]}")


def _with_sslmode(database_url: str, connection: psycopg.Connection) -> str:
    """Tell dbmate's driver, which insists on TLS unless told otherwise, what psycopg found."""
    if "sslmode" in parse_qs(urlsplit(database_url).query):
        return database_url
    mode = "require" if connection.pgconn.ssl_in_use else "disable"
    return f"{database_url}{'&' if '?' in database_url else '?'}sslmode={mode}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
