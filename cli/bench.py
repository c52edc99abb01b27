"""Commands that measure how fast and how exact parts of the product are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from pgvector.psycopg import register_vector
from psycopg.rows import dict_row
from rich.table import Table

from cli.runtime import console, empty_database, errors, print_json, ready_database
from core.database import Connection
from core.settings import ROOT, settings
from ingestion.bench import service as feeds_bench
from ingestion.mapping.service import read_mapping
from ingestion.service import Wanted
from recommender.bench.service import LIMIT, Bench, Timing
from recommender.bench.workload import Workload, read_sample
from recommender.embedding import calibration, embedder

SAMPLE = ROOT / "examples" / "catalogue.jsonl"
app = typer.Typer(help="Measure speed, and check the answers while at it.", no_args_is_help=True)
Figures = dict[str, float | int | None]


@app.callback()
def bench() -> None:
    """Measure speed, and check the answers while at it."""


@app.command()
def rank(
    packages: Annotated[int, typer.Option(min=10, help="How many tours to make.")] = 100_000,
    wishes: Annotated[int, typer.Option(min=1, help="How many different wishes.")] = 127,
    literal: Annotated[
        bool | None,
        typer.Option(
            help="Time the literal SQL query too (a table of 1 GB); else only where "
            "no database is configured."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Rank made catalogues of any size; compare with brute force and with literal SQL.

    Example: travelbuddy bench rank --packages 100000 --json
    """
    figures = _measure(packages, wishes, literal=literal)
    if as_json:
        print_json(figures)
    else:
        _print(figures)


@app.command()
def ingest(
    location: Annotated[
        Path, typer.Argument(help="A feed: a file, or a folder with the files of its mapping.")
    ] = SAMPLE,
    mapping: Annotated[Path | None, typer.Option(help="The feed's mapping file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Take a feed into an empty database and again; compare with plain calls of the text model.

    Example: travelbuddy bench ingest examples/catalogue.jsonl --json
    """
    rules = read_mapping(mapping.read_text("utf-8"), mapping.name) if mapping else None
    with errors.status("Starting an empty database …") as status, empty_database():
        model = feeds_bench.plain_model(settings().embedding_model)
        figures = feeds_bench.measure(location, Wanted(rules), model, status.update)
    if as_json:
        print_json(asdict(figures))
    else:
        _print_figures(asdict(figures))


@app.command()
def webhook(
    rate: Annotated[float, typer.Option(min=1, help="Messages a second.")] = 200,
    seconds: Annotated[float, typer.Option(min=1, help="For how long.")] = 60,
    travellers: Annotated[int, typer.Option(min=1, help="How many people write.")] = 2_000,
    rounds: Annotated[int, typer.Option(min=1, help="Comparisons with a bare handler.")] = 5,
    patience: Annotated[float, typer.Option(help="Seconds to wait for the last answer.")] = 1_800,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Send messages to the whole service; compare with a handler that only checks signatures.

    Example: travelbuddy bench webhook --rate 200 --seconds 60 --json
    """
    from cli.webhook_bench import Plan, measure  # with the channel: half a second

    plan = Plan(rate, seconds, travellers, rounds, patience)
    with errors.status("Starting …") as status:
        figures = measure(plan, status.update)
    if as_json:
        print_json(asdict(figures))
    else:
        _print_figures(asdict(figures))


@app.command()
def pages(
    rounds: Annotated[int, typer.Option(min=1, help="How often each page is opened.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Time and weigh every page, and the way from the first page to tours on WhatsApp.

    Example: travelbuddy bench pages --rounds 40 --json
    """
    from cli.pages_bench import measure  # with the demo: half a second

    with errors.status("Starting …") as status:
        figures = measure(rounds, status.update)
    if as_json:
        print_json(asdict(figures))
    else:
        _print_figures(asdict(figures))


def _print_figures(figures: dict[str, Any]) -> None:
    table = Table(show_header=False)
    for name, value in figures.items():
        stages = isinstance(value, dict)
        told = ", ".join(f"{key} {each}" for key, each in value.items()) if stages else f"{value:,}"
        table.add_row(name.replace("_", " "), told)
    console.print(table)


def _measure(packages: int, wishes: int, *, literal: bool | None) -> Figures:
    with errors.status("Reading the sample …") as status:
        workload = Workload(read_sample(), embedder())
        measured = Bench(workload, calibration(), packages, wishes)
        status.update(f"Making {packages:,} tours …")
        built = measured.build()
        status.update("Ranking …")
        timing = measured.time(built.catalogue)
        refresh_ms = measured.refresh_ms(built.catalogue)
        status.update("Comparing with brute force …")
        agreement = measured.agreement(built.catalogue)
        status.update("Timing the literal query …")
        literal_packages, literal_ms = _literal(measured, literal)
    return {
        "packages": packages,
        "wishes": wishes,
        **_times(timing),
        "agreement": round(agreement, 6),
        "literal_packages": literal_packages,
        "literal_p50_ms": literal_ms and round(literal_ms, 1),
        "build_s": round(built.seconds, 1),
        "refresh_ms": round(refresh_ms, 1),
        "index_mb": round(built.size / 1e6, 1),
        "peak_memory_mb": round(built.peak / 1e6),
    }


def _times(timing: Timing) -> Figures:
    return {
        "p50_ms": round(timing.percentile(50), 3),
        "p95_ms": round(timing.percentile(95), 3),
        "with_place_p50_ms": round(timing.percentile(50, placed=True), 3),
        "without_place_p50_ms": round(timing.percentile(50, placed=False), 3),
        "queries_per_second": round(1_000 / float(timing.rounds.mean())),
    }


def _literal(measured: Bench, wanted: bool | None) -> tuple[int | None, float | None]:
    """Time the literal query; in somebody's own database only if that is *wanted*."""
    if wanted is False:
        return None, None
    with ready_database() as started:
        if not started.embedded and not wanted:
            return None, None
        with _connection(started.database_url) as connection:
            return measured.literal_ms(connection)


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        register_vector(connection)
        yield connection


def _print(figures: Figures) -> None:
    table = Table(show_header=False)
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), "not measured" if value is None else f"{value:,}")
    console.print(table)
    literal = figures["literal_p50_ms"]
    if literal is not None:
        ratio = literal / (figures["p50_ms"] or 1)
        console.print(f"The best {LIMIT} tours {ratio:,.0f} times as fast as the literal query.")
