"""The recommender's jobs."""

from contextlib import suppress

from core.database import unit_of_work
from core.errors import RetryLaterError
from core.jobs import Job, app
from recommender.models import reembedding

CHANGE_EVERY_S = 120.0

_AT_ONCE_S = 45.0
"""Longer, and messages would wait too long for the worker."""
_SWITCH_S = 3_600
"""The last step moves all vectors in one transaction: in a large catalogue that takes minutes."""


@app.task(base=Job, name="recommender.reembed", time_limit=_SWITCH_S, soft_time_limit=_SWITCH_S)  # type: ignore[untyped-decorator]
def reembed() -> None:
    """Go on changing to the configured text model, if the catalogue has another one."""
    with unit_of_work() as unit:
        if not reembedding.look(unit.connection).is_due:
            return
    with suppress(RetryLaterError):  # another process is at it; the beat asks again
        if not reembedding.reembed(seconds=_AT_ONCE_S).finished:
            reembed.apply_async(expires=CHANGE_EVERY_S)


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]
def _work_regularly(**_: object) -> None:
    """Put the change of models on the beat's schedule."""
    app.add_periodic_task(CHANGE_EVERY_S, reembed.s(), name=reembed.name, expires=CHANGE_EVERY_S)
