"""Fitting the classifier: logistic regression by accelerated gradient descent, in numpy alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conversation.understanding.features import BUCKETS, INTENTS, Vector, pieces

Rows = NDArray[np.intp]

_STEPS = 110
_PENALTY = 1e-4
_POWER_STEPS = 15
_COUNT = len(INTENTS)


@dataclass(frozen=True)
class Pieces:
    """The pieces of words of many messages, a sparse matrix.

    Attributes:
        starts: where each message's entries begin, shape (messages + 1,).
        buckets: shape (entries,).
        values: shape (entries,).
    """

    starts: Rows
    buckets: Rows
    values: Vector

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Pieces":
        """Return the pieces of folded messages."""
        found = [pieces(text) for text in texts]
        counts = [len(each) for each in found]
        return cls(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.intp),
            np.fromiter((bucket for each in found for bucket in each), np.intp),
            np.fromiter((value for each in found for value in each.values()), np.float32),
        )

    def times(self, weights: Vector) -> Vector:
        """Return the product with weights of shape (BUCKETS, n)."""
        padded = np.vstack([self.values[:, None] * weights[self.buckets], weights[:1] * 0])
        sums = np.add.reduceat(padded, self.starts[:-1], axis=0)
        return np.asarray(np.where(np.diff(self.starts)[:, None] > 0, sums, 0), np.float32)

    def transposed_times(self, values: Vector) -> Vector:
        """Return the product of the transpose with values of shape (messages, n)."""
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        columns = [
            np.bincount(self.buckets, self.values * column[rows], minlength=BUCKETS)
            for column in values.T
        ]
        return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True)
class Matrix:
    """Messages as the classifier sees them: a dense part and the pieces of words."""

    dense: Vector
    letters: Pieces

    def times(self, weights: Vector) -> Vector:
        """Return the product with weights of shape (width, n)."""
        width = self.dense.shape[1]
        return np.asarray(
            self.dense @ weights[:width] + self.letters.times(weights[width:]), np.float32
        )

    def transposed_times(self, values: Vector) -> Vector:
        """Return the product of the transpose with values of shape (messages, n)."""
        return np.vstack([self.dense.T @ values, self.letters.transposed_times(values)])


def fit(matrix: Matrix, labels: Rows) -> Vector:
    """Return weights, shape (width, intents), for messages with these numbers of intents."""
    wanted = np.eye(_COUNT, dtype=np.float32)[labels]
    step = 1 / (0.5 * _curvature(matrix) / len(labels) + _PENALTY)
    weights = ahead = np.zeros((matrix.dense.shape[1] + BUCKETS, _COUNT), np.float32)
    momentum = 1.0
    for _ in range(_STEPS):
        fault = (softmax(matrix.times(ahead)) - wanted) / np.float32(len(labels))
        slope = matrix.transposed_times(fault) + _PENALTY * ahead
        after, faster = ahead - step * slope, (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = np.asarray(after + ((momentum - 1) / faster) * (after - weights), np.float32)
        weights, momentum = np.asarray(after, np.float32), faster
    return weights


def softmax(scores: Vector) -> Vector:
    """Return the probabilities of scores, row by row."""
    odds = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(odds / odds.sum(1, keepdims=True), np.float32)


def temperature(scores: Vector, labels: Rows) -> float:
    """Return by what scores of unseen messages must be divided to tell how sure they are."""
    choices = np.linspace(0.5, 3.0, 51)
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(scores / each)[rows, labels] + 1e-9).mean() for each in choices]
    return float(choices[int(np.argmin(losses))])


def _curvature(matrix: Matrix) -> float:
    """Return the largest eigenvalue of the matrix times itself."""
    width = matrix.dense.shape[1] + BUCKETS
    vector = np.full((width, 1), width**-0.5, np.float32)
    size = 1.0
    for _ in range(_POWER_STEPS):
        vector = matrix.transposed_times(matrix.times(vector))
        size = float(np.linalg.norm(vector))
        vector = vector / size
    return size
