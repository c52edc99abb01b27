"""The formula for every tour and many wishes at once, in matrices: slow, plain, and no bounds.

It shares with the ranker what the similarities mean (the encoders), and nothing of how the best
tours are found. `ranker.brute_force` says the same tour by tour; the tests compare the two.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from recommender.embedding import Calibration
from recommender.encoders import places
from recommender.encoders.places import Spot
from recommender.encoders.texts import HALF, word_key
from recommender.encoding import EncodedPackage, EncodedWish, TextWish, Vector
from recommender.ranker import MIDDLE, share_weights
from recommender.schemas import Criterion

Doubles = NDArray[np.float64]
_CHUNK = 4_096


class Oracle:
    """Scores of tours for many wishes.

    Args:
        wishes: encoded wishes.
        calibration: what the text model's cosines mean.
    """

    def __init__(self, wishes: Sequence[EncodedWish], calibration: Calibration) -> None:
        self._wishes, self._calibration = wishes, calibration
        self._weights = [share_weights(wish.criteria()) for wish in wishes]
        self._near: dict[tuple[int, str], Doubles] = {}
        self._wished = [place for wish in wishes for place in wish.places]
        mentions = [(at, places.mention_keys(place)) for at, place in enumerate(self._wished)]
        self._mentions = [(at, keys) for at, keys in mentions if keys]

    def scores(self, packages: Iterable[EncodedPackage]) -> NDArray[np.float32]:
        """Return the score of every tour for every wish, shape (wishes, tours)."""
        rest, parts = iter(packages), []
        while chunk := list(islice(rest, _CHUNK)):
            parts.append(self._chunk(chunk).astype(np.float32))
        return np.concatenate(parts, axis=1)

    def _chunk(self, packages: Sequence[EncodedPackage]) -> Doubles:
        total = np.zeros((len(self._wishes), len(packages)))
        for key in Criterion:
            stating = [at for at, weights in enumerate(self._weights) if key in weights]
            if stating:
                weights = np.array([self._weights[at][key] for at in stating])
                total[stating] += weights[:, None] * self._similarities(key, stating, packages)
        return total

    def _similarities(
        self, key: Criterion, stating: Sequence[int], packages: Sequence[EncodedPackage]
    ) -> Doubles:
        wishes = [self._wishes[at] for at in stating]
        if key is Criterion.LOCATION:
            return self._places(packages)
        if key is Criterion.DURATION:
            return _numbers(
                [each.duration for each in wishes], [each.duration for each in packages]
            )
        if key is Criterion.BUDGET:
            return _numbers([each.budget for each in wishes], [each.budget for each in packages])
        return self._texts(key, [wish.texts[key] for wish in wishes], packages)

    def _places(self, packages: Sequence[EncodedPackage]) -> Doubles:
        shares = np.array([self._best_shares(package) for package in packages]).T
        ends = np.cumsum([len(wish.places) for wish in self._wishes if wish.places])
        return np.array([part.mean(axis=0) for part in np.split(shares, ends[:-1])])

    def _best_shares(self, package: EncodedPackage) -> Doubles:
        """Return how well a tour serves each wished place, those of all wishes in a row."""
        best = np.full(len(self._wished), MIDDLE)
        if package.places:
            best = np.max([self._shares(visited) for visited in package.places], axis=0)
        for at, keys in self._mentions:
            if keys <= package.words:
                best[at] = max(best[at], places.MENTIONED)
        return best

    def _shares(self, visited: Spot) -> Doubles:
        key = (visited.id, visited.key)
        if key not in self._near:
            self._near[key] = np.array([places.share(each, visited) for each in self._wished])
        return self._near[key]

    def _texts(
        self, key: Criterion, wishes: Sequence[TextWish], packages: Sequence[EncodedPackage]
    ) -> Doubles:
        vectors = [package.texts.get(key) for package in packages]
        cosines = np.array([wish.vector for wish in wishes]) @ _stacked(vectors).T
        likeness = self._calibration.closeness(cosines).astype(np.float64)
        likeness[:, [vector is None for vector in vectors]] = 1.0  # half of it is the middle
        covered = np.array([_covered(wish, packages) for wish in wishes])
        return np.asarray(covered + (1 - covered) * HALF * likeness)


def _numbers(preferences: Sequence[Vector | None], values: Sequence[Vector | None]) -> Doubles:
    """Read preference curves at values, shape (curves, values); what is missing is the middle."""
    curves = _stacked(preferences).astype(np.float64)
    return np.asarray((1 + np.clip(curves @ _stacked(values).T, -1, 1)) / 2)


def _stacked(vectors: Sequence[Vector | None]) -> NDArray[np.float32]:
    known = next((vector for vector in vectors if vector is not None), None)
    if known is None:
        return np.zeros((len(vectors), 1), np.float32)
    silent = np.zeros_like(known)
    return np.array([silent if vector is None else vector for vector in vectors])


def _covered(wish: TextWish, packages: Sequence[EncodedPackage]) -> list[float]:
    """Return the share of a wish that each tour names."""
    concepts, keys = frozenset(wish.concepts), [word_key(word) for word in wish.words]
    return [
        (len(concepts & each.concepts) + sum(key in each.words for key in keys)) / wish.asked
        for each in packages
    ]
