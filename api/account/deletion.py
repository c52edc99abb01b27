"""Deleting a person with all that is stored about them, whoever asks for it."""

import structlog

from api.account import repository
from conversation import repository as conversation
from core.audit.service import Actor, record
from core.database import Connection
from core.encryption import encrypt
from core.errors import NotFoundError

log = structlog.get_logger(__name__)

_NOTHING = "{}"


def delete(connection: Connection, user_id: int, actor: Actor) -> bool:
    """Delete a person with all that is stored about them, and end their sessions.

    Whoever the channel knows goes a little later: a job deletes what the channel itself keeps of
    their messages, and then the row by which it finds them. Nothing else is left until then.

    Args:
        connection: an open transaction.
        user_id: who is to be forgotten.
        actor: who asks for it; the audit trail says so, and whom by number only.

    Returns:
        Whether they are gone already.

    Raises:
        NotFoundError: there is no such person.
    """
    if not repository.lock(connection, user_id):
        raise NotFoundError(f"there is no traveller {user_id}")
    at_once = not repository.has_address(connection, user_id)
    record(connection, actor, "data.deleted", user_id, at_once=at_once)
    conversation.erase(connection, user_id, encrypt(_NOTHING))
    repository.forget_talk(connection, user_id)
    if at_once:
        repository.delete(connection, user_id)
    log.info("traveller_deleted", user=user_id, at_once=at_once)
    return at_once
