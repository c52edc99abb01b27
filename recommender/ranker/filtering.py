"""What tours can be filtered by, as columns."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.encoding import Facets
from recommender.filters import Limits
from recommender.ranker.columns import Dictionary

_Rows = NDArray[np.bool_]


class FacetColumns:
    """The facets of n tours; a tour that is silent on a point passes every filter on it."""

    def __init__(self) -> None:
        self._prices: list[float] = []
        self._days: list[float] = []
        self._languages: Dictionary[str] = Dictionary(str)
        self._countries: Dictionary[frozenset[str]] = Dictionary(lambda each: each)
        self._spans: list[tuple[int, int, int]] = []

    def add(self, facets: Facets) -> None:
        """Take the facets of the next tour in."""
        row = len(self._prices)
        self._prices.append(np.nan if facets.price is None else facets.price)
        self._days.append(1.0 if facets.days is None else facets.days)
        self._languages.add(facets.language)
        self._countries.add(facets.countries or None)
        for span in facets.available:
            self._spans.append((row, span.start.toordinal(), span.end.toordinal()))

    def finish(self, order: NDArray[np.int64]) -> None:
        """Turn the lists into arrays.

        Args:
            order: shape (n,): which of the rows comes at each place.
        """
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        self._price = np.array(self._prices, np.float64)[order]
        self._nights = np.ceil(np.array(self._days, np.float64)[order]) - 1
        self._language_codes = self._languages.codes()[order]
        self._country_codes = self._countries.codes()[order]
        spans = np.array(self._spans, np.int64).reshape(-1, 3)
        self._span_rows, self._span_starts, self._span_ends = place[spans[:, 0]], *spans.T[1:]

    def allowed(self, limits: Limits) -> _Rows:
        """Return which tours contradict none of the limits, shape (n,)."""
        allowed = np.ones(len(self._price), bool)
        if limits.ceiling_usd is not None:
            allowed &= ~(self._price > limits.ceiling_usd)
        if limits.languages:
            allowed &= _is_among(limits.languages, self._languages.values)[self._language_codes]
        if limits.countries:
            allowed &= _meets(limits.countries, self._countries.values)[self._country_codes]
        if limits.start or limits.end:
            allowed &= self._leaves_within(limits)
        return allowed

    def _leaves_within(self, limits: Limits) -> _Rows:
        """Tell which tours leave, and come back, within the given days."""
        first = limits.start.toordinal() if limits.start else 0
        last = limits.end.toordinal() if limits.end else np.iinfo(np.int64).max // 2
        latest = last - self._nights[self._span_rows]
        fits = np.maximum(self._span_starts, first) <= np.minimum(self._span_ends, latest)
        leaves = np.ones(len(self._price), bool)
        leaves[self._span_rows] = False
        leaves[self._span_rows[fits]] = True
        return leaves


def _is_among(wanted: Iterable[str], values: Sequence[str]) -> _Rows:
    return np.array([True, *(value in wanted for value in values)])


def _meets(wanted: Iterable[str], values: Sequence[frozenset[str]]) -> _Rows:
    return np.array([True, *(not value.isdisjoint(wanted) for value in values)])
