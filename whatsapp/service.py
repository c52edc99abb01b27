"""Taking messages in, answering them in order, and following what becomes of the answers."""

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import psycopg
import structlog

from conversation.schemas import Incoming, Outgoing
from conversation.service import answer
from core.database import Connection
from core.encryption import encrypt
from core.errors import RetryLaterError, TravelBuddyError
from whatsapp import hearing, repository, wording
from whatsapp.albums import Album, IncompleteAlbumError, album_of
from whatsapp.hearing import VoiceNote
from whatsapp.identities import identities_of
from whatsapp.joining import service as joining
from whatsapp.outbox import repository as outbox
from whatsapp.outbox import statuses
from whatsapp.port import Channel
from whatsapp.push import repository as pushes
from whatsapp.render import contents
from whatsapp.schemas import InboundMessage, StatusChange
from whatsapp.waiting import Waiting, incoming_of, is_picture, waiting_of

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5

_LOOK_BACK = timedelta(minutes=30)
_LONGEST_LOOK_BACK = timedelta(days=7)
_LOCK_WAIT_MS = 5_000
_TYPING_WAIT_S = 0.5


def receive(connection: Connection, messages: Sequence[InboundMessage]) -> list[int]:
    """Keep *messages* in the inbox, in their order.

    Returns:
        The identities that wait for an answer, each once; nobody waits for one to a message that
        was in the inbox already.
    """
    senders = identities_of(connection, messages)
    sealed = [
        (message, sender, encrypt(json.dumps(dict(message.payload))))
        for message, sender in zip(messages, senders, strict=True)
    ]
    added = repository.add_inbound(connection, sealed)
    waiting: dict[int, bytes | None] = {}
    for message, sender in zip(messages, senders, strict=True):
        if message.sid in added and message.wants_answer:
            name = encrypt(message.profile_name) if message.profile_name else None
            waiting[sender] = name or waiting.get(sender)
        elif message.sid in added:
            repository.mark_processed(connection, added[message.sid])
    repository.note_inbound(connection, waiting)
    log.info("messages_received", inbound=sorted(added.values()))
    return list(waiting)


def look_back_to(connection: Connection) -> datetime | None:
    """Return since when to look for messages whose webhook never reached us.

    Half an hour overlaps what was looked through before; after an outage it is from where that
    ended, though at most a week. Nothing from before the inbox's first message counts: that was
    for whoever had the number before us. None while the inbox is empty.
    """
    first = repository.first_inbound_at(connection)
    if first is None:
        return None
    now = datetime.now(UTC)
    complete_to = repository.inbox_complete_to(connection) or now
    return max(first, min(complete_to, now) - _LOOK_BACK, now - _LONGEST_LOOK_BACK)


def note_complete(connection: Connection, until: datetime) -> None:
    """Note that the inbox holds all that was sent before *until*."""
    repository.note_inbox_complete(connection, until)


def missing_from_inbox(
    connection: Connection, messages: Sequence[InboundMessage]
) -> list[InboundMessage]:
    """Return those of *messages* that the inbox lacks, in order."""
    unknown = repository.unknown_sids(connection, [message.sid for message in messages])
    if unknown:
        log.warning("webhooks_missed", messages=len(unknown))
    return [message for message in messages if message.sid in unknown]


def answer_next(
    connection: Connection, identity_id: int, channel: Channel
) -> int | VoiceNote | None:
    """Answer the oldest message that the identity's user is still waiting for an answer to.

    The user is held from the first look to the commit, so that messages are answered one by
    one and in order, whichever jobs run. The answer and the note that the message has been
    dealt with are one transaction: neither exists without the other.

    Returns:
        The identity that the answer goes to; a voice note that must be heard first, now claimed
        for this job; None when nothing is waiting.

    Raises:
        RetryLaterError: somebody else is at it, or answering failed and waits for its next try.
    """
    waiting = _next_waiting(connection, identity_id)
    if waiting is None:
        return None
    note = hearing.claim(connection, waiting, channel)
    if note is not None:
        return note
    indicator: threading.Thread | None = None
    try:
        with connection.transaction():  # a savepoint: what a failure wrote is undone
            album = _gather(connection, waiting)
            if not waiting.opted_out and not album.is_late:
                indicator = _show_typing(channel, waiting.provider_sid)
            replies = [] if album.is_late else _replies(connection, waiting, album.said)
    except IncompleteAlbumError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost
        _note_failure(connection, waiting, error)
    else:
        _queue(connection, waiting, replies)
        _note_answered(connection, waiting, album)
    if indicator is not None:  # one that came after the answer would stay there for 25 s
        indicator.join(_TYPING_WAIT_S)
    return waiting.identity_id


def hear(note: VoiceNote, channel: Channel) -> None:
    """Hear a claimed voice note, so that it can be answered; no transaction is open meanwhile."""
    indicator = _show_typing(channel, note.provider_sid)
    hearing.hear(note, channel)
    indicator.join(_TYPING_WAIT_S)


def record_status(connection: Connection, change: StatusChange) -> int | None:
    """Note what the provider says of one of our messages.

    Returns:
        The identity it went to; None when no such message is known.
    """
    return statuses.record(connection, change)


def record_missed(connection: Connection, failures: Sequence[StatusChange]) -> list[int]:
    """Note which messages of ours failed without our being told; return whom they went to."""
    return statuses.record_missed(connection, failures)


def _next_waiting(connection: Connection, identity_id: int) -> Waiting | None:
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
    return waiting_of(row, user)


def _replies(connection: Connection, waiting: Waiting, said: Incoming) -> list[Outgoing]:
    """Return what is said to a message: of codes and sign-in links the talk knows nothing."""
    about_joining = joining.answer(connection, waiting, said)
    if about_joining is not None:
        return about_joining
    return answer(connection, waiting.user_id, said)


def _gather(connection: Connection, waiting: Waiting) -> Album:
    """Return what is answered now: the message, or the whole album that it is a part of."""
    said = incoming_of(connection, waiting)
    if is_picture(said):
        return album_of(connection, waiting, said)
    return Album(said, [waiting.id], is_late=False)


def _note_answered(connection: Connection, waiting: Waiting, album: Album) -> None:
    for inbound_id in album.ids:
        repository.mark_processed(connection, inbound_id)
    cancelled = pushes.cancel_unwanted(connection, waiting.user_id)
    if cancelled:
        log.info("suggestions_cancelled", messages=cancelled)


def _queue(connection: Connection, waiting: Waiting, replies: Sequence[Outgoing]) -> None:
    queued = [
        content.model_dump(mode="json", exclude_defaults=True) for content in contents(replies)
    ]
    outbox.add_outbound(connection, waiting.identity_id, waiting.id, queued)
    log.info("message_answered", inbound=waiting.id, messages=len(queued))


def _note_failure(connection: Connection, waiting: Waiting, error: Exception) -> None:
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


def _show_typing(channel: Channel, provider_sid: str) -> threading.Thread:
    """Start showing the indicator beside the work: it is a courtesy, not a step."""
    thread = threading.Thread(
        target=_type, args=(channel, provider_sid), name="typing", daemon=True
    )
    thread.start()
    return thread


def _type(channel: Channel, inbound_sid: str) -> None:
    try:
        channel.typing(inbound_sid)
    except TravelBuddyError as error:
        log.info("typing_not_shown", reason=error.message)
