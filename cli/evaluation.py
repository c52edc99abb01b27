"""The command that measures rankers on judged sets."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from cli.runtime import console, errors, print_json, ready_database
from conversation.understanding.service import understand
from core.database import unit_of_work
from core.errors import InvalidInputError
from recommender import service as recommender
from recommender.embedding import Matrix, embedder
from recommender.evaluation import (
    CONTENDERS,
    Ablation,
    Contest,
    Figures,
    JudgedSet,
    ablate,
    ablations,
    check_marks,
    comparison,
    insert,
    load_set,
)
from recommender.evaluation import evaluate as measure
from recommender.schemas import Criterion, Interests

_NAMES = ", ".join(CONTENDERS)
_FEW = 32


class Measured:
    """What was measured on one set.

    Args:
        judged: the set.
        ranker: whose figures stand for the set, and to whom each criterion is worth something.
    """

    def __init__(self, judged: JudgedSet, ranker: str) -> None:
        self.judged, self.ranker = judged, ranker
        self.figures: dict[str, Figures] = {}
        self.worth: dict[Criterion, Ablation] = {}

    def for_json(self) -> dict[str, object]:
        """Return the ranker's figures, with what each criterion is worth if that was measured."""
        worth = {key.value: each.for_json() for key, each in self.worth.items()}
        return {**self.figures[self.ranker].for_json(), **({"ablation": worth} if worth else {})}

    def as_markdown(self) -> str:
        """Return everything as tables."""
        tables = [comparison(self.judged, self.figures)]
        if self.worth:
            tables.append(ablations(self.ranker, self.worth))
        return "\n\n".join(tables)


def evaluate(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Folders of judged sets: catalogue.jsonl, queries.jsonl, qrels.tsv."),
    ],
    ranker: Annotated[str, typer.Option(help=f"One of {_NAMES}.")] = recommender.STANDARD,
    all_rankers: Annotated[
        bool, typer.Option("--all-rankers", help="Compare all rankers, as Markdown.")
    ] = False,
    ablation: Annotated[
        bool,
        typer.Option("--ablation", help="Measure what each criterion is worth to --ranker, too."),
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option(help="With --all-rankers: put the tables between each set's marks in a page."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for a program to read.")
    ] = False,
) -> None:
    """Measure a ranker on judged sets: nDCG, precision, recall, variety.

    Example: travelbuddy evaluate examples/judged --all-rankers --ablation
    """
    if ranker not in CONTENDERS:
        raise InvalidInputError(f"unknown ranker {ranker!r}; choose from {_NAMES}")
    if write is not None and (as_json or not all_rankers):
        raise InvalidInputError("--write goes with --all-rankers, without --json")
    sets = _load_all(folders)
    if write is not None:
        check_marks(write, sets)
    rankers = CONTENDERS if all_rankers else (ranker,)
    with ready_database():
        measured = [_measure(Measured(each, ranker), rankers, ablation) for each in sets.values()]
    if as_json:
        print_json(_for_json(measured, rankers))
    elif all_rankers:
        _show_markdown(measured, write)
    else:
        _show(measured)


def _load_all(folders: list[Path]) -> dict[str, JudgedSet]:
    sets: dict[str, JudgedSet] = {}
    for folder in folders:
        judged = _load(folder)
        if judged.name in sets:
            raise InvalidInputError(f"{folder}: another set is called {judged.name!r} already")
        sets[judged.name] = judged
    return sets


def _load(folder: Path) -> JudgedSet:
    judged = load_set(folder)
    for repair in judged.repairs:
        errors.print(repair, markup=False, highlight=False, soft_wrap=True)
    return judged


class _KeptEmbedder:
    """Embeds a few texts at a time and keeps each few: who stops a long run loses little of it."""

    def __init__(self) -> None:
        self.name = embedder().name

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), dimensions)."""
        starts = range(0, len(texts) or 1, _FEW)
        return np.concatenate([self._encode_few(texts[at : at + _FEW]) for at in starts])

    def _encode_few(self, texts: Sequence[str]) -> Matrix:
        with unit_of_work() as unit:
            return recommender.CachedEmbedder(unit.connection, embedder()).encode(texts)


def _measure(measured: Measured, rankers: tuple[str, ...], ablation: bool) -> Measured:
    judged = measured.judged
    with _progress(judged.name) as on_progress:
        contest = Contest(judged, _KeptEmbedder(), on_progress)
        for name in rankers:
            rank = contest.ranker(name)
            measured.figures[name] = measure(judged, rank, _understand, contest.describe)
            if ablation and name == measured.ranker:
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


def _for_json(measured: list[Measured], rankers: tuple[str, ...]) -> dict[str, dict[str, object]]:
    answer: dict[str, dict[str, object]] = {
        "sets": {each.judged.name: each.for_json() for each in measured}
    }
    if len(rankers) > 1:
        answer["rankers"] = {
            name: {each.judged.name: each.figures[name].for_json() for each in measured}
            for name in rankers
        }
    return answer


def _show_markdown(measured: list[Measured], path: Path | None) -> None:
    results = {each.judged.name: each.as_markdown() for each in measured}
    if path is not None:
        insert(path, results)
        console.print(f"written to {path}", markup=False, soft_wrap=True)
    else:
        console.out("\n\n".join(f"## {name}\n\n{text}" for name, text in results.items()))


def _show(measured: list[Measured]) -> None:
    table = Table("", *(each.judged.name for each in measured))
    table.title = f"Ranker: {measured[0].ranker}"
    figures = [each.figures[each.ranker].for_json() for each in measured]
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
