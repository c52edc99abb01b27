"""Taking catalogues in, into the real database with the real encoders."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.errors import InvalidInputError, RetryLaterError
from ingestion.service import Wanted, ingest
from recommender.schemas import Interests
from recommender.service import recommend
from tests.conftest import rows_of


def _write(path: Path, *tours: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(tour) for tour in tours), "utf-8")
    return path


def _tour(key: str, **fields: Any) -> dict[str, Any]:
    return {"id": key, "title": f"Tour {key}", "provider": "Lotus", **fields}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.jsonl"


def test_a_tour_is_stored_with_a_vector_for_each_criterion(database_url: str, file: Path) -> None:
    report = ingest(
        _write(
            file,
            _tour(
                "full",
                locations=["Hạ Long", "Sa Pa"],
                duration={"days": 5},
                price={"amount": 9_000_000, "currency": "VND"},
                transportation="xe limousine",
                food="món chay",
                activities="kayaking",
                accommodation="homestay",
            ),
            _tour("bare"),
        )
    )
    assert (report.inserted, report.rejected) == (2, 0)
    full, bare = rows_of(database_url, "select * from travel_packages order by external_id desc")
    vectors = [name for name in full if name.endswith("_embedding")]
    assert len(vectors) == 7
    assert all(full[name] is not None for name in vectors)
    assert all(bare[name] is None for name in vectors)
    assert len(full["location_ids"]) == 2
    assert "food.vegetarian" in full["concepts"]


def test_a_second_run_changes_nothing(database_url: str, file: Path) -> None:
    _write(file, _tour("a", food="phở"), _tour("b"), _tour("a", food="bún chả"))
    first, second = ingest(file), ingest(file)
    assert (first.inserted, first.rejected) == (2, 1)
    assert (second.inserted, second.updated, second.unchanged, second.rejected) == (0, 0, 2, 1)
    changes = rows_of(
        database_url, "select distinct updated_at = created_at as same from travel_packages"
    )
    assert changes == [{"same": True}]


def test_only_what_changed_is_changed(database_url: str, file: Path) -> None:
    ingest(_write(file, _tour("a", food="phở"), _tour("b")))
    report = ingest(_write(file, _tour("a", food="chè"), _tour("b"), _tour("c")))
    assert (report.inserted, report.updated, report.unchanged) == (1, 1, 1)
    foods = rows_of(database_url, "select food from travel_packages where external_id = 'a'")
    assert foods == [{"food": "chè"}]


def test_the_same_id_of_two_providers_is_two_tours(database_url: str, file: Path) -> None:
    report = ingest(_write(file, _tour("1"), {**_tour("1"), "provider": "Bamboo"}))
    assert report.inserted == 2
    assert len(rows_of(database_url, "select from travel_packages")) == 2


def test_tours_without_a_provider_get_the_one_given_or_the_name_of_the_file(
    database_url: str, file: Path
) -> None:
    ingest(_write(file, {"id": "1", "title": "One"}))
    ingest(file, Wanted(provider="Bamboo"))
    names = rows_of(database_url, "select name from providers order by name")
    assert names == [{"name": "Bamboo"}, {"name": "tours"}]


def test_a_bad_row_is_set_aside_with_its_reason(database_url: str, file: Path) -> None:
    file.write_bytes(json.dumps(_tour("a")).encode() + b"\n{half a row\n")
    report = ingest(file)
    assert (report.inserted, report.rejected) == (1, 1)
    kept = rows_of(database_url, "select line, reason, content from ingestion_rejects")
    assert kept[0]["line"] == 2
    assert kept[0]["content"] == "{half a row"
    assert "not JSON" in kept[0]["reason"]
    runs = rows_of(database_url, "select inserted, rejected, finished_at from ingestion_runs")
    assert (runs[0]["inserted"], runs[0]["rejected"]) == (1, 1)
    assert runs[0]["finished_at"] is not None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not json at all\nnor this", "no tours in it; line 1: not JSON"),
        (b'[{"id": "1", "title": "x"}]', "line 1: not a JSON object"),
        (b"\n\n  \n", "the feed holds no records"),
    ],
)
def test_a_file_without_a_single_tour_is_refused(
    database_url: str, file: Path, content: bytes, message: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=message):
        ingest(file, Wanted(provider="x"))


def test_a_large_file_of_something_else_is_given_up_early(database_url: str, file: Path) -> None:
    file.write_bytes(b"a,spreadsheet,exported,as,text\n" * 50_000)
    read: list[int] = []
    with pytest.raises(InvalidInputError, match="no tours in its first 1,000 records; line 1"):
        ingest(file, on_progress=lambda _stage, done, _total: read.append(done))
    assert read[-1] < file.stat().st_size / 10


def test_progress_is_told_to_the_end(database_url: str, file: Path) -> None:
    told: list[tuple[str, int, int]] = []
    _write(file, *[_tour(str(number)) for number in range(150)])
    ingest(file, on_progress=lambda *each: told.append(each))
    size = file.stat().st_size
    assert [stage for stage, _, _ in told] == ["reading"] * 3 + ["storing"] * 2
    assert told[2:] == [("reading", size, size), ("storing", 128, 150), ("storing", 150, 150)]


def test_a_second_run_of_the_same_provider_has_to_wait(database_url: str, file: Path) -> None:
    _write(file, *[_tour(str(number), food="phở") for number in range(80)])
    refused: list[str] = []

    def meanwhile(stage: str, _done: int, _total: int) -> None:
        with pytest.raises(RetryLaterError, match="another run of tours is at work") as error:
            ingest(file)
        refused.append(f"{stage}: {error.value.message}")

    assert ingest(file, on_progress=meanwhile).inserted == 80
    assert len(refused) == 3
    assert ingest(file).unchanged == 80
    states = rows_of(database_url, "select state from ingestion_runs order by id")
    assert [row["state"] for row in states] == ["finished", "finished"]


def test_new_tours_are_recommended_at_once(database_url: str, file: Path) -> None:
    from core.database import unit_of_work

    wish = Interests(locations=["Huế"])
    ingest(_write(file, _tour("far", locations=["Cần Thơ"])))
    with unit_of_work() as unit:
        assert [each.package.id for each in recommend(unit.connection, wish)] == ["far"]
    ingest(_write(file, _tour("near", locations=["Huế"])))
    with unit_of_work() as unit:
        assert [each.package.id for each in recommend(unit.connection, wish)] == ["near", "far"]


def test_hostile_text_is_stored_as_text(database_url: str, file: Path) -> None:
    nasty = "'); drop table users; -- <script>alert(1)</script> %s {0}"
    ingest(_write(file, _tour("n", description=nasty)))
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select description from travel_packages").fetchone() == (nasty,)
        connection.execute("select from users")
