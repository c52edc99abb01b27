"""A worker's connection to Redis, which outlives Redis."""

import structlog
from celery.worker.consumer import Consumer

log = structlog.get_logger(__name__)


class PatientConsumer(Consumer):  # type: ignore[misc]
    """Connects anew whatever tidying up after a lost connection runs into.

    With jobs under way, Celery 5.7 hands them back while it closes the connection that was lost,
    finds no connection to do that with, and takes the error for one that ends the worker. Nothing
    needs to be handed back: the database says what is left to do.
    """

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Let go of the lost connection."""
        try:
            super().on_connection_error_after_connected(exc)
        except Exception as error:  # noqa: BLE001 - the worker must not end for it
            log.warning("lost_connection_not_tidied_up", reason=type(error).__name__)
