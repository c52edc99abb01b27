"""`travelbuddy token`: making, listing and revoking from a terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from core.access.service import authenticate
from core.database import unit_of_work
from core.settings import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(database_url: str) -> Run:
    """Run `travelbuddy token` in a process of its own, on a database without tokens."""

    def travelbuddy(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "cli", "token", *arguments],
            capture_output=True, text=True, check=False, timeout=120,
            cwd=ROOT, env={**os.environ, "COLUMNS": "200", "DATABASE_URL": database_url},
        )  # fmt: skip

    return travelbuddy


def test_a_token_is_shown_once_and_works_until_it_is_revoked(run: Run) -> None:
    token = run("create", "[red]Lotus", "--provider", "lotus").stdout.strip()
    with unit_of_work() as unit:
        access = authenticate(unit.connection, token)
    assert access is not None
    assert (access.name, access.provider) == ("[red]Lotus", "lotus")

    listed = run("list").stdout
    assert "[red]Lotus" in listed
    assert token not in listed

    assert run("revoke", "[red]Lotus").returncode == 0
    with unit_of_work() as unit:
        assert authenticate(unit.connection, token) is None


def test_programs_read_json(run: Run) -> None:
    made = json.loads(run("create", "boss", "--role", "admin", "--json").stdout)
    assert made.pop("token").startswith("tb_")
    assert made == {"name": "boss", "role": "admin", "provider": None}
    assert json.loads(run("revoke", "boss", "--json").stdout) == {"revoked": "boss"}
    [listed] = json.loads(run("list", "--json").stdout)["tokens"]
    assert (listed["name"], listed["role"], listed["last_used_at"]) == ("boss", "admin", None)
    assert listed["revoked_at"] >= listed["created_at"]


def test_a_mistake_is_one_clear_line(run: Run) -> None:
    done = run("revoke", "nobody")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["travelbuddy: there is no token named 'nobody' in use"]
