"""`travelbuddy ingest` and `travelbuddy feeds`: for people, for programs, and for mistakes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from core.embedded.service import Servers
from core.settings import ROOT, settings
from tests.conftest import copy_database, drop_database, rows_of
from tests.core.web_server import answer, site

MAPPING = "provider: Lotus\nfields: {id: code, title: name, price: cost}\ncurrency: USD\n"
TABLE = "code,name,cost\n1,One,10\n2,Two,\n,Three,30\n"


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """What it said to a program."""
        assert self.status == 0, self.err
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """Its one line on standard error."""
        assert self.status == 1
        (line,) = self.err.strip().splitlines()
        return line


class Terminal:
    """Runs `travelbuddy` in this process."""

    def __init__(self, patch: pytest.MonkeyPatch, printed: pytest.CaptureFixture[str]) -> None:
        self._patch, self._printed = patch, printed

    def __call__(self, *arguments: object) -> Done:
        self._patch.setenv("COLUMNS", "300")
        self._patch.setattr(sys, "argv", ["travelbuddy", *map(str, arguments)])
        self._printed.readouterr()
        before = signal.getsignal(signal.SIGTERM)
        try:
            main()
            status: Any = 0
        except SystemExit as error:
            status = error.code or 0
        finally:
            signal.signal(signal.SIGTERM, before)
        printed = self._printed.readouterr()
        return Done(int(status), printed.out, printed.err)


@pytest.fixture
def run(
    database_url: str, configured: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal on a database of its own."""
    return Terminal(configured, capsys)


@pytest.fixture(scope="module")
def _kept_database(servers: Servers, template: str) -> Iterator[str]:
    yield copy_database(servers, template, "cli_ingest")
    drop_database(servers, "cli_ingest")


