"""The SQL of connecting numbers with web accounts; all of it in the caller's transaction."""

import psycopg
from psycopg.rows import DictRow

from core.database import Connection
from core.errors import RetryLaterError
from whatsapp.schemas import CHANNEL


def hold(connection: Connection, user_id: int, *, wait: bool) -> bool:
    """Keep others from merging or deleting a user; tell whether there is one.

    Args:
        connection: an open transaction, which may hold another user already.
        user_id: the user.
        wait: whether to wait for whoever has it. Who holds a user with a higher id must not,
            lest two wait for each other.

    Raises:
        RetryLaterError: somebody else has it now.
    """
    waiting = "" if wait else "nowait"
    try:
        row = connection.execute(
            f"select from users where id = %s for no key update {waiting}",
            [user_id],
        ).fetchone()
    except psycopg.errors.LockNotAvailable:
        raise RetryLaterError("another job has the web account", after_s=1.0) from None
    return row is not None


def standing(connection: Connection, user_id: int) -> DictRow | None:
    """Return what a user is, and whether anything is theirs.

    Columns: ``is_staff``, ``leaves`` (asked to be forgotten), ``signs_in`` (by something other
    than a number) and ``has_own`` (anything but a wish that a stranger must not get or take,
    earlier messages included: the account can take them away).
    """
    return connection.execute(
        """select u.role <> 'traveller' as is_staff,
                  u.erase_requested_at is not null as leaves,
                  exists (select from login_methods m where m.user_id = u.id) as signs_in,
                  u.email_index is not null
                  or exists (select from login_methods m where m.user_id = u.id)
                  or exists (select from sessions s where s.user_id = u.id and s.ended_at is null)
                  or exists (select from saved_tours t where t.user_id = u.id)
                  or exists (select from push_schedules p where p.user_id = u.id)
                  or exists (select from feedback f where f.user_id = u.id)
                  or exists (select from handovers h where h.user_id = u.id and h.closed_at is null)
                  or exists (select from inbound_messages m
                               join channel_identities i on i.id = m.identity_id
                              where i.user_id = u.id and m.processed_at is not null)
                  as has_own
             from users u where u.id = %s""",
        [user_id],
    ).fetchone()


def move(connection: Connection, indexes: list[bytes], from_user: int, to_user: int) -> int:
    """Let addresses of one user be another's, with all that was written there.

    Args:
        connection: an open transaction.
        indexes: blind indexes of the addresses.
        from_user: whose they are; those of others stay where they are.
        to_user: whose they become.

    Returns:
        How many there were.
    """
    moved = connection.execute(
        """update channel_identities set user_id = %s
            where user_id = %s and channel = %s and address_index = any(%s)""",
        [to_user, from_user, CHANNEL, indexes],
    )
    return moved.rowcount


def has_web_account(connection: Connection, user_id: int) -> bool:
    """Tell whether a user can be reached by anything other than a number."""
    row = connection.execute(
        """select exists (select from login_methods where user_id = %(user)s)
               or exists (select from sessions where user_id = %(user)s and ended_at is null)
               as has""",
        {"user": user_id},
    ).fetchone()
    return row is not None and bool(row["has"])


def lower_sessions(connection: Connection, user_id: int) -> int:
    """Let sessions that a number vouched for be a guest's, where no number is left to do so."""
    lowered = connection.execute(
        """update sessions set method = 'guest'
            where user_id = %(user)s and method = 'whatsapp' and ended_at is null
              and not exists (select from channel_identities where user_id = %(user)s)""",
        {"user": user_id},
    )
    return lowered.rowcount


def joined_lately(connection: Connection, user_id: int, within_s: float) -> bool:
    """Tell whether a number was connected with a user not long ago."""
    row = connection.execute(
        """select exists (select from audit_log
                           where user_id = %s and action = 'whatsapp.joined'
                             and at > now() - make_interval(secs => %s)) as lately""",
        [user_id, within_s],
    ).fetchone()
    return row is not None and bool(row["lately"])
