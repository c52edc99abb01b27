"""What the right answers are: every package scored in full, in float64."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.job import Job, Wish

TOLERANCE = 1e-6
"""Scores nearer than this are a tie: any of the tied packages is right."""


def true_scores(job: Job, wish: Wish) -> NDArray[np.float64]:
    """Return the score of every package, (packages,)."""
    scores = np.full(len(job), 0.5 * float(wish.weights.astype(np.float64).sum()))
    for criterion in wish.stated:
        values = np.asarray(job.values[criterion], np.float64)
        cosines = values @ wish.vectors[criterion].astype(np.float64)
        weight = float(wish.weights[criterion])
        scores += 0.5 * weight * cosines[job.codes[:, criterion]]
    return scores


def agreement(scores: NDArray[np.float64], rows: Sequence[int], limit: int) -> float:
    """Return the share of the best *limit* places that *rows* fill rightly.

    A row is right when its true score reaches that of the last place; what is missing or named
    twice is wrong.
    """
    limit = min(limit, len(scores))
    last = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    right = {row for row in rows[:limit] if scores[row] >= last - TOLERANCE}
    return len(right) / limit
