"""Runs that are asked for: by a schedule or an upload, done by a worker, lost and found again."""

import datetime as dt
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from core.database import unit_of_work
from core.embedded.service import Servers
from core.errors import InvalidInputError, RetryLaterError
from ingestion import runs
from ingestion.mapping.service import read_mapping
from ingestion.repository import disable_provider
from ingestion.service import Wanted, ingest
from ingestion.uploads import uploads_folder
from tests.conftest import rows_of
from tests.whatsapp import house

MAPPING = "provider: Lotus\nfields: {id: code, title: name}\nschedule: 30 3 * * *\n"
RUNS: LiteralString = "select id, state, trigger, error from ingestion_runs order by id"
KEYS: LiteralString = """
    select external_id as id from travel_packages where retired_at is null order by external_id
"""


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-03-{text}+00:00")


def execute(url: str, query: LiteralString, *parameters: object) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(query, list(parameters))


def register(mapping: str, location: Path | str) -> None:
    with unit_of_work() as unit:
        runs.register(unit.connection, mapping, str(location))


def due(now: dt.datetime) -> list[int]:
    with unit_of_work() as unit:
        return runs.due_runs(unit.connection, now)


def lost() -> list[int]:
    with unit_of_work() as unit:
        return runs.lost_runs(unit.connection)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "lotus.csv"
    file.write_text("code,name\n1,One\n2,Two\n")
    return file


@pytest.fixture
def known(database_url: str, feed: Path) -> str:
    """A database that knows a feed since the first of March."""
    register(MAPPING, feed)
    execute(database_url, "update providers set created_at = '2026-03-01T00:00Z'")
    return database_url


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is seven hours ahead of UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Ho_Chi_Minh")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_a_feed_is_due_by_its_schedule_in_utc(known: str) -> None:
    assert due(at("01T03:29")) == []
    (first,) = due(at("01T03:30"))
    execute(known, "update ingestion_runs set started_at = '2026-03-01T03:30:05Z'")
    assert due(at("01T03:31")) == []
    assert due(at("02T03:29")) == []
    (second,) = due(at("04T12:00"))
    assert second > first, "several that were missed are one run"
    states = {(row["state"], row["trigger"]) for row in rows_of(known, RUNS)}
    assert states == {("queued", "schedule")}


def test_a_run_by_hand_does_not_put_off_the_schedule(known: str, feed: Path) -> None:
    ingest(feed, Wanted(read_mapping(MAPPING)))
    execute(known, "update ingestion_runs set started_at = '2026-03-01T03:30:05Z'")
    assert len(due(at("01T03:31"))) == 1


def test_a_feed_that_was_removed_is_not_due(known: str) -> None:
    with unit_of_work() as unit:
        assert disable_provider(unit.connection, "Lotus")
    assert due(at("05T12:00")) == []


@pytest.mark.parametrize("broken", ["mapping = 'fields: 5'", "schedule = 'often'"])
def test_one_broken_feed_does_not_hold_up_the_others(known: str, feed: Path, broken: str) -> None:
    register(MAPPING.replace("Lotus", "Acacia"), feed)
    query = f"update providers set {broken}, created_at = '2026-03-01T00:00Z' where name = 'Acacia'"
    execute(known, query)
    due(at("01T03:31"))
    mine = rows_of(
        known,
        "select run.id from ingestion_runs as run join providers as p on p.id = run.provider_id"
        " where p.name = 'Lotus'",
    )
    assert len(mine) == 1


@pytest.mark.parametrize(
    ("schedule", "location", "complaint"),
    [
        ("0 0 31 2 *", "/feeds", "never occurs"),
        ("often", "/feeds", "not five cron fields"),
        ("0 3 * * *", "", "a schedule but no location"),
        ("0 3 * * *", "http://[broken", "address"),
        ("0 3 * * *", "https://me:secret@example.com/tours.csv", "user name"),
    ],
)
def test_a_feed_that_could_never_be_taken_in_is_not_registered(
    database_url: str, schedule: str, location: str, complaint: str
) -> None:
    with pytest.raises(InvalidInputError, match=complaint) as error:
        register(MAPPING.replace("30 3 * * *", schedule), location)
    assert "secret" not in error.value.message
    assert rows_of(database_url, "select from providers") == []


