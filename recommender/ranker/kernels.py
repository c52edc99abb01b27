"""The loops over all tours, compiled; they work on arrays alone and release the GIL.

Scores are whole numbers here: weighted similarities in units of 1 / UNIT, whose sum is the same
in whatever order it is added. Ranks are decided in millionths, the precision that is reported.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from recommender.encoders.texts import HALF

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Codes = NDArray[np.uint32]
Flags = NDArray[np.uint8]
Unit = np.int64 | np.int32

UNIT: Final = 1 << 30
MICRO: Final = 1_000_000
BLOCK: Final = 256
"""Rows that are skipped together when the best of them cannot win."""
SLOTS: Final = 1_024
"""Texts whose likeness is remembered, for each criterion."""

_NEVER = np.int32(-UNIT)
"""Bound of a row that must not be found: no score is that low."""


class Columns(NamedTuple):
    """Criteria whose similarities are known for every distinct value; c of them are stated.

    Attributes:
        codes: shape (all columns, n): which of its column's distinct values a row has.
        active: shape (c,): the columns of the stated criteria.
        worth: the units of each value of those columns, one column after the other.
        starts: shape (c,): where in `worth` each of them begins.
    """

    codes: Codes
    active: Longs
    worth: Ints
    starts: Longs


class Texts(NamedTuple):
    """Text criteria of which t are wished, by m concepts and by words in all.

    Attributes:
        codes: shape (all columns, n): which of the distinct texts a row has; 0 for none.
        columns: shape (t,): the columns of the wished criteria in `codes`.
        vectors: for each text criterion, shape (distinct texts, d): unit vectors; the first
            belongs to no text.
        matrices: shape (t,): which of `vectors` belongs to each wished criterion.
        wishes: shape (t, d): unit vectors.
        unrelated: the cosine that counts as no likeness at all.
        span: from there to the cosine that counts as the same.
        weights: shape (t,): shares of the score.
        asked: shape (t,): how many concepts and words are wished; 0 for a vector alone.
        most: shape (t,): the units of a row that names none of them, if as alike as can be.
        gains: shape (t,): the units that each one named adds to that at most.
        flags: shape (all concepts, n): 1 where a row has the concept.
        concepts: shape (m,): the wished ones.
        places: shape (m,): of which of the t criteria each is.
        saying: rows that say a word, ascending; those of all words, one after the other.
        starts: shape (w,): where in `saying` the rows of each wished word begin.
        stops: shape (w,): where they end.
        owners: shape (w,): of which of the t criteria each word is.
    """

    codes: Codes
    columns: Longs
    vectors: tuple[Floats, ...]
    matrices: Longs
    wishes: Floats
    unrelated: float
    span: float
    weights: Doubles
    asked: Doubles
    most: Ints
    gains: Ints
    flags: Flags
    concepts: Longs
    places: Longs
    saying: Codes
    starts: Longs
    stops: Longs
    owners: Longs


class Likeness(NamedTuple):
    """What was computed of late, since many tours share a text; a slot holds the last one.

    Attributes:
        codes: shape (t, SLOTS): of which text; 0 for none.
        alike: shape (t, SLOTS): its likeness to the wish.
    """

    codes: Codes
    alike: Floats


class Rows(NamedTuple):
    """What is known of the n rows beside what they are scored by.

    Attributes:
        extra: shape (n,): units added to a row's score; shape (0,) for nothing.
        allowed: shape (n,): 0 where a row must not be found; shape (0,) if all may.
        order: shape (n,): decides between equal scores, the lower first.
        firsts: shape (blocks,): the lowest of each block.
    """

    extra: Ints
    allowed: Flags
    order: Ints
    firsts: Ints


class Best(NamedTuple):
    """The best rows so far, best first: k of them at most.

    Attributes:
        scores: shape (k,): in millionths.
        rows: shape (k,).
        places: shape (k,): their places in the catalogue as it was given.
        found: shape (1,): how many there are.
    """

    scores: Longs
    rows: Longs
    places: Longs
    found: Longs


@njit(cache=True, nogil=True)
def raise_to(shares: Floats, rows: Codes, share: float) -> None:
    """Let none of *rows* have less than *share*."""
    least = np.float32(share)
    for row in rows:
        shares[row] = max(shares[row], least)


@njit(cache=True, nogil=True)
def read_curve(vectors: Floats, preference: Floats, shares: Floats) -> None:
    """Write into *shares*, shape (m,), how high a preference curve is at each value, from 0 to 1.

    Row by row: a product of matrices rounds differently with each number of rows, and a tour's
    score must not depend on what else is in the catalogue.
    """
    for row in range(len(shares)):
        cosine = _dot(vectors[row], preference)
        shares[row] = (np.float32(1) + min(max(cosine, np.float32(-1)), np.float32(1))) / 2


@njit(cache=True, nogil=True)
def spread(values: Doubles, starts: Longs, rows: Codes, shares: Floats) -> None:
    """Let each row have at least the highest of its values.

    Args:
        values: shape (m,).
        starts: shape (m + 1,): where in *rows* those of each value begin.
        rows: the rows of each value, one value after the other.
        shares: written.
    """
    for at in range(len(values)):
        if values[at] > 0:
            raise_to(shares, rows[starts[at] : starts[at + 1]], values[at])


@njit(cache=True, nogil=True)
def best_of_blocks(codes: Codes, worth: Ints, best: Ints) -> None:
    """Write into *best*, shape (blocks,), the highest worth that a row of each block can have.

    Args:
        codes: shape (n,), ascending.
        worth: the units of each code.
        best: written.
    """
    for block in range(len(best)):
        last = min((block + 1) * BLOCK, len(codes)) - 1
        highest = np.int32(0)
        for code in range(codes[block * BLOCK], codes[last] + 1):
            highest = max(highest, worth[code])
        best[block] = highest


@njit(cache=True, nogil=True)
def scan(
    columns: Columns,
    texts: Texts,
    rows: Rows,
    limits: Ints,
    seeds: Longs,
    likeness: Likeness,
    best: Best,
) -> None:
    """Find the best rows and their exact scores; equal scores in the order of `rows.order`.

    A row gets its exact score only where the bound of its block, and then its own, can still win.
    Hence the answer is that of scoring every row. The *seeds* are looked at first, and then the
    blocks by their bounds, so that soon little else can win.

    Args:
        columns: the criteria that are known exactly.
        texts: the criteria of which only the most that they can be is looked up.
        rows: what else is known of the rows.
        limits: shape (blocks,): the most that any row of each block can score, in units.
        seeds: blocks with high limits.
        likeness: room for what is computed; empty at first.
        best: written.
    """
    bounds = np.empty(BLOCK, np.int32)
    at = texts.starts.copy()
    highest = limits.copy()
    for block in seeds:
        _scan_block(columns, texts, rows, block, at, bounds, likeness, best)
        highest[block] = _NEVER
    for block in range(len(limits)):
        if highest[block] >= _least_units(best):
            highest[block] = _bound(columns, texts, rows, block, at, bounds)
    for block in np.argsort(-highest, kind="mergesort"):
        if highest[block] < _least_units(best):
            break
        if _wins(_micro(highest[block]), rows.firsts[block], best):
            _scan_block(columns, texts, rows, block, at, bounds, likeness, best)


@njit(cache=True, nogil=True)
def judge(texts: Texts, rows: Longs, shares: Doubles, named: Longs) -> None:
    """Write what some rows got for each wished text criterion.

    Args:
        texts: the wished text criteria.
        rows: shape (k,).
        shares: shape (t, k): written, the similarities.
        named: shape (t, k): written, how many of the wished concepts and words they have.
    """
    for place in range(len(texts.gains)):
        for at, row in enumerate(rows):
            code = texts.codes[texts.columns[place], row]
            named[place, at] = _named(texts, place, row)
            alike = np.float64(_compare(texts, place, code)) if code else _silent(texts, place)
            shares[place, at] = _share(texts, place, named[place, at], alike)


@njit(cache=True, nogil=True)
def _scan_block(
    columns: Columns,
    texts: Texts,
    rows: Rows,
    block: int,
    at: Longs,
    bounds: Ints,
    likeness: Likeness,
    best: Best,
) -> None:
    first, last = _ends(block, rows)
    least = _least_units(best)
    if _bound(columns, texts, rows, block, at, bounds) < least:
        return
    for row in range(first, last):
        bound = bounds[row - first]
        if bound < least or not _wins(_micro(bound), rows.order[row], best):
            continue
        score = _micro(_exact(texts, row, bound, likeness))
        if _wins(score, rows.order[row], best):
            _insert(score, row, rows.order[row], best)
            least = _least_units(best)


@njit(cache=True, nogil=True)
def _ends(block: int, rows: Rows) -> tuple[int, int]:
    return block * BLOCK, min((block + 1) * BLOCK, len(rows.order))


@njit(cache=True, nogil=True)
def _bound(
    columns: Columns, texts: Texts, rows: Rows, block: int, at: Longs, bounds: Ints
) -> np.int32:
    """Write the most that each row can score into *bounds*, and return the highest.

    *at* says, for each wished word, where in the rows that say it one has got to.
    """
    first, last = _ends(block, rows)
    out = bounds[: last - first]
    out[:] = texts.most.sum()
    _add_columns(columns, first, last, out)
    _add_concepts(texts, first, last, out)
    _add_words(texts, first, last, at, out)
    if len(rows.extra) > 0:
        out += rows.extra[first:last]
    if len(rows.allowed) > 0:
        for row in range(len(out)):
            out[row] = out[row] if rows.allowed[first + row] else _NEVER
    highest = _NEVER
    for row in range(len(out)):  # by index: Numba makes no vector code of iteration over arrays
        highest = max(highest, out[row])
    return highest


@njit(cache=True, nogil=True)
def _add_columns(columns: Columns, first: int, last: int, out: Ints) -> None:
    for place in range(len(columns.active)):
        worth = columns.worth[columns.starts[place] :]
        codes = columns.codes[columns.active[place], first:last]
        for at in range(len(out)):
            out[at] += worth[codes[at]]


@njit(cache=True, nogil=True)
def _add_concepts(texts: Texts, first: int, last: int, out: Ints) -> None:
    """Add what each concept that a row has can be worth at most."""
    for place in range(len(texts.concepts)):
        gain = texts.gains[texts.places[place]]
        flags = texts.flags[texts.concepts[place], first:last]
        for at in range(len(out)):
            out[at] += gain * np.int32(flags[at])


@njit(cache=True, nogil=True)
def _add_words(texts: Texts, first: int, last: int, at: Longs, out: Ints) -> None:
    """Add what each word that a row says can be worth at most."""
    for word in range(len(texts.owners)):
        gain = texts.gains[texts.owners[word]]
        here = at[word]
        if here > texts.starts[word] and texts.saying[here - 1] >= first:
            here = texts.starts[word]  # an earlier block than the one before
        here = _first_from(texts, word, here, first)
        while here < texts.stops[word] and texts.saying[here] < last:
            out[texts.saying[here] - first] += gain
            here += 1
        at[word] = here


@njit(cache=True, nogil=True)
def _first_from(texts: Texts, word: int, here: int, row: int) -> np.int64:
    """Return where, from *here* on, the first row that is not before *row* says a word."""
    low, high = np.int64(here), texts.stops[word]
    while low < high:
        middle = (low + high) >> 1
        if texts.saying[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _exact(texts: Texts, row: int, bound: Unit, likeness: Likeness) -> np.int64:
    """Return a row's score in units: its bound with likeness where that took the most."""
    units = np.int64(bound)
    for place in range(len(texts.gains)):
        named = _named(texts, place, row)
        code = texts.codes[texts.columns[place], row]
        share = _share(texts, place, named, _alike(texts, place, code, likeness))
        units += np.int64(np.rint(texts.weights[place] * share * UNIT))
        units -= texts.most[place] + texts.gains[place] * np.int64(named)
    return units


