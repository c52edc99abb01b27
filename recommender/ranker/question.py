"""One wish held against a store of tours: what each value is worth, the scan, and the parts."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.embedding import Calibration
from recommender.encoders import places
from recommender.encoders.texts import word_key
from recommender.encoding import EncodedWish, TextWish
from recommender.ranker import kernels
from recommender.ranker.kernels import BLOCK, MICRO, UNIT, Flags, Floats, Ints, Longs
from recommender.ranker.scores import MIDDLE, Ranked
from recommender.ranker.store import COLUMN, Store
from recommender.schemas import TEXT_CRITERIA, Criterion

_SEEDS = 16
_BY_BLOCK = frozenset({Criterion.LOCATION})
"""Rows are sorted by these, so that what they can be worth differs from block to block."""
_NO_UNITS = np.zeros(0, np.int32)
_NO_BLOCKS = np.zeros(0, np.int64)


class _Judged(NamedTuple):
    """What some rows have on one criterion: similarities, and whether they speak of it at all."""

    similarities: list[float]
    known: list[bool]


class Question:
    """A wish, with everything that one ranking computes on the way.

    Args:
        store: the tours.
        calibration: what the text model's cosines mean.
        wish: what is wished; at least one criterion is stated.
        shares: the weights of the stated criteria, summing to 1.
    """

    def __init__(
        self,
        store: Store,
        calibration: Calibration,
        wish: EncodedWish,
        shares: Mapping[Criterion, float],
    ) -> None:
        self._store, self._calibration = store, calibration
        self._wish, self._shares = wish, shares
        self._named = [key for key in shares if key in wish.texts]
        self._tables = {key: self._table(key) for key in shares if key not in self._named}
        self._worth = {
            key: np.rint(table * (shares[key] * UNIT)).astype(np.int32)
            for key, table in self._tables.items()
        }

    def best(self, limit: int, allowed: Flags) -> list[tuple[int, int]]:
        """Return scores, in millionths, and rows of the best tours.

        Args:
            limit: how many at most.
            allowed: shape (n,): 0 where a tour must not be found; shape (0,) if all may.
        """
        found = kernels.Best(*(np.zeros(size, np.int64) for size in (limit, limit, limit, 1)))
        store = self._store
        rows = kernels.Rows(self._mention_units, allowed, store.order, store.firsts)
        limits, room = self._block_limits(), (len(self._named), kernels.SLOTS)
        likeness = kernels.Likeness(np.zeros(room, np.uint32), np.empty(room, np.float32))
        kernels.scan(self._columns(), self._texts, rows, limits, _highest(limits), likeness, found)
        size = int(found.found[0])
        return list(zip(found.scores[:size].tolist(), found.rows[:size].tolist(), strict=True))

    def ranked(self, found: Sequence[tuple[int, int]]) -> list[Ranked]:
        """Return tours that were found, with the similarities that their scores were made of.

        Args:
            found: their scores in millionths, and rows.
        """
        rows = np.array([row for _, row in found], np.int64)
        judged = self._looked_up(rows) | self._judged(rows)
        indexes = self._store.order[rows].tolist()
        return [
            Ranked(
                index=indexes[at],
                score=score / MICRO,
                similarities={key: judged[key].similarities[at] for key in self._shares},
                known=frozenset(key for key in self._shares if judged[key].known[at]),
            )
            for at, (score, _) in enumerate(found)
        ]

    def _looked_up(self, rows: Longs) -> dict[Criterion, _Judged]:
        """Return what some rows have on the criteria that are tables."""
        judged = {}
        for key, table in self._tables.items():
            codes = self._store.codes[COLUMN[key], rows]
            judged[key] = _Judged(table[codes].tolist(), (codes > 0).tolist())
        if len(self._mention_units):
            places = judged[Criterion.LOCATION]
            for at, row in enumerate(rows.tolist()):
                places.similarities[at] = self._place_similarity(row)
                places.known[at] |= any(row in mentioned for mentioned in self._mentions)
        return judged

    def _judged(self, rows: Longs) -> dict[Criterion, _Judged]:
        """Return what some rows have on the text criteria."""
        shares = np.empty((len(self._named), len(rows)))
        named = np.empty((len(self._named), len(rows)), np.int64)
        kernels.judge(self._texts, rows, shares, named)
        judged = {}
        for at, key in enumerate(self._named):
            known = (self._store.codes[COLUMN[key], rows] > 0) | (named[at] > 0)
            judged[key] = _Judged(shares[at].tolist(), known.tolist())
        return judged

    def _table(self, key: Criterion) -> Floats:
        """Return the similarity of each distinct value of a criterion."""
        if key is Criterion.LOCATION:
            return np.asarray(sum(self._place_shares) / np.float32(len(self._place_shares)))
        preference = self._wish.duration if key is Criterion.DURATION else self._wish.budget
        return self._number_table(self._store.numbers[key], preference)

    @staticmethod
    def _number_table(vectors: Floats, preference: Floats | None) -> Floats:
        """Read the preference curve at every value."""
        if preference is None or vectors.shape[1] != len(preference):
            return np.full(len(vectors), MIDDLE, np.float32)
        shares = np.empty(len(vectors), np.float32)
        kernels.read_curve(vectors, preference, shares)
        return shares

    @cached_property
    def _place_shares(self) -> list[Floats]:
        """For each wished place, the shares of the distinct lists of places."""
        return [self._store.visited.shares(wished) for wished in self._wish.places]

    @cached_property
    def _mentions(self) -> list[frozenset[int]]:
        """For each wished place, the rows whose words have its name, if no map of ours does."""
        if Criterion.LOCATION not in self._shares:
            return []
        names = [sorted(places.mention_keys(wished)) for wished in self._wish.places]
        return [frozenset(self._store.words.rows_with_all(name).tolist()) for name in names]

    @cached_property
    def _mention_units(self) -> Ints:
        """What the rows with such words get in addition, shape (n,) or (0,)."""
        rows = sorted(frozenset().union(*self._mentions))
        if not rows:
            return _NO_UNITS
        extra = np.zeros(len(self._store), np.int32)
        worth = self._worth[Criterion.LOCATION]
        share = self._shares[Criterion.LOCATION]
        for row in rows:
            code = self._store.codes[COLUMN[Criterion.LOCATION], row]
            extra[row] = round(self._place_similarity(row) * share * UNIT) - worth[code]
        return extra

    def _place_similarity(self, row: int) -> float:
        code = self._store.codes[COLUMN[Criterion.LOCATION], row]
        shares = [float(table[code]) for table in self._place_shares]
        for at, rows in enumerate(self._mentions):
            if row in rows:
                shares[at] = max(shares[at], places.MENTIONED)
        return sum(shares) / len(shares)

    def _columns(self) -> kernels.Columns:
        keys = list(self._worth)
        sizes = [len(self._worth[key]) for key in keys]
        return kernels.Columns(
            codes=self._store.codes,
            active=np.array([COLUMN[key] for key in keys], np.int64),
            worth=np.concatenate([self._worth[key] for key in keys]) if keys else _NO_UNITS,
            starts=np.cumsum([0, *sizes[:-1]], dtype=np.int64)[: len(keys)],
        )

    @cached_property
    def _texts(self) -> kernels.Texts:
        wishes = [self._wish.texts[key] for key in self._named]
        weights = np.array([self._shares[key] for key in self._named], np.float64)
        asked = np.array([wish.asked for wish in wishes], np.float64)
        numbers, of = self._concepts(wishes)
        starts, stops, owners = self._words(wishes)
        return kernels.Texts(
            codes=self._store.codes,
            columns=np.array([COLUMN[key] for key in self._named], np.int64),
            vectors=self._store.texts,
            matrices=np.array([TEXT_CRITERIA.index(key) for key in self._named], np.int64),
            wishes=_matrix([wish.vector for wish in wishes]),
            unrelated=float(self._calibration.unrelated),
            span=float(self._calibration.span),
            weights=weights,
            asked=asked,
            most=_rounded_up(np.where(asked > 0, weights / 2, weights)),
            gains=_rounded_up(weights / 2 / np.maximum(asked, 1)),
            flags=self._store.flags,
            concepts=numbers,
            places=of,
            saying=self._store.words.all_rows,
            starts=starts,
            stops=stops,
            owners=owners,
        )

    def _concepts(self, wishes: Sequence[TextWish]) -> tuple[Longs, Longs]:
        """Return the numbers of the wished concepts, and of which wish each is."""
        known = self._store.concepts
        pairs = [
            (known[concept], at)
            for at, wish in enumerate(wishes)
            for concept in wish.concepts
            if concept in known
        ]
        numbers = np.array(pairs, np.int64).reshape(-1, 2)
        return numbers[:, 0].copy(), numbers[:, 1].copy()

    def _words(self, wishes: Sequence[TextWish]) -> tuple[Longs, Longs, Longs]:
        """Return from where to where the rows of each wished word are, and of which wish it is."""
        words = [
            (*self._store.words.where(word_key(word)), at)
            for at, wish in enumerate(wishes)
            for word in wish.words
        ]
        starts, stops, owners = np.array(words, np.int64).reshape(-1, 3).T.copy()
        return starts, stops, owners

    def _block_limits(self) -> Ints:
        """Return the most that any row of a block can score, shape (blocks,)."""
        limits = np.zeros(-(-len(self._store) // BLOCK), np.int32)
        for key in self._worth.keys() & _BY_BLOCK:
            kernels.best_of_blocks(self._store.codes[COLUMN[key]], self._worth[key], limits)
            if len(self._mention_units):
                limits += _block_maxima(self._mention_units)
        texts = self._texts
        most = int(np.sum(texts.most + texts.gains * texts.asked))
        most += sum(int(self._worth[key].max()) for key in self._worth if key not in _BY_BLOCK)
        return np.asarray(limits + np.int32(most), np.int32)


def _highest(limits: Ints) -> Longs:
    """Return the numbers of blocks to begin with: those of the highest limits, if they differ."""
    if limits.min() == limits.max():
        return _NO_BLOCKS
    if len(limits) <= _SEEDS:
        return np.arange(len(limits))
    return np.argpartition(limits, -_SEEDS)[-_SEEDS:]


def _block_maxima(values: Ints) -> Ints:
    return np.maximum.reduceat(values, np.arange(0, len(values), BLOCK))


def _rounded_up(shares: NDArray[np.float64]) -> Ints:
    """Return units that are surely no fewer, so that a bound stays one."""
    return (np.ceil(shares * UNIT) + 1).astype(np.int32)


def _matrix(vectors: Sequence[Floats]) -> Floats:
    return np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)
