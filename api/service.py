"""What this process depends on, and whether it is there."""

import psycopg
import redis

from core import migrations
from core.settings import settings

_PATIENCE_S = 2


def readiness() -> dict[str, str]:
    """Ask the servers.

    Returns:
        For ``database``, ``migrations`` and ``redis``: ``ok``, or in a word what is wrong.
    """
    return {**_database(), "redis": _redis()}


def _database() -> dict[str, str]:
    url = settings().database_url
    if not url:
        return {"database": "not configured", "migrations": "unknown"}
    try:
        with psycopg.connect(url, connect_timeout=_PATIENCE_S) as connection:
            missing = migrations.pending(connection)
    except psycopg.Error:
        return {"database": "unreachable", "migrations": "unknown"}
    return {"database": "ok", "migrations": f"{len(missing)} missing" if missing else "ok"}


def _redis() -> str:
    url = settings().redis_url
    if not url:
        return "not configured"
    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=_PATIENCE_S, socket_timeout=_PATIENCE_S
        ) as client:
            client.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
