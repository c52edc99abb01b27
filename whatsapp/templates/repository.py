"""The SQL for what is known of each template's approval.

Every function runs in the caller's transaction.
"""

from psycopg.rows import DictRow

from core.database import Connection
from whatsapp.templates.schemas import TemplateState


def states(connection: Connection, account: str) -> list[DictRow]:
    """Return what is known of every variant of the account, by name and language."""
    return connection.execute(
        """select name, language, approval, provider_id, fingerprint, reason, paused_by_us,
                  updated_at
             from templates where account = %s order by name, language""",
        [account],
    ).fetchall()


def usable(
    connection: Connection, account: str, name: str, language: str, fingerprint: str
) -> str | None:
    """Return the provider's id of an approved variant with this very wording, if there is one."""
    row = connection.execute(
        """select provider_id from templates
            where account = %s and name = %s and language = %s and fingerprint = %s
              and approval = 'approved' and not paused_by_us""",
        [account, name, language, fingerprint],
    ).fetchone()
    return None if row is None else str(row["provider_id"])


def keep(connection: Connection, account: str, state: TemplateState, *, submitted: bool) -> str:
    """Keep what the provider says of a variant; return what was known before.

    A template that we paused ourselves stays so until it has been *submitted* anew.
    """
    row = connection.execute(
        "select approval from templates where account = %s and name = %s and language = %s",
        [account, state.name, state.language],
    ).fetchone()
    connection.execute(
        """insert into templates
                  (account, name, language, approval, provider_id, fingerprint, reason)
                values (%(account)s, %(name)s, %(language)s, %(approval)s, %(provider_id)s,
                        %(fingerprint)s, %(reason)s)
           on conflict (account, name, language) do update
              set approval = excluded.approval, provider_id = excluded.provider_id,
                  fingerprint = excluded.fingerprint, updated_at = now(),
                  paused_by_us = templates.paused_by_us and not %(submitted)s,
                  reason = case when templates.paused_by_us and not %(submitted)s
                                then templates.reason else excluded.reason end""",
        {"account": account, "submitted": submitted, **state.model_dump(mode="json")},
    )
    return "missing" if row is None else str(row["approval"])


def pause(connection: Connection, account: str, name: str, language: str, reason: str) -> bool:
    """Use a variant no more until it is submitted anew; False when it was paused already."""
    updated = connection.execute(
        """update templates set paused_by_us = true, reason = %s, updated_at = now()
            where account = %s and name = %s and language = %s and not paused_by_us""",
        [reason, account, name, language],
    )
    return updated.rowcount == 1
