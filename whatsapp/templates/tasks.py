"""The templates' periodic job."""

from core.database import unit_of_work
from core.jobs import Job, app
from whatsapp.accounts import account, has_account
from whatsapp.providers import channel
from whatsapp.templates import service

SYNC_EVERY_S = 1_800.0


@app.task(base=Job, name="whatsapp.sync_templates")  # type: ignore[untyped-decorator]
def sync_templates() -> None:
    """Ask the provider what has become of our templates."""
    if not has_account():
        return
    told = channel().template_states()  # between transactions, not in one
    with unit_of_work() as unit:
        service.note_states(unit.connection, account(), told)


@app.on_after_finalize.connect  # type: ignore[untyped-decorator]
def _work_regularly(**_: object) -> None:
    """Put the job on the beat's schedule."""
    app.add_periodic_task(
        SYNC_EVERY_S, sync_templates.s(), name=sync_templates.name, expires=SYNC_EVERY_S
    )
