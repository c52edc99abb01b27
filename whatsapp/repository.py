"""The SQL of who writes and of what they write: addresses and inbox.

Every function runs in the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from psycopg import sql
from psycopg.rows import DictRow

from core.database import Connection
from whatsapp.schemas import CHANNEL, InboundMessage

# Every table that belongs to a user, so that none is forgotten when two users become one.
ONE_ROW_A_USER = ("conversations", "user_interests", "push_schedules")
MANY_ROWS_A_USER = (
    "channel_identities",
    "consents",
    "feedback",
    "recommendations",
    "saved_tours",
    "pushes",
    "handovers",
    "login_methods",
    "login_attempts",
    "pending_links",
    "sessions",
    "one_time_codes",
    "tracked_links",
    "link_clicks",
)
_ONCE_A_USER = {
    "saved_tours": "newer.package_id = older.package_id",
    "pushes": "newer.due_at = older.due_at",
    "handovers": "newer.closed_at is null and older.closed_at is null",
    "tracked_links": "newer.package_id = older.package_id",
}
"""Where two rows of one user would be the same thing twice."""

_GIVEN_UP_BY_WHO_STAYS = frozenset({"tracked_links"})
"""Where the row of the user who goes is kept: their links stand in messages that were sent."""


# The address that a user is found by belongs to one only, so that the other has to go first.
_KEEP_PERSON = """
    update users set
        role = case when 'admin' in (role, %(role)s) then 'admin'
                    when 'operator' in (role, %(role)s) then 'operator' else role end,
        name_encrypted = coalesce(name_encrypted, %(name_encrypted)s),
        email_encrypted = case when email_index is null then %(email_encrypted)s
                               else email_encrypted end,
        email_index = coalesce(email_index, %(email_index)s)
     where id = %(keep)s"""


def lock_addresses(connection: Connection, indexes: Sequence[bytes]) -> None:
    """Keep others from adding these addresses until the transaction ends.

    It also makes the ids of one sender's messages follow the order in which they are committed.
    """
    keys = sorted({int.from_bytes(index[:8], signed=True) for index in indexes})
    connection.execute(
        "select count(pg_advisory_xact_lock(key)) from unnest(%s::bigint[]) as key", [keys]
    )


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
    connection.execute(
        """delete from conversations c
            where c.user_id in (%(keep)s, %(drop)s)
              and exists (select from handovers h
                           where h.user_id in (%(keep)s, %(drop)s) and h.user_id <> c.user_id
                             and h.closed_at is null)
              and not exists (select from handovers h
                               where h.user_id = c.user_id and h.closed_at is null)""",
        users,
    )  # a talk that a person has goes on with the person
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
    for table, same in _ONCE_A_USER.items():
        connection.execute(
            sql.SQL(
                """delete from {} older using {} newer
                    where older.user_id = {} and newer.user_id = {} and """
            ).format(sql.Identifier(table), sql.Identifier(table), *_loser_first(table))
            + sql.SQL(same),
            users,
        )
    for table in (*ONE_ROW_A_USER, *MANY_ROWS_A_USER):
        statement = sql.SQL("update {} set user_id = %(keep)s where user_id = %(drop)s")
        connection.execute(statement.format(sql.Identifier(table)), users)
    # Who asked to be forgotten asked so for themselves, whichever address they wrote from.
    connection.execute(
        """update users set erase_requested_at =
                  (select min(erase_requested_at) from users where id in (%(keep)s, %(drop)s))
            where id = %(keep)s""",
        users,
    )
    person = connection.execute(
        "select role, name_encrypted, email_encrypted, email_index from users where id = %(drop)s",
        users,
    ).fetchone()
    connection.execute("delete from users where id = %(drop)s", users)
    if person is not None:
        connection.execute(_KEEP_PERSON, users | person)


def _loser_first(table: str) -> tuple[sql.Placeholder, sql.Placeholder]:
    keep, drop = sql.Placeholder("keep"), sql.Placeholder("drop")
    return (keep, drop) if table in _GIVEN_UP_BY_WHO_STAYS else (drop, keep)


def first_inbound_at(connection: Connection) -> datetime | None:
    """Return when the inbox got its first message; None while it is empty."""
    row = connection.execute("select min(received_at) as first from inbound_messages").fetchone()
    return None if row is None else row["first"]


def inbox_complete_to(connection: Connection) -> datetime | None:
    """Return until when the inbox has been compared with the provider's list; None if never."""
    row = connection.execute(
        "select complete_to from inbox_checks where channel = %s", [CHANNEL]
    ).fetchone()
    return None if row is None else row["complete_to"]


def note_inbox_complete(connection: Connection, until: datetime) -> None:
    """Note until when the inbox has been compared with the provider's list; never less far."""
    connection.execute(
        """insert into inbox_checks as kept (channel, complete_to) values (%s, %s)
           on conflict (channel) do update
               set complete_to = greatest(kept.complete_to, excluded.complete_to)""",
        [CHANNEL, until],
    )


