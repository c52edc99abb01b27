"""Sending suggestions to those who asked for them: when they are due, at most once, never at night.

One transaction takes the schedule, ranks, queues the messages, notes what was shown and works out
the next time. So a due time is dealt with once, or, after a crash, not at all and then again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

import structlog
from psycopg.rows import DictRow

from conversation.formatting import shortened
from conversation.schemas import Outgoing
from conversation.suggestions import ask_whether_to_go_on, suggest
from conversation.understanding import Language
from core.database import Connection
from core.encryption import decrypt
from core.settings import settings
from core.text import tidy
from whatsapp.outbox.repository import add_outbound
from whatsapp.outbox.schemas import BULK
from whatsapp.push import repository
from whatsapp.push.calendar import Rhythm, zone_of
from whatsapp.push.schemas import Decision
from whatsapp.render import contents
from whatsapp.schemas import TemplateUse

log = structlog.get_logger(__name__)

MOST_A_DAY = 3
"""Messages that nobody asked for just now, to one traveller in 24 hours."""
MOST_UNREAD = 4
"""After so many suggestions unread in a row they are asked once, and then left in peace."""

_TEMPLATE, _PAUSED_TEMPLATE = "recommendations", "suggestions_paused"
_IN_A_TALK = timedelta(minutes=30)
_PUT_OFF = timedelta(hours=1)
_REST = timedelta(days=365)
_TITLE = 80


def plan_new(connection: Connection, limit: int) -> int:
    """Work out when suggestions are due for schedules that are new or changed; return how many."""
    rows = repository.unplanned(connection, limit)
    for row in rows:
        after = max(filter(None, (row["now"], row["paused_until"])))
        repository.plan(connection, row["user_id"], _rhythm(row, row["unread"]).first_after(after))
    return len(rows)


def push(connection: Connection, user_id: int, now: datetime) -> Decision | None:
    """Deal with a traveller's suggestions, if they are due.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        now: the present moment.

    Returns:
        What was decided; None where nothing is due, somebody else is at it, or it was put off.
    """
    row = repository.take(connection, user_id, now)
    if row is None:
        return None
    unread = repository.unread_in_a_row(connection, user_id)
    rhythm = _rhythm(row, unread)
    later = _better_moment(row, rhythm, now)
    if later is not None:
        repository.plan(connection, user_id, later)
        return None
    made = _decide(connection, row, rhythm, now)
    repository.decide(connection, user_id, row["next_due_at"], made)
    if made.outcome == "asked":
        repository.pause(connection, user_id, now + _REST)
    else:
        following = rhythm.next_after(row["next_due_at"], now)
        repository.plan(connection, user_id, following, unread)
    log.info("suggestions_decided", user=user_id, outcome=made.outcome, reason=made.reason)
    return made


def _better_moment(row: DictRow, rhythm: Rhythm, now: datetime) -> datetime | None:
    """Return when to try again where this is no time to write: at night, or in mid-talk."""
    if not rhythm.is_awake(now):
        return rhythm.awake_from(now)
    last = row["last_inbound_at"]
    return now + _PUT_OFF if last is not None and last > now - _IN_A_TALK else None


def _decide(connection: Connection, row: DictRow, rhythm: Rhythm, now: datetime) -> Decision:
    user_id = row["user_id"]
    obstacle = _obstacle(connection, row, now)
    if obstacle:
        return Decision("skipped", now, obstacle)
    language = cast("Language", row["language"])
    if rhythm.unread >= MOST_UNREAD:
        question = ask_whether_to_go_on(connection, user_id, language)
        template = TemplateUse(
            name=_PAUSED_TEMPLATE, language=language, variables=[tidy(settings().business_name)]
        )
        queued = _queue(connection, row, question, template, rhythm.awake_until(now))
        return Decision("asked", now, None, queued[0], row["identity_id"])
    found = suggest(connection, user_id, language, repository.shown_ever(connection, user_id))
    if found is None:
        return Decision("skipped", now, "nothing new is good enough")
    template = TemplateUse(
        name=_TEMPLATE,
        language=language,
        variables=[tidy(settings().business_name), shortened(tidy(found.titles[0]), _TITLE)],
    )
    queued = _queue(connection, row, found.message, template, rhythm.awake_until(now))
    repository.note_sent(connection, user_id, now)
    return Decision("sent", now, None, queued[0], row["identity_id"], tuple(found.titles))


def _obstacle(connection: Connection, row: DictRow, now: datetime) -> str | None:
    """Return why nothing may be sent; None where it may."""
    if row["leaving"]:
        return "they asked to be forgotten"
    if not row["agreed"]:
        return "they do not agree to it"
    if row["with_staff"]:
        return "a person is talking with them"
    if not row["reachable"]:
        return "they cannot be reached"
    sent = repository.sent_since(connection, row["user_id"], now - timedelta(days=1))
    return "they got enough within a day" if sent >= MOST_A_DAY else None


def _queue(
    connection: Connection,
    row: DictRow,
    message: Outgoing,
    template: TemplateUse,
    not_after: datetime,
) -> Sequence[int]:
    """Queue a message; the template stands ready for the first of its parts."""
    first, *rest = contents([message])
    parts = [first.model_copy(update={"template": template}), *rest]
    queued = [part.model_dump(mode="json", exclude_defaults=True) for part in parts]
    return add_outbound(
        connection, row["identity_id"], None, queued, priority=BULK, not_after=not_after
    )


def _rhythm(row: DictRow, unread: int) -> Rhythm:
    address = row["address_encrypted"]
    zone = zone_of(row["time_zone"], None if address is None else decrypt(address))
    return Rhythm(row["rhythm"], row["weekday"], row["hour"], zone, unread)
