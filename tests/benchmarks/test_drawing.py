"""What is drawn is a fair job: every kind of wish, silence, unit vectors."""

from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.drawing import package_texts, read_phrases
from benchmarks.job import load, save
from recommender.schemas import WEIGHTS, Criterion
from tests.benchmarks.factory import small_job


def test_every_kind_of_wish_comes_equally_often() -> None:
    job = small_job(wishes=254)
    kinds = Counter(tuple(wish.stated) for wish in job.wishes)
    assert len(kinds) == 127
    assert set(kinds.values()) == {2}


def test_weights_are_the_products_own_and_sum_to_one() -> None:
    for wish in small_job().wishes:
        stated = [list(WEIGHTS.values())[position] for position in wish.stated]
        expected = np.array(stated) / sum(stated)
        assert np.allclose(wish.weights[wish.stated], expected, atol=1e-6)
        assert np.allclose(np.linalg.norm(wish.vectors[wish.stated], axis=1), 1, atol=1e-6)


def test_fused_vectors_give_the_weighted_sum_of_cosines() -> None:
    job = small_job()
    wish = job.wishes[0]
    fused = job.fused(0, len(job)) @ wish.fused()
    parts = [
        wish.weights[each] * (job.column(each, 0, len(job)) @ wish.vectors[each])
        for each in wish.stated
    ]
    assert np.allclose(fused, np.sum(parts, axis=0), atol=1e-6)


def test_silent_packages_have_zero_vectors() -> None:
    job = small_job(packages=2_000)
    food = job.criteria.index("food")
    silent = job.codes[:, food] == 0
    assert 0.2 < silent.mean() < 0.4
    norms = np.linalg.norm(job.column(food, 0, len(job)), axis=1)
    assert np.allclose(norms, np.where(silent, 0, 1), atol=1e-6)


def test_own_values_are_shared_by_no_two_packages() -> None:
    job = small_job(packages=300, own_values=True)
    for position in range(len(job.criteria)):
        told = job.codes[job.codes[:, position] > 0, position]
        assert len(set(told.tolist())) == len(told)
        assert np.allclose(np.linalg.norm(job.values[position][told], axis=1), 1, atol=1e-6)


def test_the_same_job_is_drawn_again() -> None:
    assert np.array_equal(small_job().codes, small_job().codes)


def test_a_saved_job_is_read_back_whole(tmp_path: Path) -> None:
    job = small_job()
    save(job, tmp_path)
    again = load(tmp_path)
    assert again.criteria == job.criteria
    assert np.array_equal(again.codes, job.codes)
    assert np.array_equal(again.fused(5, 9), job.fused(5, 9))
    assert np.array_equal(again.wishes[3].vectors, job.wishes[3].vectors)
    assert len(again.warm_up) == len(job.warm_up) > 0


def test_texts_are_distinct_and_made_of_the_catalogues_phrases() -> None:
    phrases = read_phrases()
    texts = package_texts(phrases, 1_000, np.random.default_rng(3))
    for key in Criterion:
        assert len(texts[key]) > 10
        assert len(set(texts[key])) == len(texts[key])
    assert 900 < sum(map(len, texts.values())) <= 1_000
    assert any(text in phrases[Criterion.FOOD] for text in texts[Criterion.FOOD])
