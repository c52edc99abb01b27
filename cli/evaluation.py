"""The command that measures rankers on judged sets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from cli.runtime import console, errors, print_json, ready_database
from conversation.understanding.service import understand
from core.database import unit_of_work
from core.errors import InvalidInputError
from recommender import service as recommender
from recommender.embedding import embedder
from recommender.evaluation import (
    CONTENDERS,
    Ablation,
    Contest,
    Figures,
    JudgedSet,
    ablate,
    ablations,
    comparison,
    insert,
    load_set,
)
from recommender.evaluation import evaluate as measure
from recommender.schemas import Criterion, Interests

_NAMES = ", ".join(CONTENDERS)


class Measured:
    """What was measured on one set.

    Args:
        judged: the set.
    """

    def __init__(self, judged: JudgedSet) -> None:
        self.judged = judged
        self.figures: dict[str, Figures] = {}
        self.worth: dict[Criterion, Ablation] = {}

    def for_json(self, ranker: str) -> dict[str, object]:
        """Return one ranker's figures, with what each criterion is worth if that was measured."""
        worth = {key.value: each.for_json() for key, each in self.worth.items()}
        return {**self.figures[ranker].for_json(), **({"ablation": worth} if worth else {})}

    def as_markdown(self) -> str:
        """Return everything as tables."""
        tables = [comparison(self.judged, self.figures)]
        if self.worth:
            tables.append(ablations(self.judged, self.worth))
        return "\n\n".join(tables)


def evaluate(
    folders: Annotated[list[Path], typer.Argument(help="Folders of judged sets.")],
    ranker: Annotated[str, typer.Option(help=f"One of {_NAMES}.")] = recommender.STANDARD,
    all_rankers: Annotated[
        bool, typer.Option("--all-rankers", help="Compare all rankers, as Markdown.")
    ] = False,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Measure what each criterion is worth, too.")
    ] = False,
    write: Annotated[
        Path | None, typer.Option(help="With --all-rankers: put the tables into this file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for a program to read.")
    ] = False,
) -> None:
    """Measure a ranker on judged sets: nDCG, precision, recall, variety.

    Example: travelbuddy evaluate examples/judged --ranker standard
    """
    if ranker not in CONTENDERS:
        raise InvalidInputError(f"unknown ranker {ranker!r}; choose from {_NAMES}")
    if write is not None and not all_rankers:
        raise InvalidInputError("--write goes with --all-rankers")
    sets = [_load(folder) for folder in folders]
    rankers = CONTENDERS if all_rankers else (ranker,)
    with ready_database():
        measured = [_measure(each, rankers, ranker if ablation else None) for each in sets]
    if as_json:
        print_json(_for_json(measured, ranker, rankers))
    elif all_rankers:
        _show_markdown(measured, write)
    else:
        _show(measured, ranker)


def _load(folder: Path) -> JudgedSet:
    judged = load_set(folder)
    for repair in judged.repairs:
        errors.print(repair, markup=False, highlight=False, soft_wrap=True)
    return judged


def _measure(judged: JudgedSet, rankers: tuple[str, ...], ablated: str | None) -> Measured:
    measured = Measured(judged)
    with unit_of_work() as unit, _progress(judged.name) as on_progress:
        model = recommender.CachedEmbedder(unit.connection, embedder())
        contest = Contest(judged, model, on_progress)
        for name in rankers:
            rank = contest.ranker(name)
            measured.figures[name] = measure(judged, rank, _understand, contest.describe)
            if name == ablated:
                measured.worth = ablate(judged, rank, _understand)
    return measured


@cache
def _understand(text: str) -> Interests:
    return understand(text).interests


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn(f"Encoding {name}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _for_json(
    measured: list[Measured], ranker: str, rankers: tuple[str, ...]
) -> dict[str, dict[str, object]]:
    answer: dict[str, dict[str, object]] = {
        "sets": {each.judged.name: each.for_json(ranker) for each in measured}
    }
    if len(rankers) > 1:
        answer["rankers"] = {
            name: {each.judged.name: each.figures[name].for_json() for each in measured}
            for name in rankers
        }
    return answer


def _show_markdown(measured: list[Measured], path: Path | None) -> None:
    text = "\n\n".join(each.as_markdown() for each in measured)
    if path is not None:
        insert(path, text)
        console.print(f"written to {path}", markup=False)
    else:
        console.out(text)


def _show(measured: list[Measured], ranker: str) -> None:
    table = Table("", *(each.judged.name for each in measured), title=f"Ranker: {ranker}")
    figures = [each.figures[ranker].for_json() for each in measured]
    for name in figures[0]:
        table.add_row(name, *(f"{each[name]:g}" for each in figures))
    console.print(table)
    for each in measured:
        for key, worth in each.worth.items():
            console.print(
                f"{each.judged.name}, without {key.value}: nDCG@10 {worth.without:.3f} instead of "
                f"{worth.ndcg:.3f} in {worth.queries} wishes",
                markup=False,
            )
