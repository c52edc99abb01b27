"""Columns of a catalogue: each distinct value once, and for every tour the code of its value.

Code 0 stands for a tour that says nothing.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.ranker.kernels import Codes, Counts, Flags, Floats, count_rows

Value = TypeVar("Value")

SILENT: Final = 0


class Dictionary(Generic[Value]):
    """Distinct values in the order in which they came, numbered from 1, and each row's number."""

    def __init__(self, key: Callable[[Value], Hashable]) -> None:
        self._key = key
        self._codes: dict[Hashable, int] = {}
        self.values: list[Value] = []
        self.rows: list[int] = []

    def add(self, value: Value | None) -> None:
        """Take the value of the next row in; None where it says nothing."""
        if value is None:
            self.rows.append(SILENT)
            return
        code = self._codes.setdefault(self._key(value), len(self.values) + 1)
        if code > len(self.values):
            self.values.append(value)
        self.rows.append(code)

    def codes(self) -> Codes:
        """Return each row's code, shape (n,)."""
        return np.array(self.rows, np.uint32)


def vector_key(vector: Floats) -> bytes:
    """Return what equal vectors have in common."""
    return vector.tobytes()


def stack(vectors: Sequence[Floats], width: int = 1) -> Floats:
    """Return the vectors as rows below a row of zeros, which is that of code 0."""
    width = len(vectors[0]) if vectors else width
    matrix = np.zeros((len(vectors) + 1, width), np.float32)
    if vectors:
        matrix[1:] = vectors
    return matrix


class Postings:
    """For each key, the rows that have it."""

    def __init__(self) -> None:
        self._lists: dict[str, list[int]] = {}
        self._arrays: dict[str, Codes] = {}

    def add(self, row: int, keys: Iterable[str]) -> None:
        """Note what a row has."""
        for key in keys:
            self._lists.setdefault(key, []).append(row)

    def finish(self, place: NDArray[np.int64]) -> None:
        """Turn the lists into sorted arrays.

        Args:
            place: shape (n,): where each row has gone.
        """
        while self._lists:
            key, rows = self._lists.popitem()
            self._arrays[key] = np.sort(place[rows]).astype(np.uint32)

    def rows(self, key: str) -> Codes:
        """Return the rows that have *key*, ascending."""
        return self._arrays.get(key, _NONE)

    def rows_with_all(self, keys: Sequence[str]) -> Codes:
        """Return the rows that have each of *keys*; none where there are no keys."""
        found = self.rows(keys[0]) if keys else _NONE
        for key in keys[1:]:
            found = np.intersect1d(found, self.rows(key), assume_unique=True)
        return found

    def count(self, keys: Iterable[str], size: int) -> Counts:
        """Return how many of *keys* each of *size* rows has."""
        counts = np.zeros(size, np.uint16)
        for key in keys:
            count_rows(counts, self.rows(key))
        return counts

    def flags(self, size: int) -> tuple[Mapping[str, int], Flags]:
        """Return a number for every key, and which of *size* rows have it, shape (keys, size)."""
        flags = np.zeros((len(self._arrays), size), np.uint8)
        numbers = {key: number for number, key in enumerate(sorted(self._arrays))}
        for key, number in numbers.items():
            flags[number, self._arrays[key]] = 1
        return numbers, flags


_NONE = np.zeros(0, np.uint32)
