"""The benchmark measures what it says: its oracle is brute force, its literal query literal."""

import itertools
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from pgvector.psycopg import register_vector
from psycopg.rows import dict_row

from core.database import Connection
from recommender.bench import repository
from recommender.bench.oracle import Oracle
from recommender.bench.service import LIMIT, Bench
from recommender.bench.workload import KINDS, Workload, read_sample
from recommender.ranker import Catalogue
from recommender.ranker.brute_force import rank_all
from recommender.schemas import WEIGHTS, Criterion
from tests.recommender.factory import EXACT, HashEmbedder


@pytest.fixture(scope="module")
def workload() -> Workload:
    return Workload(read_sample(), HashEmbedder())


def test_every_set_of_criteria_is_wished_for_once_in_127_wishes(workload: Workload) -> None:
    stated = {tuple(wish.criteria()) for wish in workload.wishes(len(KINDS))}
    assert stated == set(KINDS)


def test_the_same_seed_makes_the_same_tours_and_another_one_others(workload: Workload) -> None:
    def words(seed: int) -> list[frozenset[str]]:
        return [package.words for package in workload.packages(20, seed)]

    assert words(1) == words(1)
    assert words(1) != words(2)


def test_nearly_every_made_tour_has_texts_of_its_own(workload: Workload) -> None:
    said = [package.texts.get(Criterion.ACTIVITIES) for package in workload.packages(500)]
    distinct = {vector.tobytes() for vector in said if vector is not None}
    assert len(distinct) > 0.7 * sum(vector is not None for vector in said)


def test_the_oracle_scores_as_brute_force_does(workload: Workload) -> None:
    packages, wishes = list(workload.packages(150)), workload.wishes(len(KINDS))
    scores = Oracle(wishes, EXACT).scores(packages)
    for wish, row in zip(wishes, scores, strict=True):
        for each in rank_all(packages, EXACT, wish):
            assert row[each.index] == pytest.approx(each.score, abs=1.5e-6)


def test_agreement_is_full_for_the_ranker_and_not_for_one_that_errs(workload: Workload) -> None:
    bench = Bench(workload, EXACT, packages=400, wishes=len(KINDS))
    built = bench.build()
    assert bench.agreement(built.catalogue) == 1.0
    other = Catalogue(itertools.islice(workload.packages(400, seed=9), 400), EXACT)
    assert bench.agreement(other) < 0.5


def test_times_are_told_for_wishes_with_and_without_a_place(workload: Workload) -> None:
    bench = Bench(workload, EXACT, packages=60, wishes=len(KINDS))
    timing = bench.time(bench.build().catalogue)
    assert timing.placed.sum() == 64
    ends = sorted(timing.percentile(50, placed=placed) for placed in (True, False))
    assert 0 < ends[0] <= timing.percentile(50) <= ends[1]


@pytest.fixture
def plain_connection(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as connection:
        register_vector(connection)
        yield connection


def test_the_literal_query_finds_what_the_formula_says(plain_connection: Connection) -> None:
    vectors = np.random.default_rng(4).normal(size=(9, 384)).astype(np.float32)
    wish = dict(zip(Criterion, vectors, strict=False))
    with repository.literal_table(plain_connection, vectors, 60):
        found = repository.literal_best(plain_connection, wish, LIMIT)
        rows = plain_connection.execute("select * from bench.packages").fetchall()
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    asked = dict(zip(Criterion, unit, strict=False))
    scores = {
        row["id"]: sum(
            WEIGHTS[key] * float(_unit(row[key.value].to_numpy()) @ asked[key]) for key in Criterion
        )
        for row in rows
    }
    best = sorted(scores.values(), reverse=True)[:LIMIT]
    assert [scores[key] for key in found] == pytest.approx(best, abs=1e-5)


def test_nothing_is_left_in_the_database(plain_connection: Connection) -> None:
    with (
        pytest.raises(RuntimeError),
        repository.literal_table(plain_connection, np.ones((2, 384), np.float32), 5),
    ):
        raise RuntimeError
    left = plain_connection.execute("select 1 from pg_namespace where nspname = 'bench'")
    assert left.fetchone() is None


def _unit(vector: repository.Floats) -> repository.Floats:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
