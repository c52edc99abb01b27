"""Packages and wishes in encoded form: a vector, or several, for each criterion."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.money import convert
from core.places.service import gazetteer
from core.text import fold
from recommender.embedding import TextEmbedder
from recommender.encoders import numbers, texts
from recommender.encoders.places import Spot, spot
from recommender.schemas import TEXT_CRITERIA, Criterion, DateSpan, Interests, Package
from recommender.vocabulary import vocabulary

Vector = NDArray[np.float32]

ENCODER_VERSION = "3"
"""Raise it when encoders change what they make of the same tour: all are then encoded anew."""


def encoder_name(embedder: TextEmbedder) -> str:
    """Return what is stored beside vectors: our encoders' version and the text model."""
    return versioned(embedder.name)


def versioned(model: str) -> str:
    """Return the same for a text model's id."""
    return f"{ENCODER_VERSION}:{model}"


@dataclass(frozen=True, slots=True)
class Facets:
    """What a tour can be filtered by; None or empty where it is silent.

    Attributes:
        countries: ISO 3166-1 codes, or folded names where the gazetteer knows none.
        language: ISO 639 code in lower case.
        price: US dollars for one person.
        days: length of the tour, for the day on which it comes back.
        available: days on which it leaves.
    """

    countries: frozenset[str] = frozenset()
    language: str | None = None
    price: float | None = None
    days: float | None = None
    available: tuple[DateSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class EncodedPackage:
    """A tour as the ranker sees it.

    Attributes:
        places: where it goes, in order.
        duration: unit vector, or None where the tour is silent; likewise `budget`.
        texts: for each text criterion that the tour speaks of in its own field, a unit vector.
        concepts: what it offers, found in all its texts, with everything more general.
        words: the words of all its texts, as `texts.word_key` gives them.
        facets: what it can be filtered by.
    """

    places: tuple[Spot, ...]
    duration: Vector | None
    budget: Vector | None
    texts: Mapping[Criterion, Vector]
    concepts: frozenset[str]
    words: frozenset[str]
    facets: Facets = Facets()


@dataclass(frozen=True, slots=True)
class TextWish:
    """What is wished of one text criterion.

    Attributes:
        vector: unit vector of the wish.
        concepts: what it names of the vocabulary.
        words: its words beyond the vocabulary, folded.
    """

    vector: Vector
    concepts: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def asked(self) -> int:
        """How many things it names; 0 where it is a vector alone, as learned from feedback."""
        return len(self.concepts) + len(self.words)


@dataclass(frozen=True, slots=True)
class EncodedWish:
    """A traveller's interests as the ranker sees them; what was left out is empty or None."""

    places: tuple[Spot, ...] = ()
    duration: Vector | None = None
    budget: Vector | None = None
    texts: Mapping[Criterion, TextWish] = field(default_factory=dict)

    def criteria(self) -> list[Criterion]:
        """Return the criteria that were stated, in the order of the weights' table."""
        stated = {
            Criterion.LOCATION: bool(self.places),
            Criterion.DURATION: self.duration is not None,
            Criterion.BUDGET: self.budget is not None,
        }
        return [key for key in Criterion if stated.get(key, key in self.texts)]


def criterion_text(source: Package | Interests, criterion: Criterion) -> str | None:
    """Return what a tour or a wish says in the field, or fields, of a text criterion."""
    if criterion is Criterion.NOTES:
        said = [text for text in (source.accommodation, source.notes) if text]
        return "; ".join(said) or None
    text: str | None = getattr(source, criterion.value)
    return text


def reduced_texts(source: Package | Interests) -> dict[Criterion, str]:
    """Return what is embedded for each text criterion that a tour or a wish speaks of."""
    said = {key: criterion_text(source, key) for key in TEXT_CRITERIA}
    return {key: texts.reduce_text(text, key) for key, text in said.items() if text}


@dataclass(frozen=True, slots=True)
class Said:
    """What a tour's texts say, before any of it is embedded.

    Attributes:
        reduced: what is embedded for each text criterion that it speaks of.
        concepts: what it offers, with everything more general.
        words: all its words, as `texts.word_key` gives them.
    """

    reduced: Mapping[Criterion, str]
    concepts: frozenset[str]
    words: frozenset[str]


def read_package(package: Package) -> Said:
    """Return what a tour's texts say."""
    return Said(reduced_texts(package), package_concepts(package), package_words(package))


def encode_packages(
    packages: Sequence[Package], embedder: TextEmbedder, said: Sequence[Said] | None = None
) -> list[EncodedPackage]:
    """Encode tours, embedding all their texts in one go.

    Args:
        packages: the tours.
        embedder: of their texts.
        said: what their texts say, where they have been read already.
    """
    read = [read_package(each) for each in packages] if said is None else said
    flat = [text for each in read for text in each.reduced.values()]
    vectors = iter(embedder.encode(flat)) if flat else iter(())
    return [
        _encode_package(package, each, {key: next(vectors) for key in each.reduced})
        for package, each in zip(packages, read, strict=True)
    ]


def _encode_package(
    package: Package, said: Said, vectors: Mapping[Criterion, Vector]
) -> EncodedPackage:
    return EncodedPackage(
        places=tuple(spot(name, package.country) for name in package.locations),
        duration=numbers.encode_duration(package.duration) if package.duration else None,
        budget=numbers.encode_price(package.price) if package.price else None,
        texts=vectors,
        concepts=said.concepts,
        words=said.words,
        facets=package_facets(package),
    )


def package_concepts(package: Package) -> frozenset[str]:
    """Return what a tour offers, each concept with everything more general.

    A field is read for its own criterion; that a tour suits families or wheelchairs is said in
    any of them.
    """
    found: set[str] = set()
    for criterion in TEXT_CRITERIA:
        said = criterion_text(package, criterion) or ""
        found |= texts.concepts_in(said, list(dict.fromkeys((criterion, Criterion.NOTES))))
    for text in (package.title, package.description):
        found |= texts.concepts_in(text or "")
    return with_wider(found)


def package_words(package: Package) -> frozenset[str]:
    """Return all words of a tour, as `texts.word_key` gives them."""
    said = [package.title, package.description]
    said += [criterion_text(package, criterion) for criterion in TEXT_CRITERIA]
    return texts.word_keys(" ".join(text for text in said if text))


def package_facets(package: Package) -> Facets:
    """Return what a tour can be filtered by."""
    price = package.price
    return Facets(
        countries=frozenset(package_countries(package)),
        language=language_code(package.language) if package.language else None,
        price=convert(price.per_person, price.currency, "USD") if price else None,
        days=package.duration.travel_days if package.duration else None,
        available=tuple(package.available),
    )


def package_countries(package: Package) -> set[str]:
    """Return the countries that a tour names or visits; a field may list several."""
    named = {country_code(name) for name in (package.country or "").split(",") if name.strip()}
    visited = [gazetteer().find(name, package.country) for name in package.locations]
    return named | {place.country for place in visited if place and place.country}


def country_code(name: str) -> str:
    """Return the ISO 3166-1 code of a country's name or code; the folded name if unknown."""
    if len(name.strip()) == 2:
        return name.strip().upper()
    place = gazetteer().find(name)
    return place.country if place and place.country else fold(name)


def language_code(tag: str) -> str:
    """Return the ISO 639 code of a language tag: "vi" of "vi-VN"."""
    return tag.strip().lower().replace("_", "-").partition("-")[0]


def with_wider(concepts: Collection[str]) -> frozenset[str]:
    """Return ids of concepts together with those of everything more general."""
    return frozenset(concepts) | {wider for key in concepts for wider in _wider(key)}


def _wider(concept_id: str) -> set[str]:
    direct = vocabulary().get(concept_id).broader
    return set(direct).union(*(_wider(key) for key in direct))


def encode_wish(interests: Interests, embedder: TextEmbedder) -> EncodedWish:
    """Encode what a traveller stated."""
    reduced = reduced_texts(interests)
    vectors = embedder.encode(list(reduced.values())) if reduced else ()
    return EncodedWish(
        places=tuple(spot(name) for name in interests.locations),
        duration=(numbers.encode_duration_wish(interests.duration) if interests.duration else None),
        budget=numbers.encode_budget(interests.budget) if interests.budget else None,
        texts={
            key: _text_wish(criterion_text(interests, key) or "", key, vector)
            for key, vector in zip(reduced, vectors, strict=True)
        },
    )


def _text_wish(text: str, criterion: Criterion, vector: Vector) -> TextWish:
    return TextWish(
        vector=vector,
        concepts=tuple(sorted(texts.concepts_in(text, [criterion]))),
        words=tuple(texts.words_beyond_vocabulary(text, criterion)),
    )
