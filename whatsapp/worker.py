"""The worker's entry point: ``celery -A whatsapp.worker worker --beat``."""

from typing import Any

from celery.signals import worker_init, worker_process_init

from core.database import unit_of_work
from core.jobs import app
from core.places.service import gazetteer
from core.retention import tasks as retention_tasks
from ingestion import tasks as ingestion_tasks
from recommender import tasks as recommender_tasks
from recommender.service import warm_up
from recommender.vocabulary import vocabulary
from whatsapp import tasks
from whatsapp.push import tasks as push_tasks
from whatsapp.templates import tasks as template_tasks

# What is due stands in the database; the beat itself has nothing to keep in a file.
app.conf.beat_scheduler = "celery.beat:Scheduler"


@worker_init.connect  # type: ignore[untyped-decorator]
def _prepare(sender: Any, **_: object) -> None:
    """Load what jobs share before the first one comes, so that nobody waits for it.

    A parent that forks loads only plain data, which its children then share; the text model
    starts threads, and threads do not survive a fork.
    """
    gazetteer()
    vocabulary()
    if "prefork" not in str(sender.pool_cls):
        _load_catalogue()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _load_catalogue(**_: object) -> None:
    """Load the text model and the catalogue."""
    with unit_of_work() as unit:
        warm_up(unit.connection)


__all__ = [
    "app",
    "ingestion_tasks",
    "push_tasks",
    "recommender_tasks",
    "retention_tasks",
    "tasks",
    "template_tasks",
]
