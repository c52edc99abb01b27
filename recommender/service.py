"""Recommending tours: interests in, ranked tours with reasons out."""

import hashlib
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.database import Connection
from core.errors import ConfigurationError, InvalidInputError, NotFoundError
from core.places.service import gazetteer
from recommender import repository
from recommender.baselines import BM25Ranker, LiteralRanker
from recommender.embedding import Matrix, TextEmbedder, calibration, embedder
from recommender.encoding import encode_wish, encoder_name
from recommender.explanations import Question, explain
from recommender.ranker import Catalogue, Ranked
from recommender.schemas import Criterion, Interests, Package, Part, Recommendation
from recommender.vocabulary import vocabulary

STANDARD, LITERAL, BM25 = "standard", "literal", "bm25"
RANKERS = (STANDARD, LITERAL, BM25)


class CachedEmbedder:
    """An embedder that looks texts up in the database before it embeds them."""

    def __init__(self, connection: Connection, inner: TextEmbedder) -> None:
        self._connection, self._inner = connection, inner
        self.name = inner.name

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), dimensions)."""
        hashes = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = repository.load_embeddings(self._connection, self.name, hashes)
        missing = {key: text for key, text in zip(hashes, texts, strict=True) if key not in known}
        if missing:
            fresh = dict(zip(missing, self._inner.encode(list(missing.values())), strict=True))
            repository.save_embeddings(self._connection, self.name, fresh)
            known |= fresh
        return np.array([known[key] for key in hashes], np.float32)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stored tours, loaded and indexed; `keys` are their database keys, row by row."""

    version: repository.Version
    keys: list[int]
    catalogue: Catalogue


_lock = threading.Lock()
_snapshots: dict[str, Snapshot] = {}


def snapshot(connection: Connection) -> Snapshot:
    """Return the tours in memory, loaded anew when they have changed in the database.

    Raises:
        ConfigurationError: all stored tours were encoded by another model.
    """
    encoder = encoder_name(embedder())
    place = f"{connection.info.host}:{connection.info.port}/{connection.info.dbname}"
    with _lock:
        version = repository.catalogue_version(connection, encoder)
        held = _snapshots.get(place)
        if held is None or held.version != version:
            held = _load(connection, encoder, version)
            _snapshots.clear()
            _snapshots[place] = held
    return held


def _load(connection: Connection, encoder: str, version: repository.Version) -> Snapshot:
    if version.size == 0 and repository.count_packages(connection):
        raise ConfigurationError(
            "the catalogue was encoded by another model; run `travelbuddy ingest` once more"
        )
    keys, packages = repository.load_encoded(connection, encoder)
    return Snapshot(version, keys, Catalogue(packages, calibration()))


def warm_up(connection: Connection) -> None:
    """Load what the first recommendation would otherwise wait for."""
    gazetteer()
    vocabulary()
    snapshot(connection)


def recommend(
    connection: Connection,
    interests: Interests,
    *,
    limit: int = 3,
    exclude: Collection[int] = (),
    language: str = "en",
    ranker: str = STANDARD,
) -> list[Recommendation]:
    """Return the best tours for these interests, best first, each with its reason.

    Args:
        connection: an open transaction.
        interests: what the traveller stated; with nothing stated every tour is as good.
        limit: how many at most.
        exclude: database keys of tours that must not be among them.
        language: of the reasons, "en" or "vi".
        ranker: one of `RANKERS`.

    Raises:
        InvalidInputError: no such ranker.
        ConfigurationError: the stored tours were encoded by another model.
    """
    if ranker != STANDARD:
        return _recommend_by_baseline(connection, interests, limit, exclude, ranker)
    held = snapshot(connection)
    wish = encode_wish(interests, embedder())
    ranked = held.catalogue.rank(wish, limit, exclude=_rows_of(exclude, held.keys))
    packages = repository.load_packages(connection, [held.keys[each.index] for each in ranked])
    found = []
    for each in ranked:
        key = held.keys[each.index]
        parts, reason = explain(Question(interests, wish, packages[key], each, language))
        found.append(_recommendation(key, packages[key], each, parts, reason))
    return found


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
    cached = CachedEmbedder(connection, embedder())
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
) -> LiteralRanker | BM25Ranker:
    """Return one of the rankers that ours is compared with.

    Raises:
        InvalidInputError: no such ranker.
    """
    if name == LITERAL:
        return LiteralRanker(packages, text_embedder)
    if name == BM25:
        return BM25Ranker(packages)
    raise InvalidInputError(f"unknown ranker {name!r}; choose from {', '.join(RANKERS)}")


def package(connection: Connection, package_id: int) -> Package:
    """Return one tour by our own key.

    Raises:
        NotFoundError: it is not, or no longer, in the catalogue.
    """
    found = repository.load_packages(connection, [package_id])
    if package_id not in found:
        raise NotFoundError(f"no tour with key {package_id}")
    return found[package_id]


def save_interests(connection: Connection, user_id: int, interests: Interests) -> None:
    """Store what a traveller likes, in words and as vectors."""
    model = embedder()
    wish = encode_wish(interests, model)
    repository.save_interests(connection, user_id, interests, wish, encoder_name(model))


def load_interests(connection: Connection, user_id: int) -> Interests:
    """Return what a traveller told us; nothing stated where they have not yet."""
    return repository.load_interests(connection, user_id)


def record_shown(
    connection: Connection,
    user_id: int,
    recommendations: Sequence[Recommendation],
    ranker: str = STANDARD,
) -> None:
    """Note what a traveller was shown."""
    repository.record_shown(connection, user_id, recommendations, ranker)
