"""The SQL of the outbox: what waits, what is under way, and what became of each message.

Every function runs in the caller's transaction. Whoever changes both locks the address first,
then its messages.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.database import Connection
from core.encryption import decrypt
from whatsapp.outbox.schemas import BULK, OUTCOME_UNKNOWN, REPLY, Recipient, Waiting
from whatsapp.schemas import Content, TemplateUse


def add_outbound(
    connection: Connection,
    identity_id: int,
    inbound_id: int | None,
    contents: Sequence[Any],
    *,
    priority: int = REPLY,
    not_after: datetime | None = None,
) -> list[int]:
    """Queue *contents* (JSON), in order; those of a reply that is queued already are left.

    Args:
        connection: in whose transaction.
        identity_id: the address to send to.
        inbound_id: the message that they answer; None when nobody asked.
        contents: one for each message.
        priority: `REPLY`, or `BULK` for what nobody waits for.
        not_after: when sending them makes no sense any more.

    Returns:
        The ids of those that were added.
    """
    added = []
    for position, content in enumerate(contents):
        row = connection.execute(
            """insert into outbound_messages
                      (identity_id, inbound_id, position, content, priority, not_after)
                    values (%s, %s, %s, %s, %s, %s)
               on conflict (inbound_id, position) where copy_of is null do nothing
               returning id""",
            [identity_id, inbound_id, position, Jsonb(content), priority, not_after],
        ).fetchone()
        added += [] if row is None else [int(row["id"])]
    return added


def add_notice(connection: Connection, identity_id: int, use: TemplateUse, priority: int) -> None:
    """Queue a template that tells of the messages held back."""
    content = Content(template=use).model_dump(mode="json", exclude_defaults=True)
    connection.execute(
        """insert into outbound_messages (identity_id, content, priority, template)
                values (%s, %s, %s, %s)""",
        [identity_id, Jsonb(content), priority, Jsonb(use.model_dump(mode="json"))],
    )


def lock_recipient(connection: Connection, identity_id: int, window_s: int) -> Recipient | None:
    """Hold an address, and return whether and how it can be written to; None if it is gone."""
    row = connection.execute(
        """select i.user_id, i.address_encrypted, i.reachable, u.language,
                  coalesce(i.last_inbound_at > greatest(now() - make_interval(secs => %s),
                                                        i.window_shut_at), false) as window_open,
                  (select case when c.granted then null else c.recorded_at end from consents c
                    where c.user_id = i.user_id and c.kind = 'conversation'
                    order by c.recorded_at desc, c.id desc limit 1) as opted_out_at
             from channel_identities i join users u on u.id = i.user_id
            where i.id = %s for no key update of i""",
        [window_s, identity_id],
    ).fetchone()
    if row is None:
        return None
    return Recipient(
        identity_id=identity_id,
        user_id=row["user_id"],
        address=decrypt(row["address_encrypted"]),
        language=row["language"],
        reachable=row["reachable"],
        window_open=row["window_open"],
        opted_out_at=row["opted_out_at"],
    )


def lock_address_of(connection: Connection, outbound_id: int) -> None:
    """Hold the address that a message goes to."""
    connection.execute(
        """select from channel_identities
            where id = (select identity_id from outbound_messages where id = %s)
              for no key update""",
        [outbound_id],
    )


def cancel_opted_out(connection: Connection, identity_id: int, opted_out_at: datetime) -> None:
    """End what was queued before the opt-out, or is no reply.

    The words that confirm an opt-out are queued in its own transaction, and still go out.
    """
    _close(
        connection,
        """identity_id = %(identity)s and status in ('pending', 'held')
           and (inbound_id is null or created_at < %(moment)s)""",
        {"identity": identity_id, "moment": opted_out_at, "status": "cancelled", "code": None},
    )


def cancel_waiting(
    connection: Connection, identity_id: int, code: str | None, least_priority: int = REPLY
) -> None:
    """End what waits to go to an address, from *least_priority* on."""
    _close(
        connection,
        """identity_id = %(identity)s and status in ('pending', 'held')
           and priority >= %(priority)s""",
        {
            "identity": identity_id, "priority": least_priority, "status": "cancelled",
            "code": code,
        },
    )  # fmt: skip


def cancel_late(connection: Connection, identity_id: int, code: str) -> None:
    """End what makes no sense any more."""
    _close(
        connection,
        "identity_id = %(identity)s and status in ('pending', 'held') and not_after < now()",
        {"identity": identity_id, "status": "cancelled", "code": code},
    )


def close(connection: Connection, outbound_id: int, status: str, code: str | None) -> None:
    """End one message that has not been handed over."""
    _close(
        connection,
        "id = %(id)s and status in ('pending', 'claimed', 'unknown', 'held')",
        {"id": outbound_id, "status": status, "code": code},
    )


def expire_held(connection: Connection, days: int, code: str) -> None:
    """End what has been held for *days*: replies are set aside, bulk is over."""
    for least, most, status in ((REPLY, BULK - 1, "failed"), (BULK, 32_767, "cancelled")):
        _close(
            connection,
            """status = 'held' and created_at < now() - make_interval(days => %(days)s)
               and priority between %(least)s and %(most)s""",
            {"days": days, "least": least, "most": most, "status": status, "code": code},
        )


def _close(connection: Connection, which: str, values: dict[str, Any]) -> None:
    connection.execute(
        f"""with closed as (
               update outbound_messages set status = %(status)s, error_code = %(code)s,
                      updated_at = now()
                where {which} returning id)
           insert into message_events (outbound_id, status, error_code)
           select id, %(status)s, %(code)s from closed""",  # noqa: S608 - of our own constants
        values,
    )


def hold(connection: Connection, outbound_id: int) -> None:
    """Keep a message until the traveller writes."""
    connection.execute(
        """update outbound_messages set status = 'held', template = null, updated_at = now()
            where id = %s and status = 'pending'""",
        [outbound_id],
    )


def release(connection: Connection, recipient: Recipient) -> None:
    """Let go what was held for the traveller, to the address that they wrote from."""
    connection.execute(
        """update outbound_messages set status = 'pending', identity_id = %(identity)s,
                  not_before = now(), updated_at = now()
            where status = 'held'
              and identity_id in (select id from channel_identities where user_id = %(user)s)""",
        {"identity": recipient.identity_id, "user": recipient.user_id},
    )


def templates_of_gap(connection: Connection, identity_id: int, but_for: int) -> list[DictRow]:
    """Return ``name`` and ``age_s`` of other templates sent since the traveller last wrote."""
    return connection.execute(
        """select o.template ->> 'name' as name,
                  extract(epoch from now() - coalesce(o.claimed_at, o.created_at))::float as age_s
             from outbound_messages o join channel_identities i on i.id = o.identity_id
            where i.id = %s and o.id <> %s and o.template is not null
              and o.status not in ('failed', 'undelivered', 'cancelled', 'held')
              and coalesce(o.claimed_at, o.created_at) > coalesce(i.last_inbound_at, '-infinity')
            order by o.id""",
        [identity_id, but_for],
    ).fetchall()


def head_of_outbox(connection: Connection, identity_id: int) -> Waiting | None:
    """Return the address's next message: the one under way if there is one, else the first."""
    row = connection.execute(
        """select id, content, template, status, priority, attempts, claimed_at,
                  extract(epoch from not_before - now())::float as wait_s,
                  coalesce(extract(epoch from now() - claimed_at), 0)::float as claimed_s
             from outbound_messages
            where identity_id = %s and status in ('pending', 'claimed', 'unknown')
            order by (status = 'pending'), priority, id limit 1""",
        [identity_id],
    ).fetchone()
    if row is None:
        return None
    template = row["template"] and TemplateUse.model_validate(row["template"])
    return Waiting(**{**row, "content": _content(row["content"]), "template": template})