def note_inbound(connection: Connection, names: Mapping[int, bytes | None]) -> None:
    """Open identities' windows anew: they have just written, so they can be reached.

    Args:
        connection: an open transaction.
        names: what each calls themselves, encrypted, by the identity's id; None leaves it alone.
    """
    connection.execute(
        """update channel_identities i
              set last_inbound_at = now(), reachable = true,
                  profile_name_encrypted = coalesce(written.name, i.profile_name_encrypted)
             from unnest(%s::bigint[], %s::bytea[]) as written (id, name)
            where i.id = written.id""",
        [list(names), list(names.values())],
    )


def add_inbound(
    connection: Connection, messages: Sequence[tuple[InboundMessage, int, bytes]]
) -> dict[str, int]:
    """Keep messages in their order, and return the ids of the new ones by the provider's id.

    Args:
        connection: an open transaction.
        messages: each with its sender's identity and its encrypted payload.
    """
    rows = connection.execute(
        """insert into inbound_messages
                       (channel, provider, provider_sid, identity_id, payload_encrypted)
           select %s, provider, sid, identity_id, payload
             from unnest(%s::text[], %s::text[], %s::bigint[], %s::bytea[])
                  with ordinality as come (provider, sid, identity_id, payload, position)
            order by position
           on conflict (channel, provider_sid) do nothing
           returning id, provider_sid""",
        [
            CHANNEL,
            [message.provider for message, _, _ in messages],
            [message.sid for message, _, _ in messages],
            [identity_id for _, identity_id, _ in messages],
            [payload for _, _, payload in messages],
        ],
    )
    return {row["provider_sid"]: int(row["id"]) for row in rows}


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
        """select m.id, m.identity_id, m.provider, m.provider_sid, m.payload_encrypted,
                  m.transcript_encrypted, m.hearings, m.attempts, m.received_at,
                  extract(epoch from m.not_before - now())::float as wait_s
             from inbound_messages m join channel_identities i on i.id = m.identity_id
            where i.user_id = %s and m.processed_at is null
            order by m.id limit 1""",
        [user_id],
    ).fetchone()


def inbound_around(
    connection: Connection, identity_id: int, inbound_id: int, within_s: float, limit: int
) -> list[DictRow]:
    """Return an identity's messages of the same moments as one of them, in order, with that one.

    Columns: ``id``, ``provider``, ``payload_encrypted``, ``age_s`` and whether it is ``answered``.
    """
    return connection.execute(
        """select m.id, m.provider, m.payload_encrypted, m.processed_at is not null as answered,
                  extract(epoch from clock_timestamp() - m.received_at)::float as age_s
             from inbound_messages m, inbound_messages one
            where one.id = %(id)s and m.identity_id = %(identity)s
              and m.received_at between one.received_at - make_interval(secs => %(within)s)
                                    and one.received_at + make_interval(secs => %(within)s)
            order by m.id limit %(limit)s""",
        {"id": inbound_id, "identity": identity_id, "within": within_s, "limit": limit},
    ).fetchall()


def tour_shown_in(connection: Connection, user_id: int, provider_sid: str) -> int | None:
    """Return the key of the tour that one of our messages to the user was about."""
    row = connection.execute(
        """select (o.content ->> 'about')::bigint as about
             from outbound_messages o join channel_identities i on i.id = o.identity_id
            where o.provider_sid = %s and i.user_id = %s""",
        [provider_sid, user_id],
    ).fetchone()
    return None if row is None else row["about"]


def begin_hearing(connection: Connection, inbound_id: int, wait_s: float) -> None:
    """Note that a voice note is about to be heard; for *wait_s* seconds nobody else tries."""
    connection.execute(
        """update inbound_messages set hearings = hearings + 1,
                  not_before = clock_timestamp() + make_interval(secs => %s)
            where id = %s""",
        [wait_s, inbound_id],
    )


def end_hearing(
    connection: Connection, inbound_id: int, transcript: bytes | None, wait_s: float
) -> None:
    """Note what was heard, or with None that it is to be tried again after *wait_s* seconds."""
    connection.execute(
        """update inbound_messages set transcript_encrypted = %s,
                  not_before = clock_timestamp() + make_interval(secs => %s)
            where id = %s and processed_at is null""",
        [transcript, wait_s, inbound_id],
    )


def is_opted_out(connection: Connection, user_id: int) -> bool:
    """Tell whether the user wants silence."""
    row = connection.execute(
        """select not granted as opted_out from consents
            where user_id = %s and kind = 'conversation'
            order by recorded_at desc, id desc limit 1""",
        [user_id],
    ).fetchone()
    return row is not None and bool(row["opted_out"])


def addresses_of(connection: Connection, user_id: int) -> list[int]:
    """Return the ids of all the user's addresses."""
    rows = connection.execute(
        "select id from channel_identities where user_id = %s order by id", [user_id]
    )
    return [row["id"] for row in rows]


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


def waiting_inbox(connection: Connection, overdue_s: float, limit: int) -> list[int]:
    """Return identities with messages that should have been answered *overdue_s* ago."""
    rows = connection.execute(
        """select identity_id from inbound_messages
            where processed_at is null and not_before < now() - make_interval(secs => %s)
            group by identity_id order by min(id) limit %s""",
        [overdue_s, limit],
    )
    return [row["identity_id"] for row in rows]


def _id(row: DictRow | None) -> int:
    if row is None:
        raise LookupError("an insert returned no row")
    return int(row["id"])
