"""All SQL of rotation: where encrypted values are, read and replaced in the order of their keys.

Every function runs in the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql
from psycopg.rows import DictRow

from core.database import Connection


@dataclass(frozen=True, slots=True)
class EncryptedTable:
    """A table with encrypted columns."""

    name: LiteralString
    columns: tuple[LiteralString, ...]
    key: LiteralString = "id"
    key_type: LiteralString = "bigint"


TABLES = (
    EncryptedTable("users", ("name_encrypted", "email_encrypted")),
    EncryptedTable("channel_identities", ("address_encrypted", "profile_name_encrypted")),
    EncryptedTable("inbound_messages", ("payload_encrypted", "transcript_encrypted")),
    EncryptedTable("login_attempts", ("verifier_encrypted",), "state_hash", "bytea"),
)


def batch(connection: Connection, table: EncryptedTable, after: Any, limit: int) -> list[DictRow]:
    """Return up to *limit* rows, held until the transaction ends: the ``key`` and the columns.

    Args:
        connection: an open transaction.
        table: whose rows.
        after: the last key of the batch before; None for the first batch.
        limit: how many at most.
    """
    names = {
        "key": sql.Identifier(table.key),
        "columns": sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        "table": sql.Identifier(table.name),
    }
    chosen = sql.SQL("select {key} as key, {columns} from {table}").format(**names)
    later = sql.SQL("where {key} > %(after)s" if after is not None else "").format(**names)
    ordered = sql.SQL("order by {key} limit %(limit)s for no key update").format(**names)
    statement = sql.SQL(" ").join((chosen, later, ordered))
    return connection.execute(statement, {"after": after, "limit": limit}).fetchall()


def replace(
    connection: Connection,
    table: EncryptedTable,
    column: LiteralString,
    values: Sequence[tuple[Any, bytes]],
) -> None:
    """Put new values into a column, each with the key of its row."""
    connection.execute(
        sql.SQL(
            """update {table} set {column} = fresh.value
                 from unnest(%s::{key_type}[], %s::bytea[]) as fresh (key, value)
                where {table}.{key} = fresh.key"""
        ).format(
            table=sql.Identifier(table.name),
            column=sql.Identifier(column),
            key=sql.Identifier(table.key),
            key_type=sql.SQL(table.key_type),
        ),
        [[key for key, _ in values], [value for _, value in values]],
    )