def upload(name: str, content: str) -> Path:
    """Put a file where uploads lie."""
    folder = uploads_folder() / f"upload-{name}"
    folder.mkdir(parents=True)
    (folder / name).write_text(content)
    return folder


def ask(folder: Path | None, mapping: str | None, **options: Any) -> int:
    with unit_of_work() as unit:
        return runs.request_run(unit.connection, "Lotus", folder, mapping, **options)


def test_an_upload_is_taken_in_once_and_deleted(database_url: str) -> None:
    folder = upload("tours.jsonl", '{"id": "1", "title": "One"}\n')
    run_id = ask(folder, None)
    report = runs.do_run(run_id)
    assert report is not None
    assert (report.run_id, report.inserted) == (run_id, 1)
    assert not folder.exists()
    assert runs.do_run(run_id) is None
    assert len(rows_of(database_url, RUNS)) == 1


def test_an_uploaded_file_needs_no_name_in_the_mapping(database_url: str) -> None:
    folder = upload("export.csv", "code,name\n1,One\n")
    assert runs.do_run(ask(folder, MAPPING)) is not None
    assert rows_of(database_url, KEYS) == [{"id": "1"}]


def test_an_upload_that_cannot_be_read_is_noted_and_deleted(database_url: str) -> None:
    folder = upload("broken.jsonl", "nothing\n")
    assert runs.do_run(ask(folder, None)) is None
    assert not folder.exists()
    (row,) = rows_of(database_url, RUNS)
    assert row["state"] == "stopped"
    assert "no tours in it" in row["error"]


def test_an_upload_that_is_gone_is_noted(database_url: str) -> None:
    folder = upload("tours.jsonl", "")
    run_id = ask(folder, None)
    shutil.rmtree(folder)
    assert runs.do_run(run_id) is None
    (row,) = rows_of(database_url, RUNS)
    assert (row["state"], "no such file or folder" in row["error"]) == ("failed", True)


def test_an_upload_changes_no_tours_of_another_provider(database_url: str, feed: Path) -> None:
    other = '{"id": "1", "title": "Mine", "provider": "Bamboo"}\n'
    bamboo = feed.with_name("bamboo.jsonl")
    bamboo.write_text(other + other.replace('"1"', '"2"'))
    ingest(bamboo)
    taken_over = other.replace("Mine", "Taken over")
    folder = upload("tours.jsonl", f'{taken_over}{{"id": "7", "title": "Own"}}\n')
    runs.do_run(ask(folder, None, full=True))
    titles = rows_of(
        database_url,
        "select title, retired_at from travel_packages as tour"
        " join providers on providers.id = provider_id where name = 'Bamboo' order by external_id",
    )
    assert [tuple(row.values()) for row in titles] == [("Mine", None), ("Mine", None)]


def test_runs_asked_for_earlier_but_done_later_are_no_old_news(
    database_url: str, feed: Path
) -> None:
    mapping = f"{MAPPING}complete: true\n"
    old, new = "code,name\n1,One\n", "code,name\n2,Two\n"
    asked = ask(upload(feed.name, old), f"{mapping}sources: {{main: {{file: {feed.name}}}}}\n")
    named = read_mapping(f"{mapping}sources: {{main: {{file: {feed.name}}}}}\n")
    feed.write_text(old)
    ingest(feed, Wanted(named))
    feed.write_text(new)
    ingest(feed, Wanted(named))
    assert runs.do_run(asked) is not None
    assert rows_of(database_url, KEYS) == [{"id": "1"}], "what was done last counts"
    ingest(feed, Wanted(named))
    assert rows_of(database_url, KEYS) == [{"id": "2"}]


