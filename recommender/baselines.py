"""What the ranker must beat: the design's literal formula, one vector a tour, and BM25."""

import math
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from core.text import fold
from recommender.embedding import TextEmbedder
from recommender.encoding import criterion_text
from recommender.ranker import Ranked, share_weights
from recommender.schemas import TEXT_CRITERIA, Criterion, Interests, Package

_LONGEST_TEXT = 1_200
"""Characters of a text that are embedded: about what the models' windows hold."""


class LiteralRanker:
    """The formula to the letter: seven text vectors, every weight, empty text where missing."""

    def __init__(self, packages: Sequence[Package], embedder: TextEmbedder) -> None:
        self._embedder = embedder
        texts = [literal_text(package, key) for key in Criterion for package in packages]
        distinct = list(dict.fromkeys(texts))
        rows = {text: row for row, text in enumerate(distinct)}
        self._vectors = embedder.encode(distinct)
        self._rows = np.array([rows[text] for text in texts]).reshape(len(Criterion), -1)

    def rank(
        self, interests: Interests, limit: int, *, exclude: Collection[int] = ()
    ) -> list[Ranked]:
        """Return the best *limit* tours by the literal weighted cosine."""
        wishes = self._embedder.encode([literal_text(interests, key) for key in Criterion])
        shares = share_weights(list(Criterion))
        parts = {
            key: (1 + self._vectors[self._rows[row]] @ wishes[row]) / 2
            for row, key in enumerate(Criterion)
        }
        scores = np.sum([shares[key] * part for key, part in parts.items()], axis=0)
        return [
            Ranked(
                index=int(row),
                score=float(scores[row]),
                similarities={key: float(part[row]) for key, part in parts.items()},
                known=frozenset(Criterion),
            )
            for row in best_rows(scores, limit, exclude)
        ]


def literal_text(source: Package | Interests, criterion: Criterion) -> str:
    """Write one criterion of a tour or a wish as plain words; nothing where it is missing."""
    if criterion is Criterion.LOCATION:
        return ", ".join(source.locations)
    if criterion is Criterion.DURATION:
        return _length_in_words(source)
    if criterion is Criterion.BUDGET:
        return _money_in_words(source)
    return (criterion_text(source, criterion) or "")[:_LONGEST_TEXT]


def _length_in_words(source: Package | Interests) -> str:
    if source.duration is None:
        return ""
    if source.duration.days is None:
        return f"{source.duration.hours:g} hours"
    return f"{source.duration.days:g} days"


def _money_in_words(source: Package | Interests) -> str:
    if isinstance(source, Package):
        return f"{source.price.amount:g} {source.price.currency}" if source.price else ""
    if source.budget is None:
        return ""
    ceiling, floor = source.budget.max, source.budget.min
    return f"{floor if ceiling is None else ceiling:g} {source.budget.currency}"


class OneVectorRanker:
    """One embedding of all that a tour says, and its cosine with that of the whole wish."""

    def __init__(self, packages: Sequence[Package], embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self._vectors = embedder.encode([_everything(each)[:_LONGEST_TEXT] for each in packages])

    def rank(
        self, interests: Interests, limit: int, *, exclude: Collection[int] = ()
    ) -> list[Ranked]:
        """Return the best *limit* tours by cosine, moved to [0, 1]; the scores have no parts."""
        wish = self._embedder.encode([_whole_wish(interests)])[0]
        scores = (1 + self._vectors @ wish).astype(np.float64) / 2
        return [
            Ranked(index=int(row), score=float(scores[row]), similarities={}, known=frozenset())
            for row in best_rows(scores, limit, exclude)
        ]


class BM25Ranker:
    """Okapi BM25 (Robertson and Zaragoza, 2009) over all the words of a tour."""

    def __init__(self, packages: Sequence[Package], k1: float = 1.2, b: float = 0.75) -> None:
        documents = [Counter(_tokens(_everything(package))) for package in packages]
        lengths = np.array([counts.total() for counts in documents], np.float64)
        self._norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1)) if documents else lengths
        self._k1, self._size = k1, len(documents)
        self._postings: dict[str, tuple[list[int], list[int]]] = {}
        for row, counts in enumerate(documents):
            for word, count in counts.items():
                rows, frequencies = self._postings.setdefault(word, ([], []))
                rows.append(row)
                frequencies.append(count)

    def rank(
        self, interests: Interests, limit: int, *, exclude: Collection[int] = ()
    ) -> list[Ranked]:
        """Return the best *limit* tours; the scores are BM25's own and have no parts."""
        scores: NDArray[np.float64] = np.zeros(self._size)
        for word in _tokens(_whole_wish(interests)):
            rows, frequencies = self._postings.get(word, ([], []))
            counts = np.array(frequencies, np.float64)
            idf = math.log(1 + (self._size - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[rows] += idf * counts * (self._k1 + 1) / (counts + self._norm[rows])
        return [
            Ranked(index=int(row), score=float(scores[row]), similarities={}, known=frozenset())
            for row in best_rows(scores, limit, exclude)
        ]


def _everything(package: Package) -> str:
    facts = [", ".join(package.locations), _length_in_words(package), _money_in_words(package)]
    texts = [criterion_text(package, key) or "" for key in TEXT_CRITERIA]
    return " ".join([package.title, *facts, package.description or "", *texts])


def _whole_wish(interests: Interests) -> str:
    return " ".join(filter(None, (literal_text(interests, key) for key in Criterion)))


def _tokens(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in fold(text)).split()


def best_rows(
    scores: NDArray[np.float64], limit: int, exclude: Collection[int] = ()
) -> NDArray[np.int64]:
    """Return the rows of the *limit* best scores, best first, equal ones in their own order."""
    rows = np.arange(len(scores))
    if exclude:
        rows = np.setdiff1d(rows, np.fromiter(exclude, np.int64, len(exclude)))
    return rows[np.argsort(-scores[rows], kind="stable")[:limit]]
