"""Taking messages in, answering them in order, and following what becomes of the answers."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import structlog

from conversation.schemas import Outgoing
from conversation.service import answer
from core.database import Connection
from core.encryption import decrypt, encrypt
from core.errors import RetryLaterError, TravelBuddyError
from whatsapp import repository, wording
from whatsapp.identities import identity_of
from whatsapp.port import Channel
from whatsapp.refusals import Failure, draw_consequences
from whatsapp.render import contents
from whatsapp.schemas import InboundMessage, StatusChange
from whatsapp.twilio.payload import incoming

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5

_LOOK_BACK = timedelta(minutes=30)
_LOCK_WAIT_MS = 5_000
_TYPING_WAIT_S = 0.5


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message to be answered."""

    id: int
    identity_id: int
    user_id: int
    language: str
    opted_out: bool
    provider_sid: str
    payload: dict[str, str]
    attempts: int


def receive(connection: Connection, message: InboundMessage) -> int | None:
    """Keep *message* in the inbox.

    Returns:
        The id of the sender's identity, or None when the message was in the inbox already.
    """
    identity_id = identity_of(connection, message)
    payload = encrypt(json.dumps(dict(message.payload)))
    inbound_id = repository.add_inbound(connection, message.sid, identity_id, payload)
    if inbound_id is None:
        return None
    name = encrypt(message.profile_name) if message.profile_name else None
    repository.note_inbound(connection, identity_id, name)
    log.info("message_received", inbound=inbound_id, identity=identity_id)
    return identity_id


def look_back_to(connection: Connection) -> datetime | None:
    """Return since when to look for messages whose webhook never reached us.

    Nothing from before the inbox's first message counts: that was for whoever had the number
    before us. None while the inbox is empty.
    """
    first = repository.first_inbound_at(connection)
    return None if first is None else max(first, datetime.now(UTC) - _LOOK_BACK)


def missing_from_inbox(
    connection: Connection, messages: Sequence[InboundMessage]
) -> list[InboundMessage]:
    """Return those of *messages* that the inbox lacks, in order."""
    unknown = repository.unknown_sids(connection, [message.sid for message in messages])
    if unknown:
        log.warning("webhooks_missed", messages=len(unknown))
    return [message for message in messages if message.sid in unknown]


def answer_next(connection: Connection, identity_id: int, channel: Channel) -> int | None:
    """Answer the oldest message that the identity's user is still waiting for an answer to.

    The user is held from the first look to the commit, so that messages are answered one by
    one and in order, whichever jobs run. The answer and the note that the message has been
    dealt with are one transaction: neither exists without the other.

    Returns:
        The identity that the answer goes to; None when nothing is waiting.

    Raises:
        RetryLaterError: somebody else is at it, or answering failed and waits for its next try.
    """
    waiting = _next_waiting(connection, identity_id)
    if waiting is None:
        return None
    indicator = None if waiting.opted_out else _show_typing(channel, waiting)
    try:
        with connection.transaction():  # a savepoint: what a failure wrote is undone
            replies = _reply(connection, waiting)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost
        _note_failure(connection, waiting, error)
    else:
        _queue(connection, waiting, replies)
        repository.mark_processed(connection, waiting.id)
    if indicator is not None:  # one that came after the answer would stay there for 25 s
        indicator.join(_TYPING_WAIT_S)
    return waiting.identity_id


def record_status(connection: Connection, change: StatusChange) -> int | None:
    """Note what the provider says of one of our messages.

    Returns:
        The identity it went to; None when no such message is known.
    """
    row = repository.advance(
        connection, change.reference, change.sid, change.status, change.error_code or None
    )
    if row is None:
        log.info("status_of_unknown_message", sid=change.sid, status=change.status)
        return None
    if change.error_code and row["is_new"] and row["status"] == change.status:
        failure = Failure(change.reference, row["identity_id"], row["user_id"], change.error_code)
        draw_consequences(connection, failure)
    return int(row["identity_id"])


def _next_waiting(connection: Connection, identity_id: int) -> _Waiting | None:
    try:
        user = repository.lock_user(connection, identity_id, _LOCK_WAIT_MS)
    except psycopg.errors.LockNotAvailable:
        raise RetryLaterError("another job is answering this traveller") from None
    if user is None:
        return None
    row = repository.next_inbound(connection, user["id"])
    if row is None:
        return None
    if row["wait_s"] > 0:
        raise RetryLaterError("the next try is not due yet", after_s=row["wait_s"])
    return _Waiting(
        id=row["id"],
        identity_id=row["identity_id"],
        user_id=user["id"],
        language=user["language"],
        opted_out=user["opted_out"],
        provider_sid=row["provider_sid"],
        payload=json.loads(decrypt(row["payload_encrypted"])),
        attempts=row["attempts"],
    )


def _reply(connection: Connection, waiting: _Waiting) -> list[Outgoing]:
    return answer(connection, waiting.user_id, incoming(waiting.payload))


def _queue(connection: Connection, waiting: _Waiting, replies: Sequence[Outgoing]) -> None:
    queued = [
        content.model_dump(mode="json", exclude_defaults=True) for content in contents(replies)
    ]
    repository.add_outbound(connection, waiting.identity_id, waiting.id, queued)
    log.info("message_answered", inbound=waiting.id, messages=len(queued))


def _note_failure(connection: Connection, waiting: _Waiting, error: Exception) -> None:
    """Plan the next try, or give up and say so."""
    reason = _reason(error)
    log.warning(
        "message_not_answered", inbound=waiting.id, attempt=waiting.attempts + 1, reason=reason
    )
    if waiting.attempts + 1 < MOST_ATTEMPTS:
        after_s = error.after_s if isinstance(error, RetryLaterError) else None
        wait_s = max(2.0**waiting.attempts, after_s or 0.0)
        repository.postpone_inbound(connection, waiting.id, reason, wait_s)
        return
    _queue(connection, waiting, [Outgoing(body=wording.apology(waiting.language))])
    repository.mark_processed(connection, waiting.id, reason)


def _reason(error: Exception) -> str:
    """Describe *error* without its text, which may quote what the traveller wrote."""
    if isinstance(error, TravelBuddyError):
        return f"{type(error).__name__}: {error.message}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"


def _show_typing(channel: Channel, waiting: _Waiting) -> threading.Thread:
    """Start showing the indicator beside the work: it is a courtesy, not a step."""
    thread = threading.Thread(
        target=_type, args=(channel, waiting.provider_sid), name="typing", daemon=True
    )
    thread.start()
    return thread


def _type(channel: Channel, inbound_sid: str) -> None:
    try:
        channel.typing(inbound_sid)
    except TravelBuddyError as error:
        log.info("typing_not_shown", reason=error.message)
