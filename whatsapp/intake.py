"""What webhooks bring, taken in many at a time.

Each request waits until what it brought has been committed; requests that come at the same time
share a transaction, and the word that there is something to answer.
"""

import functools
from collections.abc import Sequence

from core.batching import Batcher
from core.database import unit_of_work
from whatsapp import service, tasks
from whatsapp.schemas import InboundMessage, StatusChange

_TOGETHER = 200
_IN_A_JOB = 10
"""Identities that one job answers, one after the other; jobs themselves run side by side."""


def take_in(messages: Sequence[InboundMessage]) -> list[None]:
    """Keep messages, and have them answered."""
    with unit_of_work() as unit:
        waiting = service.receive(unit.connection, messages)
        for start in range(0, len(waiting), _IN_A_JOB):
            identity_ids = waiting[start : start + _IN_A_JOB]
            unit.after_commit(functools.partial(tasks.answer.delay, identity_ids))
    return [None] * len(messages)


def take_note(changes: Sequence[StatusChange]) -> list[None]:
    """Note what became of messages of ours.

    In the order of our own ids, so that two batches at once lock the same rows in one order;
    the reports on one message stay in theirs.
    """
    with unit_of_work() as unit:
        for change in sorted(changes, key=lambda change: change.reference):
            service.record_status(unit.connection, change)
    return [None] * len(changes)


inbox: Batcher[InboundMessage, None] = Batcher(take_in, _TOGETHER, "inbox")
statuses: Batcher[StatusChange, None] = Batcher(take_note, _TOGETHER, "statuses")
