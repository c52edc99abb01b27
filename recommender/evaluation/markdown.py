"""Results as Markdown, so that what is printed in the documentation has a command that made it."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from core.errors import InvalidInputError
from recommender.diversity import PAGE
from recommender.evaluation.ablation import Ablation
from recommender.evaluation.measures import DEPTH
from recommender.evaluation.scoring import Figures
from recommender.evaluation.sets import JudgedSet
from recommender.schemas import Criterion

END: Final = "<!-- end of results -->"


def start(name: str) -> str:
    """Return the mark behind which a page holds the results of one set."""
    return f"<!-- results: {name} -->"


def comparison(judged: JudgedSet, figures: Mapping[str, Figures]) -> str:
    """Write what several rankers reach on one set.

    Args:
        judged: the set.
        figures: by the ranker's name; at least one.
    """
    ideal = next(iter(figures.values()))
    head = [
        "ranker", f"nDCG@{DEPTH}", f"P@{DEPTH} (ideal {ideal.ideal_precision:.3f})",
        f"recall@{DEPTH} (ideal {ideal.ideal_recall:.3f})", "coverage", f"distance@{DEPTH}",
        f"copies@{PAGE}", f"triples@{PAGE}",
    ]  # fmt: skip
    rows = [
        [name, *(f"{value:.3f}" for value in (
            each.ndcg, each.precision, each.recall, each.coverage, each.distance, each.copies,
            each.triples))]
        for name, each in figures.items()
    ]  # fmt: skip
    sizes = f"{len(judged.packages):,} tours, {len(judged.queries):,} wishes"
    return f"{sizes}:\n\n{_table(head, rows)}"


def ablations(ranker: str, found: Mapping[Criterion, Ablation]) -> str:
    """Write what each criterion of a set's wishes is worth to a ranker."""
    head = ["left out", "wishes that state it", f"nDCG@{DEPTH}", "without it", "loss"]
    rows = [
        [key.value.replace("_", " "), str(each.queries), f"{each.ndcg:.3f}",
         f"{each.without:.3f}", f"{each.ndcg - each.without:.3f}"]
        for key, each in found.items()
    ]  # fmt: skip
    return f"What each criterion is worth to `{ranker}`:\n\n{_table(head, rows)}"


def check_marks(path: Path, names: Collection[str]) -> None:
    """Make sure, before anything is measured, that a page has a place for each set's results.

    Raises:
        InvalidInputError: the page cannot be read, or lacks a set's marks.
    """
    page = _read(path)
    for name in names:
        _find(path, page, name)


def insert(path: Path, results: Mapping[str, str]) -> None:
    """Replace what a page holds between the marks of each set, and nothing else.

    Args:
        path: the page.
        results: Markdown by the set's name.

    Raises:
        InvalidInputError: the page cannot be read or written, or lacks a set's marks.
    """
    page = _read(path)
    for name, text in results.items():
        old = _find(path, page, name)
        block = f"{start(name)}\n\n{text}\n\n{END}"
        page = page[: old.start()] + block + page[old.end() :]
    try:
        path.write_text(page, "utf-8")
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def _find(path: Path, page: str, name: str) -> re.Match[str]:
    """Return one set's marks and what is between, which does not run on into another set's."""
    mark = re.escape(start(name))
    found = re.search(rf"{mark}((?!<!-- results: ).)*?{re.escape(END)}", page, re.DOTALL)
    if found is None:
        raise InvalidInputError(f"{path}: has no lines {start(name)} and {END} around results")
    return found


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
