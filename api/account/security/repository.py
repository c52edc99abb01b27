"""The SQL of ways to sign in."""

from psycopg.rows import DictRow

from core.database import Connection


def login_methods(connection: Connection, user_id: int) -> list[DictRow]:
    """Return ``id``, ``provider``, ``created_at`` and ``last_used_at``, the oldest first."""
    return connection.execute(
        """
        select id, provider, created_at, last_used_at from login_methods
        where user_id = %s order by id
        """,
        [user_id],
    ).fetchall()


def numbers(connection: Connection, user_id: int) -> list[DictRow]:
    """Return ``id``, ``address_encrypted``, ``created_at`` and ``last_inbound_at``."""
    return connection.execute(
        """
        select id, address_encrypted, created_at, last_inbound_at from channel_identities
        where user_id = %s order by id
        """,
        [user_id],
    ).fetchall()


def remove_login_method(connection: Connection, user_id: int, method_id: int) -> str | None:
    """Remove one of a traveller's own; return its provider, None where it is not theirs."""
    row = connection.execute(
        "delete from login_methods where id = %s and user_id = %s returning provider",
        [method_id, user_id],
    ).fetchone()
    return row["provider"] if row else None


def split_number(connection: Connection, user_id: int, identity_id: int) -> int | None:
    """Give one of a traveller's numbers, with its messages, to a new user of its own.

    Returns:
        The new user; None where the number is not this traveller's.
    """
    row = connection.execute(
        """
        with moved as (
            select id from channel_identities
            where id = %(identity)s and user_id = %(user)s for update),
        fresh as (
            insert into users (language)
            select language from users where id = %(user)s and exists (select from moved)
            returning id)
        update channel_identities set user_id = fresh.id from fresh
        where channel_identities.id = %(identity)s
        returning fresh.id
        """,
        {"user": user_id, "identity": identity_id},
    ).fetchone()
    return row["id"] if row else None