@njit(cache=True, nogil=True)
def _named(texts: Texts, place: int, row: int) -> np.int64:
    """Return how many of the wished concepts and words of a criterion a row has."""
    named = np.int64(0)
    for word in range(len(texts.owners)):
        if texts.owners[word] == place:
            found = _first_from(texts, word, texts.starts[word], row)
            named += found < texts.stops[word] and texts.saying[found] == row
    for at in range(len(texts.concepts)):
        if texts.places[at] == place:
            named += texts.flags[texts.concepts[at], row]
    return named


@njit(cache=True, nogil=True)
def _share(texts: Texts, place: int, named: Unit, alike: np.float64) -> np.float64:
    """Return the similarity of one text criterion, as `texts.combine` has it."""
    if texts.asked[place] == 0:
        return alike
    covered = named / texts.asked[place]
    return np.float64(covered + (1.0 - covered) * HALF * alike)


@njit(cache=True, nogil=True)
def _alike(texts: Texts, place: int, code: np.uint32, likeness: Likeness) -> np.float64:
    """Return the likeness of one text to a wish."""
    if code == 0:
        return _silent(texts, place)
    slot = code % np.uint32(SLOTS)
    if likeness.codes[place, slot] != code:
        likeness.codes[place, slot] = code
        likeness.alike[place, slot] = _compare(texts, place, code)
    return np.float64(likeness.alike[place, slot])


