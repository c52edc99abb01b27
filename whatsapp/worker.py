"""The worker's entry point: ``celery -A whatsapp.worker worker --beat``."""

from core.jobs import app
from whatsapp import tasks

# What is due stands in the database; the beat itself has nothing to keep in a file.
app.conf.beat_scheduler = "celery.beat:Scheduler"

__all__ = ["app", "tasks"]
