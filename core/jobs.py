"""The Celery application and the base of every job.

PostgreSQL says what is to be done; Redis only carries the word that there is something to do.
"""

from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging

from core.errors import RetryLaterError
from core.logging import configure_logging
from core.settings import settings

# Redis knows 0, the first to be taken, to 9; what is not told otherwise is 0.
REPLY_JOB = 0
BULK_JOB = 9

_MOST_RETRIES = 8
_LONGEST_WAIT_S = 300.0


def _configuration() -> dict[str, Any]:
    return {
        "broker_url": settings().redis_url,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": 600,
            "socket_connect_timeout": 2,
            "socket_timeout": 10,
            "max_retries": 1,
            # A queue for each priority: whoever waits for an answer overtakes all bulk.
            "priority_steps": [REPLY_JOB, BULK_JOB],
            "queue_order_strategy": "priority",
        },
        "task_default_priority": REPLY_JOB,
        # A request must not hang because Redis is down: the sweep finds what was not queued.
        "task_publish_retry": False,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": 120,
        "task_soft_time_limit": 90,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_consumer": "core.consumer:PatientConsumer",
        "timezone": "UTC",
    }


app = Celery("travelbuddy")
app.add_defaults(_configuration)


@setup_logging.connect  # type: ignore[untyped-decorator]
def _use_our_logging(**_: object) -> None:
    """Keep Celery from installing log handlers of its own."""
    configure_logging()


class Job(Task):  # type: ignore[misc]
    """A job that is tried again when, and only when, its error says that this may help."""

    max_retries = _MOST_RETRIES

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Run the job, turning `RetryLaterError` into a retry with growing waits."""
        try:
            return super().__call__(*args, **kwargs)
        except RetryLaterError as error:
            raise self.retry(exc=error, countdown=self._wait_s(error)) from error

    def _wait_s(self, error: RetryLaterError) -> float:
        doubling = 2.0**self.request.retries
        return float(min(_LONGEST_WAIT_S, max(doubling, error.after_s or 0.0)))
