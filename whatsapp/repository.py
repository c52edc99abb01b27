"""All the SQL of the channel: addresses, inbox, outbox and history.

Every function runs in the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.database import Connection
from whatsapp.schemas import CHANNEL

# Every table that belongs to a user, so that none is forgotten when two users become one.
ONE_ROW_A_USER = ("conversations", "user_interests")
MANY_ROWS_A_USER = ("channel_identities", "consents", "feedback", "recommendations")

# Of two statuses the higher stays. A message that was seen on the phone has not failed, and
# one that failed before stays failed.
_RANK = """
    case {} when 'pending' then 0 when 'claimed' then 0 when 'unknown' then 0
    when 'accepted' then 1 when 'queued' then 1 when 'sending' then 2 when 'sent' then 3
    when 'failed' then 4 when 'undelivered' then 4 when 'cancelled' then 4
    when 'delivered' then 5 when 'read' then 6 end"""
_TERMINAL = "('failed', 'undelivered', 'cancelled')"


def lock_addresses(connection: Connection, indexes: Sequence[bytes]) -> None:
    """Keep others from adding these addresses until the transaction ends.

    It also makes the ids of one sender's messages follow the order in which they are committed.
    """
    for index in sorted(indexes):
        key = int.from_bytes(index[:8], signed=True)
        connection.execute("select pg_advisory_xact_lock(%s)", [key])


def identities(connection: Connection, indexes: Sequence[bytes]) -> list[DictRow]:
    """Return ``id``, ``user_id`` and ``address_index`` of the known ones, oldest user first."""
    return connection.execute(
        """select id, user_id, address_index from channel_identities
            where channel = %s and address_index = any(%s) order by user_id""",
        [CHANNEL, list(indexes)],
    ).fetchall()


def add_user(connection: Connection) -> int:
    """Add a traveller of whom nothing is known yet, and return the id."""
    return _id(connection.execute("insert into users default values returning id").fetchone())


def add_identity(connection: Connection, user_id: int, index: bytes, address: bytes) -> int:
    """Add an address (its blind index and its encrypted form), and return its id."""
    return _id(
        connection.execute(
            """insert into channel_identities (user_id, channel, address_index, address_encrypted)
                    values (%s, %s, %s, %s) returning id""",
            [user_id, CHANNEL, index, address],
        ).fetchone()
    )


def merge_users(connection: Connection, keep: int, drop: int) -> None:
    """Make two users one: *keep* gets all that *drop* has, the newer where one can have but one."""
    users = {"keep": keep, "drop": drop}
    connection.execute(
        "select from users where id in (%(keep)s, %(drop)s) order by id for update", users
    )
    for table in ONE_ROW_A_USER:
        names = {"table": sql.Identifier(table)}
        connection.execute(
            sql.SQL(
                """delete from {table} older using {table} newer
                    where older.user_id in (%(keep)s, %(drop)s)
                      and newer.user_id in (%(keep)s, %(drop)s)
                      and (newer.updated_at, newer.user_id) > (older.updated_at, older.user_id)"""
            ).format(**names),
            users,
        )
    for table in (*ONE_ROW_A_USER, *MANY_ROWS_A_USER):
        statement = sql.SQL("update {} set user_id = %(keep)s where user_id = %(drop)s")
        connection.execute(statement.format(sql.Identifier(table)), users)
    connection.execute("delete from users where id = %(drop)s", users)


def first_inbound_at(connection: Connection) -> datetime | None:
    """Return when the inbox got its first message; None while it is empty."""
    row = connection.execute("select min(received_at) as first from inbound_messages").fetchone()
    return None if row is None else row["first"]


def note_inbound(connection: Connection, identity_id: int, name: bytes | None) -> None:
    """Open the identity's window anew: it has just written, so it can be reached."""
    connection.execute(
        """update channel_identities set last_inbound_at = now(), reachable = true,
                  profile_name_encrypted = coalesce(%s, profile_name_encrypted)
            where id = %s""",
        [name, identity_id],
    )


def add_inbound(
    connection: Connection, provider_sid: str, identity_id: int, payload: bytes
) -> int | None:
    """Keep a message; None when it was here already."""
    row = connection.execute(
        """insert into inbound_messages (channel, provider_sid, identity_id, payload_encrypted)
                values (%s, %s, %s, %s)
           on conflict (channel, provider_sid) do nothing returning id""",
        [CHANNEL, provider_sid, identity_id, payload],
    ).fetchone()
    return None if row is None else _id(row)


def unknown_sids(connection: Connection, sids: Sequence[str]) -> set[str]:
    """Return those of *sids* that are not in the inbox."""
    rows = connection.execute(
        """select sid from unnest(%s::text[]) sid where not exists (
               select from inbound_messages m where m.channel = %s and m.provider_sid = sid)""",
        [list(sids), CHANNEL],
    )
    return {row["sid"] for row in rows}


