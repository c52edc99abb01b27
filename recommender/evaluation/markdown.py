"""Results as Markdown, so that what is printed in the documentation has a command that made it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from core.errors import InvalidInputError
from recommender.diversity import PAGE
from recommender.evaluation.ablation import Ablation
from recommender.evaluation.measures import DEPTH
from recommender.evaluation.scoring import Figures
from recommender.evaluation.sets import JudgedSet
from recommender.schemas import Criterion

START: Final = "<!-- results -->"
END: Final = "<!-- end of results -->"


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
    return f"{_title(judged)}\n\n{_table(head, rows)}"


def ablations(judged: JudgedSet, found: Mapping[Criterion, Ablation]) -> str:
    """Write what each criterion of a set's wishes is worth."""
    head = ["left out", "wishes that state it", f"nDCG@{DEPTH}", "without it", "loss"]
    rows = [
        [key.value.replace("_", " "), str(each.queries), f"{each.ndcg:.3f}",
         f"{each.without:.3f}", f"{each.ndcg - each.without:.3f}"]
        for key, each in found.items()
    ]  # fmt: skip
    return f"{_title(judged)}: what each criterion is worth\n\n{_table(head, rows)}"


def insert(path: Path, text: str) -> None:
    """Replace what stands between the marks `START` and `END` of a file.

    Raises:
        InvalidInputError: the file cannot be read or written, or has no such marks.
    """
    try:
        whole = path.read_text("utf-8")
        if not (START in whole and END in whole.split(START, 1)[1]):
            raise InvalidInputError(f"{path}: has no lines {START} and {END} to write between")
        between = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
        path.write_text(between.sub(lambda _: f"{START}\n\n{text}\n\n{END}", whole, 1), "utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def _title(judged: JudgedSet) -> str:
    sizes = f"{len(judged.packages):,} tours, {len(judged.queries):,} wishes"
    return f"### {judged.name.replace('-', ' ').capitalize()} ({sizes})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
