"""The ingestion's jobs. Each can run twice, at once or late: the database says what is to do."""

import datetime as dt

from core.database import unit_of_work
from core.jobs import Job, app
from ingestion import runs

SCHEDULE_EVERY_S = 60.0
_LONGEST_RUN_S = 6 * 3_600


@app.task(  # type: ignore[untyped-decorator]
    base=Job,
    name="ingestion.run_feed",
    # A run outlasts the time after which the queue would hand it to a second worker, so that the
    # queue forgets it at once: the schedule finds what a dead worker left behind.
    acks_late=False,
    soft_time_limit=_LONGEST_RUN_S,
    time_limit=_LONGEST_RUN_S + 60,
)
def run_feed(run_id: int) -> None:
    """Take in the feed of a run that was asked for."""
    runs.do_run(run_id)


@app.task(base=Job, name="ingestion.schedule")  # type: ignore[untyped-decorator]
def schedule() -> None:
    """Ask for what is due, and again for what was lost."""
    with unit_of_work() as unit:
        waiting = runs.lost_runs(unit.connection)
        waiting += runs.due_runs(unit.connection, dt.datetime.now(dt.UTC))
        runs.tidy(unit.connection)
    for run_id in waiting:
        run_feed.apply_async((run_id,), expires=2 * SCHEDULE_EVERY_S)


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]
def _work_regularly(**_: object) -> None:
    """Put the schedule on the beat's."""
    app.add_periodic_task(
        SCHEDULE_EVERY_S, schedule.s(), name=schedule.name, expires=SCHEDULE_EVERY_S
    )
