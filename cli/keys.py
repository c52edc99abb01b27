"""Commands about the keys that personal data is encrypted with."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from cli.runtime import console, errors, print_json, ready_database
from core.encryption import new_key
from core.rotation import service

app = typer.Typer(help="Change the keys that encrypt personal data.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Count only; change nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command()
def make() -> None:
    """Print a new key. Put it first into ENCRYPTION_KEYS, restart everything, then rotate.

    Example: travelbuddy keys make
    """
    console.print(new_key(), markup=False, soft_wrap=True)


@app.command()
def rotate(dry_run: DryRun = False, as_json: Json = False) -> None:
    """Encrypt everything with the newest key. An old key can go once a dry run finds no more.

    Example: travelbuddy keys rotate
    """
    with ready_database():
        tallies = service.rotate(dry_run=dry_run)
    if as_json:
        counts = {name: asdict(tally) for name, tally in tallies.items()}
        print_json({"dry_run": dry_run, "tables": counts})
    else:
        table = Table("Table", "Newest key", "To renew" if dry_run else "Renewed", "Unreadable")
        for name, tally in tallies.items():
            numbers = (tally.current, tally.renewed, tally.unreadable)
            table.add_row(name, *(f"{number:,}" for number in numbers))
        console.print(table)
    if any(tally.unreadable for tally in tallies.values()):
        errors.print("travelbuddy: some values need a key that is not in ENCRYPTION_KEYS")
        raise typer.Exit(1)
