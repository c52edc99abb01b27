"""Ask other engines for the same ranking, side by side: `python -m benchmarks.rank_peers`."""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.engines import Engine
from benchmarks.environments import python_for
from benchmarks.job import Job, save
from benchmarks.measuring import Contest
from benchmarks.peers import ENTRIES
from benchmarks.peers.base import THREADS, Entry
from benchmarks.preparing import prepare_job
from benchmarks.report import Setting, as_markdown, as_object
from core.embedded.service import servers
from core.errors import ConfigurationError, InvalidInputError, TravelBuddyError
from recommender.embedding import embedder

_log = Console(stderr=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def rank_peers(
    *,
    packages: Annotated[
        int, typer.Option(min=20, max=2_000_000, help="How many packages")
    ] = 10_000,
    wishes: Annotated[int, typer.Option(min=1, max=10_000, help="How many wishes")] = 254,
    distinct: Annotated[
        int, typer.Option(min=1_000, max=200_000, help="Distinct texts over all criteria")
    ] = 8_000,
    own_values: Annotated[
        bool, typer.Option("--own-values", help="Every package has values that no other has")
    ] = False,
    peers: Annotated[str, typer.Option(help="Engines, separated by commas; empty: all")] = "",
    install: Annotated[
        bool, typer.Option("--install", help="Make missing environments in .venv-peers")
    ] = False,
    memory_gb: Annotated[float, typer.Option(min=0.5, help="Memory that an engine may take")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table")] = False,
    write: Annotated[Path | None, typer.Option(help="Also write the table to this file")] = None,
) -> None:
    """Rank the same packages for the same wishes with every engine that runs here.

    Example: python -m benchmarks.rank_peers --packages 10000 --peers travelbuddy,faiss-flat
    """
    chosen = _chosen(peers)
    _log.print("Preparing packages and wishes")
    job = prepare_job(embedder(), packages, wishes, distinct, own_values=own_values)
    absent: dict[str, str] = {}
    with ExitStack() as stack:
        memory = int(memory_gb * 1e9)
        engines = _build_all(job, chosen, absent, stack, install=install, memory=memory)
        contest = Contest(job, engines)
        _watch(contest, len(job.wishes))
    absent |= contest.dropped
    setting = _setting(job)
    table = as_markdown(contest.rows, job, setting, absent)
    made = json.dumps(as_object(contest.rows, job, setting, absent), indent=2, ensure_ascii=False)
    if write is not None:
        write.write_text(table, encoding="utf-8")
    typer.echo(made if as_json else table)


def _chosen(names: str) -> list[Entry]:
    known = {entry.name: entry for entry in ENTRIES}
    wanted = [name.strip() for name in names.split(",") if name.strip()] or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise InvalidInputError(f"no engine called {unknown[0]!r}; there are {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(wanted)]


def _build_all(
    job: Job,
    entries: Sequence[Entry],
    absent: dict[str, str],
    stack: ExitStack,
    *,
    install: bool,
    memory: int,
) -> list[Engine]:
    """Start and build the engines one after the other; note why one cannot take part."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="travelbuddy-job-")))
    save(job, folder)
    if any(entry.needs_database for entry in entries):
        stack.enter_context(servers())
    built = []
    for entry in entries:
        try:
            python = python_for(entry, install=install)
            engine = stack.enter_context(Engine(entry, python, folder, memory))
            engine.build()
        except ConfigurationError as error:
            absent[entry.name] = error.message
            _log.print(f"{entry.name}: absent: {error.message}", markup=False)
            continue
        _log.print(f"{entry.name}: built in {engine.build_s:.1f} s")
        built.append(engine)
    return built


def _watch(contest: Contest, wishes: int) -> None:
    for done in contest.run():
        _log.print(f"{done} of {wishes} wishes")


def _setting(job: Job) -> Setting:
    return Setting(
        processor=_processor(),
        cores=min(THREADS, os.cpu_count() or THREADS),
        model=embedder().name,
        values=sum(len(values) - 1 for values in job.values),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def main() -> None:
    """Run the command; what goes wrong is told in one line."""
    try:
        app()
    except TravelBuddyError as error:
        _log.print(f"Error: {error.message}", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
