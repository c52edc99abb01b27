"""The stored tours in memory, kept in step with the database.

A process reads all tours once. From then on, one small query before each ranking asks what has
changed since; changed tours go into a small catalogue of their own beside the large one, in which
the rows they replace are passed over. The two are ranked apart and merged, which is as exact as
ranking them together. When the small one has grown, everything is read anew.
"""

import bisect
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import islice

from core.database import Connection
from recommender import repository
from recommender.embedding import Calibration
from recommender.encoding import EncodedPackage, EncodedWish
from recommender.filters import Limits
from recommender.ranker import Catalogue, Ranked
from recommender.repository import Changes
from recommender.schemas import WEIGHTS, Criterion

_MOST_CHANGED = 2_000
_CHANGED_SHARE = 0.05
"""Above both of these, changed tours are no longer kept apart."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Some tours, their database keys in rising order, and the rows that are out of date."""

    catalogue: Catalogue
    keys: Sequence[int]
    stale: frozenset[int] = frozenset()

    def rows_of(self, keys: Iterable[int]) -> frozenset[int]:
        """Return the rows of those among *keys* that are here."""
        found = ((key, bisect.bisect_left(self.keys, key)) for key in keys)
        return frozenset(
            row for key, row in found if row < len(self.keys) and self.keys[row] == key
        )

    def without(self, keys: Iterable[int]) -> "Segment":
        """Return the same tours with those of *keys* out of date."""
        return replace(self, stale=self.stale | self.rows_of(keys))


@dataclass(frozen=True, slots=True)
class Found:
    """A tour that was ranked: its database key, and its score with the parts."""

    key: int
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All stored tours of one encoder, as they were at one moment.

    Attributes:
        base: the tours as they were read.
        changed: those added or changed since, encoded, by their keys.
        recent: the same, ready to be ranked.
        calibration: what the text model's cosines mean.
    """

    base: Segment
    calibration: Calibration
    changed: Mapping[int, EncodedPackage] = field(default_factory=dict)
    recent: Segment | None = None

    def __len__(self) -> int:
        return sum(len(each.keys) - len(each.stale) for each in self._segments())

    def rank(
        self,
        wish: EncodedWish,
        limit: int,
        *,
        exclude: Collection[int] = (),
        weights: Mapping[Criterion, float] = WEIGHTS,
        limits: Limits | None = None,
    ) -> list[Found]:
        """Return the best *limit* tours, best first; equal scores by their keys.

        Args:
            wish: what is wished.
            limit: how many at most.
            exclude: database keys of tours that must not be among them.
            weights: relative weight of each criterion.
            limits: what a tour must not contradict.
        """
        lists = [
            _found(
                segment,
                segment.catalogue.rank(
                    wish,
                    limit,
                    exclude=segment.stale | segment.rows_of(exclude),
                    weights=weights,
                    limits=limits,
                ),
            )
            for segment in self._segments()
        ]
        best_first = merge(*lists, key=lambda each: (-each.ranked.score, each.key))
        return list(islice(best_first, limit))

    def with_changes(
        self, gone: Collection[int], fresh: Mapping[int, EncodedPackage]
    ) -> "Snapshot":
        """Return the tours after a change.

        Args:
            gone: keys of tours that were removed, or are replaced.
            fresh: tours that were added, or replace others.
        """
        outdated = {*gone, *fresh}
        changed = {key: each for key, each in self.changed.items() if key not in outdated}
        changed |= fresh
        keys = sorted(changed)
        recent = Catalogue((changed[key] for key in keys), self.calibration)
        return replace(
            self,
            base=self.base.without(outdated),
            changed=changed,
            recent=Segment(recent, keys) if keys else None,
        )

    def is_worn(self) -> bool:
        """Tell whether so much has changed that all should be read anew."""
        most = max(_MOST_CHANGED, int(_CHANGED_SHARE * len(self.base.keys)))
        return len(self.changed) > most or len(self.base.stale) > most

    def _segments(self) -> list[Segment]:
        return [self.base] if self.recent is None else [self.base, self.recent]


def _found(segment: Segment, ranked: Iterable[Ranked]) -> Iterator[Found]:
    return (Found(segment.keys[each.index], each) for each in ranked)


class Mirror:
    """One database's tours in this process; safe to be used by several threads.

    Args:
        encoder: what made the vectors of the tours to hold.
        calibration: what the text model's cosines mean.
    """

    def __init__(self, encoder: str, calibration: Calibration) -> None:
        self._encoder, self._calibration = encoder, calibration
        self._lock = threading.Lock()
        self._held: Snapshot | None = None
        self._horizon = 0
        self._stamp = (0, 0)

    def snapshot(self, connection: Connection) -> Snapshot:
        """Return the tours that this transaction sees."""
        with self._lock:
            if self._held is None:
                return self._read(connection)
            changes = repository.changes_since(connection, self._horizon)
            if changes.own:
                return self._apply(self._held, connection, changes)  # others must not see it
            if changes.stamp != self._stamp and changes.stamp[0]:
                self._held = self._apply(self._held, connection, changes)
                if self._held.is_worn():
                    return self._read(connection)
            self._remember(changes)
            return self._held

    def _remember(self, changes: Changes) -> None:
        """Ask from the new horizon on, unless transactions that may still commit hold it back."""
        if changes.horizon > self._horizon:
            self._horizon = changes.horizon
            self._stamp = (0, 0)
        else:
            self._stamp = changes.stamp

    def _read(self, connection: Connection) -> Snapshot:
        """Read all tours."""
        horizon = repository.horizon(connection)
        keys: list[int] = []
        packages = _noting(keys, repository.stream_encoded(connection, self._encoder))
        snapshot = Snapshot(
            Segment(Catalogue(packages, self._calibration), keys), self._calibration
        )
        if not repository.changes_since(connection, horizon).own:
            self._held, self._horizon, self._stamp = snapshot, horizon, (0, 0)
        return snapshot

    def _apply(self, held: Snapshot, connection: Connection, changes: Changes) -> Snapshot:
        fresh = dict(repository.stream_encoded(connection, self._encoder, changes.changed))
        gone = {*changes.removed, *changes.changed} - fresh.keys()
        return held.with_changes(gone, fresh)


def _noting(
    keys: list[int], rows: Iterable[tuple[int, EncodedPackage]]
) -> Iterator[EncodedPackage]:
    for key, package in rows:
        keys.append(key)
        yield package
