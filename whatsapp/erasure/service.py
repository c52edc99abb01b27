"""Forgetting people: first what the provider keeps of their messages, then all that we have."""

import time
from collections.abc import Callable

import structlog
from psycopg.rows import DictRow

from core.audit.service import SYSTEM, record
from core.database import unit_of_work
from core.errors import RejectedError, TravelBuddyError
from core.settings import settings
from whatsapp.erasure import repository
from whatsapp.port import Channel

log = structlog.get_logger(__name__)

CONFIRMED_WITHIN_S = 3_600.0
GIVE_UP_AFTER_S = 7 * 86_400.0

_USERS_AT_ONCE = 100
_MESSAGES_AT_ONCE = 20  # asked for again if a crash comes before it is noted that they are gone
_LONGEST_S = 60.0


def erase(channel: Callable[[], Channel]) -> int:
    """Delete whoever asked to be forgotten, once they have been told so; return how many.

    The provider is asked first, one message after the other, between transactions. What it has
    deleted is noted, so that the next run goes on where this one ended. Who cannot be forgotten
    there stays, and is tried again, for a week; then they go from here all the same.

    Args:
        channel: returns who carries the messages; asked for only when there are any.
    """
    clear_provider(channel)
    provider = settings().whatsapp_provider
    with unit_of_work() as unit:
        left = repository.given_up(unit.connection, provider, GIVE_UP_AFTER_S)
        gone = repository.delete_users(
            unit.connection, provider, CONFIRMED_WITHIN_S, GIVE_UP_AFTER_S, _USERS_AT_ONCE
        )
        for user_id in gone:
            record(unit.connection, SYSTEM, "user.erased", user_id)
    if left:
        log.warning("messages_left_at_provider", provider=provider, messages=left)
    if gone:
        log.info("travellers_erased", users=len(gone))
    return len(gone)


def clear_provider(channel: Callable[[], Channel]) -> None:
    """Have the provider delete what it keeps of people who leave, for up to a minute."""
    until = time.monotonic() + _LONGEST_S
    refused: list[str] = []
    while time.monotonic() < until:
        with unit_of_work() as unit:
            batch = repository.kept_at_provider(
                unit.connection,
                settings().whatsapp_provider,
                CONFIRMED_WITHIN_S,
                refused,
                _MESSAGES_AT_ONCE,
            )
        if not batch or not _erase_batch(channel, batch, refused):
            return


def _erase_batch(channel: Callable[[], Channel], batch: list[DictRow], refused: list[str]) -> bool:
    """Erase *batch* at the provider; return whether it makes sense to go on.

    What it will not delete now, a message that is still under way for instance, goes into
    *refused*: the others are not held up by it.
    """
    erased = []
    try:
        for message in batch:
            try:
                channel().erase(message["provider_sid"])
                erased.append(message)
            except RejectedError as error:
                log.info("message_not_erased", sid=message["provider_sid"], reason=error.message)
                refused.append(message["provider_sid"])
    except TravelBuddyError as error:
        log.warning("provider_not_cleared", reason=error.message)
        return False
    finally:
        with unit_of_work() as unit:
            repository.note_erased(unit.connection, erased)
    return True
