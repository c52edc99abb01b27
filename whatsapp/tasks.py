"""The channel's jobs. Each can run twice, at once or late: the database says what is left to do."""

import functools

from core.database import unit_of_work
from core.jobs import Job, app
from whatsapp import delivery, repository, service
from whatsapp.twilio.channel import twilio_channel

SWEEP_EVERY_S = 10.0
RECONCILE_EVERY_S = 60.0

_OVERDUE_S = 5.0
_SWEPT_AT_ONCE = 500


@app.task(base=Job, name="whatsapp.answer")  # type: ignore[untyped-decorator]
def answer(identity_id: int) -> None:
    """Answer what an identity's user waits for, message by message."""
    while True:
        with unit_of_work() as unit:
            answered = service.answer_next(unit.connection, identity_id, twilio_channel())
            if answered is None:
                return
            unit.after_commit(functools.partial(deliver.delay, answered))


@app.task(base=Job, name="whatsapp.deliver")  # type: ignore[untyped-decorator]
def deliver(identity_id: int) -> None:
    """Send what is queued for an identity."""
    delivery.deliver(identity_id, twilio_channel())


@app.task(base=Job, name="whatsapp.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Find what a lost job left behind, and hand it over again."""
    with unit_of_work() as unit:
        unanswered = repository.waiting_inbox(unit.connection, _OVERDUE_S, _SWEPT_AT_ONCE)
        unsent = repository.waiting_outbox(unit.connection, _OVERDUE_S, _SWEPT_AT_ONCE)
    for identity_id in unanswered:
        answer.apply_async((identity_id,), expires=2 * SWEEP_EVERY_S)
    for identity_id in unsent:
        deliver.apply_async((identity_id,), expires=2 * SWEEP_EVERY_S)


@app.task(base=Job, name="whatsapp.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Take in what the provider has and its webhooks failed to bring."""
    with unit_of_work() as unit:
        since = service.look_back_to(unit.connection)
    if since is None:
        return
    received = twilio_channel().received(since)  # between transactions, not in one
    with unit_of_work() as unit:
        missed = service.missing_from_inbox(unit.connection, received)
    for message in missed:
        with unit_of_work() as unit:
            identity_id = service.receive(unit.connection, message)
            if identity_id is not None:
                unit.after_commit(functools.partial(answer.delay, identity_id))


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]
def _work_regularly(**_: object) -> None:
    """Put what looks after lost work on the beat's schedule."""
    for every_s, job in ((SWEEP_EVERY_S, sweep), (RECONCILE_EVERY_S, reconcile)):
        app.add_periodic_task(every_s, job.s(), name=job.name, expires=every_s)
