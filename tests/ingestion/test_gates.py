"""A run that would do too much stops before it changes anything."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from core.database import unit_of_work
from ingestion.gates import LEAST_ROWS, StoppedError
from ingestion.mapping.schemas import Limits
from ingestion.mapping.service import read_mapping
from ingestion.repository import load_rejects
from ingestion.runs import run_report
from ingestion.schemas import Report
from ingestion.service import Wanted, ingest

Take = Callable[..., Report]
_OF_THE_RUN = ("ingestion_runs", "ingestion_rejects")


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables but those that tell of runs."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'public'"
            " and table_type = 'BASE TABLE' order by 1"
        ).fetchall()
        return {
            name: connection.execute(
                sql.SQL("select * from {} as t order by t::text").format(sql.Identifier(name))
            ).fetchall()
            for (name,) in names
            if name not in _OF_THE_RUN
        }


@pytest.fixture
def take(database_url: str, tmp_path: Path) -> Take:
    """Take in tours of Lotus by their numbers; those below zero are broken."""

    def taken(*numbers: int, **wanted: Any) -> Report:
        file = tmp_path / "lotus.jsonl"
        tours = [
            {"id": str(each), "title": f"Tour {each}"} if each >= 0 else {"id": str(each)}
            for each in numbers
        ]
        file.write_text("".join(f"{json.dumps(tour)}\n" for tour in tours), "utf-8")
        return ingest(file, Wanted(provider="Lotus", **wanted))

    return taken


def stopped(url: str, take: Take, *numbers: int, **wanted: Any) -> StoppedError:
    """Take in what must be stopped, and see that nothing is changed."""
    before = dump(url)
    with pytest.raises(StoppedError) as error:
        take(*numbers, **wanted)
    assert dump(url) == before
    assert len(error.value.message.splitlines()) == 1
    return error.value


def test_a_feed_mostly_of_broken_records_is_stopped(database_url: str, take: Take) -> None:
    take(*range(30))
    broken, good = range(-21, 0), range(100, 119)
    error = stopped(database_url, take, *good, *broken)
    assert "stopped before anything was changed: 21 of 40 records (52%)" in error.message
    assert "the limit is 50%" in error.message
    assert "most often: title: Field required" in error.message
    with unit_of_work() as unit:
        told = run_report(unit.connection, error.report.run_id)
        kept = load_rejects(unit.connection, error.report.run_id, 100)
    assert (told["state"], told["error"]) == ("stopped", error.message)
    assert (told["read"], told["rejected"], told["inserted"]) == (40, 21, 0)
    assert told["reasons"][0]["count"] == 21
    assert len(kept) == 21
    assert told["finished_at"] is not None
    again = take(*good, *broken, limits=Limits(set_aside=0.6))
    assert (again.inserted, again.rejected) == (19, 21)


def test_a_feed_from_which_too_much_is_missing_is_stopped(database_url: str, take: Take) -> None:
    take(*range(30))
    error = stopped(database_url, take, *range(20), 99, complete=True)
    assert "10 of 30 tours (33%) of Lotus are missing from this feed" in error.message
    assert "the limit is 30%" in error.message
    assert error.report.limits == {"set_aside": 0.5, "retire": 0.3}
    allowed = take(*range(20), 99, complete=True, limits=Limits(retire=0.34))
    assert (allowed.retired, allowed.inserted) == (10, 1)
    assert take(*range(14), 99, complete=True).retired == 6, "6 of 21 are within the limit"


def test_a_stopped_run_is_not_taken_for_the_last_state(database_url: str, take: Take) -> None:
    first = take(*range(30), complete=True)
    stopped(database_url, take, 1, complete=True)
    assert take(*range(30), complete=True).same_as == first.run_id
    stopped(database_url, take, 1, complete=True)


def test_a_small_catalogue_or_feed_is_let_through(database_url: str, take: Take) -> None:
    few = LEAST_ROWS - 1
    take(*range(few))
    assert take(1, complete=True).retired == few - 1
    report = take(1, *range(-few + 1, 0))
    assert (report.rejected, report.unchanged) == (few - 1, 1)


@pytest.mark.parametrize("numbers", [[], [-1], [-1, -2, -3]])
def test_a_complete_feed_without_a_tour_never_retires_all(
    database_url: str, take: Take, numbers: list[int]
) -> None:
    take(1, 2, 3)
    before = dump(database_url)
    with pytest.raises(Exception, match=r"empty|no tours|no records"):
        take(*numbers, complete=True, limits=Limits(set_aside=1, retire=1))
    assert dump(database_url) == before


def test_the_limits_may_stand_in_the_mapping(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "lotus.csv"

    def mapped(numbers: range, stated: str, **wanted: Any) -> Report:
        file.write_text("id,name\n" + "".join(f"{each},T\n" for each in numbers), "utf-8")
        mapping = read_mapping(
            f"provider: Lotus\nfields: {{id: id, title: name}}\ncomplete: true\nlimits: {stated}\n"
        )
        return ingest(file, Wanted(mapping, **wanted))

    mapped(range(30), "{retire: 10 %}")
    with pytest.raises(StoppedError, match="the limit is 10%"):
        mapped(range(26), "{retire: 10 %}")
    with pytest.raises(StoppedError, match="the limit is 5%"):
        mapped(range(26), "{retire: 1}", limits=Limits(retire=0.05))
    assert mapped(range(26), "{retire: 0.2}").retired == 4


def test_each_provider_of_a_feed_has_a_limit_of_its_own(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "both.jsonl"

    def both(lotus: int, bamboo: int) -> Report:
        keys = [("Lotus", each) for each in range(lotus)]
        keys += [("Bamboo", each) for each in range(bamboo)]
        tours = [{"id": str(each), "title": "T", "provider": name} for name, each in keys]
        file.write_text("".join(f"{json.dumps(tour)}\n" for tour in tours), "utf-8")
        return ingest(file, Wanted(complete=True))

    assert both(100, 25).inserted == 125
    with pytest.raises(StoppedError, match=r"24 of 25"):
        both(100, 1)
