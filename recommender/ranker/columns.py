"""Columns of a catalogue: each distinct value once, and for every tour the code of its value.

Code 0 stands for a tour that says nothing.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.ranker.kernels import Codes, Flags, Floats

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
    """For each key, the rows that have it, ascending; those of all keys are one array.

    Attributes:
        all_rows: the rows of each key, one key after the other.
    """

    def __init__(self) -> None:
        self._lists: dict[str, array[int]] = {}
        self._slices: dict[str, slice] = {}
        self.all_rows = _NONE

    def add(self, row: int, keys: Iterable[str]) -> None:
        """Note what a row has."""
        for key in keys:
            self._lists.setdefault(key, array("I")).append(row)

    def finish(self, place: NDArray[np.int64]) -> None:
        """Turn the lists into one array.

        Args:
            place: shape (n,): where each row has gone.
        """
        self.all_rows = np.empty(sum(len(rows) for rows in self._lists.values()), np.uint32)
        behind = 0
        while self._lists:
            key, rows = self._lists.popitem()
            self._slices[key] = slice(behind, behind + len(rows))
            self.all_rows[behind : behind + len(rows)] = np.sort(place[np.array(rows)])
            behind += len(rows)

    def where(self, key: str) -> tuple[int, int]:
        """Return from where to where in `all_rows` the rows of *key* are."""
        found = self._slices.get(key, _NOWHERE)
        return found.start, found.stop

    def rows(self, key: str) -> Codes:
        """Return the rows that have *key*, ascending."""
        return self.all_rows[self._slices.get(key, _NOWHERE)]

    def rows_with_all(self, keys: Sequence[str]) -> Codes:
        """Return the rows that have each of *keys*; none where there are no keys."""
        found = self.rows(keys[0]) if keys else _NONE
        for key in keys[1:]:
            found = np.intersect1d(found, self.rows(key), assume_unique=True)
        return found

    def flags(self, size: int) -> tuple[Mapping[str, int], Flags]:
        """Return a number for every key, and which of *size* rows have it, shape (keys, size)."""
        flags = np.zeros((len(self._slices), size), np.uint8)
        numbers = {key: number for number, key in enumerate(sorted(self._slices))}
        for key, number in numbers.items():
            flags[number, self.rows(key)] = 1
        return numbers, flags


_NONE = np.zeros(0, np.uint32)
_NOWHERE = slice(0, 0)
