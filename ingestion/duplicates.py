"""Finding near-copies among many tours without comparing all with all.

MinHash with banding (Broder, 1997; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets",
chapter 3): two sets of words agree in one of `_HASHES` minima as often as their Jaccard likeness
says. The minima are hashed in bands, and tours that share a band are compared in full. With these
numbers a pair of likeness .8 shares one in 99 of 100 cases, and one of .3 in 3 of 100.
"""

import hashlib
from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recommender.encoding import EncodedPackage

NEAR_COPY: Final = 0.8
"""Share of their words that two tours of the same places and length must have in common."""
_BANDS, _ROWS = 12, 5
_HASHES = _BANDS * _ROWS
_LEAST_WORDS = 3
_random = np.random.default_rng(20261121)  # fixed: signatures are stored
_FACTORS = _random.integers(1, 2**63, _HASHES, dtype=np.uint64) | np.uint64(1)
_SHIFTS = _random.integers(0, 2**63, _HASHES, dtype=np.uint64)


def signature(tour: EncodedPackage) -> list[int]:
    """Return the hashes of which near-copies share at least one, as signed 64-bit numbers.

    A tour of fewer than three words is no copy of anything. Those of other places, or of another
    length, share none.
    """
    if len(tour.words) < _LEAST_WORDS:
        return []
    block = f"{sorted({spot.id for spot in tour.places})} {tour.facets.days}"
    bands = _minima(tour.words).reshape(_BANDS, _ROWS)
    return [_hash(f"{block} {number} {band.tolist()}") for number, band in enumerate(bands)]


def _minima(words: Collection[str]) -> NDArray[np.uint64]:
    hashes = np.array([_hash(word) for word in words], np.int64).view(np.uint64)
    with np.errstate(over="ignore"):  # arithmetic modulo 2 ** 64 is what is wanted
        mixed = hashes[None, :] * _FACTORS[:, None] + _SHIFTS[:, None]
        mixed ^= mixed >> np.uint64(31)
    return np.asarray(mixed.min(axis=1), np.uint64)


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