@njit(cache=True, nogil=True)
def _silent(texts: Texts, place: int) -> np.float64:
    """Return the likeness of a tour without a text: its similarity is the middle either way."""
    return np.float64(1.0 if texts.asked[place] > 0 else HALF)


@njit(cache=True, nogil=True)
def _compare(texts: Texts, place: int, code: np.uint32) -> np.float32:
    """Compute the likeness of one text to a wish, from 0 to 1."""
    cosine = _dot(texts.vectors[texts.matrices[place]][code], texts.wishes[place])
    alike = (np.float64(cosine) - texts.unrelated) / texts.span
    return np.float32(min(max(alike, 0.0), 1.0))


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _dot(a: Floats, b: Floats) -> np.float32:
    """Return an inner product, added in whatever order is fastest."""
    total = np.float32(0)
    for place in range(len(a)):
        total += a[place] * b[place]
    return total


@njit(cache=True, nogil=True)
def _micro(units: Unit) -> np.int64:
    return (np.int64(units) * MICRO + (UNIT >> 1)) >> 30


@njit(cache=True, nogil=True)
def _least_units(best: Best) -> np.int32:
    """Return the fewest units with which a row can be among the best: `_micro` turned round."""
    if best.found[0] < len(best.scores):
        return np.int32(0)
    return np.int32(((best.scores[-1] << 30) - (UNIT >> 1) + MICRO - 1) // MICRO)


@njit(cache=True, nogil=True)
def _wins(score: np.int64, place: np.int32, best: Best) -> bool:
    """Tell whether a score would be among the best; *place* decides between equal ones."""
    if score < 0:
        return False
    if best.found[0] < len(best.scores) or score > best.scores[-1]:
        return True
    return bool(score == best.scores[-1] and place < best.places[-1])


@njit(cache=True, nogil=True)
def _insert(score: np.int64, row: int, place: np.int32, best: Best) -> None:
    at = min(best.found[0], len(best.scores) - 1)
    while at > 0 and (
        best.scores[at - 1] < score
        or (best.scores[at - 1] == score and best.places[at - 1] > place)
    ):
        best.scores[at] = best.scores[at - 1]
        best.rows[at] = best.rows[at - 1]
        best.places[at] = best.places[at - 1]
        at -= 1
    best.scores[at], best.rows[at], best.places[at] = score, row, place
    best.found[0] = min(best.found[0] + 1, len(best.scores))
