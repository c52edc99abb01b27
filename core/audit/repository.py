"""All SQL of the audit trail."""

from collections.abc import Mapping

from psycopg.types.json import Jsonb

from core.audit.schemas import Actor, Detail, Entry
from core.database import Connection


def insert(
    connection: Connection,
    actor: Actor,
    action: str,
    user_id: int | None,
    detail: Mapping[str, Detail],
) -> None:
    """Add a line."""
    connection.execute(
        """
        insert into audit_log (actor, actor_id, action, user_id, detail)
        values (%s, %s, %s, %s, %s)
        """,
        [actor.kind, actor.id, action, user_id, Jsonb(dict(detail))],
    )


def entries(
    connection: Connection,
    user_id: int | None,
    action: str | None,
    before: int | None,
    limit: int,
) -> list[Entry]:
    """Return lines, the newest first."""
    rows = connection.execute(
        """
        select id, at, actor, actor_id, action, user_id, detail from audit_log
        where (%(user)s::bigint is null or user_id = %(user)s)
            and (%(action)s::text is null or action = %(action)s)
            and (%(before)s::bigint is null or id < %(before)s)
        order by id desc limit %(limit)s
        """,
        {"user": user_id, "action": action, "before": before, "limit": limit},
    )
    return [Entry(**row) for row in rows]
