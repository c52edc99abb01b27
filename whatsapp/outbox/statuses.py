"""What becomes of a message: it only ever moves on, and a failure has its consequences once."""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

import structlog

from core.database import Connection
from whatsapp.outbox import consequences, repository
from whatsapp.outbox.refusals import Refusal
from whatsapp.outbox.schemas import OUTCOME_UNKNOWN, Failure
from whatsapp.schemas import FAILED, Content, StatusChange, TemplateUse

log = structlog.get_logger(__name__)

# Of two statuses the higher stays. A message that was seen on the phone has not failed, and one
# that failed before stays failed.
_RANK = {
    "pending": 0, "held": 0, "claimed": 0, "unknown": 0,
    "accepted": 1, "queued": 1, "sending": 2, "sent": 3,
    "failed": 4, "undelivered": 4, "cancelled": 4,
    "delivered": 5, "read": 6,
}  # fmt: skip
_FINAL = FAILED | {"cancelled"}


def record(connection: Connection, change: StatusChange) -> int | None:
    """Note what the provider says of one of our messages, in a callback.

    Returns:
        The identity it went to; None when no such message is known.
    """
    code = change.error_code or None
    if code is not None:  # its consequences may touch the address, which is always locked first
        repository.lock_address_of(connection, change.reference)
    failure = advance(connection, change.reference, change.sid, change.status, code)
    if failure is None:
        log.info("status_of_unknown_message", sid=change.sid, status=change.status)
        return None
    if failure.code:
        consequences.draw(connection, failure, Refusal(code))
    return failure.identity_id


def record_missed(connection: Connection, changes: Sequence[StatusChange]) -> list[int]:
    """Note failures that no callback has brought; return whom those messages went to."""
    unheard = repository.not_yet_over(connection, [change.sid for change in changes])
    missed = [
        replace(change, reference=unheard[change.sid])
        for change in changes
        if change.sid in unheard
    ]
    if missed:
        log.warning("callbacks_missed", messages=len(missed))
    told = [record(connection, change) for change in sorted(missed, key=attrgetter("reference"))]
    return [identity_id for identity_id in told if identity_id is not None]


def advance(
    connection: Connection, outbound_id: int, sid: str | None, status: str, code: str | None
) -> Failure | None:
    """Move a message on to *status* unless it is further already, and keep the history.

    Returns:
        The message, with a ``code`` only where it has failed by this very word; None when there
        is no such message with that sid.
    """
    row = repository.lock_told_of(connection, outbound_id, sid)
    if row is None:
        return None
    repository.note_told(connection, row["id"], sid, status, code)
    moves = _is_further(status, row["status"], row["error_code"])
    if moves:
        repository.set_status(connection, row["id"], status, code)
    return Failure(
        outbound_id=row["id"],
        identity_id=row["identity_id"],
        user_id=row["user_id"],
        code=(code or status) if moves and status in FAILED else "",
        attempts=row["attempts"],
        priority=row["priority"],
        content=Content.model_validate(row["content"]),
        template=row["template"] and TemplateUse.model_validate(row["template"]),
    )


def _is_further(status: str, now: str, error_code: str | None) -> bool:
    if error_code == OUTCOME_UNKNOWN:  # set aside in doubt: whatever we hear of it is news
        return True
    return now not in _FINAL and _RANK[status] > _RANK[now]
