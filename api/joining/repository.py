"""The SQL of the page that connects WhatsApp."""

import datetime as dt

from core.database import Connection


def now(connection: Connection) -> dt.datetime:
    """Return when the transaction began, by the database's clock."""
    row = connection.execute("select now() as now").fetchone()
    return row["now"] if row else dt.datetime.now(dt.UTC)


def numbers(connection: Connection, user_id: int) -> int:
    """Return how many addresses of the channel belong to a user."""
    row = connection.execute(
        "select count(*) as n from channel_identities where user_id = %s", [user_id]
    ).fetchone()
    return int(row["n"]) if row else 0


def joined_since(connection: Connection, user_id: int, since: dt.datetime) -> bool:
    """Tell whether a number was connected with a user since then."""
    row = connection.execute(
        """
        select exists (select from audit_log
                        where user_id = %s and action = 'whatsapp.joined' and at >= %s) as joined
        """,
        [user_id, since],
    ).fetchone()
    return row is not None and bool(row["joined"])


def was_sent(connection: Connection, user_id: int, since: dt.datetime) -> bool:
    """Tell whether a code to join that was made then, or later, has been used."""
    row = connection.execute(
        """
        select exists (select from one_time_codes
                        where user_id = %s and purpose = 'join' and created_at >= %s
                          and used_at is not null) as sent
        """,
        [user_id, since],
    ).fetchone()
    return row is not None and bool(row["sent"])
