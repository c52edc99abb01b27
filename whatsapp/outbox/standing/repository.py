"""The SQL for what refusals tell about travellers, and about the account itself.

Every function runs in the caller's transaction.
"""

from psycopg.rows import DictRow

from core.database import Connection
from whatsapp.schemas import CHANNEL


def shut_window(connection: Connection, identity_id: int) -> None:
    """Note that the channel holds an address's window to be closed; their next words open it."""
    connection.execute(
        "update channel_identities set window_shut_at = now() where id = %s", [identity_id]
    )


def mark_unreachable(connection: Connection, identity_id: int) -> None:
    """Note that messages to an address do not arrive."""
    connection.execute(
        "update channel_identities set reachable = false where id = %s", [identity_id]
    )


def record_refusal(connection: Connection, user_id: int, kind: str, reason: str) -> None:
    """Keep that a traveller does not want *kind*, unless that is known already."""
    connection.execute(
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           select %(user)s, %(kind)s, false, %(reason)s, '1', %(channel)s
            where coalesce((select granted from consents
                             where user_id = %(user)s and kind = %(kind)s
                             order by recorded_at desc, id desc limit 1), true)""",
        {"user": user_id, "kind": kind, "reason": reason, "channel": CHANNEL},
    )


def end_pushes(connection: Connection, user_id: int) -> None:
    """End a traveller's suggestions."""
    connection.execute(
        """update push_schedules set active = false, updated_at = now()
            where user_id = %s and active""",
        [user_id],
    )


def push_less(connection: Connection, user_id: int) -> None:
    """Send suggestions half as often, and none for a day."""
    connection.execute(
        """update push_schedules
              set rhythm = case rhythm when 'daily' then 'weekly' when 'weekly' then 'fortnightly'
                                       else 'monthly' end,
                  next_due_at = null, updated_at = now(),
                  paused_until = greatest(paused_until, now() + interval '24 hours')
            where user_id = %s""",
        [user_id],
    )


def silent_readers(connection: Connection, messages: int, days: int) -> list[int]:
    """Return users whose last suggestions, *messages* or more, are stuck at ``sent`` for *days*.

    Whoever blocks a number is not told of: all that shows is that nothing is delivered any more.
    """
    rows = connection.execute(
        """select p.user_id
             from push_schedules p
             join channel_identities i on i.user_id = p.user_id
             join outbound_messages o on o.identity_id = i.id
            where p.active and o.provider_sid is not null
              and o.created_at > coalesce((
                  select max(d.created_at) from outbound_messages d
                    join channel_identities di on di.id = d.identity_id
                   where di.user_id = p.user_id and d.status in ('delivered', 'read')),
                  '-infinity')
              and o.created_at > coalesce((select max(ii.last_inbound_at)
                      from channel_identities ii where ii.user_id = p.user_id), '-infinity')
              and o.status = 'sent' and o.claimed_at < now() - make_interval(days => %s)
            group by p.user_id having count(*) >= %s""",
        [days, messages],
    )
    return [int(row["user_id"]) for row in rows]


def halt(connection: Connection, account: str, code: str) -> bool:
    """Stop all sending; False when it was stopped already."""
    inserted = connection.execute(
        """insert into channel_halts (account, code) values (%s, %s)
           on conflict (account) where resumed_at is null do nothing""",
        [account, code],
    )
    return inserted.rowcount == 1


def open_halt(connection: Connection, account: str) -> DictRow | None:
    """Return ``code`` and ``halted_at`` of the account's stop; None while it may send."""
    return connection.execute(
        "select code, halted_at from channel_halts where account = %s and resumed_at is null",
        [account],
    ).fetchone()


def resume(connection: Connection, account: str) -> bool:
    """Let the account send again; False when nothing had stopped it."""
    updated = connection.execute(
        "update channel_halts set resumed_at = now() where account = %s and resumed_at is null",
        [account],
    )
    return updated.rowcount == 1
