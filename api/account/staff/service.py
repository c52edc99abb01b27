"""The audit trail, roles, and finding a traveller by what only they and we know."""

from psycopg.rows import DictRow

from api.account.staff import repository
from api.account.staff.schemas import Found
from api.login.emails import index_of
from api.sessions.schemas import UserRole
from core.audit.service import Actor, Entry, entries, record
from core.database import Connection
from core.encryption import blind_index
from core.errors import InvalidInputError, NotFoundError
from core.text import tidy
from whatsapp.addresses import is_address

PAGE = 50


def trail(
    connection: Connection,
    reader: Actor,
    *,
    user_id: int | None = None,
    action: str | None = None,
    before: int | None = None,
) -> tuple[list[Entry], int | None]:
    """Return a page of the audit trail, the newest lines first, and the cursor of the next page.

    Reading about one traveller is a line of its own.

    Args:
        connection: an open transaction.
        reader: who reads it.
        user_id: only about this traveller's data.
        action: only what was done so.
        before: the cursor that the page before has given.
    """
    found = entries(connection, user_id=user_id, action=action, before=before, limit=PAGE + 1)
    if user_id is not None:
        record(connection, reader, "audit.read", user_id)
    page = found[:PAGE]
    return page, page[-1].id if len(found) > PAGE else None


def set_role(connection: Connection, user_id: int, role: UserRole, actor: Actor) -> None:
    """Give a user another role.

    Raises:
        NotFoundError: there is no such user.
    """
    before = repository.set_role(connection, user_id, role.value)
    if before is None:
        raise NotFoundError(f"there is no traveller {user_id}")
    record(connection, actor, "role.changed", user_id, before=before, after=role.value)


def by_phone(connection: Connection, phone: str, actor: Actor) -> Found:
    """Return who writes from a phone number, or from another address of the channel.

    Raises:
        InvalidInputError: it is no address.
        NotFoundError: nobody does.
    """
    address = "".join(phone.split())
    if not is_address(address):
        raise InvalidInputError("write the number in international form, such as +84901234567")
    found = repository.by_address(connection, blind_index(address))
    return _found(connection, found, actor, "phone")


def by_email(connection: Connection, email: str, actor: Actor) -> Found:
    """Return who has an e-mail address.

    Raises:
        InvalidInputError: it is no address.
        NotFoundError: nobody has.
    """
    if "@" not in email.strip("@ "):
        raise InvalidInputError("this is no e-mail address")
    found = repository.by_email(connection, index_of(tidy(email)))
    return _found(connection, found, actor, "email")


def _found(connection: Connection, user_id: int | None, actor: Actor, by: str) -> Found:
    row: DictRow | None = repository.facts(connection, user_id) if user_id is not None else None
    if row is None:
        raise NotFoundError("nobody is known by that")
    record(connection, actor, "traveller.found", user_id, by=by)
    return Found(
        user_id=row["id"],
        role=row["role"],
        language=row["language"],
        created_at=row["created_at"],
        leaving_since=row["erase_requested_at"],
    )
