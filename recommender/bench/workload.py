"""Catalogues of any size and wishes for them, drawn from what the sample catalogue says.

Every made tour combines phrases of the sample, as many as a tour of the sample has, so that nearly
every one has texts of its own: that is the hard case, since a text that many tours share has to be
compared only once. Nothing is embedded but the phrases; a combination's vector is their mean.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.money import convert
from core.settings import ROOT
from recommender.embedding import TextEmbedder
from recommender.encoders import numbers, texts
from recommender.encoders.places import Spot, spot
from recommender.encoding import (
    EncodedPackage,
    EncodedWish,
    Facets,
    Vector,
    criterion_text,
    encode_wish,
    reduced_texts,
    with_wider,
)
from recommender.schemas import (
    TEXT_CRITERIA,
    Budget,
    Criterion,
    Interests,
    Package,
    Price,
)
from recommender.vocabulary import vocabulary

SAMPLE = ROOT / "examples" / "catalogue.jsonl"
KINDS = [kind for size in range(1, 8) for kind in itertools.combinations(Criterion, size)]
"""All 127 ways in which a wish can state some of the seven criteria."""
_SEPARATORS = re.compile(r"[,;.]\s+")
_DISCOUNTS = np.linspace(0.7, 1.3, 13)
_DETOUR = 0.5
"""Share of the made tours that visit one place more than a tour of the sample does."""
_QUOTED = 0.25
"""Share of the wishes that say something in a tour's words and not in the vocabulary's."""
_WIDE_BUDGET = 1.2
_MOST_PHRASES = 120
"""Of each criterion: embedding them is what takes the longest in making a workload."""

_FIELDS = {Criterion.NOTES: "accommodation"}

Random = np.random.Generator
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A few words that the sample says on one criterion, encoded as those of a tour."""

    text: str
    vector: Vector
    concepts: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Offer:
    """A price at which something is offered: its vector, and US dollars each."""

    vector: Vector
    dollars: float