def test_a_run_waits_while_another_is_at_work(database_url: str, feed: Path) -> None:
    run_id = ask(upload("tours.jsonl", '{"id": "9", "title": "Nine"}\n'), None)

    def meanwhile(stage: str, _done: int, _total: int) -> None:
        if stage == "reading":
            with pytest.raises(RetryLaterError, match="another run of Lotus is at work"):
                runs.do_run(run_id)
            assert run_id not in lost()

    ingest(feed, Wanted(read_mapping(MAPPING)), meanwhile)
    assert run_id in lost()
    report = runs.do_run(run_id)
    assert report is not None
    assert report.inserted == 1


def test_a_run_whose_worker_died_is_asked_for_again_and_completed(
    database_url: str, feed: Path
) -> None:
    register(MAPPING, feed)
    dead = ask(None, None)
    execute(database_url, "update ingestion_runs set state = 'storing' where id = %s", dead)
    (again,) = lost()
    assert again > dead
    assert lost() == [again], "nobody has heard of it yet"
    report = runs.do_run(again)
    assert report is not None
    assert (report.inserted, report.continues) == (2, dead)
    assert lost() == []
    states = [row["state"] for row in rows_of(database_url, RUNS)]
    assert states == ["interrupted", "finished"]


def test_a_run_by_hand_that_was_cut_short_is_left_to_the_hand(
    database_url: str, feed: Path
) -> None:
    ingest(feed, Wanted(read_mapping(MAPPING)))
    execute(database_url, "update ingestion_runs set state = 'storing', finished_at = null")
    assert lost() == []
    report = ingest(feed, Wanted(read_mapping(MAPPING)))
    assert (report.same_as, report.continues, report.unchanged) == (None, 1, 2)


@pytest.mark.parametrize(
    ("folder", "mapping", "complaint"),
    [
        (False, None, "no feed of Lotus is known"),
        (True, MAPPING.replace("Lotus", "Bamboo"), "the mapping is of Bamboo, not of Lotus"),
        (True, "fields: 5", "fields"),
        (True, f"{MAPPING}sources: {{a: {{file: 'http://10.0.0.1/x'}}}}", "may not name addresses"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_one_line(
    database_url: str, tmp_path: Path, folder: bool, mapping: str | None, complaint: str
) -> None:
    with pytest.raises(InvalidInputError, match=complaint) as error:
        ask(tmp_path if folder else None, mapping)
    assert len(error.value.message.splitlines()) == 1
    assert rows_of(database_url, RUNS) == []


def test_a_worker_takes_an_upload_in(database_url: str, servers: Servers, tmp_path: Path) -> None:
    folder = upload("tours.jsonl", json.dumps({"id": "1", "title": "One", "food": "phở"}))
    run_id = ask(folder, None)
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": servers.redis_url.removesuffix("/0") + "/3",
        "STATE_DIR": str(tmp_path / "state"),
    }
    celery = ("celery", "-A", "whatsapp.worker")
    call = (*celery, "call", "ingestion.run_feed", "--args", f"[{run_id}]")
    worker = (*celery, "worker", "--pool", "solo", "--without-gossip", "--without-mingle")
    log = tmp_path / "log"
    with (
        house.process(*worker, environment=environment, log=log),
        house.process(*call, environment=environment, log=log) as sent,
    ):
        assert sent.wait(60) == 0, log.read_text()
        house.wait_until(
            lambda: [row["state"] for row in rows_of(database_url, RUNS)] == ["finished"],
            f"the run to be finished; see {log}",
            patience_s=60,
        )
        house.wait_until(lambda: not folder.exists(), f"{folder} to be deleted", patience_s=10)
    assert rows_of(database_url, KEYS) == [{"id": "1"}]
