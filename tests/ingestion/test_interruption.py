"""A run that is killed, wherever it is, leaves nothing that the next one does not put right."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from core.database import close_pool
from core.settings import ROOT, settings
from ingestion.mapping.service import read_mapping
from ingestion.service import Wanted, ingest
from tests.conftest import copy_database, drop_database, rows_of

MAPPING = """
provider: Lotus
currency: USD
complete: true
limits: {retire: 50%}
fields: {id: id, title: title, locations: place, duration: days, price: price, food: food}
"""
RUN = """
import sys
from ingestion.mapping.service import read_mapping
from ingestion.service import Wanted, ingest
ingest(sys.argv[1], Wanted(read_mapping(sys.argv[2])))
"""
TOURS = 400
STATE: LiteralString = """
    select external_id, title, locations, duration_days, price_amount, food, encoder,
        encode(content_hash, 'hex') as content, encode(source_hash, 'hex') as source,
        criterion_hashes, original, remarks, retired_at is not null as retired, signature,
        (select external_id from travel_packages as older where older.id = tour.duplicate_of)
            as copy_of,
        duplicate_likeness, food_embedding::text, duration_embedding::text, words,
        array(select (amount, currency)::text from price_history
              where package_id = tour.id order by seen_at) as prices
    from travel_packages as tour order by external_id
"""
"""All that a run decides; not our own keys and the moments at which it did so."""


def _tour(number: int, price: int) -> dict[str, Any]:
    """Return a tour whose texts are few, so that they are embedded once for all."""
    place = ("Huế", "Hội An", "Sa Pa", "Cần Thơ")[number % 4]
    return {
        "id": f"t{number:03}",
        "title": f"{place} with a guide who knows it by heart, no. {number // 8}",
        "place": place,
        "days": f"{1 + number % 3} days",
        "price": price,
        "food": ("vegetarian meals", "street food", "seafood dinner")[number % 3],
    }


def _before() -> list[dict[str, Any]]:
    return [_tour(number, 100) for number in range(TOURS)]


def _after() -> list[dict[str, Any]]:
    """Return the feed a day later: tours are gone, dearer, other, new, and one is broken."""
    kept = [_tour(number, 100 + number % 2) for number in range(TOURS - 60)]
    new = [_tour(number, 80) for number in range(TOURS, TOURS + 100)]
    broken = {**_tour(999, 1), "title": ""}
    return [*kept[:200], broken, *kept[200:], *new]


def _write(path: Path, tours: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(each) for each in tours), "utf-8")
    return path


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    _write(tmp_path / "before.jsonl", _before())
    return _write(tmp_path / "after.jsonl", _after())


@contextmanager
def _held(url: str, statement: LiteralString) -> Iterator[None]:
    """Hold what *statement* locks, and let go of it in the end without a trace."""
    with psycopg.connect(url) as connection:
        connection.execute(statement)
        yield
        connection.rollback()


def _start(feed: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", RUN, str(feed), MAPPING]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=feed.parent, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _wait_until_held_up(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the run waits for what the test holds."""
    waiting = """
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
    """
    for _ in range(1_200):
        assert process.poll() is None, "the run went past what should hold it up"
        if rows_of(url, waiting):
            return
        time.sleep(0.1)
    raise AssertionError("the run never came to where it should be killed")


def _wait_until_gone(url: str) -> None:
    """Wait until the server has noticed that nobody is there any more."""
    others = """
        select from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
    """
    for _ in range(300):
        if not rows_of(url, others):
            return
        time.sleep(0.1)
    raise AssertionError("the killed run's session lives on")


def _insert(key: str) -> LiteralString:
    return (
        "insert into travel_packages (provider_id, external_id, title, fields, content_hash, "
        f"encoder) select id, '{key}', 'x', '{{}}', 'x', 'x' from providers"
    )


POINTS: dict[str, LiteralString] = {
    "while reading": "lock table ingestion_rejects in access exclusive mode",
    "in the first batch": "select from travel_packages where external_id = 't001' for update",
    "in the second batch": "select from travel_packages where external_id = 't261' for update",
    "among the new tours": _insert("t450"),
    "while retiring": "select from travel_packages where external_id = 't390' for update",
}


def _points() -> list[Any]:
    quick = "in the second batch"
    return [
        pytest.param(lock, id=name, marks=[] if name == quick else [pytest.mark.slow])
        for name, lock in POINTS.items()
    ]


@pytest.mark.parametrize("lock", _points())
def test_the_run_after_one_that_was_killed_ends_as_an_undisturbed_one(
    database_url: str, feed: Path, lock: LiteralString, servers: Any, template: str
) -> None:
    wanted = Wanted(read_mapping(MAPPING))
    ingest(feed.with_name("before.jsonl"), wanted)

    with _held(database_url, lock):
        process = _start(feed)
        _wait_until_held_up(database_url, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    _wait_until_gone(database_url)
    report = ingest(feed, wanted)

    assert report.state == "finished"
    assert report.continues is not None
    assert report.rejected == 1
    states = [
        row["state"]
        for row in rows_of(database_url, "select state from ingestion_runs order by id")
    ]
    assert states == ["finished", "interrupted", "finished"]
    assert rows_of(database_url, STATE) == _undisturbed(database_url, feed, servers, template)


def _undisturbed(url: str, feed: Path, servers: Any, template: str) -> list[dict[str, Any]]:
    """Return the same of a database in which nothing was killed."""
    with pytest.MonkeyPatch.context() as patch:
        close_pool()
        other = copy_database(servers, template, "undisturbed")
        patch.setenv("DATABASE_URL", other)
        settings.cache_clear()
        wanted = Wanted(read_mapping(MAPPING))
        ingest(feed.with_name("before.jsonl"), wanted)
        ingest(feed, wanted)
        state = rows_of(other, STATE)
        close_pool()
        drop_database(servers, "undisturbed")
    settings.cache_clear()
    return state
