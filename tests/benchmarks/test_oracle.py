"""What counts as a right answer."""

import numpy as np
import pytest

from benchmarks.oracle import TOLERANCE, agreement, true_scores
from tests.benchmarks.factory import small_job


def test_scores_follow_the_formula() -> None:
    job = small_job(packages=50)
    for wish in job.wishes[:20]:
        expected = np.zeros(50)
        for each in wish.stated:
            column = job.column(each, 0, 50).astype(np.float64)
            expected += wish.weights[each] * (1 + column @ wish.vectors[each]) / 2
        assert np.allclose(true_scores(job, wish), expected, atol=1e-6)


def test_any_of_the_tied_packages_is_right() -> None:
    scores = np.array([0.9, 0.5, 0.5, 0.5 - TOLERANCE / 2, 0.1])
    assert agreement(scores, [0, 3], 2) == 1.0
    assert agreement(scores, [0, 2], 2) == 1.0


@pytest.mark.parametrize(
    ("rows", "share"), [([0, 4], 0.5), ([0], 0.5), ([0, 0], 0.5), ([], 0.0), ([3, 4], 0.0)]
)
def test_what_is_wrong_or_missing_or_named_twice_counts_against(
    rows: list[int], share: float
) -> None:
    scores = np.array([0.9, 0.8, 0.3, 0.2, 0.1])
    assert agreement(scores, rows, 2) == share


def test_fewer_packages_than_places_are_no_fault() -> None:
    assert agreement(np.array([0.2, 0.4]), [1, 0], 10) == 1.0
