"""Columns of a catalogue: each distinct value once, and for every tour the code of its value.

Code 0 stands for a tour that says nothing.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.ranker.kernels import Codes, Counts, Flags, Floats, count_rows

Value = TypeVar("Value")

SILENT: Final = 0
_DIGEST = 16
_FIRST_ROWS = 64
_GROWTH = 1.25


class Dictionary(Generic[Value]):
    """Distinct values in the order in which they came, numbered from 1, and each row's number."""

    def __init__(self, key: Callable[[Value], Hashable]) -> None:
        self._key = key
        self._codes: dict[Hashable, int] = {}
        self._rows = array("I")
        self.values: list[Value] = []

    def add(self, value: Value | None) -> None:
        """Take the value of the next row in; None where it says nothing."""
        if value is None:
            self._rows.append(SILENT)
            return
        code = self._codes.setdefault(self._key(value), len(self._codes) + 1)
        if code > len(self.values):
            self.values.append(value)
        self._rows.append(code)

    def codes(self) -> Codes:
        """Return each row's code, shape (n,)."""
        return np.array(self._rows, np.uint32)


class VectorDictionary:
    """The same for vectors, which are kept as the rows of one matrix.

    The matrix grows in place, and vectors are told apart by their digests: a million texts of
    their own take little more memory than their numbers.
    """

    def __init__(self) -> None:
        self._codes: dict[bytes, int] = {}
        self._rows = array("I")
        self._matrix: Floats | None = None

    def add(self, vector: Floats | None) -> None:
        """Take the vector of the next row in; None where it says nothing."""
        if vector is None:
            self._rows.append(SILENT)
            return
        digest = blake2b(vector.tobytes(), digest_size=_DIGEST).digest()
        code = self._codes.setdefault(digest, len(self._codes) + 1)
        if code == len(self._codes):
            self._room_for(code, len(vector))[code] = vector
        self._rows.append(code)

    def codes(self) -> Codes:
        """Return each row's code, shape (n,)."""
        return np.array(self._rows, np.uint32)

    def matrix(self) -> Floats:
        """Return the distinct vectors as rows below one of zeros, that of code 0."""
        matrix = self._room_for(SILENT, 1)
        matrix.resize((len(self._codes) + 1, matrix.shape[1]), refcheck=False)
        return matrix

    def _room_for(self, code: int, width: int) -> Floats:
        if self._matrix is None:
            self._matrix = np.zeros((_FIRST_ROWS, width), np.float32)
        if code >= len(self._matrix):
            rows = len(self._matrix) * _GROWTH
            self._matrix.resize((int(rows), self._matrix.shape[1]), refcheck=False)
        return self._matrix


class Postings:
    """For each key, the rows that have it."""

    def __init__(self) -> None:
        self._lists: dict[str, array[int]] = {}
        self._arrays: dict[str, Codes] = {}

    def add(self, row: int, keys: Iterable[str]) -> None:
        """Note what a row has."""
        for key in keys:
            self._lists.setdefault(key, array("I")).append(row)

    def finish(self, place: NDArray[np.int64]) -> None:
        """Turn the lists into sorted arrays.

        Args:
            place: shape (n,): where each row has gone.
        """
        while self._lists:
            key, rows = self._lists.popitem()
            self._arrays[key] = np.sort(place[np.array(rows)]).astype(np.uint32)

    @property
    def nbytes(self) -> int:
        """How many bytes the arrays take."""
        return sum(rows.nbytes for rows in self._arrays.values())

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
