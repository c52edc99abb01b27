"""The job that lets go of what is too old. It can run twice, at once or late."""

from core.jobs import BULK_JOB, Job, app
from core.retention import service

LOOK_EVERY_S = 3_600.0
_LONGEST_RUN_S = 3_600


@app.task(  # type: ignore[untyped-decorator]
    base=Job,
    name="core.retention",
    # A run outlasts the time after which the queue would hand it to a second worker. One that is
    # lost is made up for within the hour: the audit trail says when the last one ended.
    acks_late=False,
    soft_time_limit=_LONGEST_RUN_S,
    time_limit=_LONGEST_RUN_S + 60,
)
def retention() -> None:
    """Let go of what is too old, once a day."""
    if service.is_due():
        service.run()


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]
def _work_regularly(**_: object) -> None:
    """Look once an hour whether it is time."""
    app.add_periodic_task(
        LOOK_EVERY_S,
        retention.s(),
        name=retention.name,
        expires=LOOK_EVERY_S,
        priority=BULK_JOB,
    )