def lock_user(connection: Connection, identity_id: int, wait_ms: int) -> DictRow | None:
    """Be the only one to answer the identity's user; return ``id``, ``language``, ``opted_out``.

    Raises:
        psycopg.errors.LockNotAvailable: somebody else has been at it for *wait_ms*.
    """
    connection.execute("select set_config('lock_timeout', %s, true)", [f"{wait_ms}ms"])
    return connection.execute(
        """select u.id, u.language,
                  coalesce((select not c.granted from consents c
                             where c.user_id = u.id and c.kind = 'conversation'
                             order by c.recorded_at desc, c.id desc limit 1), false) as opted_out
             from users u join channel_identities i on i.user_id = u.id
            where i.id = %s for no key update of u""",
        [identity_id],
    ).fetchone()


def next_inbound(connection: Connection, user_id: int) -> DictRow | None:
    """Return the user's oldest message that is not answered yet, on whichever address."""
    return connection.execute(
        """select m.id, m.identity_id, m.provider_sid, m.payload_encrypted, m.attempts,
                  extract(epoch from m.not_before - now())::float as wait_s
             from inbound_messages m join channel_identities i on i.id = m.identity_id
            where i.user_id = %s and m.processed_at is null
            order by m.id limit 1""",
        [user_id],
    ).fetchone()


def mark_processed(connection: Connection, inbound_id: int, error: str | None = None) -> None:
    """Note that a message has been dealt with; *error* when it was given up."""
    # Not now(), when the transaction began: it may have waited for the answer to another message.
    connection.execute(
        """update inbound_messages
              set processed_at = clock_timestamp(), attempts = attempts + 1, last_error = %s
            where id = %s""",
        [error, inbound_id],
    )


def postpone_inbound(connection: Connection, inbound_id: int, error: str, wait_s: float) -> None:
    """Note that answering failed, and that it may be tried again after *wait_s* seconds."""
    connection.execute(
        """update inbound_messages set attempts = attempts + 1, last_error = %s,
                  not_before = now() + make_interval(secs => %s)
            where id = %s""",
        [error, wait_s, inbound_id],
    )


def add_outbound(
    connection: Connection, identity_id: int, inbound_id: int | None, contents: Sequence[Any]
) -> None:
    """Queue *contents* (JSON), in order; those of a reply that is queued already are left."""
    for position, content in enumerate(contents):
        connection.execute(
            """insert into outbound_messages (identity_id, inbound_id, position, content)
                    values (%s, %s, %s, %s) on conflict (inbound_id, position) do nothing""",
            [identity_id, inbound_id, position, Jsonb(content)],
        )


def lock_identity(connection: Connection, identity_id: int, window_s: int) -> DictRow | None:
    """Hold an identity; return its address, whether it can be written to, and its opt-out.

    Columns: ``user_id``, ``address_encrypted``, ``reachable``, ``window_open``,
    ``opted_out_at`` (null when the user agrees, or has not said).
    """
    return connection.execute(
        """select i.user_id, i.address_encrypted, i.reachable,
                  coalesce(i.last_inbound_at > now() - make_interval(secs => %s), false)
                      as window_open,
                  (select case when c.granted then null else c.recorded_at end from consents c
                    where c.user_id = i.user_id and c.kind = 'conversation'
                    order by c.recorded_at desc, c.id desc limit 1) as opted_out_at
             from channel_identities i where i.id = %s for no key update of i""",
        [window_s, identity_id],
    ).fetchone()


def close_pending(
    connection: Connection,
    identity_id: int,
    status: str,
    code: str | None,
    opted_out_at: datetime | None = None,
) -> None:
    """End the identity's waiting messages with *status* and *code*.

    With *opted_out_at* it ends only what was queued before that moment, or is no reply: the
    words that confirm an opt-out are queued in its own transaction, and still go out.
    """
    connection.execute(
        """with closed as (
               update outbound_messages set status = %(status)s, error_code = %(code)s,
                      updated_at = now()
                where identity_id = %(identity)s and status = 'pending'
                  and (%(moment)s::timestamptz is null or inbound_id is null
                       or created_at < %(moment)s)
               returning id)
           insert into message_events (outbound_id, status, error_code)
           select id, %(status)s, %(code)s from closed
           on conflict do nothing""",
        {"status": status, "code": code, "identity": identity_id, "moment": opted_out_at},
    )


def head_of_outbox(connection: Connection, identity_id: int) -> DictRow | None:
    """Return the identity's next message: the one under way if there is one, else the first.

    ``wait_s`` is how long it is still too early, ``claimed_s`` how long ago it was claimed.
    """
    return connection.execute(
        """select id, content, status, attempts, claimed_at,
                  extract(epoch from not_before - now())::float as wait_s,
                  coalesce(extract(epoch from now() - claimed_at), 0)::float as claimed_s
             from outbound_messages
            where identity_id = %s and status in ('pending', 'claimed', 'unknown')
            order by (status = 'pending'), priority, id limit 1""",
        [identity_id],
    ).fetchone()


def claim(connection: Connection, outbound_id: int) -> None:
    """Note that the channel is about to be called for a message."""
    connection.execute(
        """update outbound_messages set status = 'claimed', attempts = attempts + 1,
                  claimed_at = now(), updated_at = now()
            where id = %s and status = 'pending'""",
        [outbound_id],
    )


