"""Simulated travellers: hidden tastes, what they say of them, and how they react to a tour.

How much a traveller likes a tour is computed from the tour's own fields and never from a vector,
a score or anything else of the ranker's or the learner's.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.money import convert
from core.places.schemas import Place
from core.places.service import gazetteer
from recommender.encoders.texts import concepts_in
from recommender.encoding import criterion_text
from recommender.reactions import Kind
from recommender.schemas import (
    TEXT_CRITERIA,
    WEIGHTS,
    Budget,
    Criterion,
    Duration,
    Interests,
    Package,
)
from recommender.vocabulary import vocabulary

Floats = NDArray[np.float64]
Random = np.random.Generator

_SAYS_WHERE = 0.85
_SAYS = 0.35
"""How often a traveller states the place, and each other criterion."""
_OWN_MIND = 0.7
"""Spread of the logarithm of a hidden weight around that of the usual one."""
_LOVED = 3
_SEEN_OFTEN = 5
"""A concept that fewer tours name is nobody's taste here."""
_FALL = 0.5
_HATED_COSTS = 0.5


@dataclass(frozen=True)
class World:
    """The tours that travellers judge, in the form in which they judge them."""

    packages: Sequence[Package]

    @cached_property
    def visited(self) -> list[list[Place]]:
        """The places of each tour that the gazetteer knows."""
        found = [
            [gazetteer().find(name, each.country) for name in each.locations]
            for each in self.packages
        ]
        return [[place for place in places if place] for places in found]

    @cached_property
    def days(self) -> Floats:
        """Length of each tour in days; NaN where it is silent."""
        lengths = [each.duration for each in self.packages]
        return np.array([length.travel_days if length else math.nan for length in lengths])

    @cached_property
    def dollars(self) -> Floats:
        """Price of each tour for one person; NaN where it is silent."""
        prices = [each.price for each in self.packages]
        return np.array(
            [convert(p.per_person, p.currency, "USD") if p else math.nan for p in prices]
        )

    @cached_property
    def concepts(self) -> dict[Criterion, list[set[str] | None]]:
        """What each tour names in the fields of a text criterion; None where it is silent."""
        return {
            key: [
                concepts_in(text, [key]) if (text := criterion_text(each, key)) else None
                for each in self.packages
            ]
            for key in TEXT_CRITERIA
        }

    @cached_property
    def popularity(self) -> dict[Criterion, dict[str, float]]:
        """The concepts that may be a taste, each with how likely it is one."""
        found = {}
        for key, sets in self.concepts.items():
            counts = Counter(concept for named in sets for concept in named or ())
            often = {concept: counts[concept] for concept in sorted(counts)}
            found[key] = {c: math.sqrt(n) for c, n in often.items() if n >= _SEEN_OFTEN}
        return found


@dataclass(frozen=True, slots=True)
class Traveller:
    """Someone with hidden tastes.

    Attributes:
        stated: what they tell us.
        truth: what they would tell if they told all.
        weights: how much each criterion really matters to them.
        utility: how much they like each tour of the world, in [0, 1].
        delighted: utility from which a tour gets a thumb up.
        unmoved: utility below which it gets a thumb down.
    """

    stated: Interests
    truth: Interests
    weights: Mapping[Criterion, float]
    utility: Floats
    delighted: float
    unmoved: float


@dataclass(frozen=True, slots=True)
class _Taste:
    place: Place
    days: float
    dollars: float
    loved: Mapping[Criterion, list[str]]
    hated: Mapping[Criterion, list[str]]


def draw_traveller(world: World, random: Random, *, says_all: bool) -> Traveller:
    """Return a traveller drawn at random.

    Args:
        world: the tours.
        random: where the chance comes from.
        says_all: whether what they state, with the usual weights, is all that matters to them:
            then there is nothing to learn.
    """
    taste = _draw_taste(world, random)
    said = [key for key in Criterion if random.random() < _chance(key)] or [Criterion.LOCATION]
    spread = 0.0 if says_all else _OWN_MIND
    weights = {key: WEIGHTS[key] * math.exp(random.normal(0.0, spread)) for key in Criterion}
    if says_all:
        weights = {key: weights[key] if key in said else 0.0 for key in Criterion}
    utility = _utility(world, taste, weights)
    return Traveller(
        stated=_in_words(taste, said),
        truth=_in_words(taste, [key for key in Criterion if weights[key]]),
        weights=weights,
        utility=utility,
        delighted=float(np.quantile(utility, _DELIGHTED)),
        unmoved=float(np.quantile(utility, _UNMOVED)),
    )


