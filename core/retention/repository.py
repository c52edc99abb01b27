"""All SQL of retention: what is too old to be kept, table by table.

Every function runs in the caller's transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import sql

from core.database import Connection


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to some rows of a table.

    Attributes:
        name: as counts are told under.
        table: whose rows.
        aged: which of them; parameters name days, and ``blank`` an empty payload, encrypted.
        change: what is set in them; None deletes them.
    """

    name: str
    table: LiteralString
    aged: LiteralString
    change: LiteralString | None = None


# The row of a message stays: it keeps the message from being taken in or sent a second time. An
# empty payload is the shortest there is, so that length tells which rows are done.
_WORDS_IN = Rule(
    "inbound_words",
    "inbound_messages",
    """processed_at < now() - make_interval(days => %(message_days)s)
       and (octet_length(payload_encrypted) > octet_length(%(blank)s)
            or transcript_encrypted is not null)""",
    """payload_encrypted = %(blank)s, transcript_encrypted = null,
       settled_at = case when last_error is null then settled_at
                         else coalesce(settled_at, now()) end""",
)
_WORDS_OUT = Rule(
    "outbound_words",
    "outbound_messages",
    """updated_at < now() - make_interval(days => %(message_days)s) and content <> '{}'
       and status not in ('pending', 'claimed', 'unknown', 'held')""",
    """content = '{}', template = template - 'variables',
       settled_at = coalesce(settled_at, now())""",
)
# Somebody who can never come back: no way to sign in, no number, and nobody was here for days.
_GUESTS = Rule(
    "guests",
    "users",
    """role = 'traveller' and auth_id is null
       and exists (select from sessions s where s.user_id = users.id)
       and not exists (select from login_methods l where l.user_id = users.id)
       and not exists (select from channel_identities i where i.user_id = users.id)
       and not exists (
           select from sessions s
           where s.user_id = users.id
               and (s.last_seen_at >= now() - make_interval(days => %(guest_days)s)
                    or s.method <> 'guest' and s.ended_at is null and s.expires_at > now()))""",
)
# The sessions of somebody who has nothing else go with them: without any they would be overlooked.
_SESSIONS = Rule(
    "sessions",
    "sessions",
    """least(ended_at, expires_at) < now() - make_interval(days => %(session_days)s)
       and (exists (select from login_methods l where l.user_id = sessions.user_id)
            or exists (select from channel_identities i where i.user_id = sessions.user_id))""",
)
_CODES = Rule(
    "one_time_codes",
    "one_time_codes",
    "least(used_at, expires_at) < now() - make_interval(days => %(session_days)s)",
)
_ATTEMPTS = Rule("login_attempts", "login_attempts", "expires_at < now() - interval '1 day'")
_LINKS = Rule("pending_links", "pending_links", "expires_at < now() - interval '1 day'")
_KEYS = Rule("idempotency_keys", "idempotency_keys", "created_at < now() - interval '1 day'")
_EVENTS = Rule(
    "message_events",
    "message_events",
    "received_at < now() - make_interval(days => %(event_days)s)",
)
_CALLS = Rule("ai_calls", "ai_calls", "called_at < now() - make_interval(days => %(event_days)s)")
_CLICKS = Rule(
    "link_clicks", "link_clicks", "clicked_at < now() - make_interval(days => %(activity_days)s)"
)
_PUSHES = Rule("pushes", "pushes", "decided_at < now() - make_interval(days => %(activity_days)s)")
_AUDIT = Rule("audit_log", "audit_log", "at < now() - make_interval(days => %(audit_days)s)")
_DELETIONS = Rule(
    "deletion_requests",
    "deletion_requests",
    "requested_at < now() - make_interval(days => %(audit_days)s)",
)

RULES = (
    _WORDS_IN, _WORDS_OUT, _GUESTS, _SESSIONS, _CODES, _ATTEMPTS, _LINKS, _KEYS, _EVENTS, _CALLS,
    _CLICKS, _PUSHES, _AUDIT, _DELETIONS,
)  # fmt: skip


def count(connection: Connection, rule: Rule, values: Mapping[str, Any]) -> int:
    """Count the rows that a rule would change or delete now."""
    statement = sql.SQL("select count(*) as size from {} where ").format(
        sql.Identifier(rule.table)
    ) + sql.SQL(rule.aged)
    row = connection.execute(statement, values).fetchone()
    return int(row["size"]) if row else 0


def pages(connection: Connection, rule: Rule) -> int:
    """Return how many pages (of 8 KiB, usually) the rule's table has."""
    row = connection.execute(
        """select pg_relation_size(%s::regclass) / current_setting('block_size')::int as size""",
        [rule.table],
    ).fetchone()
    return int(row["size"]) if row else 0


def apply(
    connection: Connection, rule: Rule, values: Mapping[str, Any], first: int, end: int
) -> int:
    """Change or delete the rows of some pages, but for those that somebody holds.

    Walking through a table by its pages reads each of them once, without an index for the purpose.

    Args:
        connection: an open transaction.
        rule: what to do.
        values: its parameters.
        first: the first page, from 0.
        end: the page after the last one.

    Returns:
        How many rows that were.
    """
    table = sql.Identifier(rule.table)
    chosen = (
        sql.SQL("where ctid = any(array(select ctid from {} where ").format(table)
        + sql.SQL("ctid >= %(first)s::tid and ctid < %(end)s::tid and (")
        + sql.SQL(rule.aged)
        + sql.SQL(") for update skip locked))")
    )
    if rule.change is None:
        statement = sql.SQL("delete from {} ").format(table)
    else:
        statement = sql.SQL("update {} set ").format(table) + sql.SQL(rule.change) + sql.SQL(" ")
    span = {"first": f"({first},0)", "end": f"({end},0)"}
    return connection.execute(statement + chosen, {**values, **span}).rowcount


def last_ran(connection: Connection, action: str) -> datetime | None:
    """Return when the system last noted *action* in the audit trail; None if never."""
    row = connection.execute(
        """select at from audit_log where user_id is null and action = %s and actor = 'system'
            order by id desc limit 1""",
        [action],
    ).fetchone()
    return None if row is None else row["at"]
