"""The channel's jobs. Each can run twice, at once or late: the database says what is left to do."""

import functools
from datetime import UTC, datetime

from core.database import unit_of_work
from core.errors import RetryLaterError
from core.jobs import BULK_JOB, REPLY_JOB, Job, app
from whatsapp import repository, service
from whatsapp.erasure import service as erasure
from whatsapp.hearing import VoiceNote
from whatsapp.outbox import delivery, upkeep
from whatsapp.outbox.schemas import BULK
from whatsapp.providers import channel

SWEEP_EVERY_S = 10.0
RECONCILE_EVERY_S = 60.0
TIDY_EVERY_S = 3600.0

_OVERDUE_S = 5.0
_SWEPT_AT_ONCE = 1_000  # more than a number may send until the next sweep

# What has longer to wait is left to the sweep, so that no worker has to remember it.
_LONGEST_RETRY_S = 15.0


@app.task(  # type: ignore[untyped-decorator]
    base=Job,
    name="whatsapp.answer",
    soft_time_limit=270,  # hearing a voice note on this machine takes its time
    time_limit=300,
)
def answer(identity_ids: list[int]) -> None:
    """Answer what some identities' users wait for, message by message.

    One who has to wait longer does not hold up the others: they go on in a job of their own.
    """
    later = {}
    for identity_id in identity_ids:
        try:
            _answer(identity_id)
        except RetryLaterError as error:
            if len(identity_ids) == 1:
                raise
            later[identity_id] = error.after_s or 1.0
    for identity_id, wait_s in later.items():
        answer.apply_async(([identity_id],), countdown=wait_s)


def _answer(identity_id: int) -> None:
    provider = channel()
    while True:
        with unit_of_work() as unit:
            answered = service.answer_next(unit.connection, identity_id, provider)
            if answered is None:
                return
            if isinstance(answered, int):
                unit.after_commit(functools.partial(deliver.delay, answered))
        if isinstance(answered, VoiceNote):
            service.hear(answered, provider)


@app.task(base=Job, name="whatsapp.deliver")  # type: ignore[untyped-decorator]
def deliver(identity_id: int) -> None:
    """Send what is queued for an identity."""
    try:
        delivery.deliver(identity_id, channel())
    except RetryLaterError as error:
        if (error.after_s or 0.0) <= _LONGEST_RETRY_S:
            raise


@app.task(base=Job, name="whatsapp.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Find what a lost job left behind, and hand it over again."""
    with unit_of_work() as unit:
        unanswered = repository.waiting_inbox(unit.connection, _OVERDUE_S, _SWEPT_AT_ONCE)
        unsent = upkeep.overdue(unit.connection, _OVERDUE_S, _SWEPT_AT_ONCE)
    for identity_id in unanswered:
        answer.apply_async(([identity_id],), expires=2 * SWEEP_EVERY_S)
    for identity_id, priority in unsent:
        deliver.apply_async(
            (identity_id,),
            expires=2 * SWEEP_EVERY_S,
            priority=BULK_JOB if priority >= BULK else REPLY_JOB,
        )


@app.task(base=Job, name="whatsapp.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Take in what the provider has and its webhooks failed to bring."""
    began = datetime.now(UTC)
    with unit_of_work() as unit:
        since = service.look_back_to(unit.connection)
    if since is None:
        return
    received = channel().received(since)  # between transactions, not in one
    failures = channel().failures(since)
    with unit_of_work() as unit:
        missed = service.missing_from_inbox(unit.connection, received)
        for identity_id in service.record_missed(unit.connection, failures):
            unit.after_commit(functools.partial(deliver.delay, identity_id))
    for message in missed:
        with unit_of_work() as unit:
            for identity_id in service.receive(unit.connection, [message]):
                unit.after_commit(functools.partial(answer.delay, [identity_id]))
    with unit_of_work() as unit:
        service.note_complete(unit.connection, began)


@app.task(base=Job, name="whatsapp.tidy_outbox")  # type: ignore[untyped-decorator]
def tidy_outbox() -> None:
    """Give up what was held too long, and suggestions to people who get nothing any more."""
    with unit_of_work() as unit:
        upkeep.tidy(unit.connection)


@app.task(base=Job, name="whatsapp.erase")  # type: ignore[untyped-decorator]
def erase() -> None:
    """Delete whoever asked to be forgotten, at the provider and here."""
    erasure.erase(channel)


_REGULAR = (
    (SWEEP_EVERY_S, sweep),
    (RECONCILE_EVERY_S, reconcile),
    (SWEEP_EVERY_S, erase),
    (TIDY_EVERY_S, tidy_outbox),
)


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]
def _work_regularly(**_: object) -> None:
    """Put what looks after lost work on the beat's schedule."""
    for every_s, job in _REGULAR:
        app.add_periodic_task(every_s, job.s(), name=job.name, expires=every_s)
