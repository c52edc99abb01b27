"""All SQL of the conversation: where each talk stands, and what belongs to each traveller."""

import datetime as dt
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from conversation.understanding import Schedule
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


def peek_state(connection: Connection, user_id: int) -> dict[str, Any]:
    """Return the stored state of a talk, as it is now; empty where there is none."""
    row = connection.execute(
        "select state from conversations where user_id = %s", [user_id]
    ).fetchone()
    return dict(row["state"]) if row else {}


def save_state(connection: Connection, user_id: int, state: dict[str, Any]) -> None:
    """Store where a talk stands."""
    connection.execute(
        "update conversations set state = %s, updated_at = now() where user_id = %s",
        [Jsonb(state), user_id],
    )


def language(connection: Connection, user_id: int) -> str | None:
    """Return the language in which to address a traveller; None where there is none such."""
    row = connection.execute("select language from users where id = %s", [user_id]).fetchone()
    return row["language"] if row else None


def save_language(connection: Connection, user_id: int, language: str) -> None:
    """Note the language in which to address a traveller."""
    connection.execute(
        "update users set language = %(language)s where id = %(id)s and language <> %(language)s",
        {"language": language, "id": user_id},
    )


def time_zone(connection: Connection, user_id: int) -> str | None:
    """Return the time zone that a traveller's schedule names."""
    row = connection.execute(
        "select time_zone from push_schedules where user_id = %s", [user_id]
    ).fetchone()
    return row["time_zone"] if row else None


def places_covered(connection: Connection, limit: int) -> list[tuple[str, float | None]]:
    """Return the places that most tours go to, with the usual length in days of those tours."""
    rows = connection.execute(
        """
        select place, percentile_disc(0.5) within group (order by duration_days) as days
        from travel_packages, unnest(locations) as place
        where retired_at is null
        group by place order by count(*) desc, place limit %s
        """,
        [limit],
    ).fetchall()
    return [(row["place"], row["days"]) for row in rows]


def usual_lengths(connection: Connection, limit: int) -> list[float]:
    """Return the lengths in whole days that most tours have, the shortest first."""
    rows = connection.execute(
        """
        select duration_days as days from travel_packages
        where retired_at is null and duration_days >= 1 and duration_days = floor(duration_days)
        group by duration_days order by count(*) desc, duration_days limit %s
        """,
        [limit],
    )
    return sorted(row["days"] for row in rows)


def usual_prices(connection: Connection) -> list[float]:
    """Return what a third, and what two thirds, of the tours cost at most, in US dollars."""
    row = connection.execute(
        """
        select percentile_disc(array[0.33, 0.67]) within group (order by price_usd) as prices
        from travel_packages where retired_at is null and price_usd > 0
        """
    ).fetchone()
    return list(row["prices"] or []) if row else []


def usual_concepts(connection: Connection, prefix: str, limit: int) -> list[str]:
    """Return the concepts of one criterion that most tours offer, by how many do."""
    rows = connection.execute(
        """
        select concept from travel_packages, unnest(concepts) as concept
        where retired_at is null and starts_with(concept, %s)
        group by concept order by count(*) desc, concept limit %s
        """,
        [prefix, limit],
    )
    return [row["concept"] for row in rows]


def told_on(connection: Connection, package_id: int) -> dt.date | None:
    """Return the day on which an operator told us what we know of a tour."""
    row = connection.execute(
        "select updated_at::date as day from travel_packages where id = %s", [package_id]
    ).fetchone()
    return row["day"] if row else None


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


def standing_consents(connection: Connection, user_id: int) -> list[DictRow]:
    """Return ``kind``, ``granted`` and ``recorded_at`` of the newest word on each kind."""
    return connection.execute(
        """
        select distinct on (kind) kind, granted, recorded_at from consents
        where user_id = %s order by kind, recorded_at desc, id desc
        """,
        [user_id],
    ).fetchall()


def save_tour(connection: Connection, user_id: int, package_id: int, most: int) -> bool:
    """Save a tour, unless *most* are saved already; tell whether it is saved now."""
    connection.execute(
        """
        insert into saved_tours (user_id, package_id)
        select %(user)s, %(package)s
        where (select count(*) from saved_tours where user_id = %(user)s) < %(most)s
        on conflict do nothing
        """,
        {"user": user_id, "package": package_id, "most": most},
    )
    return is_saved(connection, user_id, package_id)


def is_saved(connection: Connection, user_id: int, package_id: int) -> bool:
    """Tell whether a traveller has saved a tour."""
    row = connection.execute(
        "select from saved_tours where user_id = %s and package_id = %s", [user_id, package_id]
    ).fetchone()
    return row is not None


