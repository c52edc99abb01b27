"""`travelbuddy push`: the suggestions that travellers asked to be sent."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from core.database import unit_of_work
from whatsapp.push import repository, service
from whatsapp.push.schemas import Decision

_MOST = 1_000

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def push(
    due: Annotated[
        bool, typer.Option("--due", help="Deal with what is due now, as the worker does.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show who gets suggestions and when, or send those that are due.

    Example: travelbuddy push --due --dry-run
    """
    if dry_run and not due:
        raise typer.BadParameter("--dry-run goes with --due")
    with ready_database():
        if due:
            _show_decisions(_deal(dry_run=dry_run), as_json=as_json)
        else:
            _show_schedules(as_json=as_json)


def _deal(*, dry_run: bool) -> list[tuple[int, Decision | None]]:
    from whatsapp.push.tasks import deliver_later  # with Twilio and Celery: half a second

    now = datetime.now(UTC)
    with unit_of_work() as unit:
        service.plan_new(unit.connection, _MOST)
        users = repository.due(unit.connection, now, _MOST)
    made = []
    for user_id in users:
        with unit_of_work() as unit:
            decision = service.push(unit.connection, user_id, now)
            made.append((user_id, decision))
            if dry_run:
                unit.connection.rollback()
            elif decision is not None:
                deliver_later(unit, decision)
    return made


def _show_decisions(made: list[tuple[int, Decision | None]], *, as_json: bool) -> None:
    if as_json:
        rows = [{"user": user, **(_for_json(each) if each else {"outcome": "put off"})}
                for user, each in made]  # fmt: skip
        print_json({"due": rows})
        return
    table = Table("Traveller", "Outcome", "Why, or what")
    for user, each in made:
        what = "; ".join(each.titles) or each.reason or "" if each else "this is no good moment"
        table.add_row(str(user), each.outcome if each else "put off", what)
    console.print(table if made else "Nothing is due", markup=False)


def _for_json(made: Decision) -> dict[str, Any]:
    return {**asdict(made), "at": made.at.isoformat()}


def _show_schedules(*, as_json: bool) -> None:
    with unit_of_work() as unit:
        rows = repository.schedules(unit.connection, _MOST)
    if as_json:
        times = ("next_due_at", "last_sent_at", "paused_until")
        print_json({"schedules": [
            {**row, **{name: row[name].isoformat() if row[name] else None for name in times}}
            for row in rows
        ]})  # fmt: skip
        return
    table = Table("Traveller", "Rhythm", "Next (UTC)", "Last (UTC)", "Paused until", "Unread")
    for row in rows:
        table.add_row(
            str(row["user_id"]), row["rhythm"], _minute(row["next_due_at"]),
            _minute(row["last_sent_at"]), _minute(row["paused_until"]), str(row["unread"]),
        )  # fmt: skip
    console.print(table if rows else "Nobody has asked for suggestions", markup=False)


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""
