"""`travelbuddy channel`, `letters` and `templates`: what an operator sees and does."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.database import unit_of_work
from core.settings import ROOT
from tests.whatsapp import house
from tests.whatsapp.conftest import message, receive
from whatsapp.accounts import account
from whatsapp.outbox import repository
from whatsapp.outbox.standing import repository as standing

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Iterator[Run]:
    """Run `travelbuddy` in a process of its own, with a simulator for a provider."""
    nobody = f"http://127.0.0.1:{house.free_port()}/webhooks/twilio"
    with house.simulator(tmp_path / "simulator.log", nobody) as simulator:
        environment = {
            **os.environ, "COLUMNS": "200", "DATABASE_URL": database_url,
            "TWILIO_ACCOUNT_SID": house.ACCOUNT, "TWILIO_AUTH_TOKEN": house.TOKEN,
            "TWILIO_BASE_URL": simulator.url,
        }  # fmt: skip

        def travelbuddy(*arguments: str) -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                [sys.executable, "-m", "cli", *arguments],
                capture_output=True, text=True, check=False, timeout=120,
                cwd=ROOT, env=environment,
            )  # fmt: skip

        yield travelbuddy


def told(done: "subprocess.CompletedProcess[str]") -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_templates_are_handed_in_once_and_shown_as_approved(run: Run) -> None:
    before = told(run("templates", "list", "--json"))
    assert before["account"] == f"twilio:{house.ACCOUNT}"
    assert {each["approval"] for each in before["templates"]} == {"missing"}
    handed_in = told(run("templates", "submit", "--json"))["submitted"]
    assert len(handed_in) == len(before["templates"])
    after = told(run("templates", "sync", "--json"))["templates"]
    assert {each["approval"] for each in after} == {"approved"}
    assert told(run("templates", "submit", "--json")) == {"submitted": []}
    assert "approved" in run("templates", "list").stdout
    doctor = json.loads(run("doctor", "--json").stdout)
    assert doctor["Templates"] == {"ok": True, "found": f"{len(after)} approved"}
    assert "greetings" in run("templates", "submit", "greetings").stderr


def test_a_letter_is_listed_shown_replayed_once_and_dropped(run: Run, database_url: str) -> None:
    identity = receive(message(1, "+84901234567"))
    assert identity is not None
    with unit_of_work() as unit:
        contents = [{"body": "a confidential answer"}, {"body": "another"}]
        first, second = repository.add_outbound(unit.connection, identity, None, contents)
        for each in (first, second):
            repository.close(unit.connection, each, "failed", "[red]30008")
    listed = run("letters", "list")
    assert f"out-{first}" in listed.stdout
    assert "[red]30008" in listed.stdout
    assert "confidential" not in listed.stdout
    assert "confidential" in run("letters", "show", f"out-{first}", "--show-text").stdout
    assert told(run("letters", "replay", f"out-{first}", "--json")) == {
        "replayed": [f"out-{first}"]
    }
    assert told(run("letters", "replay", f"out-{first}", "--json")) == {"replayed": []}
    assert told(run("letters", "drop", f"out-{second}", "--json")) == {"dropped": [f"out-{second}"]}
    assert told(run("letters", "list", "--json")) == {"letters": []}
    with psycopg.connect(database_url) as connection:
        copies = connection.execute(
            "select status, copy_of from outbound_messages where copy_of is not null"
        ).fetchall()
    assert copies == [("pending", first)]


@pytest.mark.parametrize("name", ["17", "out-x", "in-99"])
def test_a_letter_that_is_not_there_is_one_clear_line(run: Run, name: str) -> None:
    done = run("letters", "show", name)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_halted_channel_is_shown_until_it_is_resumed(run: Run) -> None:
    with unit_of_work() as unit:
        standing.halt(unit.connection, account(), "63051")
    found = told(run("channel", "status", "--json"))
    assert found["halted"]["code"] == "63051"
    assert found["waiting"] == {"pending": 0, "claimed": 0, "unknown": 0, "held": 0}
    assert "63051" in run("channel", "status").stdout
    doctor = run("doctor", "--json")
    assert doctor.returncode == 1
    assert "travelbuddy channel resume" in json.loads(doctor.stdout)["Outbox"]["found"]
    assert told(run("channel", "resume", "--json")) == {"resumed": account()}
    assert run("channel", "resume").returncode == 1
    assert told(run("channel", "status", "--json"))["halted"] is None
