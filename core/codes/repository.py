"""All SQL about one-time codes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from core.codes.schemas import Purpose, Redeemed
from core.database import Connection


def end_unused(connection: Connection, purpose: Purpose, user_id: int) -> None:
    """Let a traveller's earlier codes expire now."""
    connection.execute(
        """
        update one_time_codes set expires_at = now()
        where user_id = %s and purpose = %s and used_at is null and expires_at > now()
        """,
        [user_id, purpose],
    )


def insert(
    connection: Connection,
    purpose: Purpose,
    code_hash: bytes,
    user_id: int,
    detail: Mapping[str, Any],
    valid_for: dt.timedelta,
) -> bool:
    """Store a code; say whether it was new. One that has expired makes room."""
    done = connection.execute(
        """
        insert into one_time_codes as kept (purpose, code_hash, user_id, detail, expires_at)
        values (%(purpose)s, %(hash)s, %(user)s, %(detail)s, now() + %(valid)s)
        on conflict (purpose, code_hash) do update
            set user_id = excluded.user_id, detail = excluded.detail, created_at = now(),
                expires_at = excluded.expires_at, used_at = null
            where kept.expires_at < now()
        """,
        {
            "purpose": purpose,
            "hash": code_hash,
            "user": user_id,
            "detail": Jsonb(dict(detail)),
            "valid": valid_for,
        },
    )
    return done.rowcount == 1


def use(connection: Connection, purpose: Purpose, code_hash: bytes) -> Redeemed | None:
    """Use a code up; None where it is unknown, used or expired."""
    row = connection.execute(
        """
        update one_time_codes set used_at = now()
        where purpose = %s and code_hash = %s and used_at is null and expires_at > now()
        returning user_id, detail
        """,
        [purpose, code_hash],
    ).fetchone()
    return Redeemed(**row) if row else None


def find(connection: Connection, purpose: Purpose, code_hash: bytes) -> Redeemed | None:
    """Return a code that may still be used."""
    row = connection.execute(
        """
        select user_id, detail from one_time_codes
        where purpose = %s and code_hash = %s and used_at is null and expires_at > now()
        """,
        [purpose, code_hash],
    ).fetchone()
    return Redeemed(**row) if row else None
