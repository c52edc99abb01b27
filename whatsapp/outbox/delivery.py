"""Sending what is queued: in order, once, and never to somebody who must not be written to.

A message is claimed, and the claim committed, before the channel is called. So no transaction
is open during the call, a second worker sees that the first is at it, and what a crash leaves
behind is known to be in doubt: it is looked up with the provider before it is sent again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from core.database import Connection, unit_of_work
from core.errors import (
    ConfigurationError,
    InvalidInputError,
    OutcomeUnknownError,
    RejectedError,
    RetryLaterError,
)
from whatsapp.accounts import account
from whatsapp.outbox import consequences, repository, statuses, windows
from whatsapp.outbox.limits import Turn, limiter
from whatsapp.outbox.refusals import Action, Refusal, action_for, next_try_s
from whatsapp.outbox.schemas import (
    BULK,
    GAVE_UP,
    INVALID,
    OUTCOME_UNKNOWN,
    TOO_LATE,
    Failure,
    Recipient,
    Waiting,
)
from whatsapp.outbox.standing import repository as standing
from whatsapp.port import Accepted, Channel
from whatsapp.schemas import Content

log = structlog.get_logger(__name__)

WINDOW_S = 24 * 3600 - 300  # our clock and the channel's may differ by minutes

_LOOK_AGAIN_S = 3.0
_MEND_S = 60.0
_SHORT_WAIT_S = 0.25  # not worth putting a message back for
_MOST_WAITED_S = 1.0


@dataclass(frozen=True, slots=True)
class _Step:
    """The next thing to do for an address: send a message, or find out whether it was sent."""

    kind: Literal["send", "look"]
    recipient: Recipient
    waiting: Waiting
    content: Content

    @property
    def id(self) -> int:
        return self.waiting.id

    @property
    def attempts(self) -> int:
        """How often it has been handed over, this time included."""
        return self.waiting.attempts + (self.kind == "send")

    def failed(self, code: str) -> Failure:
        """Return the message as one that did not arrive."""
        return Failure(
            outbound_id=self.id,
            identity_id=self.recipient.identity_id,
            user_id=self.recipient.user_id,
            code=code,
            attempts=self.attempts,
            priority=self.waiting.priority,
            content=self.waiting.content,
            template=self.content.template,
        )


def deliver(identity_id: int, channel: Channel) -> None:
    """Send everything that is queued for an identity, in order.

    Raises:
        RetryLaterError: something remains that cannot go out yet.
    """
    while (step := _next_step(identity_id, channel)) is not None:
        if step.kind == "send":
            _wait_for_turn(step)
            _send(step, channel)
        else:
            _look_up(step, channel)


def _next_step(identity_id: int, channel: Channel) -> _Step | None:
    """Decide what to do next, and commit that decision."""
    with unit_of_work() as unit:
        recipient = repository.lock_recipient(unit.connection, identity_id, WINDOW_S)
        if recipient is None or standing.open_halt(unit.connection, account()) is not None:
            return None
        _tidy_up(unit.connection, recipient)
        while (waiting := repository.head_of_outbox(unit.connection, identity_id)) is not None:
            if waiting.status != "pending":
                return _look(unit.connection, recipient, waiting, channel)
            if waiting.wait_s > 0:
                raise RetryLaterError("the next try is not due yet", after_s=waiting.wait_s)
            content = _form(unit.connection, recipient, waiting)
            if content is not None:
                repository.claim(unit.connection, waiting.id, content.template)
                return _Step("send", recipient, waiting, content)
    return None


def _tidy_up(connection: Connection, recipient: Recipient) -> None:
    """End what must not go out any more, and let go what was held for the traveller."""
    identity_id = recipient.identity_id
    if recipient.opted_out_at is not None:
        repository.cancel_opted_out(connection, identity_id, recipient.opted_out_at)
    if not recipient.reachable:
        repository.cancel_waiting(connection, identity_id, None)
    repository.cancel_late(connection, identity_id, TOO_LATE)
    if recipient.window_open:
        repository.release(connection, recipient)


def _form(connection: Connection, recipient: Recipient, waiting: Waiting) -> Content | None:
    try:
        return windows.form_of(connection, recipient, waiting)
    except InvalidInputError as error:
        log.warning("template_filled_in_wrongly", outbound=waiting.id, reason=error.message)
        repository.close(connection, waiting.id, "failed", INVALID)
        return None


def _look(
    connection: Connection, recipient: Recipient, waiting: Waiting, channel: Channel
) -> _Step | None:
    content = waiting.content.model_copy(update={"template": None})
    if waiting.template is not None:
        content = Content(template=waiting.template)
    if waiting.status == "claimed":
        if waiting.claimed_s < channel.timeout_s + channel.settle_s:
            return None  # another job is sending it, and will go on with what follows
        repository.mark_unknown(connection, waiting.id)
    return _Step("look", recipient, waiting, content)


def _wait_for_turn(step: _Step) -> None:
    """Wait a moment for the number's next free place; for longer, put the message back.

    Raises:
        RetryLaterError: it has been put back.
    """
    turn = Turn(
        recipient=step.recipient.identity_id,
        bulk=step.waiting.priority >= BULK,
        unasked=step.content.template is not None,
    )
    deadline = time.monotonic() + _MOST_WAITED_S
    while (wait_s := limiter().take(turn)) > 0:
        if wait_s > _SHORT_WAIT_S or time.monotonic() > deadline:
            _write(
                lambda connection: repository.put_back(connection, step.id, wait_s, counted=False)
            )
            raise RetryLaterError("it waits for its turn", after_s=wait_s)
        time.sleep(wait_s)


def _send(step: _Step, channel: Channel) -> None:
    try:
        accepted = channel.send(step.recipient.address, step.content, str(step.id))
    except OutcomeUnknownError as error:
        log.warning("send_outcome_unknown", outbound=step.id, reason=error.message)
        _write(lambda connection: repository.mark_unknown(connection, step.id))
    except RetryLaterError as error:
        _deal_with(step, Refusal(error.code, may_pass=True, after_s=error.after_s), error.message)
    except RejectedError as error:
        _deal_with(step, Refusal(error.code), error.message)
    except ConfigurationError as error:
        log.error("channel_not_configured", reason=error.message)  # noqa: TRY400 - it says all
        _deal_with(step, Refusal(None, may_pass=True, after_s=_MEND_S), error.message)
    except InvalidInputError as error:
        log.warning("message_breaks_limits", outbound=step.id, reason=error.message)
        _write(lambda connection: repository.close(connection, step.id, "failed", INVALID))
    else:
        _note_accepted(step, accepted)


def _look_up(step: _Step, channel: Channel) -> None:
    """Find out whether a message was sent; only when it surely was not, send it again.

    Raises:
        RetryLaterError: it is too early to tell.
    """
    since = step.waiting.claimed_at
    if since is None:
        raise LookupError("a message in doubt was never claimed")
    if channel.tells_unsent:
        with unit_of_work() as unit:
            known = repository.known_sids(unit.connection, step.recipient.identity_id, since)
        found = channel.find_sent(step.recipient.address, step.content, since, known)
        if found is not None:
            _note_accepted(step, found)
            return
    if step.waiting.claimed_s < channel.timeout_s + channel.settle_s:
        raise RetryLaterError("word of it may still come", after_s=_LOOK_AGAIN_S)
    if channel.tells_unsent:
        _deal_with(step, Refusal(None, may_pass=True), "it was not sent")
    else:
        log.error("message_outcome_unknown", outbound=step.id)
        _write(lambda connection: repository.close(connection, step.id, "failed", OUTCOME_UNKNOWN))


def _note_accepted(step: _Step, accepted: Accepted) -> None:
    log.info("message_sent", outbound=step.id, sid=accepted.sid)
    _write(
        lambda connection: statuses.advance(
            connection, step.id, accepted.sid, accepted.status, None
        )
    )


def _deal_with(step: _Step, refusal: Refusal, reason: str) -> None:
    """Do what a refusal asks for: put the message back, or let it fail with what follows.

    The same message is put back, not a copy: it was not sent, so nothing of it is history.
    """
    action = action_for(refusal)
    wait_s = next_try_s(action, step.attempts, refusal.after_s)
    if wait_s is None:
        _fail(step, refusal, reason)
        return
    log.warning("message_put_off", outbound=step.id, attempt=step.attempts, reason=reason)

    def write(connection: Connection) -> None:
        repository.lock_address_of(connection, step.id)
        repository.put_back(connection, step.id, wait_s, counted=action is not Action.HALT)
        failed = step.failed(refusal.code or GAVE_UP)
        consequences.spread(connection, failed, action, refusal.after_s)

    _write(write)


def _fail(step: _Step, refusal: Refusal, reason: str) -> None:
    log.warning("message_refused", outbound=step.id, code=refusal.code, reason=reason)

    def write(connection: Connection) -> None:
        repository.lock_address_of(connection, step.id)
        code = refusal.code or GAVE_UP
        failed = statuses.advance(connection, step.id, None, "failed", code)
        if failed is not None and failed.code:
            consequences.draw(connection, failed, refusal)

    _write(write)


def _write(change: Callable[[Connection], object]) -> None:
    with unit_of_work() as unit:
        change(unit.connection)
