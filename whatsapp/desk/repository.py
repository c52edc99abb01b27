"""The SQL of the desk. Every function runs in the caller's transaction."""

from psycopg.rows import DictRow

from core.database import Connection

_TALK = """
    select h.id, h.user_id, h.reason, h.opened_at, h.last_staff_at, h.closed_at, u.language,
           a.id as identity_id, a.address_encrypted, a.profile_name_encrypted, a.reachable,
           coalesce(a.last_inbound_at > now() - make_interval(secs => %(window)s), false)
               as window_open,
           coalesce((select not c.granted from consents c
                      where c.user_id = u.id and c.kind = 'conversation'
                      order by c.recorded_at desc, c.id desc limit 1), false) as opted_out,
           coalesce(extract(epoch from now() - case
               when h.closed_at is not null then now()
               when h.last_staff_at is null then h.opened_at
               else w.since end), 0)::float as waiting_s,
           w.unanswered
      from handovers h
      join users u on u.id = h.user_id
      join lateral (
          select * from channel_identities i where i.user_id = h.user_id
           order by i.reachable desc, i.last_inbound_at desc nulls last, i.id desc limit 1) a
        on true
      left join lateral (
          select min(m.received_at) as since, count(*) as unanswered
            from inbound_messages m join channel_identities i on i.id = m.identity_id
           where i.user_id = h.user_id
             and m.received_at > coalesce(h.last_staff_at, h.opened_at)) w on true"""


def open_talks(connection: Connection, window_s: int, limit: int) -> list[DictRow]:
    """Return the open talks, the one that waits longest first."""
    return connection.execute(
        f"{_TALK} where h.closed_at is null order by waiting_s desc, h.id limit %(limit)s",
        {"window": window_s, "limit": limit},
    ).fetchall()


def talk(connection: Connection, talk_id: int, window_s: int) -> DictRow | None:
    """Return one talk, open or not."""
    return connection.execute(
        f"{_TALK} where h.id = %(id)s", {"window": window_s, "id": talk_id}
    ).fetchone()


def hold(connection: Connection, talk_id: int) -> DictRow | None:
    """Keep a talk from being handed back, or answered by others, until the transaction ends."""
    return connection.execute(
        "select user_id, closed_at from handovers where id = %s for update", [talk_id]
    ).fetchone()


def note_staff(connection: Connection, talk_id: int) -> None:
    """Note that staff wrote just now."""
    connection.execute(
        "update handovers set last_staff_at = clock_timestamp() where id = %s", [talk_id]
    )


def messages(connection: Connection, user_id: int, limit: int) -> list[DictRow]:
    """Return the latest messages of both sides, the newest first.

    Columns: ``at``; of the traveller's ``provider``, ``payload_encrypted`` and
    ``transcript_encrypted``; of ours ``content`` (null for the traveller's) and ``status``.
    """
    return connection.execute(
        """(select m.received_at as at, m.id, m.provider, m.payload_encrypted,
                   m.transcript_encrypted, null::jsonb as content, null as status
              from inbound_messages m join channel_identities i on i.id = m.identity_id
             where i.user_id = %(user)s order by m.received_at desc, m.id desc limit %(limit)s)
           union all
           (select o.created_at, o.id, null, null, null, o.content, o.status
              from outbound_messages o join channel_identities i on i.id = o.identity_id
             where i.user_id = %(user)s order by o.created_at desc, o.id desc limit %(limit)s)
            order by at desc, id desc limit %(limit)s""",
        {"user": user_id, "limit": limit},
    ).fetchall()
