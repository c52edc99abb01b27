"""A worker's connection to Redis, which outlives Redis."""

import functools
from collections.abc import Callable
from typing import Any

import structlog
from celery.worker.consumer import Consumer

log = structlog.get_logger(__name__)


class PatientConsumer(Consumer):  # type: ignore[misc]
    """Connects anew whatever tidying up after a lost connection runs into.

    With jobs under way, Celery 5.7 hands them back while it closes the connection that was lost,
    finds no connection to do that with, and takes the error for one that ends the worker. Nothing
    needs to be handed back: the database says what is left to do.
    """

    loop: Callable[..., None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loop = _reconnecting(self.loop)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Let go of the lost connection."""
        try:
            super().on_connection_error_after_connected(exc)
        except Exception as error:  # noqa: BLE001 - the worker must not end for it
            log.warning("lost_connection_not_tidied_up", reason=type(error).__name__)


def _reconnecting(loop: Callable[..., None]) -> Callable[..., None]:
    """Return *loop*, to which a connection that went away is an error that passes.

    A job that ends after its connection was lost is acknowledged on what is left of that one:
    kombu 5.7 finds nothing there and raises an AttributeError. Jobs run elsewhere; no error of
    theirs comes this way.
    """

    @functools.wraps(loop)
    def run(*args: Any) -> None:
        try:
            loop(*args)
        except AttributeError as error:
            log.warning("acknowledged_on_a_lost_connection", reason=str(error))
            raise ConnectionError("the connection was lost before a job ended") from error

    return run
