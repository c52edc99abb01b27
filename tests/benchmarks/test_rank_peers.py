"""The command: a whole run, and input that cannot be."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.rank_peers", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_small_run_ends_with_figures_in_json_and_a_table_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    table = tmp_path / "table.md"
    done = run(
        "--packages", "200", "--wishes", "5", "--distinct", "1000", "--peers", "travelbuddy",
        "--json", "--write", str(table),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["packages"], told["wishes"]) == (200, 5)
    assert told["ways"][0]["agreement"] == 1.0
    assert "| travelbuddy |" in table.read_text(encoding="utf-8")


def test_an_unknown_engine_is_told_in_one_line() -> None:
    done = run("--peers", "abacus")
    assert done.returncode == 1
    assert done.stderr.strip().startswith("Error: no engine called 'abacus'")
    assert "Traceback" not in done.stderr
