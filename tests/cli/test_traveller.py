"""`travelbuddy traveller`: what is stored, deleting it, roles, finding somebody."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.login.emails import index_of
from core.database import Connection, unit_of_work
from core.encryption import _index_key, encrypt
from core.settings import ROOT
from tests.api.people import add_number, new_user, wish
from tests.conftest import rows_of

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NUMBER = "+84912345678"


@pytest.fixture
def run(catalogue_url: str) -> Run:
    """Run `travelbuddy traveller` in a process of its own."""

    def travelbuddy(*arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        keys = {"BLIND_INDEX_KEY": _index_key().decode()}  # this process may have read it before
        return subprocess.run(
            [sys.executable, "-m", "cli", "traveller", *arguments],
            capture_output=True, text=True, check=False, timeout=120, input=typed,
            cwd=ROOT, env={**os.environ, "COLUMNS": "200", "DATABASE_URL": catalogue_url, **keys},
        )  # fmt: skip

    return travelbuddy


def somebody(work: Callable[[Connection, int], object] = lambda *_: None) -> int:
    with unit_of_work() as unit:
        user_id = new_user(unit.connection)
        work(unit.connection, user_id)
    return user_id


def trail(url: str) -> list[tuple[str, str, int]]:
    rows = rows_of(url, "select actor, action, user_id from audit_log order by id")
    return [(row["actor"], row["action"], row["user_id"]) for row in rows]


def test_everything_is_written_for_programs_and_for_readers(
    run: Run, catalogue_url: str, tmp_path: Path
) -> None:
    user_id = somebody(wish)
    found = json.loads(run("export", str(user_id)).stdout)
    assert found["user_id"] == user_id
    assert len(found["tables"]["recommendations"]) == 3
    out = tmp_path / "traveller.html"
    done = run("export", str(user_id), "--format", "html", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert trail(catalogue_url) == [("admin", "data.exported", user_id)] * 2
    again = run("export", str(user_id), "--out", str(out))
    assert (again.returncode, again.stderr) == (1, f"travelbuddy: {out} exists already\n")


def test_deleting_asks_first(run: Run, catalogue_url: str) -> None:
    user_id = somebody(wish)
    assert run("delete", str(user_id), typed="n\n").returncode == 1
    assert trail(catalogue_url) == []
    assert json.loads(run("delete", str(user_id), "--yes", "--json").stdout) == {
        "deleted": user_id,
        "at_once": True,
    }
    assert rows_of(catalogue_url, "select id from users") == []
    assert trail(catalogue_url) == [("admin", "data.deleted", user_id)]
    again = run("delete", str(user_id), "--yes")
    assert again.stderr == f"travelbuddy: there is no traveller {user_id}\n"


def test_a_role_is_given_and_the_trail_says_so(run: Run, catalogue_url: str) -> None:
    user_id = somebody()
    assert run("role", str(user_id), "admin").returncode == 0
    assert rows_of(catalogue_url, "select role from users") == [{"role": "admin"}]
    assert trail(catalogue_url) == [("admin", "role.changed", user_id)]
    assert run("role", str(user_id), "king").returncode != 0
    assert run("role", "999999", "admin").stderr == "travelbuddy: there is no traveller 999999\n"


def test_a_traveller_is_found_by_what_they_tell(run: Run, catalogue_url: str) -> None:
    user_id = somebody(lambda connection, user: add_number(connection, user, NUMBER))
    done = run("find", "--phone", "+84 912 345 678", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["user_id"] == user_id
    assert trail(catalogue_url) == [("admin", "traveller.found", user_id)]
    assert NUMBER not in run("find", "--phone", NUMBER).stdout


def test_an_address_is_found_however_it_is_written(run: Run, catalogue_url: str) -> None:
    def known(connection: Connection, user: int) -> None:
        connection.execute(
            "update users set email_index = %s, email_encrypted = %s where id = %s",
            [index_of("One@Travellers.example"), encrypt("One@Travellers.example"), user],
        )

    user_id = somebody(known)
    done = run("find", "--email", " one@travellers.EXAMPLE", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["user_id"] == user_id


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "give either --phone or --email"),
        (("--phone", "0912"), "write the number in international form, such as +84901234567"),
        (("--phone", "+84900000000"), "nobody is known by that"),
        (("--email", "nobody"), "this is no e-mail address"),
        (("--email", "a@b.example"), "nobody is known by that"),
    ],
)
def test_who_cannot_be_found_is_one_clear_line(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    done = run("find", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"travelbuddy: {told}\n")
