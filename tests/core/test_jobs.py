"""Workers: what must not end them."""

from types import SimpleNamespace
from typing import Any

from celery import Celery
from celery.concurrency.solo import TaskPool
from celery.utils.imports import symbol_by_name

from core.jobs import app


class Lost:
    """A connection that is gone, and that cannot even be closed any more."""

    connection_errors = channel_errors = (OSError,)

    def collect(self, socket_timeout: float) -> None:
        raise OSError

    def close(self) -> None:
        raise AttributeError("'NoneType' object has no attribute 'hostname'")


def our_consumer() -> Any:
    """Return the part of a worker that holds the connection."""
    broker = Celery(broker="memory://", set_as_current=False)
    return symbol_by_name(app.conf.worker_consumer)(
        lambda _: None,
        app=broker,
        pool=TaskPool(app=broker),
        controller=SimpleNamespace(use_eventloop=False),
    )


def test_a_worker_outlives_redis_though_it_goes_while_jobs_are_under_way() -> None:
    consumer = our_consumer()
    consumer.connection = Lost()
    consumer.on_connection_error_after_connected(OSError("Connection closed by server."))
    assert consumer.connection is None
