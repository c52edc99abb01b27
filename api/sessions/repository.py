"""All SQL about sessions."""

import datetime as dt
from uuid import UUID

from psycopg.rows import DictRow

from api.sessions.schemas import Method, Session, UserRole, Visitor
from core.database import Connection


def add_guest(connection: Connection, language: str) -> int:
    """Add a traveller of whom nothing is known yet, and return the key."""
    row = connection.execute(
        "insert into users (language) values (%s) returning id", [language]
    ).fetchone()
    assert row is not None, "an inserted row is returned"  # noqa: S101
    return int(row["id"])


def insert(
    connection: Connection,
    user_id: int,
    method: Method,
    device: str,
    renewal_hash: bytes,
    valid_for: dt.timedelta,
) -> DictRow:
    """Add a session; return its row as `visitor_of` reads it."""
    row = connection.execute(
        """
        with added as (
            insert into sessions (user_id, method, device, renewal_hash, expires_at)
            values (%s, %s, %s, %s, now() + %s)
            returning id, user_id, method, expires_at)
        select added.*, users.role, users.language from added
        join users on users.id = added.user_id
        """,
        [user_id, method, device, renewal_hash, valid_for],
    ).fetchone()
    assert row is not None, "an inserted row is returned"  # noqa: S101
    return row


def visitor(connection: Connection, session_id: UUID) -> Visitor | None:
    """Return whose session it is, if it goes on."""
    row = connection.execute(
        """
        select sessions.id, user_id, method, role, language
        from sessions join users on users.id = user_id
        where sessions.id = %s and ended_at is null and expires_at > now()
            and erase_requested_at is null
        """,
        [session_id],
    ).fetchone()
    return visitor_of(row) if row else None


def note_seen(connection: Connection, session_id: UUID) -> None:
    """Note that a session is used now, to the minute: requests at once need not wait in line."""
    connection.execute(
        """
        update sessions set last_seen_at = now()
        where id = %s and last_seen_at < now() - interval '1 minute'
        """,
        [session_id],
    )


def to_renew(connection: Connection, renewal_hash: bytes) -> DictRow | None:
    """Return the session that a token renews, or renewed last, locked till the transaction ends.

    ``is_current`` tells which of both; ``renewed_ago`` is how long ago the last time was.
    """
    return connection.execute(
        """
        select sessions.id, user_id, method, role, language, expires_at,
               renewal_hash = %(hash)s as is_current, now() - renewed_at as renewed_ago
        from sessions join users on users.id = user_id
        where (renewal_hash = %(hash)s or renewed_hash = %(hash)s)
            and ended_at is null and expires_at > now() and erase_requested_at is null
        for update of sessions
        """,
        {"hash": renewal_hash},
    ).fetchone()


def renew(
    connection: Connection,
    session_id: UUID,
    renewal_hash: bytes,
    valid_for: dt.timedelta,
    longest: dt.timedelta,
) -> dt.datetime:
    """Replace a session's renewal token; return when the session expires now."""
    row = connection.execute(
        """
        update sessions set renewed_hash = renewal_hash, renewal_hash = %(hash)s,
            renewed_at = now(), last_seen_at = now(),
            expires_at = least(now() + %(valid)s, created_at + %(longest)s)
        where id = %(id)s returning expires_at
        """,
        {"id": session_id, "hash": renewal_hash, "valid": valid_for, "longest": longest},
    ).fetchone()
    assert row is not None, "the row is locked by the caller"  # noqa: S101
    expires_at: dt.datetime = row["expires_at"]
    return expires_at


def promote(connection: Connection, session_id: UUID, method: Method) -> None:
    """Note that a guest has proved who they are."""
    connection.execute(
        "update sessions set method = %s where id = %s and method = 'guest'", [method, session_id]
    )


def sessions_of(connection: Connection, user_id: int) -> list[Session]:
    """Return the sessions that go on, the one used last first."""
    rows = connection.execute(
        """
        select id, method, device, created_at, last_seen_at from sessions
        where user_id = %s and ended_at is null and expires_at > now()
        order by last_seen_at desc, id
        """,
        [user_id],
    )
    return [Session(**{**row, "method": Method(row["method"])}) for row in rows]


def end(connection: Connection, user_id: int, session_id: UUID, because: str) -> bool:
    """End one of a traveller's sessions; tell whether it went on till now."""
    done = connection.execute(
        """
        update sessions set ended_at = now(), ended_because = %s
        where id = %s and user_id = %s and ended_at is null
        """,
        [because, session_id, user_id],
    )
    return done.rowcount == 1


def end_all(connection: Connection, user_id: int, because: str, but: UUID | None) -> int:
    """End a traveller's sessions, but for one; return how many."""
    done = connection.execute(
        """
        update sessions set ended_at = now(), ended_because = %s
        where user_id = %s and ended_at is null and id is distinct from %s
        """,
        [because, user_id, but],
    )
    return done.rowcount


def visitor_of(row: DictRow) -> Visitor:
    """Read a row that has ``id``, ``user_id``, ``role``, ``method`` and ``language``."""
    return Visitor(
        user_id=row["user_id"],
        session_id=row["id"],
        role=UserRole(row["role"]),
        method=Method(row["method"]),
        language=row["language"],
    )
