"""The jobs that send suggestions. The database says what is due, and for whom."""

import functools
from datetime import UTC, datetime

from core.database import UnitOfWork, unit_of_work
from core.jobs import BULK_JOB, Job, app
from whatsapp.push import repository, service
from whatsapp.push.schemas import Decision
from whatsapp.tasks import deliver

LOOK_EVERY_S = 60.0

_AT_ONCE = 1_000


@app.task(base=Job, name="whatsapp.push")  # type: ignore[untyped-decorator]
def look() -> None:
    """Find for whom suggestions are due, and hand each over to a job of its own."""
    with unit_of_work() as unit:
        service.plan_new(unit.connection, _AT_ONCE)
    with unit_of_work() as unit:
        users = repository.due(unit.connection, datetime.now(UTC), _AT_ONCE)
    for user_id in users:
        push.apply_async((user_id,), priority=BULK_JOB, expires=LOOK_EVERY_S)


@app.task(base=Job, name="whatsapp.push_to")  # type: ignore[untyped-decorator]
def push(user_id: int) -> None:
    """Send a traveller the suggestions that are due."""
    with unit_of_work() as unit:
        made = service.push(unit.connection, user_id, datetime.now(UTC))
        if made is not None:
            deliver_later(unit, made)


def deliver_later(unit: UnitOfWork, made: Decision) -> None:
    """Have what was queued delivered once it is committed, after all replies."""
    if made.identity_id is not None:
        unit.after_commit(
            functools.partial(deliver.apply_async, (made.identity_id,), priority=BULK_JOB)
        )


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]
def _work_regularly(**_: object) -> None:
    """Put the look for what is due on the beat's schedule."""
    app.add_periodic_task(LOOK_EVERY_S, look.s(), name=look.name, expires=LOOK_EVERY_S)
