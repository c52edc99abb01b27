"""The job that every engine can do equally: packages, wishes, and files to hand them over in.

A package has a value, or none, for each of seven criteria; a value is a unit vector. A wish states
some of the criteria, each with a vector and a weight, the weights summing to 1:

    score = sum over the stated criteria of  w_i * (1 + cos_i) / 2,   silence counting as cos_i = 0.

Nothing here but NumPy: engines that need an environment of their own read the same files there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished.

    Attributes:
        weights: (criteria,), 0 for what is not stated, else positive; they sum to 1.
        vectors: (criteria, dimensions), unit rows; zero rows for what is not stated.
    """

    weights: Floats
    vectors: Floats

    @property
    def stated(self) -> list[int]:
        """Positions of the stated criteria."""
        return [int(position) for position in np.flatnonzero(self.weights)]

    def fused(self) -> Floats:
        """Return the weighted vectors one after the other.

        Their inner product with a package's fused vector is the sum of w_i * cos_i.
        """
        return np.ascontiguousarray((self.weights[:, None] * self.vectors).ravel())


@dataclass(frozen=True, slots=True)
class Job:
    """Packages and wishes.

    Attributes:
        criteria: names of the criteria.
        codes: (packages, criteria): the row of each value in the criterion's dictionary; 0 is
            silence, and row 0 of every dictionary is zero.
        values: for each criterion its dictionary, (values + 1, dimensions).
        wishes: the wishes that count.
        warm_up: wishes to be asked first, which do not count.
    """

    criteria: Sequence[str]
    codes: Codes
    values: Sequence[Floats]
    wishes: Sequence[Wish]
    warm_up: Sequence[Wish]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return int(self.values[0].shape[1])

    def column(self, criterion: int, start: int, stop: int) -> Floats:
        """Return the vectors of packages start…stop-1 on one criterion; zero rows for silence."""
        return np.asarray(self.values[criterion][self.codes[start:stop, criterion]])

    def fused(self, start: int, stop: int) -> Floats:
        """Return the fused vectors of packages start…stop-1, (stop - start, 7 * dimensions)."""
        parts = [self.column(criterion, start, stop) for criterion in range(len(self.criteria))]
        return np.concatenate(parts, axis=1)

    def batches(self, size: int) -> list[tuple[int, int]]:
        """Cut the packages into stretches (start, stop) of at most *size*."""
        return [(start, min(start + size, len(self))) for start in range(0, len(self), size)]


def save(job: Job, folder: Path) -> None:
    """Write a job as NumPy files."""
    np.save(folder / "criteria.npy", np.array(job.criteria))
    np.save(folder / "codes.npy", job.codes)
    for name, wishes in (("wishes", job.wishes), ("warm_up", job.warm_up)):
        np.save(folder / f"{name}_weights.npy", np.array([wish.weights for wish in wishes]))
        np.save(folder / f"{name}_vectors.npy", np.array([wish.vectors for wish in wishes]))
    for position, values in enumerate(job.values):
        np.save(folder / f"values_{position}.npy", values)


def load(folder: Path) -> Job:
    """Read a job; the dictionaries stay in their files, mapped into memory and read once.

    Reading them through means that an engine's own memory can be told from theirs.
    """
    criteria = [str(name) for name in np.load(folder / "criteria.npy")]
    values = [
        np.load(folder / f"values_{position}.npy", mmap_mode="r")
        for position in range(len(criteria))
    ]
    for matrix in values:
        matrix.sum()
    return Job(
        criteria=criteria,
        codes=np.load(folder / "codes.npy"),
        values=values,
        wishes=_wishes(folder, "wishes"),
        warm_up=_wishes(folder, "warm_up"),
    )


def _wishes(folder: Path, name: str) -> list[Wish]:
    weights = np.load(folder / f"{name}_weights.npy")
    vectors = np.load(folder / f"{name}_vectors.npy")
    return [Wish(*pair) for pair in zip(weights, vectors, strict=True)]
