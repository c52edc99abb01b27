"""The SQL of people who leave, and of what a provider still keeps of their messages.

Every function runs in the caller's transaction.
"""

from collections.abc import Sequence

from psycopg.rows import DictRow

from core.database import Connection
from whatsapp.schemas import CHANNEL

# Whoever asked to be forgotten and may go: the confirmation above all has gone out, and what they
# wrote meanwhile is answered, or that took longer than anybody waits for it.
_LEAVING = """
    select u.id, u.erase_requested_at from users u
    where u.erase_requested_at is not null
        and (u.erase_requested_at < now() - make_interval(secs => %(patience)s) or not exists (
            select from channel_identities i
            where i.user_id = u.id
                and (exists (select from outbound_messages o
                              where o.identity_id = i.id
                                and o.status in ('pending', 'claimed', 'unknown'))
                     or exists (select from inbound_messages m
                                 where m.identity_id = i.id and m.processed_at is null))))
"""

# Messages of identity `i`. What was sent through another provider than today's cannot be deleted
# there any more.
_KEPT = """
    channel_identities i cross join lateral (
        select 'in' as way, m.id, m.provider_sid from inbound_messages m
        where m.identity_id = i.id and m.provider = %(provider)s and m.erased_at is null
        union all
        select 'out' as way, o.id, o.provider_sid from outbound_messages o
        where o.identity_id = i.id and o.provider_sid is not null and o.erased_at is null
    ) kept
"""


def kept_at_provider(
    connection: Connection,
    provider: str,
    patience_s: float,
    but: Sequence[str],
    limit: int,
) -> list[DictRow]:
    """Return messages of people who may go that the provider was not told to delete yet.

    Args:
        connection: an open transaction.
        provider: whose messages.
        patience_s: after how many seconds somebody may go whatever still waits.
        but: sids to leave out.
        limit: how many at most; whoever asked first comes first.

    Returns:
        ``way`` (``in`` or ``out``), ``id`` and ``provider_sid``.
    """
    return connection.execute(
        f"""with leaving as ({_LEAVING})
            select kept.way, kept.id, kept.provider_sid
              from leaving cross join {_KEPT}
             where i.user_id = leaving.id and i.channel = %(channel)s
               and kept.provider_sid <> all(%(but)s)
             order by leaving.erase_requested_at, kept.id limit %(limit)s""",  # noqa: S608 - ours
        {
            "channel": CHANNEL,
            "provider": provider,
            "patience": patience_s,
            "but": list(but),
            "limit": limit,
        },
    ).fetchall()


def note_erased(connection: Connection, messages: Sequence[DictRow]) -> None:
    """Note that the provider has deleted these messages, which have ``way`` and ``id``."""
    ids: dict[str, list[int]] = {"in": [], "out": []}
    for message in messages:
        ids[message["way"]].append(message["id"])
    connection.execute(
        "update inbound_messages set erased_at = clock_timestamp() where id = any(%s)", [ids["in"]]
    )
    connection.execute(
        "update outbound_messages set erased_at = clock_timestamp() where id = any(%s)",
        [ids["out"]],
    )


def given_up(connection: Connection, provider: str, give_up_s: float) -> int:
    """Count messages that the provider still keeps of people who go without waiting for that."""
    row = connection.execute(
        f"""select count(*) as size from users u cross join {_KEPT}
             where i.user_id = u.id and i.channel = %(channel)s
               and u.erase_requested_at < now() - make_interval(secs => %(give_up)s)""",  # noqa: S608
        {"channel": CHANNEL, "provider": provider, "give_up": give_up_s},
    ).fetchone()
    return int(row["size"]) if row else 0


def delete_users(
    connection: Connection, provider: str, patience_s: float, give_up_s: float, limit: int
) -> list[int]:
    """Delete people who may go, with all that is theirs; return their ids.

    They wait for the provider to have deleted their messages, but no longer than *give_up_s*
    seconds after they asked.
    """
    rows = connection.execute(
        f"""delete from users where id in (
                with leaving as ({_LEAVING})
                select u.id from users u join leaving on leaving.id = u.id
                 where u.erase_requested_at < now() - make_interval(secs => %(give_up)s)
                    or not exists (select from {_KEPT}
                                    where i.user_id = u.id and i.channel = %(channel)s)
                 order by u.erase_requested_at limit %(limit)s for update of u skip locked)
            returning id""",  # noqa: S608
        {
            "channel": CHANNEL,
            "provider": provider,
            "patience": patience_s,
            "give_up": give_up_s,
            "limit": limit,
        },
    ).fetchall()
    return [row["id"] for row in rows]
