"""`travelbuddy desk` and `travelbuddy push`, as an operator runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from conversation import repository as talks
from conversation.machine import Step
from conversation.state import State
from core.database import unit_of_work
from core.encryption import _cipher
from core.settings import ROOT
from whatsapp.schemas import InboundMessage
from whatsapp.service import receive

PHONE = "+84901234567"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(database_url: str) -> Run:
    def travelbuddy(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            capture_output=True, text=True, check=False, timeout=120,
            cwd=ROOT, env={**os.environ, "COLUMNS": "160", "DATABASE_URL": database_url},
        )  # fmt: skip

    return travelbuddy


@pytest.fixture
def own_key(configured: pytest.MonkeyPatch) -> Iterator[None]:
    """The key of this test's own folder, which the commands read, too."""
    _cipher.cache_clear()
    yield
    _cipher.cache_clear()


@pytest.fixture
def user(database_url: str, own_key: None) -> int:
    """A traveller who asked for a person."""
    with unit_of_work() as unit:
        db = unit.connection
        sid = "SM" + "1" * 32
        payload = {"MessageSid": sid, "From": f"whatsapp:{PHONE}", "Body": "[red]help"}
        receive(db, [InboundMessage(sid, PHONE, None, "Minh", payload)])
        row = db.execute("select id from users").fetchone()
        assert row is not None
        talks.load_state(db, row["id"])
        state = State(step=Step.PERSON, language="vi").model_dump(mode="json")
        talks.save_state(db, row["id"], state)
        talks.open_handover(db, row["id"], "asked for one")
        return int(row["id"])


def test_staff_see_answer_and_hand_back_a_talk(run: Run, user: int) -> None:
    done = run("desk", "list")
    assert done.returncode == 0, done.stderr
    listed = done.stdout
    assert "asked for one" in listed
    assert "9012345" not in listed
    [talk] = json.loads(run("desk", "list", "--json", "--reveal").stdout)["talks"]
    assert (talk["address"], talk["name"]) == (PHONE, "Minh")
    assert run("desk", "say", str(talk["id"]), "Chào Minh!").returncode == 0
    shown = run("desk", "show", str(talk["id"])).stdout
    assert "[red]help" in shown
    assert "Chào Minh!" in shown
    assert "(pending)" in shown
    assert json.loads(run("desk", "back", str(talk["id"]), "--json").stdout) == {
        "handed_back": talk["id"]
    }
    assert "Nobody is waiting" in run("desk", "list").stdout


def test_a_mistake_is_one_clear_line(run: Run) -> None:
    done = run("desk", "show", "5")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == "travelbuddy: there is no talk 5"


def test_a_dry_run_of_suggestions_changes_nothing(run: Run, user: int) -> None:
    with unit_of_work() as unit:
        unit.connection.execute(
            """insert into push_schedules (user_id, next_due_at)
               values (%s, now() - interval '1 minute')""",
            [user],
        )
    done = run("push", "--due", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    [due] = json.loads(done.stdout)["due"]
    assert due["user"] == user
    assert due["outcome"] == "put off", "they are in the middle of a talk, or it is night"
    [plan] = json.loads(run("push", "--json").stdout)["schedules"]
    assert (plan["user_id"], plan["rhythm"], plan["unread"]) == (user, "weekly", 0)
    with unit_of_work() as unit:
        assert unit.connection.execute("select from pushes").fetchall() == []
    assert "weekly" in run("push").stdout
    refused = run("push", "--dry-run")
    assert refused.returncode != 0
    assert "--due" in refused.stderr
