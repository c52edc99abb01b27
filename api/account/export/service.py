"""Handing out all that is stored about a person."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from api.account.export import repository
from api.account.export.schemas import Export
from core.audit.service import Actor, record
from core.database import Connection
from core.encryption import decrypt
from core.errors import NotFoundError
from core.settings import settings

_ENCRYPTED = "_encrypted"


def export(connection: Connection, user_id: int, actor: Actor, form: str) -> Export:
    """Return everything that is stored about a person, legibly.

    Args:
        connection: an open transaction.
        user_id: whose data it is.
        actor: who asks for it; the audit trail says so.
        form: in which it is handed out, for the audit trail.

    Raises:
        NotFoundError: there is no such person.
    """
    record(connection, actor, "data.exported", user_id, format=form)
    found = repository.rows(connection, user_id)
    if not found["users"]:
        raise NotFoundError(f"there is no traveller {user_id}")
    return Export(
        user_id=user_id,
        made_at=dt.datetime.now(dt.UTC),
        business=settings().business_name,
        language=found["users"][0]["language"],
        tables={name: [_legible(row) for row in rows] for name, rows in found.items()},
    )


def _legible(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key.removesuffix(_ENCRYPTED): _opened(key, value)
        if key.endswith(_ENCRYPTED)
        else _plain(value)
        for key, value in row.items()
    }


def _opened(key: str, value: bytes | None) -> Any:
    """Decrypt a column; a payload is the JSON that the channel sent."""
    if value is None:
        return None
    text = decrypt(value)
    return json.loads(text) if key.startswith("payload") else text


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    return value


_WRITERS: Mapping[type, Callable[[Any], Any]] = {
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    Decimal: float,
    UUID: str,
    bytes: lambda value: value.decode("utf-8", "replace"),
}
