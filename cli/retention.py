"""`travelbuddy retention`: let go of what is too old now, or see what that would be."""

from typing import Annotated

import typer
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from core.retention import service

DryRun = Annotated[bool, typer.Option("--dry-run", help="Count only; change nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def retention(dry_run: DryRun = False, as_json: Json = False) -> None:
    """Blank or delete what is older than the RETENTION_… settings allow; the worker does it daily.

    Example: travelbuddy retention --dry-run
    """
    with ready_database():
        counts = service.look() if dry_run else service.run()
    if as_json:
        print_json({"dry_run": dry_run, "rows": counts})
        return
    table = Table("What", "Rows to go" if dry_run else "Rows gone")
    for name, number in counts.items():
        table.add_row(name.replace("_", " "), f"{number:,}")
    console.print(table)
