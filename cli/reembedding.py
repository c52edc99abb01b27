"""The command that changes the text model in the foreground."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from cli.runtime import console, errors, print_json, ready_database
from recommender.models import reembedding
from recommender.models.reembedding import Outcome

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


class _Rate(ProgressColumn):
    """How many tours a second are encoded."""

    def render(self, task: Task) -> Text:
        """Return the rate, or nothing while there is none yet."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    columns = (
        TextColumn("Encoding tours"), BarColumn(), MofNCompleteColumn(), _Rate(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int) -> None:
            if bar.tasks[0].total is None:
                bar.reset(task, total=total, completed=done)  # an earlier run's is no speed of ours
            bar.update(task, completed=done)

        yield tell


def reembed(as_json: Json = False) -> None:
    """Encode all tours by the configured text model, then rank by it.

    The service goes on with the model before until all is ready. Stopped and run again, it goes on
    where it was; the workers do the same by themselves every few minutes.

    Example: EMBEDDING_MODEL=/models/multilingual-e5-base travelbuddy reembed
    """
    with ready_database(), _progress() as tell:
        outcome = reembedding.reembed(tell)
    if as_json:
        print_json(asdict(outcome))
    else:
        _print_outcome(outcome)


def _print_outcome(outcome: Outcome) -> None:
    if not outcome.encoded and not outcome.travellers:
        console.print(f"All tours are encoded by {outcome.encoder} already", markup=False)
        return
    rate = outcome.encoded / outcome.seconds
    console.print(
        f"{outcome.encoded:,} tours and {outcome.travellers:,} wishes encoded in "
        f"{outcome.seconds:,.0f} s ({rate:.1f} tours/s); tours are ranked by {outcome.encoder} now",
        markup=False,
    )
