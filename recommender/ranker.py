"""The ranker: the weighted sum of similarities, exact, with the parts that make it up.

    score = sum over the stated criteria of  w_i * (1 + cos_i) / 2,   the w_i summing to 1,

where a tour silent on a stated criterion counts as the middle, 0.5.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.embedding import Calibration
from recommender.encoders import places
from recommender.encoders.texts import combine, says
from recommender.encoding import EncodedPackage, EncodedWish, TextWish
from recommender.schemas import TEXT_CRITERIA, WEIGHTS, Criterion

Floats = NDArray[np.float32]
_MIDDLE = np.float32(0.5)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One tour's place in a ranking.

    Attributes:
        index: the tour's row in the catalogue.
        score: weighted sum, in [0, 1].
        similarities: (1 + cos) / 2 for each stated criterion.
        known: the stated criteria that the tour says something about.
    """

    index: int
    score: float
    similarities: Mapping[Criterion, float]
    known: frozenset[Criterion]


class Catalogue:
    """n tours in memory, one array for each criterion, ready to be ranked.

    Args:
        packages: the tours, encoded.
        calibration: what the text model's cosines mean.
    """

    def __init__(self, packages: Sequence[EncodedPackage], calibration: Calibration) -> None:
        self._calibration = calibration
        self._size = len(packages)
        self._index_places(packages)
        self._duration = _stack([package.duration for package in packages])
        self._budget = _stack([package.budget for package in packages])
        self._texts = {
            key: _stack([package.texts.get(key) for package in packages]) for key in TEXT_CRITERIA
        }
        self._words = [package.words for package in packages]
        self._index_concepts(packages)

    def __len__(self) -> int:
        return self._size

    def rank(
        self,
        wish: EncodedWish,
        limit: int,
        *,
        exclude: Collection[int] = (),
        weights: Mapping[Criterion, float] = WEIGHTS,
    ) -> list[Ranked]:
        """Return the best *limit* tours, best first; equal scores in the catalogue's order.

        Args:
            wish: what is wished; with nothing stated every tour scores the middle.
            limit: how many at most.
            exclude: rows that must not be among them.
            weights: relative weight of each criterion.
        """
        shares = share_weights(wish.criteria(), weights)
        judged = {key: self._judge(wish, key) for key in shares}
        scores = np.full(self._size, 0.0 if judged else _MIDDLE, np.float64)
        for key, (similarity, _) in judged.items():
            scores += shares[key] * similarity.astype(np.float64)
        return [
            Ranked(
                index=int(row),
                score=float(scores[row]),
                similarities={key: float(judged[key][0][row]) for key in judged},
                known=frozenset(key for key in judged if judged[key][1][row]),
            )
            for row in best_rows(scores, limit, exclude)
        ]

    def _judge(self, wish: EncodedWish, key: Criterion) -> tuple[Floats, NDArray[np.bool_]]:
        """Return every tour's similarity, and whether it says anything, on one criterion."""
        if key is Criterion.LOCATION:
            return self._judge_places(wish.places)
        if key in wish.texts:
            return self._judge_text(key, wish.texts[key])
        if key is Criterion.DURATION:
            return self._judge_number(*self._duration, wish.duration)
        return self._judge_number(*self._budget, wish.budget)

    @staticmethod
    def _judge_number(
        matrix: Floats, known: NDArray[np.bool_], preference: Floats | None
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Read the preference curve at each tour's value."""
        if preference is None or not known.any():
            return np.full(len(known), _MIDDLE), known
        cosines = np.clip(matrix @ preference, -1.0, 1.0)
        return np.where(known, (1 + cosines) / 2, _MIDDLE).astype(np.float32), known

    def _judge_places(self, wished: Sequence[places.Spot]) -> tuple[Floats, NDArray[np.bool_]]:
        """Match each wished place with the best place of each tour, then take the mean."""
        known = self._place_counts > 0
        if not self._spots:
            return np.full(self._size, _MIDDLE), known
        total = np.zeros(self._size, np.float32)
        for place in wished:
            cosines = places.similarities(place, self._spots, self._spot_vectors)
            best = np.maximum.reduceat(cosines[self._place_rows], self._place_starts[known])
            total[known] += best
        cosine = total / len(wished)
        return np.where(known, (1 + cosine) / 2, _MIDDLE).astype(np.float32), known

    def _judge_text(self, key: Criterion, wish: TextWish) -> tuple[Floats, NDArray[np.bool_]]:
        """Count what the tour names outright; for the rest let the vectors say how alike."""
        matrix, spoken = self._texts[key]
        covered = self._covered(wish)
        likeness = np.ones(self._size, np.float32)  # silent: half of it is the middle
        if spoken.any():
            likeness[spoken] = self._calibration.closeness(matrix[spoken] @ wish.vector)
        return combine(covered, likeness), spoken | (covered > 0)

    def _covered(self, wish: TextWish) -> Floats:
        """Return the share of a wish's concepts and rare words that each tour names."""
        asked = len(wish.concepts) + len(wish.words)
        covered = np.zeros(self._size, np.float32)
        for concept in wish.concepts:
            covered[self._rows_of_concept.get(concept, _NO_ROWS)] += 1
        for word in wish.words:
            covered += np.fromiter((says(said, word) for said in self._words), bool, self._size)
        return (covered / max(asked, 1)).astype(np.float32)

    def _index_places(self, packages: Sequence[EncodedPackage]) -> None:
        """Keep each distinct place once, and for every tour the rows of its places."""
        rows: dict[tuple[int, str], int] = {}
        self._spots: list[places.Spot] = []
        flat: list[int] = []
        for package in packages:
            for spot in package.places:
                key = (spot.id, spot.key)
                if key not in rows:
                    rows[key] = len(self._spots)
                    self._spots.append(spot)
                flat.append(rows[key])
        counts = [len(package.places) for package in packages]
        self._place_counts = np.array(counts, np.int64)
        self._place_rows = np.array(flat, np.int64)
        self._place_starts = np.cumsum([0, *counts[:-1]]) if counts else np.zeros(0, np.int64)
        vectors = [spot.vector() for spot in self._spots]
        self._spot_vectors = np.array(vectors, np.float32).reshape(-1, 3)

    def _index_concepts(self, packages: Sequence[EncodedPackage]) -> None:
        rows: dict[str, list[int]] = {}
        for row, package in enumerate(packages):
            for concept in package.concepts:
                rows.setdefault(concept, []).append(row)
        self._rows_of_concept = {key: np.array(found) for key, found in rows.items()}


_NO_ROWS = np.zeros(0, np.int64)


def share_weights(
    stated: Sequence[Criterion], weights: Mapping[Criterion, float] = WEIGHTS
) -> dict[Criterion, float]:
    """Return the weights of the stated criteria, scaled to sum to 1."""
    total = sum(weights[key] for key in stated)
    return {key: weights[key] / total for key in stated}


def _stack(vectors: Sequence[Floats | None]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return an (n, d) matrix with zero rows for what is missing, and which rows are not."""
    known = np.array([vector is not None for vector in vectors], bool)
    width = next((len(vector) for vector in vectors if vector is not None), 1)
    matrix = np.zeros((len(vectors), width), np.float32)
    for row, vector in enumerate(vectors):
        if vector is not None:
            matrix[row] = vector
    return matrix, known


def best_rows(
    scores: NDArray[np.float64], limit: int, exclude: Collection[int] = ()
) -> NDArray[np.int64]:
    """Return the rows of the *limit* best scores, best first, equal ones in their own order."""
    rows = np.arange(len(scores))
    if exclude:
        rows = np.setdiff1d(rows, np.fromiter(exclude, np.int64, len(exclude)))
    return rows[np.argsort(-scores[rows], kind="stable")[:limit]]
