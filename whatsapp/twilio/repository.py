"""The SQL for message shapes that are registered with Twilio.

Every function runs in the caller's transaction.
"""

from core.database import Connection


def content_sid(connection: Connection, channel: str, shape: str) -> str | None:
    """Return the sid under which *shape* is registered with *channel*, if it is."""
    row = connection.execute(
        "select content_sid from channel_contents where channel = %s and shape = %s",
        [channel, shape],
    ).fetchone()
    return None if row is None else str(row["content_sid"])


def keep_content(connection: Connection, channel: str, shape: str, sid: str) -> str:
    """Keep *sid* for *shape* unless another is kept already; return the one that is."""
    connection.execute(
        """insert into channel_contents (channel, shape, content_sid) values (%s, %s, %s)
           on conflict (channel, shape) do nothing""",
        [channel, shape, sid],
    )
    return content_sid(connection, channel, shape) or sid


def forget_content(connection: Connection, channel: str, shape: str, sid: str) -> None:
    """Drop *shape*'s registration if it still is *sid*."""
    connection.execute(
        "delete from channel_contents where channel = %s and shape = %s and content_sid = %s",
        [channel, shape, sid],
    )
