"""Commands about the channel as a whole: is anything held up, and may it send again."""

import datetime as dt
from typing import Annotated

import typer

from cli.runtime import console, print_json, ready_database
from core.database import unit_of_work
from core.errors import NotFoundError
from whatsapp.accounts import account
from whatsapp.outbox import upkeep

app = typer.Typer(help="Look at the WhatsApp channel, and let it send again.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command()
def status(as_json: Json = False) -> None:
    """Show whether anything is sent, what waits, and how many letters are dead.

    Example: travelbuddy channel status
    """
    with ready_database(), unit_of_work() as unit:
        found = upkeep.overview(unit.connection)
    if as_json:
        print_json(_for_json(found))
        return
    if found.halted_at is None:
        console.print("Messages are sent")
    else:
        console.print(
            f"[red]Nothing is sent[/red]: the account was locked with code {found.halt_code} at "
            f"{found.halted_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC. Once that is settled with "
            "the provider: travelbuddy channel resume"
        )
    told = ", ".join(f"{number:,} {kind}" for kind, number in found.waiting.items())
    console.print(f"Outbox: {told}. Dead letters: {found.letters:,}", markup=False)


@app.command()
def resume(as_json: Json = False) -> None:
    """Send again after the account was locked and has been unlocked.

    Example: travelbuddy channel resume
    """
    with ready_database(), unit_of_work() as unit:
        if not upkeep.resume(unit.connection):
            raise NotFoundError("nothing had stopped the channel")
    if as_json:
        print_json({"resumed": account()})
    else:
        console.print("Messages are sent again; what waits goes out within seconds")


def _for_json(found: upkeep.Overview) -> dict[str, object]:
    return {
        "account": account(),
        "halted": found.halted_at
        and {"code": found.halt_code, "since": found.halted_at.isoformat()},
        "waiting": found.waiting,
        "dead_letters": found.letters,
    }
