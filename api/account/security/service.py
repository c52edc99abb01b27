"""Removing ways to sign in, and ending sessions; never the last way in."""

from uuid import UUID

from psycopg.rows import DictRow

from api.account import repository as accounts
from api.account.agreements import service as agreements
from api.account.security import repository
from api.account.security.schemas import Security, Way, WayKind
from api.sessions import service as sessions
from api.sessions.schemas import Visitor
from conversation import joining
from conversation import repository as talks
from conversation.privacy import masked
from core.audit.service import entries, record, traveller
from core.database import Connection
from core.encryption import decrypt
from core.errors import InvalidInputError, NotFoundError
from whatsapp.push.repository import cancel_unwanted

_TRAIL = 25


def security(connection: Connection, user_id: int) -> Security:
    """Return how a traveller gets in, where they are, and who looked at their data."""
    return Security(
        ways=_ways(connection, user_id),
        sessions=sessions.sessions_of(connection, user_id),
        trail=entries(connection, user_id=user_id, limit=_TRAIL),
    )


def remove_way(connection: Connection, visitor: Visitor, kind: WayKind, way_id: int) -> None:
    """Remove a way to sign in, and end the other sessions: whoever used it shall be out.

    A number gets a user of its own again, with its messages; suggestions end where it was the
    last one.

    Raises:
        NotFoundError: it is not this traveller's.
        InvalidInputError: it is the last way in.
    """
    user_id = visitor.user_id
    accounts.lock(connection, user_id)  # of two removals at once, the second sees the first
    ways = _ways(connection, user_id)
    if not any((way.kind, way.id) == (kind, way_id) for way in ways):
        raise NotFoundError("this is none of your ways to sign in")
    if len(ways) == 1:
        raise InvalidInputError("this is your only way to sign in: add another one first")
    if kind is WayKind.FACEBOOK:
        repository.remove_login_method(connection, user_id, way_id)
    else:
        _split(connection, visitor, way_id)
    record(connection, traveller(user_id), "login.removed", user_id, method=kind.value)
    sessions.end_all(connection, user_id, "login removed", but=visitor.session_id)


def end_session(connection: Connection, user_id: int, session_id: UUID) -> None:
    """End one of a traveller's own sessions.

    Raises:
        NotFoundError: it is not theirs, or has ended.
    """
    if not sessions.end_session(connection, user_id, session_id, "ended by its owner"):
        raise NotFoundError("there is no such session")


def end_others(connection: Connection, visitor: Visitor) -> int:
    """End all of a traveller's sessions but the one that asks for it; return how many."""
    return sessions.end_all(
        connection, visitor.user_id, "ended by its owner", but=visitor.session_id
    )


def _split(connection: Connection, visitor: Visitor, identity_id: int) -> None:
    """Let a number go; whoever writes from it begins anew, in the silence that they asked for."""
    silenced = agreements.is_silenced(connection, visitor.user_id)
    alone = repository.split_number(connection, visitor.user_id, identity_id)
    if alone is None:
        return
    if silenced:
        joining.keep_silent(joining.turn_of(connection, alone))
    cancel_unwanted(connection, alone)
    if not repository.numbers(connection, visitor.user_id):
        agreements.stop(connection, visitor.user_id, visitor.language)
        talks.close_handover(connection, visitor.user_id)


def _ways(connection: Connection, user_id: int) -> list[Way]:
    ways = [_method(row) for row in repository.login_methods(connection, user_id)]
    ways += [_number(row) for row in repository.numbers(connection, user_id)]
    return sorted(ways, key=lambda way: way.since)


def _method(row: DictRow) -> Way:
    kind = WayKind(row["provider"])
    return Way(kind, row["id"], "", row["created_at"], row["last_used_at"])


def _number(row: DictRow) -> Way:
    shown = masked(decrypt(row["address_encrypted"]))
    return Way(WayKind.WHATSAPP, row["id"], shown, row["created_at"], row["last_inbound_at"])
