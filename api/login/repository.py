"""All SQL about signing in."""

import datetime as dt

from psycopg.rows import DictRow

from api.login.schemas import Attempt
from core.database import Connection
from core.encryption import decrypt


def add_attempt(
    connection: Connection,
    state_hash: bytes,
    browser_hash: bytes,
    provider: str,
    *,
    nonce: str,
    verifier: bytes,
    return_to: str,
    user_id: int | None,
    valid_for: dt.timedelta,
) -> None:
    """Store a journey to a provider."""
    connection.execute(
        """
        insert into login_attempts (state_hash, browser_hash, provider, nonce,
            verifier_encrypted, return_to, user_id, expires_at)
        values (%s, %s, %s, %s, %s, %s, %s, now() + %s)
        """,
        [state_hash, browser_hash, provider, nonce, verifier, return_to, user_id, valid_for],
    )


def take_attempt(
    connection: Connection, state_hash: bytes, browser_hash: bytes, provider: str
) -> Attempt | None:
    """Take a journey that ends, if this browser began it; it cannot be taken again."""
    row = connection.execute(
        """
        delete from login_attempts
        where state_hash = %s and browser_hash = %s and provider = %s and expires_at > now()
        returning nonce, verifier_encrypted, return_to, user_id
        """,
        [state_hash, browser_hash, provider],
    ).fetchone()
    if row is None:
        return None
    verifier = decrypt(row["verifier_encrypted"])
    return Attempt(row["nonce"], verifier, row["return_to"], row["user_id"])


def user_by_method(connection: Connection, provider: str, subject_index: bytes) -> int | None:
    """Return whose way in this is."""
    row = connection.execute(
        """
        select user_id from login_methods where provider = %s and subject_index = %s
        """,
        [provider, subject_index],
    ).fetchone()
    return row["user_id"] if row else None


def user_by_email(connection: Connection, email_index: bytes) -> int | None:
    """Return whose e-mail address this is."""
    row = connection.execute(
        "select id from users where email_index = %s", [email_index]
    ).fetchone()
    return row["id"] if row else None


def lock_provider(connection: Connection, provider: str, subject_index: bytes) -> None:
    """Keep others from signing the same person in until the transaction ends."""
    key = int.from_bytes(subject_index[:8], signed=True)
    connection.execute(
        "select pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"login {provider}", key]
    )


def add_method(connection: Connection, user_id: int, provider: str, subject_index: bytes) -> None:
    """Let a user sign in that way, too."""
    connection.execute(
        """
        insert into login_methods (user_id, provider, subject_index) values (%s, %s, %s)
        """,
        [user_id, provider, subject_index],
    )


def note_use(connection: Connection, provider: str, subject_index: bytes) -> None:
    """Note that somebody signs in that way now."""
    connection.execute(
        """
        update login_methods set last_used_at = now()
        where provider = %s and subject_index = %s
        """,
        [provider, subject_index],
    )


def remove_method(connection: Connection, provider: str, subject_index: bytes) -> int | None:
    """Let nobody sign in that way any more; return whose it was."""
    row = connection.execute(
        """
        delete from login_methods where provider = %s and subject_index = %s returning user_id
        """,
        [provider, subject_index],
    ).fetchone()
    return row["user_id"] if row else None


def add_user(connection: Connection, language: str) -> int:
    """Add a user of whom nothing else is known, and return the key."""
    row = connection.execute(
        "insert into users (language) values (%s) returning id", [language]
    ).fetchone()
    assert row is not None, "an inserted row is returned"  # noqa: S101
    return int(row["id"])


def complete_user(
    connection: Connection,
    user_id: int,
    *,
    name: bytes | None,
    email: bytes | None,
    email_index: bytes | None,
) -> None:
    """Note what a provider says of a user, where it is not known; an address only if it is free."""
    connection.execute(
        """
        update users set
            name_encrypted = coalesce(name_encrypted, %(name)s),
            email_encrypted = case when email_index is null and %(index)s::bytea is not null
                then %(email)s else email_encrypted end,
            email_index = coalesce(email_index, %(index)s)
        where id = %(user)s
        """,
        {"user": user_id, "name": name, "email": email, "index": email_index},
    )


def add_pending_link(
    connection: Connection,
    browser_hash: bytes,
    provider: str,
    subject_index: bytes,
    user_id: int,
    valid_for: dt.timedelta,
) -> None:
    """Remember whom this browser brought, until it has shown that the account is theirs."""
    connection.execute(
        """
        insert into pending_links (browser_hash, provider, subject_index, user_id, expires_at)
        values (%(browser)s, %(provider)s, %(subject)s, %(user)s, now() + %(valid)s)
        on conflict (browser_hash) do update set provider = excluded.provider,
            subject_index = excluded.subject_index, user_id = excluded.user_id,
            expires_at = excluded.expires_at
        """,
        {
            "browser": browser_hash,
            "provider": provider,
            "subject": subject_index,
            "user": user_id,
            "valid": valid_for,
        },
    )


def take_pending_link(connection: Connection, browser_hash: bytes, user_id: int) -> DictRow | None:
    """Take what waits for this user to sign in with this browser: ``provider`` and its index."""
    return connection.execute(
        """
        delete from pending_links
        where browser_hash = %s and user_id = %s and expires_at > now()
        returning provider, subject_index
        """,
        [browser_hash, user_id],
    ).fetchone()


def remove_guest(connection: Connection, user_id: int) -> bool:
    """Remove a user who has no way to sign in and no number; tell whether it was one."""
    done = connection.execute(
        """
        delete from users where id = %(user)s
            and not exists (select from login_methods where user_id = %(user)s)
            and not exists (select from channel_identities where user_id = %(user)s)
        """,
        {"user": user_id},
    )
    return done.rowcount == 1


def add_deletion(connection: Connection, code: str, provider: str, user_id: int | None) -> None:
    """Note that a provider asked us to delete somebody."""
    connection.execute(
        "insert into deletion_requests (code, provider, user_id) values (%s, %s, %s)",
        [code, provider, user_id],
    )


def deletion(connection: Connection, code: str) -> DictRow | None:
    """Return ``requested_at`` of a deletion, and whether it ``is_done``."""
    return connection.execute(
        """
        select requested_at, not exists (
            select from users where users.id = deletion_requests.user_id) as is_done
        from deletion_requests where code = %s
        """,
        [code],
    ).fetchone()