def unsave_tour(connection: Connection, user_id: int, package_id: int) -> bool:
    """Remove a saved tour; tell whether it had been saved."""
    removed = connection.execute(
        "delete from saved_tours where user_id = %s and package_id = %s", [user_id, package_id]
    )
    return removed.rowcount > 0


def saved_tours(connection: Connection, user_id: int) -> list[int]:
    """Return the keys of the tours that a traveller has saved, the newest first."""
    rows = connection.execute(
        """
        select package_id from saved_tours where user_id = %s
        order by created_at desc, package_id desc
        """,
        [user_id],
    )
    return [row["package_id"] for row in rows]


def link_token(connection: Connection, user_id: int, package_id: int) -> str | None:
    """Return the token of a traveller's link to a tour, if there is one."""
    row = connection.execute(
        "select token from tracked_links where user_id = %s and package_id = %s",
        [user_id, package_id],
    ).fetchone()
    return row["token"] if row else None


def add_link(connection: Connection, user_id: int, package_id: int, token: str) -> str:
    """Store a link and return its token: the earlier one where somebody was faster."""
    row = connection.execute(
        """
        insert into tracked_links (token, user_id, package_id) values (%s, %s, %s)
        on conflict (user_id, package_id) do update set token = tracked_links.token
        returning token
        """,
        [token, user_id, package_id],
    ).fetchone()
    assert row is not None, "an insert that updates returns a row"  # noqa: S101
    return str(row["token"])


def link_target(connection: Connection, token: str) -> str | None:
    """Return the address of the page of the tour that a link leads to."""
    row = connection.execute(
        """
        select url from tracked_links join travel_packages on travel_packages.id = package_id
        where token = %s
        """,
        [token],
    ).fetchone()
    return row["url"] if row else None


def add_click(connection: Connection, token: str, quiet_s: int) -> tuple[int, int] | None:
    """Note a click, unless one on that link was noted in the last *quiet_s* seconds.

    The link is locked until the transaction ends: of two clicks at once one is noted.

    Returns:
        Whose link it is, and the tour; None where nothing was noted.
    """
    connection.execute("select from tracked_links where token = %s for no key update", [token])
    row = connection.execute(
        """
        insert into link_clicks (user_id, package_id)
        select user_id, package_id from tracked_links as link
        where token = %s and not exists (
            select from link_clicks as earlier
            where earlier.user_id = link.user_id and earlier.package_id = link.package_id
                and earlier.clicked_at > clock_timestamp() - make_interval(secs => %s))
        returning user_id, package_id
        """,
        [token, quiet_s],
    ).fetchone()
    return (row["user_id"], row["package_id"]) if row else None


def schedule(connection: Connection, user_id: int) -> DictRow | None:
    """Return ``rhythm``, ``weekday``, ``hour``, ``active`` and ``paused_until`` of a schedule."""
    return connection.execute(
        """
        select rhythm, weekday, hour, active,
               case when paused_until > now() then paused_until end as paused_until
        from push_schedules where user_id = %s
        """,
        [user_id],
    ).fetchone()


def save_schedule(connection: Connection, user_id: int, plan: Schedule) -> None:
    """Store when suggestions are wished; the next time is worked out anew."""
    connection.execute(
        """
        insert into push_schedules (user_id, rhythm, weekday, hour)
        values (%s, %s, %s, %s)
        on conflict (user_id) do update set
            rhythm = excluded.rhythm, weekday = excluded.weekday, hour = excluded.hour,
            active = true, paused_until = null, next_due_at = null, unread = 0,
            updated_at = now()
        """,
        [user_id, plan.rhythm, plan.weekday, plan.hour],
    )


def pause_schedule(connection: Connection, user_id: int, days: int) -> dt.datetime | None:
    """Send no suggestions for so many days; return until when, None where there are none."""
    row = connection.execute(
        """
        update push_schedules
        set paused_until = now() + make_interval(days => %s), next_due_at = null,
            updated_at = now()
        where user_id = %s and active returning paused_until
        """,
        [days, user_id],
    ).fetchone()
    return row["paused_until"] if row else None


def resume_schedule(connection: Connection, user_id: int) -> bool:
    """Send suggestions again; tell whether there is a schedule to go on with."""
    resumed = connection.execute(
        """
        update push_schedules
        set paused_until = null, next_due_at = null, unread = 0, updated_at = now()
        where user_id = %s and active
        """,
        [user_id],
    )
    return resumed.rowcount > 0


