"""Measuring: the formulas by hand, and judged sets from files."""

import json
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from recommender.evaluation import evaluate, load_set, ndcg, precision
from recommender.schemas import Interests


def test_a_perfect_ranking_has_ndcg_one() -> None:
    assert ndcg([10, 5, 1], [1, 10, 5]) == pytest.approx(1)


def test_ndcg_is_that_of_the_textbook() -> None:
    # gains 0, 10 of 10, 5:  (10 / log2 3) / (10 / log2 2 + 5 / log2 3)
    assert ndcg([0, 10], [10, 5]) == pytest.approx(6.3093 / (10 + 3.1546), abs=1e-4)


def test_only_the_first_ten_count() -> None:
    assert ndcg([0] * 10 + [10], [10]) == 0
    assert precision([1] * 4 + [0] * 8) == pytest.approx(0.4)


def test_nothing_relevant_gives_nothing() -> None:
    assert ndcg([0, 0], []) == 0


def _write_set(folder: Path, queries: list[object]) -> Path:
    folder.mkdir()
    tours = [{"id": key, "title": key} for key in ("a", "b")]
    (folder / "catalogue.jsonl").write_text("\n".join(map(json.dumps, tours)))
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "qrels.tsv").write_text("q1\ta\t10\nq2\tb\t5\n")
    return folder


def test_a_set_is_read_and_measured(tmp_path: Path) -> None:
    queries = [{"id": "q1", "interests": {"food": "phở"}}, {"id": "q2", "text": "beaches"}]
    judged = load_set(_write_set(tmp_path / "small", queries))
    asked: list[str | None] = []

    def rank(interests: Interests, limit: int) -> list[str]:
        asked.append(interests.food or interests.activities)
        return ["a", "b"][:limit]

    figures = evaluate(judged, rank, lambda text: Interests(activities=text))
    assert asked == ["phở", "beaches"]
    assert figures.for_json() == {
        "ndcg@10": round((1 + 0.6309) / 2, 4),
        "p@10": 0.1,
        "ideal_p@10": 0.1,
        "queries": 2,
    }


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"catalogue\.jsonl: No such file"):
        load_set(tmp_path)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    folder = _write_set(tmp_path / "broken", [{"id": "q1", "interests": {"budget": {"max": -1}}}])
    with pytest.raises(InvalidInputError, match=r"queries\.jsonl:1: interests\.budget"):
        load_set(folder)


def test_a_gain_that_is_no_number_is_named(tmp_path: Path) -> None:
    folder = _write_set(tmp_path / "gains", [])
    (folder / "qrels.tsv").write_text("q1\ta\tmany\n")
    with pytest.raises(InvalidInputError, match=r"qrels\.tsv:1"):
        load_set(folder)
