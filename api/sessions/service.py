"""Opening, renewing and ending sessions.

A session lives in the database. Its browser has two cookies: a signed token that is good for ten
minutes, and a secret that renews it once. Whoever shows a renewal secret that was used before has
copied it, or was copied from: the session ends for both.
"""

import datetime as dt
import hashlib
import secrets
from uuid import UUID

import structlog

from api.sessions import repository
from api.sessions.schemas import Method, Opened, Session, Visitor
from api.sessions.tokens import read
from core.audit.service import SYSTEM, record, traveller
from core.database import Connection

log = structlog.get_logger(__name__)

VALID_FOR = dt.timedelta(days=30)
LONGEST = dt.timedelta(days=180)
GUEST_VALID_FOR = dt.timedelta(days=7)
"""How long a session lasts unused, how long at most, and how long that of a guest does."""

SIGNED_OUT, REPLACED, COPIED, ENDED_BY_OWNER = "signed out", "replaced", "copied", "ended by owner"

_AT_ONCE = dt.timedelta(seconds=60)
"""Requests that a page makes side by side may show the same renewal secret for so long."""


def open_guest(connection: Connection, device: str, language: str) -> Opened:
    """Open a session for somebody of whom nothing is known yet."""
    user_id = repository.add_guest(connection, language)
    return open_session(connection, user_id, Method.GUEST, device)


def open_session(connection: Connection, user_id: int, method: Method, device: str) -> Opened:
    """Open a session for a user who has just shown who they are, always a new one."""
    renewal = secrets.token_urlsafe(32)
    valid_for = _valid_for(method)
    row = repository.insert(connection, user_id, method, device, _hash(renewal), valid_for)
    if method is not Method.GUEST:
        record(connection, traveller(user_id), "signed_in", user_id, method=method)
    return Opened(repository.visitor_of(row), renewal, row["expires_at"])


def visitor_with(connection: Connection, token: str) -> Visitor | None:
    """Return who shows a signed token, if their session goes on."""
    claims = read(token)
    if claims is None:
        return None
    visitor = repository.visitor(connection, claims.session_id)
    if visitor is None:
        return None
    repository.note_seen(connection, visitor.session_id)
    return visitor


def renew(connection: Connection, renewal: str) -> Opened | None:
    """Go on with the session that a renewal secret belongs to; None where there is none."""
    row = repository.to_renew(connection, _hash(renewal))
    if row is None:
        return None
    visitor = repository.visitor_of(row)
    if row["is_current"]:
        fresh = secrets.token_urlsafe(32)
        valid_for = _valid_for(visitor.method)
        expires_at = repository.renew(
            connection, visitor.session_id, _hash(fresh), valid_for, LONGEST
        )
        return Opened(visitor, fresh, expires_at)
    if row["renewed_ago"] <= _AT_ONCE:
        return Opened(visitor, None, row["expires_at"])
    log.warning("session_copied", user=visitor.user_id)
    repository.end(connection, visitor.user_id, visitor.session_id, COPIED)
    record(connection, SYSTEM, "session.ended", visitor.user_id, because=COPIED)
    return None


def promote(connection: Connection, visitor: Visitor, method: Method) -> None:
    """Take a guest, who has now shown who they are, as signed in."""
    repository.promote(connection, visitor.session_id, method)
    actor = traveller(visitor.user_id)
    record(connection, actor, "signed_in", visitor.user_id, method=method)


def sessions_of(connection: Connection, user_id: int) -> list[Session]:
    """Return a traveller's sessions that go on, the one used last first."""
    return repository.sessions_of(connection, user_id)


def end_session(connection: Connection, user_id: int, session_id: UUID, because: str) -> bool:
    """End one of a traveller's sessions; tell whether it was theirs and went on till now."""
    ended = repository.end(connection, user_id, session_id, because)
    if ended:
        actor = traveller(user_id)
        record(connection, actor, "session.ended", user_id, because=because)
    return ended


def end_all(connection: Connection, user_id: int, because: str, but: UUID | None = None) -> int:
    """End a traveller's sessions, but for one; return how many."""
    ended = repository.end_all(connection, user_id, because, but)
    if ended:
        record(connection, SYSTEM, "session.ended", user_id, because=because, sessions=ended)
    return ended


def _valid_for(method: Method) -> dt.timedelta:
    return GUEST_VALID_FOR if method is Method.GUEST else VALID_FOR


def _hash(renewal: str) -> bytes:
    return hashlib.sha256(renewal.encode()).digest()
