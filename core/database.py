"""Connections to PostgreSQL, and the unit of work that every request or task runs in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from pgvector.psycopg import register_vector
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from core.errors import ConfigurationError, RetryLaterError
from core.settings import settings

log = structlog.get_logger(__name__)

Connection = psycopg.Connection[DictRow]

_CONNECT_TIMEOUT_S = 10
_POOL_TIMEOUT_S = 10.0


def _configure(connection: psycopg.Connection[Any]) -> None:
    """Teach a new connection the vector type, where the extension is there already."""
    try:
        register_vector(connection)
    except psycopg.ProgrammingError:
        connection.rollback()


_pools: list[ConnectionPool[Connection]] = []
_pools_lock = threading.Lock()


def pool() -> ConnectionPool[Connection]:
    """Return the connection pool of this process, opened by whichever thread comes first.

    Raises:
        ConfigurationError: no database is configured.
    """
    with _pools_lock:
        if not _pools:
            _pools.append(_open_pool())
        return _pools[0]


def _open_pool() -> ConnectionPool[Connection]:
    url = settings().database_url
    if not url:
        raise ConfigurationError(
            "no database: set DATABASE_URL, or use the `travelbuddy` command, which starts one"
        )
    return ConnectionPool(
        url,
        min_size=0,
        max_size=settings().database_pool_size,
        timeout=_POOL_TIMEOUT_S,
        open=True,
        configure=_configure,
        check=ConnectionPool.check_connection,
        kwargs={"row_factory": dict_row, "connect_timeout": _CONNECT_TIMEOUT_S},
    )


def close_pool() -> None:
    """Close this process's connections; the next use opens a new pool."""
    with _pools_lock:
        while _pools:
            _pools.pop().close()


class UnitOfWork:
    """One transaction, and the jobs to hand over once it is committed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._jobs: list[Callable[[], object]] = []

    def after_commit(self, job: Callable[[], object]) -> None:
        """Run *job* when, and only when, the transaction has been committed."""
        self._jobs.append(job)

    def run_jobs(self) -> None:
        """Run the jobs in order. One that fails is logged: the sweep finds what it left."""
        for job in self._jobs:
            try:
                job()
            except Exception:  # the commit stands, whatever the queue does
                log.exception("job_not_enqueued")


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Open a transaction: committed when the block ends, rolled back when it raises.

    Raises:
        RetryLaterError: the database cannot be reached now.
    """
    try:
        with pool().connection() as connection:
            unit = UnitOfWork(connection)
            yield unit
    except PoolTimeout as error:
        raise RetryLaterError(f"the database does not answer: {error}") from error
    unit.run_jobs()
