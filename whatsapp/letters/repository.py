"""The SQL of dead letters.

Every function runs in the caller's transaction.
"""

from psycopg.rows import DictRow

from core.database import Connection

_OUT = """
    select 'out' as direction, o.id, i.user_id, coalesce(o.error_code, o.status) as reason,
           o.attempts, o.updated_at as failed_at, o.created_at, o.priority, o.content,
           null::bytea as payload_encrypted, '' as provider
      from outbound_messages o join channel_identities i on i.id = o.identity_id
     where o.status in ('failed', 'undelivered') and o.settled_at is null
       and not exists (select from outbound_messages c where c.copy_of = o.id)"""
_IN = """
    select 'in', m.id, i.user_id, m.last_error, m.attempts, m.processed_at, m.received_at, null,
           null::jsonb, m.payload_encrypted, m.provider
      from inbound_messages m join channel_identities i on i.id = m.identity_id
     where m.processed_at is not null and m.last_error is not null and m.settled_at is null"""


def letters(connection: Connection, limit: int) -> list[DictRow]:
    """Return the letters, the newest failure first."""
    return connection.execute(
        f"select * from ({_OUT} union all {_IN}) l order by failed_at desc, id desc limit %s",  # noqa: S608
        [limit],
    ).fetchall()


def count(connection: Connection) -> int:
    """Return how many letters there are."""
    row = connection.execute(
        f"select count(*) as n from ({_OUT} union all {_IN}) l"  # noqa: S608 - our own constants
    ).fetchone()
    return 0 if row is None else int(row["n"])


def letter(connection: Connection, direction: str, number: int) -> DictRow | None:
    """Return one letter; None where there is none of that name, or no more."""
    return connection.execute(
        f"""select * from ({_OUT} union all {_IN}) l
             where direction = %s and id = %s""",  # noqa: S608 - our own constants
        [direction, number],
    ).fetchone()


def lock_outbound(connection: Connection, outbound_id: int) -> None:
    """Hold a message of ours, so that it is replayed or dropped once."""
    connection.execute(
        "select from outbound_messages where id = %s for no key update", [outbound_id]
    )


def lock_inbound(connection: Connection, inbound_id: int) -> None:
    """Hold a message that came in, so that it is replayed or dropped once."""
    connection.execute("select from inbound_messages where id = %s for no key update", [inbound_id])


def answer_again(connection: Connection, inbound_id: int) -> int:
    """Let a message that was given up wait for its answer again; return whose address it is.

    The apology that it got instead is no part of the answer that it will get.
    """
    connection.execute(
        "update outbound_messages set inbound_id = null where inbound_id = %s", [inbound_id]
    )
    row = connection.execute(
        """update inbound_messages set processed_at = null, last_error = null, attempts = 0,
                  not_before = now()
            where id = %s returning identity_id""",
        [inbound_id],
    ).fetchone()
    if row is None:
        raise LookupError("a message went that was held")
    return int(row["identity_id"])


def drop_inbound(connection: Connection, inbound_id: int) -> None:
    """Note that nobody needs to look at a message that was given up."""
    connection.execute("update inbound_messages set settled_at = now() where id = %s", [inbound_id])


def identity_of(connection: Connection, outbound_id: int) -> int:
    """Return the address that a message of ours goes to."""
    row = connection.execute(
        "select identity_id from outbound_messages where id = %s", [outbound_id]
    ).fetchone()
    if row is None:
        raise LookupError("a message went that was held")
    return int(row["identity_id"])
