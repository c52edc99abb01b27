"""Draw a job at random from the phrases of the sample catalogue."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.job import Codes, Floats, Job, Wish
from recommender.bench.workload import read_sample, split_phrases
from recommender.embedding import TextEmbedder
from recommender.encoding import criterion_text
from recommender.schemas import TEXT_CRITERIA, WEIGHTS, Criterion, Package

_SILENT: Mapping[Criterion, float] = {
    Criterion.LOCATION: 0.02,
    Criterion.DURATION: 0.05,
    Criterion.BUDGET: 0.10,
    Criterion.TRANSPORTATION: 0.25,
    Criterion.FOOD: 0.30,
    Criterion.ACTIVITIES: 0.10,
    Criterion.NOTES: 0.25,
}
"""Share of the packages that say nothing on a criterion, as feeds leave fields empty."""

_MOST_PHRASES = 3
_WARM_UP = 8
_SEED = 20_261_121

Random = np.random.Generator


def read_phrases() -> dict[Criterion, list[str]]:
    """Return the distinct phrases that the tours of the sample use for each criterion."""
    found: dict[Criterion, set[str]] = {key: set() for key in Criterion}
    for package in read_sample():
        for key in Criterion:
            found[key].update(_phrases(package, key))
    return {key: sorted(phrases) for key, phrases in found.items()}


def _phrases(package: Package, key: Criterion) -> list[str]:
    if key in TEXT_CRITERIA:
        return split_phrases(criterion_text(package, key))
    if key is Criterion.LOCATION:
        return list(package.locations)
    if key is Criterion.DURATION:
        days = package.duration.travel_days if package.duration else None
        return [f"{days:g} {unit}" for unit in ("days", "ngày")] if days else []
    price = package.price
    return [f"{price.amount:g} {price.currency}"] if price else []


def package_texts(
    phrases: Mapping[Criterion, Sequence[str]], distinct: int, random: Random
) -> dict[Criterion, list[str]]:
    """Combine phrases at random to about *distinct* texts over all criteria.

    A tour has one duration and one price, and as many of each as the catalogue has; the other
    criteria share the rest equally, each text naming one to three things.
    """
    single = (Criterion.DURATION, Criterion.BUDGET)
    texts = {key: list(phrases[key]) for key in single}
    rest = distinct - sum(len(made) for made in texts.values())
    several = [key for key in Criterion if key not in single]
    share = max(rest // len(several), 1)
    return {**texts, **{key: _combined(phrases[key], share, random) for key in several}}


def _combined(phrases: Sequence[str], wanted: int, random: Random) -> list[str]:
    made: set[str] = set()
    for _ in range(4 * wanted):  # a few phrases have only so many combinations
        chosen = random.choice(len(phrases), random.integers(1, _MOST_PHRASES + 1), replace=False)
        made.add(", ".join(phrases[int(one)] for one in chosen))
        if len(made) == wanted:
            break
    return sorted(made)


def embed(
    texts: Mapping[Criterion, Sequence[str]], embedder: TextEmbedder
) -> dict[Criterion, Floats]:
    """Embed the texts of each criterion, (texts, dimensions)."""
    return {key: embedder.encode(some) for key, some in texts.items()}


def draw_job(
    values: Mapping[Criterion, Floats],
    wished: Mapping[Criterion, Floats],
    packages: int,
    wishes: int,
    *,
    own_values: bool = False,
) -> Job:
    """Draw packages and wishes.

    Args:
        values: what packages may offer on each criterion, unit rows.
        wished: what wishes may name, unit rows.
        packages: how many packages.
        wishes: how many wishes; every kind (set of stated criteria) comes equally often.
        own_values: give every package values that no other has, each a blend of two of *values*.
    """
    random = np.random.default_rng(_SEED)
    dictionaries = [
        _blends(values[key], packages, random) if own_values else values[key] for key in Criterion
    ]
    codes = [
        _draw_codes(len(dictionary), packages, _SILENT[key], random, own_values=own_values)
        for key, dictionary in zip(Criterion, dictionaries, strict=True)
    ]
    drawn = _draw_wishes(wished, wishes + _WARM_UP, random)
    return Job(
        criteria=[key.value for key in Criterion],
        codes=np.stack(codes, axis=1),
        values=[_with_silence(dictionary) for dictionary in dictionaries],
        wishes=drawn[:wishes],
        warm_up=drawn[wishes:],
    )


def _blends(values: Floats, wanted: int, random: Random) -> Floats:
    pairs = random.integers(0, len(values), (2, wanted))
    share = random.uniform(0.2, 0.8, (wanted, 1)).astype(np.float32)
    blends = share * values[pairs[0]] + (1 - share) * values[pairs[1]]
    return np.asarray(blends / np.linalg.norm(blends, axis=1, keepdims=True), np.float32)


def _draw_codes(
    values: int, packages: int, silent: float, random: Random, *, own_values: bool
) -> Codes:
    """Draw each package's value, counted from 1; 0 where it is silent."""
    drawn = np.arange(packages) if own_values else random.integers(0, values, packages)
    return np.where(random.random(packages) < silent, 0, drawn + 1).astype(np.int32)


def _with_silence(dictionary: Floats) -> Floats:
    return np.concatenate([np.zeros((1, dictionary.shape[1]), np.float32), dictionary])


def _draw_wishes(wished: Mapping[Criterion, Floats], count: int, random: Random) -> list[Wish]:
    kinds = [kind for kind in itertools.product((0, 1), repeat=len(Criterion)) if any(kind)]
    order = [int(one) for _ in range(-(-count // len(kinds))) for one in _shuffled(kinds, random)]
    return [_draw_wish(wished, np.array(kinds[one]), random) for one in order[:count]]


def _shuffled(kinds: Sequence[object], random: Random) -> NDArray[np.int64]:
    return random.permutation(len(kinds))


def _draw_wish(wished: Mapping[Criterion, Floats], kind: NDArray[np.int64], random: Random) -> Wish:
    weights = np.array([WEIGHTS[key] for key in Criterion]) * kind
    rows = [wished[key][random.integers(len(wished[key]))] for key in Criterion]
    return Wish(
        weights=(weights / weights.sum()).astype(np.float32),
        vectors=(np.array(rows) * kind[:, None]).astype(np.float32),
    )