def mark_unknown(connection: Connection, outbound_id: int) -> None:
    """Note that a claimed message may have been sent."""
    connection.execute(
        """update outbound_messages set status = 'unknown', updated_at = now()
            where id = %s and status = 'claimed'""",
        [outbound_id],
    )


def put_back(
    connection: Connection, outbound_id: int, wait_s: float, code: str | None = None
) -> None:
    """Queue a message again that certainly was not sent, for *wait_s* seconds from now."""
    connection.execute(
        """update outbound_messages set status = 'pending', error_code = %s, updated_at = now(),
                  not_before = now() + make_interval(secs => %s)
            where id = %s and status in ('claimed', 'unknown')""",
        [code, wait_s, outbound_id],
    )


def known_sids(connection: Connection, identity_id: int, since: datetime) -> list[str]:
    """Return the sids of the identity's messages touched on the day before *since*, or later."""
    rows = connection.execute(
        """select provider_sid from outbound_messages
            where identity_id = %s and provider_sid is not null
              and updated_at > %s - interval '1 day'""",
        [identity_id, since],
    )
    return [row["provider_sid"] for row in rows]


def advance(
    connection: Connection, outbound_id: int, sid: str | None, status: str, code: str | None
) -> DictRow | None:
    """Move a message on to *status* unless it is further already, and keep the history.

    A callback can come before the answer that tells us the sid; then the sid is learnt from it.

    Returns:
        ``identity_id``, ``user_id``, the ``status`` it now has and ``is_new`` (the one told was not
        told before); None when there is no such message with that sid.
    """
    row = connection.execute(
        f"""update outbound_messages o
              set provider_sid = coalesce(o.provider_sid, %(sid)s), updated_at = now(),
                  error_code = case when {_is_further()} then %(code)s else o.error_code end,
                  status = case when {_is_further()} then %(status)s else o.status end
             from channel_identities i
            where o.id = %(id)s and i.id = o.identity_id
              and (o.provider_sid is not distinct from %(sid)s
                   or (o.provider_sid is null and o.status in ('claimed', 'unknown')))
        returning o.identity_id, i.user_id, o.status""",  # noqa: S608 - of our own constants
        {"id": outbound_id, "sid": sid, "status": status, "code": code},
    ).fetchone()
    if row is None:
        return None
    inserted = connection.execute(
        """insert into message_events (outbound_id, status, error_code)
                values (%s, %s, %s) on conflict do nothing""",
        [outbound_id, status, code],
    )
    return {**row, "is_new": inserted.rowcount == 1}


def queue_without_picture(connection: Connection, outbound_id: int) -> None:
    """Queue a message's words alone, where it had both words and a picture."""
    connection.execute(
        """insert into outbound_messages (identity_id, content, priority)
           select identity_id, content - 'image_url', priority from outbound_messages
            where id = %s and content ? 'image_url' and content ->> 'body' <> ''""",
        [outbound_id],
    )


def mark_unreachable(connection: Connection, identity_id: int) -> None:
    """Note that messages to the identity do not arrive."""
    connection.execute(
        "update channel_identities set reachable = false where id = %s", [identity_id]
    )


def record_opt_out(connection: Connection, user_id: int, reason: str) -> None:
    """Mirror an opt-out that the provider told us of, unless the user is out already."""
    connection.execute(
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           select %(user)s, 'conversation', false, %(reason)s, '1', %(channel)s
            where coalesce((select granted from consents
                             where user_id = %(user)s and kind = 'conversation'
                             order by recorded_at desc, id desc limit 1), true)""",
        {"user": user_id, "reason": reason, "channel": CHANNEL},
    )


def waiting_inbox(connection: Connection, overdue_s: float, limit: int) -> list[int]:
    """Return identities with messages that should have been answered *overdue_s* ago."""
    rows = connection.execute(
        """select identity_id from inbound_messages
            where processed_at is null and not_before < now() - make_interval(secs => %s)
            group by identity_id order by min(id) limit %s""",
        [overdue_s, limit],
    )
    return [row["identity_id"] for row in rows]


def waiting_outbox(connection: Connection, overdue_s: float, limit: int) -> list[int]:
    """Return identities with messages that should have gone out *overdue_s* ago."""
    rows = connection.execute(
        """select identity_id from outbound_messages
            where status in ('pending', 'claimed', 'unknown')
              and greatest(not_before, claimed_at) < now() - make_interval(secs => %s)
            group by identity_id order by min(priority), min(id) limit %s""",
        [overdue_s, limit],
    )
    return [row["identity_id"] for row in rows]


def _is_further() -> str:
    now, new = _RANK.format("o.status"), _RANK.format("%(status)s")
    return f"({new}) > ({now}) and o.status not in {_TERMINAL}"


def _id(row: DictRow | None) -> int:
    if row is None:
        raise LookupError("an insert returned no row")
    return int(row["id"])