@pytest.fixture
def run_in_vain(
    _kept_database: str, configured: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal on a database that all tests share which take nothing in."""
    configured.setenv("DATABASE_URL", _kept_database)
    settings.cache_clear()
    return Terminal(configured, capsys)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "tours.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "lotus.yaml"
    path.write_text(MAPPING)
    return path


def test_a_feed_is_taken_in_by_its_mapping(run: Terminal, table: Path, mapping: Path) -> None:
    told = run("ingest", table, "--mapping", mapping, "--json").told
    assert (told["inserted"], told["rejected"], told["warned"]) == (2, 1, 2)
    assert (told["provider"], told["kind"], told["state"]) == ("Lotus", "tours", "finished")
    assert told["stated"]["all"] == 2
    assert told["stated"]["price"] == 1
    assert told["examples"] == [{"line": 4, "source": "", "reason": "no id: code is blank"}]
    assert {"run_id", "read", "updated", "unchanged", "retired", "reasons", "remarks", "seconds",
            "limits", "same_as"} <= set(told)  # fmt: skip
    again = run("ingest", table, "--mapping", mapping, "--json").told
    assert (again["same_as"], again["unchanged"]) == (told["run_id"], 2)
    anew = run("ingest", table, "--mapping", mapping, "--again", "--json").told
    assert (anew["same_as"], anew["unchanged"]) == (None, 2)


def test_people_get_a_table_and_a_page(
    run: Terminal, table: Path, mapping: Path, tmp_path: Path
) -> None:
    done = run("ingest", table, "--mapping", mapping, "--report", tmp_path / "report.html")
    assert done.status == 0
    assert "no id: code is blank" in done.out
    assert len(done.out.splitlines()) <= 40
    assert "no id: code is blank" in (tmp_path / "report.html").read_text()


def test_the_command_line_stands_above_the_mapping(
    run: Terminal, table: Path, mapping: Path, database_url: str
) -> None:
    rows = "".join(f"{number},T,5\n" for number in range(30))
    table.write_text(f"code,name,cost\n{rows}")
    run("ingest", table, "--mapping", mapping, "--provider", "Bamboo")
    assert rows_of(database_url, "select name from providers") == [{"name": "Bamboo"}]
    table.write_text("code,name,cost\n1,T,5\n")
    wanted = ("ingest", table, "--mapping", mapping, "--provider", "Bamboo")
    assert run(*wanted, "--partial", "--json").told["retired"] == 0
    stopped = run(*wanted, "--complete", "--json")
    assert stopped.status == 1
    told = json.loads(stopped.out)
    assert (told["state"], told["limits"]["retire"]) == ("stopped", 0.3)
    (line,) = stopped.err.strip().splitlines()
    assert "29 of 30 tours (97%) of Bamboo are missing from this feed" in line
    assert told["error"] in line
    done = run(*wanted, "--complete", "--limit-retire", "1", "--json").told
    assert (done["retired"], done["limits"]) == (29, {"set_aside": 0.5, "retire": 1.0})


def test_a_feed_may_lie_at_an_address(
    run: Terminal, mapping: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site() as server:
        monkeypatch.setenv("FEED_PRIVATE_HOSTS", json.dumps([f"127.0.0.1:{server.port}"]))
        settings.cache_clear()
        server.pages["/tours.csv"] = answer(200, TABLE.encode())
        url = server.url("/tours.csv?key=secret")
        assert run("ingest", url, "--mapping", mapping, "--json").told["inserted"] == 2
        server.pages["/tours.csv"] = answer(503)
        complaint = run("ingest", url, "--mapping", mapping).complaint
    assert "secret" not in complaint
    assert "secret" not in run("feeds", "runs").out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.csv"], "nowhere.csv: no such file or folder"),
        (["{folder}"], "is a folder; name its files in the mapping"),
        (["{table}", "--mapping", "nowhere.yaml"], "nowhere.yaml: No such file"),
        (["{table}", "--mapping", "{folder}"], "Is a directory"),
        (["{table}", "--mapping", "{wrong}"], "wrong.yaml: colour: Extra inputs"),
        (["{table}", "--mapping", "{binary}"], "not UTF-8"),
        (["{table}"], "no tours in it; line 2: no id: id is blank"),
        (["{empty}"], "empty"),
        (["{binary}"], ""),
        (["http://127.0.0.1/tours.csv"], ""),
        (["http://[broken"], "address"),
        (["https://me:secret@example.com/a.csv"], "user name"),
        (["{table}", "--mapping", "{mapping}", "--report", "/nowhere/report.html"], "No such file"),
    ],
)
def test_a_mistake_is_one_clear_line(
    run_in_vain: Terminal,
    table: Path,
    mapping: Path,
    tmp_path: Path,
    arguments: list[str],
    complaint: str,
) -> None:
    files = {"table": table, "mapping": mapping, "folder": tmp_path}
    for name, content in (
        ("wrong.yaml", b"provider: A\nfields: {id: a, title: b}\ncolour: red"),
        ("binary.yaml", b"\xff\xfe\0\0"),
        ("empty.csv", b""),
    ):
        files[name.partition(".")[0]] = tmp_path / name
        (tmp_path / name).write_bytes(content)
    done = run_in_vain("ingest", *(each.format(**files) for each in arguments))
    last = done.err.strip().splitlines()
    assert done.status == 1
    assert len(last) == 1
    assert complaint in last[0]
    assert "a fault of ours" not in last[0]


@pytest.mark.parametrize("option", [["--limit-retire", "2"], ["--limit-set-aside", "-1"],
                                    ["--limit-retire", "x"], ["--colour"]])  # fmt: skip
def test_an_option_that_is_none_is_refused(
    run_in_vain: Terminal, table: Path, option: list[str]
) -> None:
    done = run_in_vain("ingest", table, *option)
    assert done.status == 2
    assert option[0] in done.err


def test_feeds_are_added_listed_and_removed(run: Terminal, mapping: Path, table: Path) -> None:
    assert run("feeds", "list", "--json").told == []
    assert "None yet." in run("feeds", "list").out
    mapping.write_text(f"{MAPPING}schedule: 30 3 * * *\n")
    assert "a schedule but no location" in run("feeds", "add", mapping).complaint
    added = run("feeds", "add", mapping, "--location", table)
    assert (added.status, "Lotus" in added.out, "30 3 * * *" in added.out) == (0, True, True)
    (listed,) = run("feeds", "list", "--json").told
    expected = {"provider": "Lotus", "location": str(table), "schedule": "30 3 * * *",
                "enabled": True}  # fmt: skip
    assert listed == expected
    assert "Lotus" in run("feeds", "list").out
    assert run("feeds", "remove", "Lotus").status == 0
    assert run("feeds", "list", "--json").told == [{**expected, "enabled": False}]
    assert "no feed of Bamboo is known" in run("feeds", "remove", "Bamboo").complaint
    run("feeds", "add", mapping, "--location", table)
    assert run("feeds", "list", "--json").told == [expected]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("fields: 5", "fields"), (f"{MAPPING}schedule: often", "not five cron fields"),
     (f"{MAPPING}location: 'http://[broken'", "address")],
)  # fmt: skip
def test_a_feed_that_is_not_right_is_not_added(
    run: Terminal, mapping: Path, content: str, complaint: str
) -> None:
    mapping.write_text(content)
    assert (
        complaint
        in run("feeds", "add", mapping, "--location", "/x" if "often" in content else "").complaint
    )
    assert run("feeds", "list", "--json").told == []


def test_runs_can_be_looked_at_later(
    run: Terminal, table: Path, mapping: Path, tmp_path: Path
) -> None:
    number = run("ingest", table, "--mapping", mapping, "--json").told["run_id"]
    run("ingest", table, "--mapping", mapping, "--provider", "[/b]Bamboo")
    both = run("feeds", "runs", "--json").told
    assert [each["provider"] for each in both] == ["[/b]Bamboo", "Lotus"]
    (mine,) = run("feeds", "runs", "--provider", "Lotus", "--json").told
    assert (mine["run"], mine["state"], mine["trigger"]) == (number, "finished", "command")
    assert (mine["source"], mine["inserted"], mine["rejected"]) == ("tours.csv", 2, 1)
    assert mine["finished_at"] >= mine["started_at"]
    assert "[/b]Bamboo" in run("feeds", "runs").out
    assert len(run("feeds", "runs", "--limit", "1", "--json").told) == 1
    told = run("feeds", "report", number, "--json").told
    assert (told["run_id"], told["provider"], told["inserted"]) == (number, "Lotus", 2)
    page = tmp_path / "page.html"
    assert run("feeds", "report", number, "--html", page).status == 0
    assert "no id: code is blank" in page.read_text()
    assert "no id: code is blank" in run("feeds", "report", number).out
    assert "no run 99" in run("feeds", "report", 99).complaint
    assert "No such file" in run("feeds", "report", number, "--html", "/nowhere/x").complaint


def test_a_mapping_is_suggested_without_a_database(table: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "ingest", str(table), "--suggest-mapping"],
        capture_output=True, text=True, check=False, timeout=120, cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "postgresql://postgres@127.0.0.1:1/none"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "fields:" in done.stdout


@pytest.mark.parametrize("command", [[], ["add"], ["list"], ["remove"], ["runs"], ["report"]])
def test_every_command_explains_itself(run_in_vain: Terminal, command: list[str]) -> None:
    done = run_in_vain("feeds", *command, "--help")
    assert done.status == 0
    assert "Usage:" in done.out
    assert not command or "Example:" in done.out
