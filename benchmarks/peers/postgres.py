"""What the PostgreSQL ways share: a connection, a schema of their own, and bulk loading."""

from collections.abc import Iterable, Sequence

import psycopg
from pgvector.psycopg import register_vector
from psycopg import sql

from core.errors import ConfigurationError
from core.settings import settings

Row = Sequence[object]


def open_schema(name: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the database of the settings, with an empty schema *name* in front of others.

    Raises:
        ConfigurationError: no database is configured.
    """
    url = settings().database_url
    if not url:
        raise ConfigurationError("no database: set DATABASE_URL")
    connection = psycopg.connect(url, autocommit=True)
    drop_schema(connection, name)
    connection.execute("create extension if not exists vector")
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(name)))
    connection.execute(sql.SQL("set search_path = {}, public").format(sql.Identifier(name)))
    # Leader and one worker: two processes at a time, in scans and when an index is built.
    connection.execute("set max_parallel_workers_per_gather = 1")
    connection.execute("set max_parallel_maintenance_workers = 1")
    connection.execute("set maintenance_work_mem = '1GB'")
    register_vector(connection)
    return connection


def drop_schema(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Remove the schema with all that is in it."""
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name)))


def copy_rows(
    connection: psycopg.Connection[tuple[object, ...]], types: Sequence[str], rows: Iterable[Row]
) -> None:
    """Load rows into the table `packages` in binary form."""
    with connection.cursor().copy("copy packages from stdin with (format binary)") as copy:
        copy.set_types(list(types))
        for row in rows:
            copy.write_row(row)


def table_bytes(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """Return the size of the table `packages` with its indexes."""
    row = connection.execute("select pg_total_relation_size('packages')::text").fetchone()
    return int(str(row[0])) if row else 0
