"""Recommending tours: interests in, ranked tours with reasons out."""

import hashlib
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.database import Connection
from core.errors import ConfigurationError, InvalidInputError, NotFoundError
from core.places.service import gazetteer
from recommender import repository
from recommender.baselines import BM25Ranker, LiteralRanker, OneVectorRanker
from recommender.diversity import Traits, rank_diversely
from recommender.embedding import Matrix, TextEmbedder
from recommender.encoding import EncodedPackage, EncodedWish, encode_wish
from recommender.explanations import Question, explain
from recommender.filters import limits_of
from recommender.models import repository as models
from recommender.models.repository import Encoder
from recommender.models.service import (
    active_embedder,
    embedder_of,
    encoder_for_writing,
    encoder_in_use,
)
from recommender.ranker import Ranked
from recommender.repository import Profile
from recommender.schemas import Criterion, Filters, Interests, Package, Part, Recommendation
from recommender.similar import interests_like
from recommender.snapshot import Found, Mirror, Snapshot
from recommender.vocabulary import vocabulary

STANDARD, LITERAL, ONE_VECTOR, BM25 = "standard", "literal", "one-vector", "bm25"
RANKERS = (STANDARD, LITERAL, ONE_VECTOR, BM25)
SIMILAR = "similar"
"""Not by a traveller's own wish, but by likeness to one tour."""


