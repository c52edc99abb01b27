"""What a failure means for the message, for whom it was for, and for everything else."""

from collections.abc import Callable, Mapping

import structlog

from core.database import Connection
from whatsapp.accounts import account
from whatsapp.outbox import repository
from whatsapp.outbox.limits import limiter
from whatsapp.outbox.refusals import IN_ORDER, Action, Refusal, action_for, next_try_s
from whatsapp.outbox.schemas import BULK, Failure
from whatsapp.outbox.standing import repository as standing
from whatsapp.render import as_numbered_text
from whatsapp.schemas import Content
from whatsapp.templates import service as templates

log = structlog.get_logger(__name__)

_OPT_OUT_TEXT = "The traveller opted out with the messaging provider."
_BLOCKED_TEXT = "The traveller blocked the number."


def draw(connection: Connection, failed: Failure, refusal: Refusal) -> None:
    """Do what a failure asks for: the message itself has failed for good already.

    Where it may be tried again, a copy is queued; the failed one stays as history. However often
    the failure is told, there is one copy.
    """
    action = action_for(refusal)
    log.warning(
        "message_failed", outbound=failed.outbound_id, code=failed.code, action=action.value
    )
    spread(connection, failed, action, refusal.after_s)
    if not _queue_again(connection, failed, action, refusal.after_s) and action in IN_ORDER:
        repository.settle(connection, failed.outbound_id)


def spread(connection: Connection, failed: Failure, action: Action, after_s: float | None) -> None:
    """Do what a failure asks for beyond the message itself."""
    if action is Action.SLOW_DOWN:
        limiter().hold(after_s)
    elif action is Action.HALT:
        if standing.halt(connection, account(), failed.code):
            log.error("sending_halted", account=account(), code=failed.code)
    elif action is Action.PAUSE_TEMPLATE and failed.template is not None:
        templates.pause(connection, account(), failed.template, failed.code)
    elif action in _FOR_PEOPLE:
        _FOR_PEOPLE[action](connection, failed)


def _queue_again(
    connection: Connection, failed: Failure, action: Action, after_s: float | None
) -> bool:
    other = other_form(failed, action)
    wait_s = 0.0 if other is not None else next_try_s(action, failed.attempts, after_s)
    if wait_s is None:
        return False
    copied = repository.queue_copy(
        connection,
        failed.outbound_id,
        wait_s=wait_s,
        attempts=failed.attempts,
        content=other,
    )
    return copied is not None


def other_form(failed: Failure, action: Action) -> Content | None:
    """Return the content in a form that may arrive where the first did not, if there is one."""
    content = failed.content
    if action is Action.USE_TEMPLATE and failed.template is None:
        return content  # delivery finds the window shut, and a template for it
    if failed.template is not None:
        return None
    if action is Action.DROP_PICTURE and content.image_url and content.body:
        return content.model_copy(update={"image_url": None})
    if action is Action.PAUSE_TEMPLATE and content.choices:
        return as_numbered_text(content)
    return None


def _shut_window(connection: Connection, failed: Failure) -> None:
    standing.shut_window(connection, failed.identity_id)


def _leave_alone(connection: Connection, failed: Failure) -> None:
    standing.mark_unreachable(connection, failed.identity_id)


def _mirror_opt_out(connection: Connection, failed: Failure) -> None:
    standing.record_refusal(connection, failed.user_id, "conversation", _OPT_OUT_TEXT)
    standing.end_pushes(connection, failed.user_id)


def _push_less(connection: Connection, failed: Failure) -> None:
    standing.push_less(connection, failed.user_id)
    repository.cancel_waiting(connection, failed.identity_id, failed.code, BULK)


def _stop_pushes(connection: Connection, failed: Failure) -> None:
    standing.mark_unreachable(connection, failed.identity_id)
    unsubscribe(connection, failed.user_id, _BLOCKED_TEXT)
    repository.cancel_waiting(connection, failed.identity_id, failed.code, BULK)


def unsubscribe(connection: Connection, user_id: int, reason: str) -> None:
    """Send no more suggestions to somebody, and keep why."""
    standing.record_refusal(connection, user_id, "recommendations", reason)
    standing.end_pushes(connection, user_id)
    log.info("suggestions_ended", user=user_id, reason=reason)


_FOR_PEOPLE: Mapping[Action, Callable[[Connection, Failure], None]] = {
    Action.USE_TEMPLATE: _shut_window,
    Action.LEAVE_ALONE: _leave_alone,
    Action.MIRROR_OPT_OUT: _mirror_opt_out,
    Action.PUSH_LESS: _push_less,
    Action.STOP_PUSHES: _stop_pushes,
}
