"""Issuing and redeeming one-time codes. Only their keyed hashes are kept."""

import datetime as dt
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from core.codes import repository
from core.codes.schemas import Purpose, Redeemed
from core.database import Connection
from core.encryption import blind_index
from core.errors import RetryLaterError

__all__ = ["Purpose", "Redeemed", "issue", "peek", "redeem"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no two of its signs are easily taken for each other."""
SHORT = 8
"""Signs of a code that people type: 40 bits, of which a thief may try a handful."""

_MEANT = str.maketrans("OIL", "011")
_TRIES = 5
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def issue(
    connection: Connection,
    purpose: Purpose,
    user_id: int,
    *,
    valid_for: dt.timedelta,
    detail: Mapping[str, Any] = _NOTHING,
) -> str:
    """Make a code and return it as it is shown: ``K7QM-2F9X``, or a long token for a link.

    A traveller's earlier code to join ends with the new one.

    Args:
        connection: an open transaction.
        purpose: what it is to prove.
        user_id: for whom.
        valid_for: how long it may be used.
        detail: what whoever redeems it is to know.
    """
    if purpose is Purpose.JOIN:
        repository.end_unused(connection, purpose, user_id)
    for _ in range(_TRIES):
        code = _new(purpose)
        if repository.insert(connection, purpose, _hash(purpose, code), user_id, detail, valid_for):
            return code
    raise RetryLaterError("no free code was found; try again")


def redeem(connection: Connection, purpose: Purpose, code: str) -> Redeemed | None:
    """Use a code up; None where it is unknown, used or expired, which of them is not told.

    Of two who redeem it at once, the second waits for the first one's transaction.
    """
    return repository.use(connection, purpose, _hash(purpose, code))


def peek(connection: Connection, purpose: Purpose, code: str) -> Redeemed | None:
    """Return what a code is good for without using it up."""
    return repository.find(connection, purpose, _hash(purpose, code))


def _new(purpose: Purpose) -> str:
    if purpose is Purpose.SIGN_IN:
        return secrets.token_urlsafe(32)
    signs = "".join(secrets.choice(ALPHABET) for _ in range(SHORT))
    return f"{signs[: SHORT // 2]}-{signs[SHORT // 2 :]}"


def _hash(purpose: Purpose, code: str) -> bytes:
    return blind_index(f"{purpose} {_plain(purpose, code)}")


def _plain(purpose: Purpose, code: str) -> str:
    """Read a code as it is typed: in any case, with or without its dash, O for 0."""
    if purpose is Purpose.SIGN_IN:
        return code
    return "".join(sign for sign in code.upper() if sign.isalnum()).translate(_MEANT)
