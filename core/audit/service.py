"""The audit trail: a line for everybody who read or changed personal data, written as they do."""

from core.audit import repository
from core.audit.schemas import SYSTEM, Actor, Detail, Entry, traveller
from core.database import Connection

__all__ = ["SYSTEM", "Actor", "Entry", "entries", "record", "traveller"]


def record(
    connection: Connection, actor: Actor, action: str, user_id: int | None, **detail: Detail
) -> None:
    """Note who did what with whose data, in the transaction in which it is done.

    Args:
        connection: an open transaction.
        actor: who did it.
        action: a thing and what was done to it, such as ``data.exported``.
        user_id: whose data it is; None where it is nobody's in particular.
        detail: circumstances; nothing personal, since the trail outlives the person in it.
    """
    repository.insert(connection, actor, action, user_id, detail)


def entries(
    connection: Connection,
    *,
    user_id: int | None = None,
    action: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Return lines of the trail, the newest first.

    Args:
        connection: an open transaction.
        user_id: only about this traveller's data.
        action: only what was done so.
        before: only lines older than the one with this id.
        limit: how many at most.
    """
    return repository.entries(connection, user_id, action, before, limit)
