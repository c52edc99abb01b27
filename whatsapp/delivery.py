"""Sending what is queued: in order, once, and never to somebody who must not be written to.

A message is claimed, and the claim committed, before the channel is called. So no transaction
is open during the call, a second worker sees that the first is at it, and what a crash leaves
behind is known to be in doubt: it is looked up with the provider before it is sent again.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog
from psycopg.rows import DictRow

from core.database import Connection, unit_of_work
from core.encryption import decrypt
from core.errors import (
    InvalidInputError,
    OutcomeUnknownError,
    RejectedError,
    RetryLaterError,
)
from core.settings import settings
from whatsapp import repository
from whatsapp.port import Accepted, Channel
from whatsapp.refusals import OUTSIDE_WINDOW, Failure, draw_consequences
from whatsapp.schemas import Content

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 6
WINDOW_S = 24 * 3600 - 300  # our clock and the channel's may differ by minutes

# How much longer than our own patience the provider may take to show a message in its list.
_SETTLE_S = 10.0
_LOOK_AGAIN_S = 3.0
_LONGEST_WAIT_S = 300.0
_INVALID = "invalid"
_GAVE_UP = "gave-up"


@dataclass(frozen=True, slots=True)
class _Step:
    """The next thing to do for an identity: send a message, or find out whether it was sent."""

    kind: Literal["send", "look"]
    id: int
    identity_id: int
    user_id: int
    address: str
    content: Content
    attempts: int
    claimed_at: datetime | None
    claimed_s: float


def deliver(identity_id: int, channel: Channel) -> None:
    """Send everything that is queued for an identity, in order.

    Raises:
        RetryLaterError: something remains that cannot go out yet.
    """
    while (step := _next_step(identity_id)) is not None:
        if step.kind == "send":
            _send(step, channel)
        else:
            _look_up(step, channel)


def _next_step(identity_id: int) -> _Step | None:
    """Decide what to do next, and commit that decision."""
    with unit_of_work() as unit:
        identity = repository.lock_identity(unit.connection, identity_id, WINDOW_S)
        if identity is None:
            return None
        _close_forbidden(unit.connection, identity_id, identity)
        head = repository.head_of_outbox(unit.connection, identity_id)
        if head is None:
            return None
        return _decide(unit.connection, identity_id, identity, head)


def _close_forbidden(connection: Connection, identity_id: int, identity: DictRow) -> None:
    """End the waiting messages that must not go out any more."""
    if identity["opted_out_at"] is not None:
        repository.close_pending(
            connection, identity_id, "cancelled", None, identity["opted_out_at"]
        )
    if not identity["reachable"]:
        repository.close_pending(connection, identity_id, "cancelled", None)
    if not identity["window_open"]:
        repository.close_pending(connection, identity_id, "failed", OUTSIDE_WINDOW)


def _decide(
    connection: Connection, identity_id: int, identity: DictRow, head: DictRow
) -> _Step | None:
    if head["status"] == "claimed":
        if head["claimed_s"] < settings().twilio_timeout_s + _SETTLE_S:
            return None  # another job is sending it, and will go on with what follows
        repository.mark_unknown(connection, head["id"])
    elif head["status"] == "pending":
        if head["wait_s"] > 0:
            raise RetryLaterError("the next try is not due yet", after_s=head["wait_s"])
        repository.claim(connection, head["id"])
    return _Step(
        kind="send" if head["status"] == "pending" else "look",
        id=head["id"],
        identity_id=identity_id,
        user_id=identity["user_id"],
        address=decrypt(identity["address_encrypted"]),
        content=Content.model_validate(head["content"]),
        attempts=head["attempts"] + (head["status"] == "pending"),
        claimed_at=head["claimed_at"],
        claimed_s=head["claimed_s"],
    )


def _send(step: _Step, channel: Channel) -> None:
    try:
        accepted = channel.send(step.address, step.content, str(step.id))
    except OutcomeUnknownError as error:
        log.warning("send_outcome_unknown", outbound=step.id, reason=error.message)
        _write(lambda connection: repository.mark_unknown(connection, step.id))
    except RetryLaterError as error:
        _put_off(step, error)
    except RejectedError as error:
        _fail(step, error.code or _GAVE_UP)
    except InvalidInputError as error:
        log.warning("message_breaks_limits", outbound=step.id, reason=error.message)
        _fail(step, _INVALID)
    else:
        _note_accepted(step, accepted)


def _look_up(step: _Step, channel: Channel) -> None:
    """Find out whether a message was sent; only when it surely was not, send it again.

    Raises:
        RetryLaterError: it is too early to tell.
    """
    since = step.claimed_at
    if since is None:
        raise LookupError("a message in doubt was never claimed")
    with unit_of_work() as unit:
        known = repository.known_sids(unit.connection, step.identity_id, since)
    found = channel.find_sent(step.address, step.content, since, known)
    if found is not None:
        _note_accepted(step, found)
    elif step.claimed_s < settings().twilio_timeout_s + _SETTLE_S:
        raise RetryLaterError("the provider may still list it", after_s=_LOOK_AGAIN_S)
    else:
        _put_off(step, RetryLaterError("it was not sent"))


def _note_accepted(step: _Step, accepted: Accepted) -> None:
    log.info("message_sent", outbound=step.id, sid=accepted.sid)
    _write(
        lambda connection: repository.advance(
            connection, step.id, accepted.sid, accepted.status, None
        )
    )


def _put_off(step: _Step, error: RetryLaterError) -> None:
    """Queue it again, each time for four times as long, as WhatsApp asks; at last give up."""
    log.warning("message_put_off", outbound=step.id, attempt=step.attempts, reason=error.message)
    if step.attempts >= MOST_ATTEMPTS:
        _fail(step, _GAVE_UP)
        return
    wait_s = min(_LONGEST_WAIT_S, 4.0 ** (step.attempts - 1)) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
    wait_s = max(wait_s, error.after_s or 0.0)
    _write(lambda connection: repository.put_back(connection, step.id, wait_s))


def _fail(step: _Step, code: str) -> None:
    log.warning("message_failed", outbound=step.id, code=code)

    def write(connection: Connection) -> None:
        repository.advance(connection, step.id, None, "failed", code)
        failure = Failure(step.id, step.identity_id, step.user_id, code)
        draw_consequences(connection, failure)

    _write(write)


def _write(change: Callable[[Connection], object]) -> None:
    with unit_of_work() as unit:
        change(unit.connection)
