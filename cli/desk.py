"""Commands for staff who talk with travellers."""

import functools
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from core.database import unit_of_work
from whatsapp.desk import service
from whatsapp.desk.schemas import Talk

app = typer.Typer(help="Talk with the travellers who asked for a person.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
TalkId = Annotated[
    int,
    typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="As `travelbuddy desk list` shows it."),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show names and numbers in full.")]


@app.command("list")
def show_all(reveal: Reveal = False, as_json: Json = False) -> None:
    """List the talks that wait for a person, the one that waits longest first.

    Example: travelbuddy desk list
    """
    with ready_database(), unit_of_work() as unit:
        talks = service.open_talks(unit.connection, reveal=reveal)
    if as_json:
        print_json({"talks": [each.model_dump(mode="json") for each in talks]})
        return
    table = Table("ID", "Traveller", "Reason", "Waiting", "Unanswered", "Language")
    for each in talks:
        table.add_row(
            str(each.id), _who(each), each.reason, _length(each.waiting_s), str(each.unanswered),
            each.language,
        )  # fmt: skip
    console.print(table if talks else "Nobody is waiting for a person", markup=False)


@app.command()
def show(
    talk_id: TalkId,
    latest: Annotated[int, typer.Option(min=1, max=200, help="Messages at most.")] = 20,
    reveal: Reveal = False,
    as_json: Json = False,
) -> None:
    """Show a talk with its latest messages.

    Example: travelbuddy desk show 12
    """
    with ready_database(), unit_of_work() as unit:
        found = service.talk(unit.connection, talk_id, latest=latest, reveal=reveal)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    state = "handed back" if found.closed_at else f"waiting {_length(found.waiting_s)}"
    console.print(f"{_who(found)}, {found.language}: {found.reason} ({state})", markup=False)
    for line in found.messages:
        status = f" ({line.status})" if line.status else ""
        console.print(f"{_minute(line.at)}  {line.who}{status}", style="dim", markup=False)
        for text in line.text.splitlines():
            console.print(f"  {text}", markup=False, soft_wrap=True)


@app.command()
def say(
    talk_id: TalkId,
    text: Annotated[str, typer.Argument(help="What to write to the traveller.")],
    as_json: Json = False,
) -> None:
    """Write to a traveller.

    Example: travelbuddy desk say 12 "Good morning! I have looked at your booking."
    """
    from whatsapp import tasks  # with Twilio and Celery: half a second

    with ready_database(), unit_of_work() as unit:
        identity_id, ids = service.say(unit.connection, talk_id, text)
        unit.after_commit(functools.partial(tasks.deliver.delay, identity_id))
    if as_json:
        print_json({"messages": ids})
    else:
        console.print("On its way")


@app.command()
def back(talk_id: TalkId, as_json: Json = False) -> None:
    """Hand a talk back: automatic answers go on.

    Example: travelbuddy desk back 12
    """
    from whatsapp import tasks

    with ready_database(), unit_of_work() as unit:
        identity_id = service.hand_back(unit.connection, talk_id)
        unit.after_commit(functools.partial(tasks.deliver.delay, identity_id))
    if as_json:
        print_json({"handed_back": talk_id})
    else:
        console.print("Handed back")


def _who(talk: Talk) -> str:
    return f"{talk.name}, {talk.address}" if talk.name else talk.address


def _length(seconds: int) -> str:
    """Return a length of time in its two largest units."""
    minutes, hours, days = seconds // 60 % 60, seconds // 3600 % 24, seconds // 86_400
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
