"""The SQL that tells what became of the messages of a measurement.

Every function runs in the caller's transaction.
"""

from psycopg.rows import DictRow

from core.database import Connection


def forget_everybody(connection: Connection) -> None:
    """Remove all travellers: the database is the measurement's own."""
    connection.execute("truncate users cascade")


def tally(connection: Connection) -> DictRow:
    """Count the inbox and the outbox: ``stored``, ``answered``, ``given_up``, ``unsent``."""
    row = connection.execute(
        """select (select count(*) from inbound_messages) as stored,
                  (select count(*) from inbound_messages where processed_at is not null)
                      as answered,
                  (select count(*) from inbound_messages
                    where processed_at is not null and last_error is not null) as given_up,
                  (select count(*) from outbound_messages
                    where status in ('pending', 'claimed', 'unknown', 'held')) as unsent"""
    ).fetchone()
    return row or {}


def overtaken(connection: Connection) -> int:
    """Count the messages that were answered before an earlier one of the same traveller."""
    row = connection.execute(
        """select count(*) as messages from (
               select processed_at < max(processed_at) over (
                          partition by i.user_id order by m.id
                          rows between unbounded preceding and 1 preceding) as early
                 from inbound_messages m join channel_identities i on i.id = m.identity_id
           ) each where early"""
    ).fetchone()
    return int(row["messages"]) if row else 0
