"""Making, checking and revoking tokens."""

import hashlib
import secrets

from core.access import repository
from core.access.schemas import Access, Role, Token
from core.database import Connection
from core.errors import InvalidInputError, NotFoundError
from core.text import tidy

PREFIX = "tb_"
"""What every token begins with, so that one that leaked is recognised for what it is."""

_LONGEST_NAME = 100


def create_token(connection: Connection, name: str, role: Role, provider: str | None = None) -> str:
    """Make a token and return it: it is shown this once, and only its hash is kept.

    Args:
        connection: an open transaction.
        name: what it is called in lists and logs.
        role: what it is good for.
        provider: the only one whose feed it is good for; None is any.

    Raises:
        InvalidInputError: the name is empty, too long or in use, or the role knows no providers.
    """
    name = _named("name", name)
    if provider is not None:
        provider = _named("provider", provider)
        if role is not Role.CATALOGUE:
            raise InvalidInputError(f"only the role {Role.CATALOGUE} can be for one provider")
    token = PREFIX + secrets.token_urlsafe(32)
    if not repository.insert(connection, name, role, provider, _hash(token)):
        raise InvalidInputError(f"there is a token named {name!r} already; revoke it first")
    return token


def _named(what: str, text: str) -> str:
    text = tidy(text)
    if not 0 < len(text) <= _LONGEST_NAME or not text.isprintable():
        raise InvalidInputError(f"{what}: 1 to {_LONGEST_NAME} printable characters are expected")
    return text


def authenticate(connection: Connection, token: str) -> Access | None:
    """Return what *token* is good for; None where it is none of ours, or revoked.

    It is looked up by its hash: how long that takes says nothing about the token itself.
    """
    if not token.startswith(PREFIX):
        return None
    token_hash = _hash(token)
    access = repository.find(connection, token_hash)
    if access is not None:
        repository.note_use(connection, token_hash)
    return access


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def tokens(connection: Connection) -> list[Token]:
    """Return all tokens, the newest first, revoked ones included."""
    return repository.every(connection)


def revoke_token(connection: Connection, name: str) -> None:
    """Revoke a token: from now on it opens nothing.

    Raises:
        NotFoundError: no token of that name is in use.
    """
    if not repository.revoke(connection, tidy(name)):
        raise NotFoundError(f"there is no token named {name!r} in use")
