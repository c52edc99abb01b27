"""All SQL of the conversation: where each talk stands, and what each traveller agreed to."""

from typing import Any

from psycopg.types.json import Jsonb

from core.database import Connection


def load_state(connection: Connection, user_id: int) -> dict[str, Any]:
    """Return the stored state of a talk, locked until the transaction ends; empty for a new one."""
    connection.execute(
        "insert into conversations (user_id) values (%s) on conflict do nothing", [user_id]
    )
    row = connection.execute(
        "select state from conversations where user_id = %s for update", [user_id]
    ).fetchone()
    return dict(row["state"]) if row else {}


def save_state(connection: Connection, user_id: int, state: dict[str, Any]) -> None:
    """Store where a talk stands."""
    connection.execute(
        "update conversations set state = %s, updated_at = now() where user_id = %s",
        [Jsonb(state), user_id],
    )


def save_language(connection: Connection, user_id: int, language: str) -> None:
    """Note the language in which to address a traveller."""
    connection.execute(
        "update users set language = %(language)s where id = %(id)s and language <> %(language)s",
        {"language": language, "id": user_id},
    )


def places_covered(connection: Connection, limit: int) -> list[tuple[str, float | None]]:
    """Return the places that most tours go to, with the usual length in days of those tours."""
    rows = connection.execute(
        """
        select place, percentile_disc(0.5) within group (order by duration_days) as days
        from travel_packages, unnest(locations) as place
        group by place order by count(*) desc, place limit %s
        """,
        [limit],
    ).fetchall()
    return [(row["place"], row["days"]) for row in rows]


def record_consent(
    connection: Connection,
    user_id: int,
    kind: str,
    *,
    granted: bool,
    text_shown: str,
    text_version: str,
    channel: str,
) -> None:
    """Note what a traveller agreed to or withdrew, and the words that they were shown."""
    connection.execute(
        """
        insert into consents (user_id, kind, granted, text_shown, text_version, channel)
        values (%s, %s, %s, %s, %s, %s)
        """,
        [user_id, kind, granted, text_shown, text_version, channel],
    )
