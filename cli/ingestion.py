"""Commands that take feeds in: ingest, and the group feeds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import JustifyMethod
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from cli.runtime import console, errors, print_json, ready_database
from core.database import unit_of_work
from core.errors import InvalidInputError, NotFoundError
from ingestion import repository, runs
from ingestion.gates import StoppedError
from ingestion.mapping.schemas import Limits
from ingestion.mapping.schemas import Mapping as FeedMapping
from ingestion.mapping.service import read_mapping
from ingestion.mapping.suggest import suggest_mapping
from ingestion.report.table import report_table
from ingestion.schemas import Report
from ingestion.service import Wanted
from ingestion.service import ingest as take_in

app = typer.Typer(
    help="Feeds that are taken in on a schedule, and their runs.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
_LONG = ("provider", "location")


@app.callback()
def feeds() -> None:
    """Feeds that are taken in on a schedule, and their runs."""


def ingest(
    location: Annotated[str, typer.Argument(help="A file, a folder or an address (http, https).")],
    mapping: Annotated[
        Path | None, typer.Option(help="YAML that says which column is which of our fields.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="Whose tours they are, where neither mapping nor rows say.")
    ] = None,
    complete: Annotated[
        bool | None,
        typer.Option(
            "--complete/--partial",
            help="Whether tours missing from the feed are retired; as the mapping says by default.",
        ),
    ] = None,
    limit_set_aside: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Stop if more than this share would be set aside."),
    ] = None,
    limit_retire: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Stop if more than this share would be retired."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Read the feed even if its files are the same.")
    ] = False,
    suggest: Annotated[
        bool, typer.Option("--suggest-mapping", help="Print a first draft of a mapping, and end.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the report as an HTML page to this file too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take a feed in. Run again, it changes only what has changed.

    Example: travelbuddy ingest examples/catalogue.jsonl
    """
    if suggest:
        console.out(suggest_mapping(Path(location)), end="")
        return
    rules = _read(mapping)
    wanted = Wanted(
        rules, provider, complete, _limits(rules, limit_set_aside, limit_retire), again=again
    )
    with ready_database():
        try:
            done = _with_progress(location, wanted)
        except StoppedError as error:
            _show(error.report, report, as_json=as_json)
            raise
        _show(done, report, as_json=as_json)


def _read(mapping: Path | None) -> FeedMapping | None:
    return read_mapping(_text(mapping), mapping.name) if mapping else None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise InvalidInputError(f"{path}: {reason}") from None


def _limits(
    mapping: FeedMapping | None, set_aside: float | None, retire: float | None
) -> Limits | None:
    """Return the mapping's limits with those of the command line in their place."""
    given = {"set_aside": set_aside, "retire": retire}
    stated = {name: share for name, share in given.items() if share is not None}
    return (mapping.limits if mapping else Limits()).model_copy(update=stated) if stated else None


def _with_progress(location: str, wanted: Wanted) -> Report:
    with _progress() as on_progress:
        return take_in(location, wanted, on_progress)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show for each stage how far it is, how fast it goes and how long it will take."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    tasks = {}
    units = {"reading": "Reading (bytes)", "storing": "Storing (records)"}
    with Progress(*columns, console=errors, transient=True) as bar:

        def on_progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(units.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield on_progress


def _show(report: Report, page: Path | None, *, as_json: bool) -> None:
    told = report.told()
    if page is not None:
        _write_page(page, report.run_id)
    if as_json:
        print_json(told)
    else:
        console.print(report_table(told))


def _write_page(path: Path, run: int) -> None:
    with unit_of_work() as unit:
        page = runs.run_report_html(unit.connection, run)
    try:
        path.write_text(page, "utf-8")
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from None


@app.command()
def add(
    mapping: Annotated[Path, typer.Argument(help="The provider's mapping file.")],
    location: Annotated[
        str | None,
        typer.Option(help="The feed's address or folder; as the mapping says by default."),
    ] = None,
) -> None:
    """Keep a provider's mapping, and take its feed in whenever its schedule says.

    Example: travelbuddy feeds add blue-lagoon.yaml --location https://example.com/tours.csv
    """
    with ready_database(), unit_of_work() as unit:
        kept = runs.register(unit.connection, _text(mapping), location)
    when = f"on the schedule {kept.schedule} (UTC)" if kept.schedule else "when it is asked for"
    console.print(f"The feed of {kept.provider} is known, and is taken in {when}.", markup=False)


@app.command("list")
def list_feeds(as_json: Json = False) -> None:
    """List the feeds that are known.

    Example: travelbuddy feeds list
    """
    with ready_database(), unit_of_work() as unit:
        known = repository.load_providers(unit.connection)
    rows = [
        {
            "provider": each.name,
            "location": each.location,
            "schedule": each.schedule,
            "enabled": each.enabled,
        }
        for each in known
    ]
    _print_rows(rows, as_json=as_json)


@app.command()
def remove(provider: Annotated[str, typer.Argument(help="Whose feed.")]) -> None:
    """Stop taking a provider's feed in on its schedule; its tours stay.

    Example: travelbuddy feeds remove "Blue Lagoon"
    """
    with ready_database(), unit_of_work() as unit:
        if not repository.disable_provider(unit.connection, provider):
            raise NotFoundError(f"no feed of {provider} is known")
    console.print(f"The feed of {provider} is not taken in any more.", markup=False)


@app.command("runs")
def list_runs(
    provider: Annotated[str | None, typer.Option(help="Only of this provider.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20,
    as_json: Json = False,
) -> None:
    """List the latest runs.

    Example: travelbuddy feeds runs --provider "Blue Lagoon"
    """
    with ready_database(), unit_of_work() as unit:
        rows = runs.list_runs(unit.connection, provider, limit)
    shown = rows if as_json else [_in_short(each) for each in rows]
    _print_rows(shown, as_json=as_json)


def _in_short(run: Mapping[str, object]) -> dict[str, object]:
    """Return what fits on a line of a terminal."""
    names = {"run": "run", "provider": "provider", "state": "state", "read": "read",
             "inserted": "new", "updated": "changed", "rejected": "aside",
             "retired": "retired"}  # fmt: skip
    began = str(run["started_at"])[:16][5:].replace("T", " ")
    return {**{label: run[name] for name, label in names.items()}, "began (UTC)": began}


@app.command("report")
def show_report(
    run: Annotated[int, typer.Argument(help="Number of the run.")],
    html: Annotated[Path | None, typer.Option(help="Write it as a page to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Show what became of a run's records.

    Example: travelbuddy feeds report 7 --html report.html
    """
    with ready_database():
        with unit_of_work() as unit:
            told = runs.run_report(unit.connection, run)
        if html is not None:
            _write_page(html, run)
            console.print(f"Written to {html}", markup=False)
    if as_json:
        print_json(told)
    elif html is None:
        console.print(report_table(told))


def _print_rows(rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("None yet.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name, value in rows[0].items():
        number = isinstance(value, int) and not isinstance(value, bool)
        justify: JustifyMethod = "right" if number else "left"
        table.add_column(
            name.replace("_", " "), justify=justify, overflow="fold", no_wrap=name not in _LONG
        )
    for row in rows:
        # As plain text: what an operator is called must not be taken for markup.
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
    console.print(table)