class Workload:
    """What made tours and wishes are drawn from.

    Args:
        packages: the sample.
        embedder: embeds the sample's phrases, and later the wishes.
    """

    def __init__(self, packages: Sequence[Package], embedder: TextEmbedder) -> None:
        self._packages, self._embedder = packages, embedder
        self._phrases = _read_phrases(packages, embedder)
        self._counts = {
            key: [len(split_phrases(criterion_text(each, key))) for each in packages]
            for key in TEXT_CRITERIA
        }
        self._routes = [_route(each) for each in packages]
        self._stops = [stop for route in self._routes for stop in route]
        self._names = [name for each in packages for name in each.locations]
        self._lengths = [each.duration for each in packages if each.duration]
        self._prices = [each.price for each in packages if each.price]

    def packages(self, count: int, seed: int = 0) -> Iterator[EncodedPackage]:
        """Yield *count* made tours, the same ones for the same seed."""
        random = np.random.default_rng(seed)
        for _ in range(count):
            yield self._package(random)

    def wishes(self, count: int, seed: int = 0) -> list[EncodedWish]:
        """Return *count* encoded wishes; every set of stated criteria comes equally often."""
        random = np.random.default_rng(seed)
        kinds = [
            KINDS[at]
            for _ in range(-(-count // len(KINDS)))
            for at in random.permutation(len(KINDS))
        ]
        drawn = [self._wish(kind, random) for kind in kinds[:count]]
        embedder = _Remembering(self._embedder)
        embedder.encode([text for wish in drawn for text in reduced_texts(wish).values()])
        return [encode_wish(wish, embedder) for wish in drawn]

    def vectors(self) -> NDArray[np.float32]:
        """Return the vectors of all phrases, shape (m, d)."""
        return np.array([each.vector for some in self._phrases.values() for each in some])

    def _package(self, random: Random) -> EncodedPackage:
        said = {key: self._say(key, random) for key in TEXT_CRITERIA}
        phrases = [phrase for some in said.values() for phrase in some]
        length = _one(self._encoded_lengths, random)
        offer = _one(self._offers, random)
        return EncodedPackage(
            places=self._visit(random),
            duration=length,
            budget=offer.vector,
            texts={key: _mean(some) for key, some in said.items() if some},
            concepts=frozenset().union(*(phrase.concepts for phrase in phrases)),
            words=frozenset().union(*(phrase.words for phrase in phrases)),
            facets=Facets(price=offer.dollars),
        )

    def _say(self, key: Criterion, random: Random) -> list[Phrase]:
        """Draw as many phrases as some tour of the sample has; it may be silent."""
        phrases, count = self._phrases[key], _one(self._counts[key], random)
        return [phrases[at] for at in random.integers(len(phrases), size=count)]

    def _visit(self, random: Random) -> tuple[Spot, ...]:
        route = _one(self._routes, random)
        if random.random() < _DETOUR:
            return tuple(dict.fromkeys((*route, _one(self._stops, random))))
        return route

    @cached_property
    def _encoded_lengths(self) -> list[Vector]:
        return [numbers.encode_duration(each) for each in self._lengths]

    @cached_property
    def _offers(self) -> list[Offer]:
        """The sample's prices, each also somewhat lower and higher."""
        offers = []
        for price, factor in itertools.product(self._prices, _DISCOUNTS):
            changed = price.model_copy(update={"amount": price.amount * factor})
            dollars = convert(changed.per_person, changed.currency, "USD")
            offers.append(Offer(numbers.encode_price(changed), dollars))
        return offers

    def _wish(self, kind: Sequence[Criterion], random: Random) -> Interests:
        fields: dict[str, object] = {}
        for key in kind:
            if key is Criterion.LOCATION:
                fields["locations"] = [_one(self._names, random)]
            elif key is Criterion.DURATION:
                fields["duration"] = _one(self._lengths, random)
            elif key is Criterion.BUDGET:
                fields["budget"] = _affordable(_one(self._prices, random))
            else:
                fields[_FIELDS.get(key, key.value)] = self._ask(key, random)
        return Interests.model_validate(fields)

    def _ask(self, key: Criterion, random: Random) -> str:
        """Name one or two things by the vocabulary's names, or one in a tour's own words."""
        phrase = _one(self._phrases[key], random)
        if random.random() < _QUOTED or not self._labels[key]:
            return phrase.text
        return ", ".join(_one(self._labels[key], random) for _ in range(random.integers(1, 3)))

    @cached_property
    def _labels(self) -> dict[Criterion, list[str]]:
        """What the sample's phrases name of each criterion, in English and as often as they do."""
        words = vocabulary()
        return {
            key: [
                words.get(concept).labels["en"]
                for phrase in phrases
                for concept in sorted(phrase.concepts)
                if words.get(concept).criterion is key
            ]
            for key, phrases in self._phrases.items()
        }


class _Remembering:
    """Embeds each text once: many texts at a time take a fraction of the time of one by one."""

    def __init__(self, embedder: TextEmbedder) -> None:
        self.name, self._embedder = embedder.name, embedder
        self._vectors: dict[str, Vector] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._vectors |= zip(missing, self._embedder.encode(missing), strict=True)
        return np.array([self._vectors[text] for text in texts])


def read_sample(path: Path = SAMPLE) -> list[Package]:
    """Return the tours of the sample catalogue."""
    lines = path.read_text("utf-8").splitlines()
    return [Package.model_validate_json(line) for line in lines if line.strip()]


def _read_phrases(
    packages: Sequence[Package], embedder: TextEmbedder
) -> dict[Criterion, list[Phrase]]:
    """Return some of the phrases that are said on each text criterion, encoded."""
    said = {
        key: sorted(
            {phrase for each in packages for phrase in split_phrases(criterion_text(each, key))}
        )
        for key in TEXT_CRITERIA
    }
    return {
        key: _encode_phrases(key, phrases[:: -(-len(phrases) // _MOST_PHRASES)], embedder)
        for key, phrases in said.items()
    }


def _encode_phrases(key: Criterion, phrases: Sequence[str], embedder: TextEmbedder) -> list[Phrase]:
    reduced = [texts.reduce_text(phrase, key) for phrase in phrases]
    distinct = list(dict.fromkeys(reduced))
    vectors = dict(zip(distinct, embedder.encode(distinct), strict=True))
    return [
        Phrase(
            text=phrase,
            vector=vectors[short],
            concepts=with_wider(texts.concepts_in(phrase, [key])),
            words=texts.word_keys(phrase),
        )
        for phrase, short in zip(phrases, reduced, strict=True)
    ]


def split_phrases(text: str | None) -> list[str]:
    """Return the phrases of which a tour's text is made."""
    return [phrase for part in _SEPARATORS.split(text or "") if (phrase := part.strip(" ."))]


def _route(package: Package) -> tuple[Spot, ...]:
    return tuple(dict.fromkeys(spot(name, package.country) for name in package.locations))


def _affordable(price: Price) -> Budget:
    return Budget(max=price.per_person * _WIDE_BUDGET, currency=price.currency)


def _mean(phrases: Sequence[Phrase]) -> Vector:
    total = np.sum([phrase.vector for phrase in phrases], axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)


def _one(choices: Sequence[Value], random: Random) -> Value:
    return choices[int(random.integers(len(choices)))]
