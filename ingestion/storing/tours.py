"""Storing tours: encoding what is new or changed, prices over time, and near-copies."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from core.database import Connection
from ingestion import repository
from ingestion.building.port import Built
from ingestion.duplicates import signature
from ingestion.repository import Key, Known, Tour
from ingestion.schemas import Kind
from ingestion.storing.port import Saved, Stored, original
from recommender.embedding import embedder
from recommender.encoding import EncodedPackage, encode_packages, encoder_name, reduced_texts
from recommender.schemas import TEXT_CRITERIA, Criterion, Package
from recommender.service import CachedEmbedder, note_encoded

_SHORT = 16


class TourStore:
    """Keeps tours, each criterion's vector beside them."""

    kind: Kind = "tours"

    def known(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, Stored]:
        """Return what is stored; a tour that other encoders made counts as never read."""
        encoder = encoder_name(embedder())
        return {
            key: Stored(
                each.source_hash if each.encoder == encoder else None, each.retired, each.remarks
            )
            for key, each in repository.known_tours(connection, keys).items()
        }

    def save(self, connection: Connection, run_id: int, items: Mapping[Key, Built]) -> Saved:
        """Encode and store those tours that are new or have changed."""
        encoder = encoder_name(embedder())
        known = repository.known_tours(connection, list(items))
        hashes = {key: content_hash(_package(each), encoder) for key, each in items.items()}
        same = {
            key: each.draft.source_hash
            for key, each in items.items()
            if key in known
            and _is_same(known[key], hashes[key])
            and known[key].remarks == each.remarks
        }
        fresh = {key: each for key, each in items.items() if key not in same}
        cached = CachedEmbedder(connection, embedder())
        encoded = encode_packages([_package(each) for each in fresh.values()], cached)
        tours = [
            _tour(key, each, made, hashes[key])
            for (key, each), made in zip(fresh.items(), encoded, strict=True)
        ]
        package_ids = repository.upsert_tours(connection, tours, encoder, run_id)
        repository.touch_tours(connection, same, run_id)
        note_encoded(connection, encoded)
        repository.note_prices(connection, package_ids)
        duplicates = repository.link_near_copies(connection, package_ids)
        saved = _compared(tours, known, unchanged=len(same))
        saved.returned = sum(key in known and known[key].retired for key in items)
        saved.duplicates, saved.embedded = duplicates, cached.embedded
        return saved

    def retired(self, connection: Connection, keys: Sequence[int]) -> None:
        """Let near-copies of tours that are gone be linked to what is left."""
        repository.link_near_copies(connection, keys)


def _package(built: Built) -> Package:
    assert isinstance(built.item, Package), "a tour store is given tours"  # noqa: S101
    return built.item


def _tour(key: Key, built: Built, encoded: EncodedPackage, content: bytes) -> Tour:
    return Tour(
        provider_id=key[0],
        package=_package(built),
        encoded=encoded,
        source_hash=built.draft.source_hash,
        content_hash=content,
        criterion_hashes=criterion_hashes(_package(built)),
        signature=signature(encoded),
        original=original(built),
        remarks=built.remarks,
    )


def _compared(tours: Sequence[Tour], known: Mapping[Key, Known], unchanged: int) -> Saved:
    """Count what is new, and in which criteria the others have changed."""
    saved = Saved(unchanged=unchanged)
    for tour in tours:
        before = known.get((tour.provider_id, tour.package.id))
        if before is None:
            saved.inserted += 1
        elif _is_same(before, tour.content_hash):
            saved.unchanged += 1
        else:
            saved.updated += 1
            saved.changed.update(_changed(tour, before))
    return saved


def _is_same(before: Known, content: bytes) -> bool:
    """Tell whether a tour is offered as it was; one that returns has its near-copies to find."""
    return before.content_hash == content and not before.retired


def _changed(tour: Tour, before: Known) -> Iterator[str]:
    for name in Criterion:
        if tour.criterion_hashes.get(name.value) != before.criterion_hashes.get(name.value):
            yield name.value


def content_hash(package: Package, encoder: str) -> bytes:
    """Return what changes when a tour's fields, or what encodes them, change."""
    content = json.dumps(package.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(f"{encoder}\n{content}".encode()).digest()


def criterion_hashes(package: Package) -> dict[str, str]:
    """Return for each criterion that a tour speaks of the hash of what is encoded for it."""
    texts = reduced_texts(package)
    said: dict[Criterion, object] = {
        Criterion.LOCATION: [package.locations, package.country] if package.locations else None,
        Criterion.DURATION: package.duration and package.duration.model_dump(),
        Criterion.BUDGET: package.price and package.price.model_dump(),
        **{key: texts.get(key) for key in TEXT_CRITERIA},
    }
    return {
        key.value: hashlib.sha256(json.dumps(value).encode()).hexdigest()[:_SHORT]
        for key, value in said.items()
        if value is not None
    }