def end_schedule(connection: Connection, user_id: int) -> bool:
    """Send no more suggestions; tell whether any were due."""
    ended = connection.execute(
        """
        update push_schedules set active = false, updated_at = now()
        where user_id = %s and active
        """,
        [user_id],
    )
    return ended.rowcount > 0


def open_handover(connection: Connection, user_id: int, reason: str) -> None:
    """Note that a person is called, and why; one that was called already keeps the first reason."""
    connection.execute(
        """
        insert into handovers (user_id, reason) values (%s, %s)
        on conflict (user_id) where closed_at is null do nothing
        """,
        [user_id, reason],
    )


def close_handover(connection: Connection, user_id: int) -> None:
    """Note that the person has finished."""
    connection.execute(
        "update handovers set closed_at = now() where user_id = %s and closed_at is null",
        [user_id],
    )


def is_left_waiting(connection: Connection, user_id: int, hours: float) -> bool:
    """Tell whether staff have said nothing for so many hours since they were called or last wrote.

    A talk that was handed over without a note of it is left waiting, too: nobody knows of it.
    """
    row = connection.execute(
        """
        select from handovers where user_id = %s and closed_at is null
            and coalesce(last_staff_at, opened_at) > now() - make_interval(secs => %s)
        """,
        [user_id, hours * 3600],
    ).fetchone()
    return row is None


def message_counts(connection: Connection, user_id: int) -> tuple[int, int]:
    """Return how many messages a traveller has sent, and how many were sent to them."""
    row = connection.execute(
        """
        select (select count(*) from inbound_messages m join channel_identities i
                    on i.id = m.identity_id where i.user_id = %(user)s) as received,
               (select count(*) from outbound_messages m join channel_identities i
                    on i.id = m.identity_id where i.user_id = %(user)s) as sent
        """,
        {"user": user_id},
    ).fetchone()
    return (row["received"], row["sent"]) if row else (0, 0)


def addresses(connection: Connection, user_id: int) -> list[bytes]:
    """Return the encrypted addresses under which a traveller writes, the oldest first."""
    rows = connection.execute(
        "select address_encrypted from channel_identities where user_id = %s order by id",
        [user_id],
    )
    return [row["address_encrypted"] for row in rows]


def reaction_count(connection: Connection, user_id: int) -> int:
    """Return how many reactions to tours stand."""
    row = connection.execute(
        "select count(*) as size from feedback where user_id = %s and undone_at is null",
        [user_id],
    ).fetchone()
    return int(row["size"]) if row else 0


def erase(connection: Connection, user_id: int, blank: bytes) -> None:
    """Delete what is known of a traveller, and ask for the rest to go once this is confirmed.

    The rows of messages stay for so long as they keep a message from being taken in or sent twice;
    their words go at once.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        blank: what an inbox row holds in place of its payload, encrypted.
    """
    for statement in _ERASE:
        connection.execute(statement, {"user": user_id, "blank": blank})


_ERASE = (
    "delete from recommendations where user_id = %(user)s",
    "delete from feedback where user_id = %(user)s",
    "delete from user_interests where user_id = %(user)s",
    "delete from saved_tours where user_id = %(user)s",
    "delete from tracked_links where user_id = %(user)s",
    "delete from link_clicks where user_id = %(user)s",
    "delete from idempotency_keys where owner = 'user:' || %(user)s",
    "delete from push_schedules where user_id = %(user)s",
    "delete from pushes where user_id = %(user)s",
    "delete from handovers where user_id = %(user)s",
    "delete from consents where user_id = %(user)s",
    "delete from sessions where user_id = %(user)s",
    "delete from login_methods where user_id = %(user)s",
    "delete from login_attempts where user_id = %(user)s",
    "delete from pending_links where user_id = %(user)s",
    "delete from one_time_codes where user_id = %(user)s",
    """
    update inbound_messages set payload_encrypted = %(blank)s, transcript_encrypted = null
    where processed_at is not null
        and identity_id in (select id from channel_identities where user_id = %(user)s)
    """,
    """
    update outbound_messages set status = 'cancelled', updated_at = now()
    where (status = 'held' or status = 'pending' and inbound_id is null)
        and identity_id in (select id from channel_identities where user_id = %(user)s)
    """,
    """
    update outbound_messages set content = '{}', updated_at = now()
    where status not in ('pending', 'claimed', 'unknown')
        and identity_id in (select id from channel_identities where user_id = %(user)s)
    """,
    """
    update users set erase_requested_at = now(), role = 'traveller',
        name_encrypted = null, email_encrypted = null, email_index = null
    where id = %(user)s
    """,
)