class CachedEmbedder:
    """An embedder that looks texts up in the database before it embeds them.

    Attributes:
        embedded: how many texts were not there.
    """

    def __init__(self, connection: Connection, inner: TextEmbedder) -> None:
        self._connection, self._inner = connection, inner
        self.name = inner.name
        self.embedded = 0

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), dimensions)."""
        hashes = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = repository.load_embeddings(self._connection, self.name, hashes)
        missing = {key: text for key, text in zip(hashes, texts, strict=True) if key not in known}
        self.embedded += len(missing)
        if missing:
            fresh = dict(zip(missing, self._inner.encode(list(missing.values())), strict=True))
            repository.save_embeddings(self._connection, self.name, fresh)
            known |= fresh
        return np.array([known[key] for key in hashes], np.float32)


_lock = threading.Lock()
_mirrors: dict[str, Mirror] = {}


@dataclass(frozen=True, slots=True)
class Ready:
    """The tours in memory, and the encoder that has made them: of the wish, too."""

    encoder: Encoder
    tours: Snapshot

    def wish(self, interests: Interests) -> EncodedWish:
        """Encode what a traveller stated as the tours are encoded."""
        return encode_wish(interests, embedder_of(self.encoder))


def ready(connection: Connection) -> Ready:
    """Return the tours in memory, as this transaction sees them, with their encoder.

    Raises:
        ConfigurationError: all stored tours were encoded by another model than the active one.
    """
    encoder = encoder_in_use(connection)
    while True:
        tours = _mirror(connection, encoder).snapshot(connection)
        current = encoder_in_use(connection)
        if current.name == encoder.name:
            _insist_on_tours(connection, tours)
            return Ready(encoder, tours)
        encoder = current  # it was switched while the tours were read


def _insist_on_tours(connection: Connection, tours: Snapshot) -> None:
    if not len(tours) and repository.count_packages(connection):
        raise ConfigurationError(
            "the stored tours were encoded by another model; run `travelbuddy reembed`"
        )


def _mirror(connection: Connection, encoder: Encoder) -> Mirror:
    info = connection.info
    place = f"{info.host}:{info.port}/{info.dbname} {encoder.name}"
    with _lock:
        if place not in _mirrors:
            _mirrors.clear()  # one catalogue at a time is worth its memory
            _mirrors[place] = Mirror(encoder.name, encoder.calibration)
        return _mirrors[place]


def snapshot(connection: Connection) -> Snapshot:
    """Return the tours in memory, as this transaction sees them.

    Raises:
        ConfigurationError: all stored tours were encoded by another model than the active one.
    """
    return ready(connection).tours


_FIRST_WISH = Interests(locations=["Hà Nội"], food="vegetarian, zzz")
"""It leads through all compiled code."""


def warm_up(connection: Connection) -> None:
    """Load what the first recommendation would otherwise wait for."""
    gazetteer()
    vocabulary()
    catalogue = ready(connection)
    catalogue.tours.rank(catalogue.wish(_FIRST_WISH), 1)


def recommend(
    connection: Connection,
    interests: Interests,
    *,
    limit: int = 3,
    exclude: Collection[int] = (),
    filters: Filters | None = None,
    language: str = "en",
    ranker: str = STANDARD,
    varied: bool = False,
) -> list[Recommendation]:
    """Return the best tours for these interests, best first, each with its reason.

    Args:
        connection: an open transaction.
        interests: what the traveller stated; with nothing stated every tour is as good.
        limit: how many at most.
        exclude: database keys of tours that must not be among them.
        filters: what a tour must not contradict.
        language: of the reasons, "en" or "vi".
        ranker: one of `RANKERS`.
        varied: fill messages without near-copies of one tour, at a little cost in score.

    Raises:
        InvalidInputError: no such ranker.
        ConfigurationError: the stored tours were encoded by another model.
    """
    if ranker != STANDARD:
        return _recommend_by_baseline(connection, interests, limit, exclude, ranker)
    catalogue = ready(connection)
    taste = Profile(interests, catalogue.wish(interests))
    search = Search(limit, exclude, filters, varied)
    return _recommend(connection, catalogue, taste, search, language)


def recommend_to(
    connection: Connection,
    user_id: int,
    *,
    limit: int = 3,
    exclude: Collection[int] = (),
    filters: Filters | None = None,
    language: str = "en",
    varied: bool = False,
) -> list[Recommendation]:
    """Return the best tours for a traveller's stored interests, with what was learned since.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        limit: how many at most.
        exclude: database keys of tours that must not be among them.
        filters: what a tour must not contradict.
        language: of the reasons, "en" or "vi".
        varied: fill messages without near-copies of one tour, at a little cost in score.
    """
    catalogue = ready(connection)
    taste = _profile(connection, user_id, catalogue.encoder)
    search = Search(limit, exclude, filters, varied)
    return _recommend(connection, catalogue, taste, search, language)


def recommend_like(
    connection: Connection,
    package: Package,
    *,
    limit: int = 3,
    exclude: Collection[int] = (),
    filters: Filters | None = None,
    language: str = "en",
) -> list[Recommendation]:
    """Return the tours most like one of them, each with what they have in common.

    Args:
        connection: an open transaction.
        package: the tour.
        limit: how many at most.
        exclude: database keys of tours that must not be among them, its own for one.
        filters: what a tour must not contradict.
        language: of the reasons, "en" or "vi".
    """
    catalogue = ready(connection)
    interests = interests_like(package)
    taste = Profile(interests, catalogue.wish(interests))
    search = Search(limit, exclude, filters, varied=True, borrowed=True)
    return _recommend(connection, catalogue, taste, search, language)


@dataclass(frozen=True, slots=True)
class Search:
    """How many tours are looked for, which must not be among them, and how it is told."""

    limit: int
    exclude: Collection[int]
    filters: Filters | None
    varied: bool
    borrowed: bool = False


def _recommend(
    connection: Connection, catalogue: Ready, taste: Profile, search: Search, language: str
) -> list[Recommendation]:
    wish = taste.wish or EncodedWish()
    found = _find(connection, catalogue.tours, wish, taste.weights, search)
    packages = repository.load_packages(connection, [each.key for each in found])
    recommended = []
    for key, ranked in ((each.key, each.ranked) for each in found if each.key in packages):
        tour = packages[key]
        parts, reason = explain(
            Question(taste.interests, wish, tour, ranked, language, taste.weights, search.borrowed)
        )
        recommended.append(_recommendation(key, tour, ranked, parts, reason))
    return recommended


def _find(
    connection: Connection,
    tours: Snapshot,
    wish: EncodedWish,
    weights: Mapping[Criterion, float],
    search: Search,
) -> list[Found]:
    limits = limits_of(search.filters) if search.filters else None

    def rank(limit: int) -> list[Found]:
        return tours.rank(wish, limit, exclude=search.exclude, weights=weights, limits=limits)

    def describe(found: Sequence[Found]) -> list[Traits]:
        known = repository.load_traits(connection, [each.key for each in found])
        return [known.get(each.key, Traits()) for each in found]

    if not search.varied:
        return rank(search.limit)
    return rank_diversely(rank, lambda each: each.ranked.score, describe, search.limit)


def _recommend_by_baseline(
    connection: Connection,
    interests: Interests,
    limit: int,
    exclude: Collection[int],
    ranker: str,
) -> list[Recommendation]:
    """Return the best tours by a ranker that gives no parts and no reasons."""
    packages = repository.load_all_packages(connection)
    keys = list(packages)
    cached = CachedEmbedder(connection, active_embedder(connection))
    baseline = make_baseline(ranker, list(packages.values()), cached)
    ranked = baseline.rank(interests, limit, exclude=_rows_of(exclude, keys))
    return [
        _recommendation(keys[each.index], packages[keys[each.index]], each, {}, "")
        for each in ranked
    ]


def _rows_of(excluded: Collection[int], keys: Sequence[int]) -> list[int]:
    """Return the rows, among those of *keys*, of the excluded tours."""
    unwanted = frozenset(excluded)
    return [row for row, key in enumerate(keys) if key in unwanted] if unwanted else []


def _recommendation(
    key: int, package: Package, ranked: Ranked, parts: dict[Criterion, Part], reason: str
) -> Recommendation:
    return Recommendation(
        package_id=key,
        package=package,
        provider=package.provider or "",
        score=ranked.score,
        parts=parts,
        reason=reason,
    )


def make_baseline(
    name: str, packages: Sequence[Package], text_embedder: TextEmbedder
) -> LiteralRanker | OneVectorRanker | BM25Ranker:
    """Return one of the rankers that ours is compared with.

    Raises:
        InvalidInputError: no such ranker.
    """
    if name == LITERAL:
        return LiteralRanker(packages, text_embedder)
    if name == ONE_VECTOR:
        return OneVectorRanker(packages, text_embedder)
    if name == BM25:
        return BM25Ranker(packages)
    raise InvalidInputError(f"unknown ranker {name!r}; choose from {', '.join(RANKERS)}")


def package(connection: Connection, package_id: int) -> Package:
    """Return one tour by our own key, even if it is retired: it may have been shown before.

    Raises:
        NotFoundError: it is not, or no longer, in the catalogue.
    """
    found = repository.load_packages(connection, [package_id])
    if package_id not in found:
        raise NotFoundError(f"no tour with key {package_id}")
    return found[package_id]


def is_offered(connection: Connection, package_id: int) -> bool:
    """Tell whether a tour can still be booked: it is in the catalogue, and not retired."""
    return repository.is_offered(connection, package_id)


def profile(connection: Connection, user_id: int) -> Profile:
    """Return a traveller's taste, encoded by the model in use."""
    return _profile(connection, user_id, encoder_in_use(connection))


