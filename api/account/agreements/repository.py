"""The SQL of schedules and consents as their owner sees them."""

from psycopg.rows import DictRow

from core.database import Connection


def plan(connection: Connection, user_id: int) -> DictRow | None:
    """Return a traveller's schedule; ``paused_until`` only where it counts."""
    return connection.execute(
        """
        select rhythm, weekday, hour, time_zone, active, next_due_at,
               case when paused_until > now() then paused_until end as paused_until
        from push_schedules where user_id = %s
        """,
        [user_id],
    ).fetchone()


def save_zone(connection: Connection, user_id: int, zone: str | None) -> None:
    """Store the time zone of a schedule; the next time is worked out anew."""
    connection.execute(
        """
        update push_schedules set time_zone = %s, next_due_at = null, updated_at = now()
        where user_id = %s
        """,
        [zone, user_id],
    )


def consents(connection: Connection, user_id: int) -> list[DictRow]:
    """Return all that a traveller agreed to and withdrew, the newest first."""
    return connection.execute(
        """
        select kind, granted, text_shown, text_version, channel, recorded_at
        from consents where user_id = %s order by recorded_at desc, id desc
        """,
        [user_id],
    ).fetchall()


def is_silenced(connection: Connection, user_id: int) -> bool:
    """Tell whether a traveller's last word on the talk itself was that it should stop."""
    row = connection.execute(
        """
        select granted from consents where user_id = %s and kind = 'conversation'
        order by recorded_at desc, id desc limit 1
        """,
        [user_id],
    ).fetchone()
    return row is not None and not row["granted"]
