"""The SQL of users as staff work with them."""

from psycopg.rows import DictRow

from core.database import Connection


def set_role(connection: Connection, user_id: int, role: str) -> str | None:
    """Give a user another role; return the one before, None where there is no such user."""
    row = connection.execute(
        """
        update users set role = %(role)s from (
            select id, role from users where id = %(user)s for update) as before
        where users.id = before.id returning before.role
        """,
        {"user": user_id, "role": role},
    ).fetchone()
    return row["role"] if row else None


def by_email(connection: Connection, index: bytes) -> int | None:
    """Return who has an e-mail address with this blind index."""
    row = connection.execute("select id from users where email_index = %s", [index]).fetchone()
    return row["id"] if row else None


def by_address(connection: Connection, index: bytes) -> int | None:
    """Return who writes from an address with this blind index."""
    row = connection.execute(
        "select user_id from channel_identities where address_index = %s order by id limit 1",
        [index],
    ).fetchone()
    return row["user_id"] if row else None


def facts(connection: Connection, user_id: int) -> DictRow | None:
    """Return a user's ``id``, ``role``, ``language``, ``created_at`` and ``erase_requested_at``."""
    return connection.execute(
        "select id, role, language, created_at, erase_requested_at from users where id = %s",
        [user_id],
    ).fetchone()