def _profile(connection: Connection, user_id: int, encoder: Encoder) -> Profile:
    stored = repository.load_profile(connection, user_id, encoder.name)
    if stored.wish is not None:
        return stored
    return replace(stored, wish=encode_wish(stored.interests, embedder_of(encoder)))


def save_profile(
    connection: Connection, user_id: int, taste: Profile, encoder: Encoder | None = None
) -> None:
    """Store a traveller's taste.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        taste: what to store.
        encoder: what has encoded the wish; the one in use by default.
    """
    used = encoder or encoder_in_use(connection)
    if models.load_active(connection) is None:  # nobody has stored a tour yet
        models.save_encoder(connection, used)
    repository.save_profile(connection, user_id, taste, used.name)


def load_interests(connection: Connection, user_id: int) -> Interests:
    """Return what a traveller told us; nothing stated where they have not yet."""
    return repository.load_profile(connection, user_id, "").interests


def note_encoded(connection: Connection, packages: Sequence[EncodedPackage]) -> None:
    """Store what the ranking in SQL must know of tours beside their own rows."""
    encoder_for_writing(connection)
    repository.save_places(connection, [spot for each in packages for spot in each.places])


def record_shown(
    connection: Connection,
    user_id: int,
    recommendations: Sequence[Recommendation],
    ranker: str = STANDARD,
) -> None:
    """Note what a traveller was shown."""
    repository.record_shown(connection, user_id, recommendations, ranker)
