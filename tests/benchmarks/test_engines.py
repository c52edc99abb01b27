"""Engines in processes of their own: right answers, and failures that harm nobody else."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.engines import Engine
from benchmarks.environments import python_for
from benchmarks.job import Job, save
from benchmarks.measuring import Contest
from benchmarks.peers import ENTRIES
from benchmarks.peers.base import Entry
from core.errors import ConfigurationError
from tests.benchmarks.factory import small_job

FORGETFUL = Entry("forgetful", "tests.benchmarks.factory:Forgetful")
EXACT = {"travelbuddy", "faiss-flat", "postgres-literal"}
OURS = next(entry for entry in ENTRIES if entry.name == "travelbuddy")


@pytest.fixture(scope="module")
def job() -> Job:
    return small_job(packages=3_000)


@pytest.fixture(scope="module")
def folder(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("job")
    save(job, made)
    return made


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def start(entry: Entry, folder: Path, stack: ExitStack) -> Engine:
    engine = stack.enter_context(Engine(entry, Path(sys.executable), folder))
    engine.build()
    return engine


@pytest.mark.parametrize("entry", [each for each in ENTRIES if each.name in EXACT], ids=str)
def test_an_exact_engine_answers_every_kind_of_wish_rightly(
    entry: Entry, job: Job, folder: Path, stack: ExitStack, database_url: str
) -> None:
    if not all(importlib.util.find_spec(module) for module in entry.modules):
        pytest.skip(f"{entry.name} is not installed")
    assert database_url  # to which the settings point
    contest = Contest(job, [start(entry, folder, stack)])
    turns = list(contest.run())
    assert turns[-1] == len(job.wishes) == 127
    assert not contest.dropped
    for row in contest.rows:
        assert set(row.seconds) == set(range(127))
        assert min(row.agreement.values()) == 1.0


def test_packages_with_values_of_their_own_are_ranked_rightly_too(
    tmp_path: Path, stack: ExitStack
) -> None:
    job = small_job(packages=1_000, own_values=True)
    save(job, tmp_path)
    contest = Contest(job, [start(OURS, tmp_path, stack)])
    list(contest.run())
    assert min(contest.rows[0].agreement.values()) == 1.0


def test_an_engine_that_dies_drops_out_and_the_others_go_on(
    job: Job, folder: Path, stack: ExitStack
) -> None:
    engines = [start(FORGETFUL, folder, stack), start(OURS, folder, stack)]
    contest = Contest(job, engines)
    list(contest.run())
    assert contest.dropped == {"forgetful": "ValueError: no more"}
    assert [row.engine for row in contest.rows] == ["travelbuddy"]
    assert len(contest.rows[0].seconds) == 127


def test_wrong_answers_are_seen_as_wrong(folder: Path, job: Job, stack: ExitStack) -> None:
    engine = start(FORGETFUL, folder, stack)
    engine.warm_up("forgetful", 10)
    seconds, found = engine.search("forgetful", [0, 1], 10)
    assert len(seconds) == 2
    assert found == [list(range(10))] * 2
    assert engine.weigh()[1] == 5_000


def test_an_engine_that_is_nowhere_to_be_found_is_told_in_one_line(
    folder: Path, stack: ExitStack
) -> None:
    with pytest.raises(ConfigurationError, match="No module named"):
        start(Entry("nowhere", "benchmarks.peers.nowhere:Peer"), folder, stack)


def test_missing_modules_say_how_to_get_them() -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere not installed: pip install"):
        python_for(Entry("nowhere", "a:B", modules=("nowhere",)), install=False)
    apart = Entry("apart", "a:B", modules=("nowhere",), requirements=("nowhere==1",))
    with pytest.raises(ConfigurationError, match="add --install"):
        python_for(apart, install=False)


def test_what_is_installed_runs_in_our_own_python() -> None:
    assert python_for(OURS, install=False) == Path(sys.executable)