def react(traveller: Traveller, tour: int, chance: Sequence[float], noise: float) -> Kind | None:
    """Return what a traveller does with a tour that they see; mostly nothing.

    Args:
        traveller: who sees it.
        tour: its row in the world.
        chance: three numbers in [0, 1], drawn once for each pair of traveller and tour.
        noise: how often a thumb points the wrong way.
    """
    delighted, unmoved = traveller.delighted, traveller.unmoved
    liking = traveller.utility[tour]
    if chance[0] < _SPEAKS and (liking >= delighted or liking <= unmoved):
        up = bool(liking >= delighted) != (chance[1] < noise)
        return Kind.UP if up else Kind.DOWN
    curious = next(p for least, p in zip((delighted, unmoved, 0.0), _CLICKS, strict=True)
                   if liking >= least)  # fmt: skip
    return Kind.CLICK if chance[2] < curious else None


_SPEAKS = 0.4
_DELIGHTED, _UNMOVED = 0.9, 0.7
"""Quantiles of the catalogue from which a tour gets a thumb up, and below which down."""
_CLICKS = (0.3, 0.1, 0.05)
"""How often a delightful, a middling and a dull tour is clicked where no thumb is given."""


def _chance(key: Criterion) -> float:
    return _SAYS_WHERE if key is Criterion.LOCATION else _SAYS


def _draw_taste(world: World, random: Random) -> _Taste:
    places = [place for visited in world.visited for place in visited]
    concepts = {key: _draw_concepts(world, key, random) for key in TEXT_CRITERIA}
    return _Taste(
        place=places[random.integers(len(places))],
        days=float(random.choice(world.days[np.isfinite(world.days)])),
        dollars=float(random.choice(world.dollars[np.isfinite(world.dollars)]))
        * random.uniform(0.8, 1.5),
        loved={key: drawn[:_LOVED] for key, drawn in concepts.items()},
        hated={key: drawn[_LOVED:] for key, drawn in concepts.items()},
    )


def _draw_concepts(world: World, key: Criterion, random: Random) -> list[str]:
    """Return the concepts loved, then one that is hated."""
    names = list(world.popularity[key])
    odds = np.array(list(world.popularity[key].values()))
    drawn = random.choice(len(names), size=_LOVED + 1, replace=False, p=odds / odds.sum())
    return [names[number] for number in drawn]


def _in_words(taste: _Taste, keys: Sequence[Criterion]) -> Interests:
    said = {
        key.value if key is not Criterion.NOTES else "notes": ", ".join(
            vocabulary().get(concept).labels["en"] for concept in taste.loved[key]
        )
        for key in TEXT_CRITERIA
        if key in keys
    }
    return Interests(
        locations=[taste.place.name] if Criterion.LOCATION in keys else [],
        duration=Duration(days=taste.days) if Criterion.DURATION in keys else None,
        budget=Budget(max=taste.dollars, currency="USD") if Criterion.BUDGET in keys else None,
        **said,
    )


def _utility(world: World, taste: _Taste, weights: Mapping[Criterion, float]) -> Floats:
    """Return the weighted mean of how well each criterion is served."""
    too_long = np.abs(world.days - taste.days) / (_FALL * taste.days)
    too_dear = (world.dollars - taste.dollars) / (_FALL * taste.dollars)
    served = {
        Criterion.LOCATION: np.array(
            [any(_is_there(place, taste.place) for place in places) for places in world.visited],
            float,
        ),
        Criterion.DURATION: np.clip(1 - too_long, 0.0, 1.0),
        Criterion.BUDGET: np.clip(1 - too_dear, 0.0, 1.0),
        **{key: _served_by_text(world, taste, key) for key in TEXT_CRITERIA},
    }
    parts = [weights[key] * _guessed(each) for key, each in served.items()]
    return np.asarray(np.sum(parts, axis=0) / sum(weights.values()))


def _is_there(place: Place, wished: Place) -> bool:
    return place.id == wished.id or wished.id in place.parents


def _served_by_text(world: World, taste: _Taste, key: Criterion) -> Floats:
    loved, hated = set(taste.loved[key]), set(taste.hated[key])
    return np.array(
        [
            math.nan
            if named is None
            else max(0.0, len(named & loved) / len(loved) - _HATED_COSTS * bool(named & hated))
            for named in world.concepts[key]
        ]
    )


def _guessed(served: Floats) -> Floats:
    """A tour that is silent is, on average, like the others."""
    return np.where(np.isnan(served), np.nanmean(served), served)
