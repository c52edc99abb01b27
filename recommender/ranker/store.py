"""Tours as columns of codes: each distinct value of a criterion is kept once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from recommender.encoding import EncodedPackage
from recommender.ranker.columns import Dictionary, Postings, VectorDictionary
from recommender.ranker.filtering import FacetColumns
from recommender.ranker.kernels import BLOCK, Codes, Flags, Floats, Ints, Longs
from recommender.ranker.visited import Route, Visited, route_key, sort_routes
from recommender.schemas import TEXT_CRITERIA, Criterion

NUMBERS = (Criterion.DURATION, Criterion.BUDGET)
COLUMN = {key: number for number, key in enumerate(Criterion)}
"""The column of every criterion."""


@dataclass(frozen=True, slots=True)
class Store:
    """n tours, those that visit the same places side by side.

    Attributes:
        visited: what the codes of the places stand for.
        codes: shape (criteria, n): which of the distinct values a tour has; 0 where it is silent.
        numbers: the distinct vectors of durations and of budgets, below a row of zeros.
        texts: for each text criterion the distinct vectors, below a row of zeros.
        concepts: the number of every concept that some tour offers.
        flags: shape (concepts, n): 1 where a tour offers the concept.
        words: the rows of the tours that say a word.
        facets: what tours can be filtered by.
        order: shape (n,): the place of each row in the catalogue as it was given.
        firsts: shape (blocks,): the first of these places in each block of rows.
        row_of: shape (n,): the row of each tour of the catalogue as it was given.
    """

    visited: Visited
    codes: Codes
    numbers: Mapping[Criterion, Floats]
    texts: tuple[Floats, ...]
    concepts: Mapping[str, int]
    flags: Flags
    words: Postings
    facets: FacetColumns
    order: Ints
    firsts: Ints
    row_of: Longs

    def __len__(self) -> int:
        return len(self.order)

    @property
    def nbytes(self) -> int:
        """How many bytes the large arrays take."""
        vectors = sum(each.nbytes for each in (*self.texts, *self.numbers.values()))
        rows = (self.codes, self.flags, self.order, self.row_of)
        return vectors + sum(int(each.nbytes) for each in rows) + self.words.all_rows.nbytes


class _Columns:
    """What is gathered while the tours go by."""

    def __init__(self) -> None:
        self.routes: Dictionary[Route] = Dictionary(route_key)
        self.vectors = {key: VectorDictionary() for key in (*NUMBERS, *TEXT_CRITERIA)}
        self.concepts, self.words = Postings(), Postings()
        self.facets = FacetColumns()

    def add(self, row: int, package: EncodedPackage) -> None:
        self.routes.add(package.places or None)
        self.vectors[Criterion.DURATION].add(package.duration)
        self.vectors[Criterion.BUDGET].add(package.budget)
        for key in TEXT_CRITERIA:
            self.vectors[key].add(package.texts.get(key))
        self.concepts.add(row, package.concepts)
        self.words.add(row, package.words)
        self.facets.add(package.facets)


def build_store(packages: Iterable[EncodedPackage]) -> Store:
    """Read encoded tours once, one by one, and return them as columns."""
    columns = _Columns()
    for row, package in enumerate(packages):
        columns.add(row, package)
    routes, places = sort_routes(columns.routes)
    order = np.argsort(places, kind="stable")
    row_of = np.argsort(order, kind="stable")
    columns.words.finish(row_of)
    columns.concepts.finish(row_of)
    columns.facets.finish(order)
    concepts, flags = columns.concepts.flags(len(order))
    return Store(
        visited=Visited(routes),
        codes=_codes(columns, places)[:, order],
        numbers={key: columns.vectors[key].matrix() for key in NUMBERS},
        texts=tuple(columns.vectors[key].matrix() for key in TEXT_CRITERIA),
        concepts=concepts,
        flags=flags,
        words=columns.words,
        facets=columns.facets,
        order=order.astype(np.int32),
        firsts=np.minimum.reduceat(order, np.arange(0, len(order), BLOCK)).astype(np.int32),
        row_of=row_of,
    )


def _codes(columns: _Columns, places: Codes) -> Codes:
    codes = np.zeros((len(COLUMN), len(places)), np.uint32)
    codes[COLUMN[Criterion.LOCATION]] = places
    for key, dictionary in columns.vectors.items():
        codes[COLUMN[key]] = dictionary.codes()
    return codes
