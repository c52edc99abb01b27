"""What webhooks bring, taken in many at a time.

Each request waits until what it brought has been committed, and for nothing more: requests that
come at the same time share a transaction, and afterwards a job, which costs more to hand over
than a message to store.
"""

import functools
from collections.abc import Sequence

from core.batching import Batcher, Gatherer
from core.database import unit_of_work
from whatsapp import service, tasks
from whatsapp.schemas import InboundMessage, StatusChange

_TOGETHER = 200
_IN_A_JOB = 50
"""Identities that one job answers, one after the other; jobs themselves run side by side."""
_TILL_STORED_S, _TILL_JOB_S = 0.002, 0.03
"""How long the first of a batch waits for others: in a flood this saves half the transactions."""


def take_in(messages: Sequence[InboundMessage]) -> list[None]:
    """Keep messages, and have them answered."""
    with unit_of_work() as unit, unit.connection.pipeline():
        for identity_id in service.receive(unit.connection, messages):
            unit.after_commit(functools.partial(_waiting.put, identity_id))
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


def _have_answered(identity_ids: Sequence[int]) -> None:
    """Say that there is something to answer; where nobody hears it, the sweep will."""
    tasks.answer.delay(list(dict.fromkeys(identity_ids)))


_waiting: Gatherer[int] = Gatherer(_have_answered, _IN_A_JOB, "answers", _TILL_JOB_S)
inbox: Batcher[InboundMessage, None] = Batcher(take_in, _TOGETHER, "inbox", _TILL_STORED_S)
statuses: Batcher[StatusChange, None] = Batcher(take_note, _TOGETHER, "statuses", _TILL_STORED_S)