def claim(connection: Connection, outbound_id: int, template: TemplateUse | None = None) -> None:
    """Note that the channel is about to be called for a message, in the form of *template*."""
    use = None if template is None else Jsonb(template.model_dump(mode="json"))
    connection.execute(
        """update outbound_messages set status = 'claimed', attempts = attempts + 1,
                  claimed_at = now(), updated_at = now(), template = %s
            where id = %s and status = 'pending'""",
        [use, outbound_id],
    )


def mark_unknown(connection: Connection, outbound_id: int) -> None:
    """Note that a claimed message may have been sent."""
    connection.execute(
        """update outbound_messages set status = 'unknown', updated_at = now()
            where id = %s and status = 'claimed'""",
        [outbound_id],
    )


def put_back(
    connection: Connection, outbound_id: int, wait_s: float, *, counted: bool = True
) -> None:
    """Queue a message again that certainly was not sent, for *wait_s* seconds from now.

    Where the channel has not even been asked, the attempt is not *counted*.
    """
    connection.execute(
        """update outbound_messages set status = 'pending', updated_at = now(),
                  attempts = attempts - %s, not_before = now() + make_interval(secs => %s)
            where id = %s and status in ('claimed', 'unknown')""",
        [0 if counted else 1, wait_s, outbound_id],
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


def lock_told_of(connection: Connection, outbound_id: int, sid: str | None) -> DictRow | None:
    """Hold the message that the channel speaks of; None when there is none with that sid.

    A callback can come before the answer that tells us the sid; then the sid is learnt from it.
    Where the callback does not carry our own id (it is 0), the sid alone tells.
    """
    return connection.execute(
        """select o.id, o.identity_id, i.user_id, o.status, o.error_code, o.attempts, o.priority,
                  o.content, o.template
             from outbound_messages o join channel_identities i on i.id = o.identity_id
            where o.id = coalesce(nullif(%(id)s, 0), (select s.id from outbound_messages s
                                                       where s.provider_sid = %(sid)s))
              and (o.provider_sid is not distinct from %(sid)s
                   or (o.provider_sid is null and (o.status in ('claimed', 'unknown')
                                                   or o.error_code = %(doubtful)s)
                       and not exists (select from outbound_messages s
                                        where s.provider_sid = %(sid)s)))
              for no key update of o""",
        {"id": outbound_id, "sid": sid, "doubtful": OUTCOME_UNKNOWN},
    ).fetchone()


def not_yet_over(connection: Connection, sids: Sequence[str]) -> dict[str, int]:
    """Return our ids of those of *sids* of which we know no end, good or bad."""
    rows = connection.execute(
        """select id, provider_sid from outbound_messages
            where provider_sid = any(%s)
              and status not in ('delivered', 'read', 'failed', 'undelivered', 'cancelled')""",
        [list(sids)],
    )
    return {row["provider_sid"]: int(row["id"]) for row in rows}


def note_told(
    connection: Connection, outbound_id: int, sid: str | None, status: str, code: str | None
) -> None:
    """Keep a word of the channel in the history, and the sid that came with it."""
    connection.execute(
        "insert into message_events (outbound_id, status, error_code) values (%s, %s, %s)",
        [outbound_id, status, code],
    )
    connection.execute(
        """update outbound_messages set provider_sid = coalesce(provider_sid, %s),
                  updated_at = now()
            where id = %s""",
        [sid, outbound_id],
    )


def set_status(connection: Connection, outbound_id: int, status: str, code: str | None) -> None:
    """Move a message on."""
    connection.execute(
        """update outbound_messages set status = %s, error_code = %s, updated_at = now()
            where id = %s""",
        [status, code, outbound_id],
    )


def settle(connection: Connection, outbound_id: int) -> None:
    """Note that nobody needs to look at a failure any more."""
    connection.execute(
        "update outbound_messages set settled_at = now() where id = %s", [outbound_id]
    )


def queue_copy(
    connection: Connection,
    outbound_id: int,
    *,
    wait_s: float = 0.0,
    attempts: int = 0,
    content: Content | None = None,
    however_late: bool = False,
) -> int | None:
    """Queue a failed message anew, once; None when that has been done before.

    Args:
        connection: in whose transaction.
        outbound_id: the failed message; it stays as it is.
        wait_s: how many seconds to wait.
        attempts: how many the copy has behind it.
        content: what it says instead of the same.
        however_late: whether it goes out even after the first one's last moment.
    """
    changed = None if content is None else Jsonb(_json(content))
    row = connection.execute(
        """insert into outbound_messages (identity_id, inbound_id, position, priority, content,
                  template, not_after, attempts, not_before, copy_of)
           select identity_id, inbound_id, position, priority, coalesce(%(content)s, content),
                  template, case when %(late)s then null else not_after end, %(attempts)s,
                  now() + make_interval(secs => %(wait)s), id
             from outbound_messages where id = %(id)s
           on conflict (copy_of) do nothing returning id""",
        {
            "content": changed, "attempts": attempts, "wait": wait_s, "id": outbound_id,
            "late": however_late,
        },
    ).fetchone()  # fmt: skip
    return None if row is None else int(row["id"])


def waiting_counts(connection: Connection) -> dict[str, int]:
    """Return how many messages there are in each state that is not the end."""
    rows = connection.execute(
        """select status, count(*) as n from outbound_messages
            where status in ('pending', 'claimed', 'unknown', 'held') group by status"""
    )
    counted = {row["status"]: int(row["n"]) for row in rows}
    return {each: counted.get(each, 0) for each in ("pending", "claimed", "unknown", "held")}


def waiting_outbox(connection: Connection, overdue_s: float, limit: int) -> list[DictRow]:
    """Return ``identity_id`` and ``priority`` of what should have gone out *overdue_s* ago."""
    return connection.execute(
        """select identity_id, min(priority) as priority from outbound_messages
            where status in ('pending', 'claimed', 'unknown')
              and greatest(not_before, claimed_at) < now() - make_interval(secs => %s)
            group by identity_id order by min(priority), min(id) limit %s""",
        [overdue_s, limit],
    ).fetchall()


def _content(stored: Any) -> Content:
    return Content.model_validate(stored)


def _json(content: Content) -> dict[str, Any]:
    return content.model_dump(mode="json", exclude_defaults=True)
