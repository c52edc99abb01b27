"""The SQL of suggestions: who is due, what they have seen, and what became of each time.

Every function runs in the caller's transaction.
"""

from datetime import datetime

from psycopg.rows import DictRow

from core.database import Connection
from whatsapp.outbox.schemas import BULK
from whatsapp.push.schemas import Decision

_UNANSWERED = "('accepted', 'queued', 'sending', 'sent', 'delivered')"
_CAPPED = "('sent', 'asked')"


def cancel_unwanted(connection: Connection, user_id: int) -> int:
    """End queued suggestions that the user no longer wishes, and return how many those were.

    They wish none while they are silent, have no schedule, paused it, or talk with a person.
    """
    done = connection.execute(
        """with unwanted as (
               update outbound_messages o set status = 'cancelled', updated_at = now()
                 from channel_identities i
                where i.id = o.identity_id and i.user_id = %(user)s
                  and o.status in ('pending', 'held') and o.inbound_id is null
                  and o.priority >= %(bulk)s
                  and not exists (
                      select from push_schedules s
                       where s.user_id = %(user)s and s.active
                         and coalesce(s.paused_until < now(), true)
                         and coalesce((select c.granted from consents c
                                        where c.user_id = %(user)s and c.kind = 'conversation'
                                        order by c.recorded_at desc, c.id desc limit 1), true)
                         and not exists (select from handovers h
                                          where h.user_id = %(user)s and h.closed_at is null))
               returning o.id)
           insert into message_events (outbound_id, status) select id, 'cancelled' from unwanted""",
        {"user": user_id, "bulk": BULK},
    )
    return done.rowcount


def unplanned(connection: Connection, limit: int) -> list[DictRow]:
    """Take schedules whose next time is to be worked out; others skip them meanwhile."""
    return connection.execute(
        """select s.user_id, s.rhythm, s.weekday, s.hour, s.time_zone, s.unread,
                  s.paused_until, s.next_due_at, s.last_sent_at, a.address_encrypted, now() as now
             from push_schedules s
             left join lateral (
                 select address_encrypted from channel_identities i
                  where i.user_id = s.user_id
                  order by last_inbound_at desc nulls last, id desc limit 1) a on true
            where s.active and s.next_due_at is null
            order by s.user_id limit %s for update of s skip locked""",
        [limit],
    ).fetchall()


def due(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Return the users for whom suggestions are due, those who wait longest first."""
    rows = connection.execute(
        """select user_id from push_schedules
            where active and next_due_at <= %(now)s and coalesce(paused_until <= %(now)s, true)
            order by next_due_at, user_id limit %(limit)s""",
        {"now": now, "limit": limit},
    )
    return [row["user_id"] for row in rows]


def take(connection: Connection, user_id: int, now: datetime) -> DictRow | None:
    """Hold a user's schedule if it is due and nobody else is at it.

    Columns: those of the schedule; ``language``; the address that was used last, with
    ``identity_id``, ``address_encrypted``, ``last_inbound_at`` and ``reachable``; ``agreed`` (both
    to the talk and to suggestions), ``with_staff`` and ``leaving`` (asked to be forgotten).
    """
    return connection.execute(
        """select s.*, u.language, u.erase_requested_at is not null as leaving,
                  a.id as identity_id, a.address_encrypted, a.last_inbound_at, a.reachable,
                  coalesce((select bool_and(granted) and bool_or(kind = 'recommendations')
                              from (select distinct on (kind) kind, granted from consents
                                     where user_id = u.id
                                     order by kind, recorded_at desc, id desc) latest),
                           false) as agreed,
                  exists (select from handovers h
                           where h.user_id = u.id and h.closed_at is null) as with_staff
             from push_schedules s join users u on u.id = s.user_id
             left join lateral (
                 select * from channel_identities i where i.user_id = s.user_id
                  order by reachable desc, last_inbound_at desc nulls last, id desc limit 1) a
               on true
            where s.user_id = %(user)s and s.active and s.next_due_at <= %(now)s
              and coalesce(s.paused_until <= %(now)s, true)
              for update of s, u skip locked""",
        {"user": user_id, "now": now},
    ).fetchone()


def shown_ever(connection: Connection, user_id: int) -> list[int]:
    """Return the keys of all tours that the user was ever shown."""
    rows = connection.execute(
        "select distinct package_id from recommendations where user_id = %s", [user_id]
    )
    return [row["package_id"] for row in rows]


def sent_since(connection: Connection, user_id: int, since: datetime) -> int:
    """Count what was sent to the user unasked since a moment."""
    row = connection.execute(
        f"""select count(*) as n from pushes
            where user_id = %s and outcome in {_CAPPED} and decided_at > %s""",  # noqa: S608
        [user_id, since],
    ).fetchone()
    return 0 if row is None else int(row["n"])


def unread_in_a_row(connection: Connection, user_id: int) -> int:
    """Count the latest suggestions that arrived, and were neither read nor answered since."""
    row = connection.execute(
        f"""with sent as (
               select p.decided_at,
                      o.status = 'read' or exists (
                          select from message_events e
                           where e.outbound_id = o.id and e.status = 'read') or exists (
                          select from channel_identities i
                           where i.user_id = p.user_id and i.last_inbound_at > p.decided_at)
                          as noticed
                 from pushes p join outbound_messages o on o.id = p.outbound_id
                where p.user_id = %(user)s and p.outcome = 'sent'
                  and (o.status in {_UNANSWERED} or o.status = 'read'))
           select count(*) as n from sent
            where decided_at > coalesce((select max(decided_at) from sent where noticed),
                                        '-infinity')""",  # noqa: S608 - of our own constants
        {"user": user_id},
    ).fetchone()
    return 0 if row is None else int(row["n"])


def decide(connection: Connection, user_id: int, due_at: datetime, made: Decision) -> None:
    """Note what became of a due time: it is dealt with."""
    connection.execute(
        """insert into pushes (user_id, due_at, outcome, reason, outbound_id, decided_at)
                values (%s, %s, %s, %s, %s, %s) on conflict (user_id, due_at) do nothing""",
        [user_id, due_at, made.outcome, made.reason, made.outbound_id, made.at],
    )


def plan(
    connection: Connection, user_id: int, next_due_at: datetime | None, unread: int | None = None
) -> None:
    """Note when suggestions are due next, and how many in a row were not read, where counted."""
    connection.execute(
        """update push_schedules set next_due_at = %s, unread = coalesce(%s, unread)
            where user_id = %s""",
        [next_due_at, unread, user_id],
    )


def note_sent(connection: Connection, user_id: int, moment: datetime) -> None:
    """Note when suggestions were sent last."""
    connection.execute(
        "update push_schedules set last_sent_at = %s where user_id = %s", [moment, user_id]
    )


def pause(connection: Connection, user_id: int, until: datetime) -> None:
    """Send no suggestions until a moment, or until the user asks for them."""
    connection.execute(
        """update push_schedules set paused_until = %s, next_due_at = null, updated_at = now()
            where user_id = %s""",
        [until, user_id],
    )


def schedules(connection: Connection, limit: int) -> list[DictRow]:
    """Return the schedules that are on, those due first; ``paused_until`` only where it counts."""
    return connection.execute(
        """select user_id, rhythm, weekday, hour, time_zone, next_due_at, last_sent_at, unread,
                  case when paused_until > now() then paused_until end as paused_until
             from push_schedules where active
            order by next_due_at nulls first, user_id limit %s""",
        [limit],
    ).fetchall()
