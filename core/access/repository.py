"""All SQL about tokens."""

from core.access.schemas import Access, Role, Token
from core.database import Connection


def insert(
    connection: Connection, name: str, role: Role, provider: str | None, token_hash: bytes
) -> bool:
    """Store a token, unless one of that name is in use; say whether it was stored."""
    done = connection.execute(
        """
        insert into api_tokens (name, role, provider, token_hash) values (%s, %s, %s, %s)
        on conflict (name) where revoked_at is null do nothing
        """,
        [name, role, provider, token_hash],
    )
    return done.rowcount == 1


def find(connection: Connection, token_hash: bytes) -> Access | None:
    """Return what the token with that hash is good for, if it is in use."""
    row = connection.execute(
        """
        select name, role, provider from api_tokens
        where token_hash = %s and revoked_at is null
        """,
        [token_hash],
    ).fetchone()
    return Access(row["name"], Role(row["role"]), row["provider"]) if row else None


def note_use(connection: Connection, token_hash: bytes) -> None:
    """Note that a token is used now, to the minute: requests at once need not wait in line."""
    connection.execute(
        """
        update api_tokens set last_used_at = now()
        where token_hash = %s
            and (last_used_at is null or last_used_at < now() - interval '1 minute')
        """,
        [token_hash],
    )


def every(connection: Connection) -> list[Token]:
    """Return all tokens, the newest first, revoked ones included."""
    rows = connection.execute(
        """
        select name, role, provider, created_at, last_used_at, revoked_at from api_tokens
        order by id desc
        """
    )
    return [Token(**{**row, "role": Role(row["role"])}) for row in rows]


def revoke(connection: Connection, name: str) -> bool:
    """Revoke the token of that name; say whether there was one in use."""
    done = connection.execute(
        "update api_tokens set revoked_at = now() where name = %s and revoked_at is null", [name]
    )
    return done.rowcount == 1
