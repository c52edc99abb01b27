"""Storing tours: encoding what is new or changed, prices over time, and near-copies."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from core.database import Connection
from ingestion.building.port import Built
from ingestion.duplicates import signature
from ingestion.schemas import Kind
from ingestion.storing import repository
from ingestion.storing.ahead import EmbeddingAhead
from ingestion.storing.port import Saved, Stored, original
from ingestion.storing.repository import Key, Known, Tour
from recommender.encoding import EncodedPackage, Said, encode_packages, read_package
from recommender.models.service import embedder_of, encoder_for_writing, encoder_in_use
from recommender.schemas import TEXT_CRITERIA, Criterion, Package
from recommender.service import CachedEmbedder, note_encoded

_SHORT = 16


class TourStore:
    """Keeps tours, each criterion's vector beside them."""

    kind: Kind = "tours"

    def __init__(self) -> None:
        self._ahead = EmbeddingAhead()

    def known(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, Stored]:
        """Return what is stored; a tour that another encoder made counts as never read."""
        encoder = encoder_in_use(connection).name
        return {
            key: Stored(
                each.source_hash if each.encoder == encoder else None, each.retired, each.remarks
            )
            for key, each in repository.known_tours(connection, keys).items()
        }

    def expect(self, items: Sequence[Built]) -> None:
        """Embed the texts of tours in the background, while others are still being read."""
        self._ahead.embed([text for each in items for text in _said(each).reduced.values()])

    def settle(self) -> int:
        """Wait for what is embedded in the background; return how many texts that were."""
        return self._ahead.finish()

    def save(self, connection: Connection, run_id: int, items: Mapping[Key, Built]) -> Saved:
        """Encode and store those tours that are new or have changed."""
        repository.store_alone(connection)
        encoder = encoder_for_writing(connection)
        known = repository.known_tours(connection, list(items))
        hashes = {key: content_hash(_package(each)) for key, each in items.items()}
        same = {
            key: each.draft.source_hash
            for key, each in items.items()
            if key in known
            and _is_same(known[key], hashes[key], encoder.name)
            and known[key].remarks == each.remarks
        }
        fresh = {key: each for key, each in items.items() if key not in same}
        cached = CachedEmbedder(connection, embedder_of(encoder))
        encoded = encode_packages(
            [_package(each) for each in fresh.values()],
            cached,
            [_said(each) for each in fresh.values()],
        )
        tours = [
            _tour(key, each, made, hashes[key])
            for (key, each), made in zip(fresh.items(), encoded, strict=True)
        ]
        package_ids = repository.upsert_tours(connection, tours, encoder.name, run_id)
        repository.touch(connection, self.kind, same, run_id)
        note_encoded(connection, encoded)
        repository.note_prices(connection, package_ids)
        duplicates = repository.link_near_copies(connection, package_ids)
        saved = _compared(tours, known, encoder.name, unchanged=len(same))
        saved.returned = sum(key in known and known[key].retired for key in items)
        saved.duplicates, saved.embedded = duplicates, cached.embedded
        return saved

    def retire(self, connection: Connection, run_id: int, keys: Sequence[int]) -> None:
        """Retire tours, and let their near-copies be linked to what is left."""
        repository.store_alone(connection)
        encoder_for_writing(connection)  # many rows change: a change of the model must wait
        repository.retire(connection, self.kind, keys, run_id)
        repository.link_near_copies(connection, keys)


def _package(built: Built) -> Package:
    assert isinstance(built.item, Package), "a tour store is given tours"  # noqa: S101
    return built.item


def _said(built: Built) -> Said:
    return built.said or read_package(_package(built))


def _tour(key: Key, built: Built, encoded: EncodedPackage, content: bytes) -> Tour:
    return Tour(
        provider_id=key[0],
        package=_package(built),
        encoded=encoded,
        source_hash=built.draft.source_hash,
        content_hash=content,
        criterion_hashes=criterion_hashes(_package(built), _said(built)),
        signature=signature(encoded),
        original=original(built),
        remarks=built.remarks,
    )


def _compared(
    tours: Sequence[Tour], known: Mapping[Key, Known], encoder: str, unchanged: int
) -> Saved:
    """Count what is new, and in which criteria the others have changed."""
    saved = Saved(unchanged=unchanged)
    for tour in tours:
        before = known.get((tour.provider_id, tour.package.id))
        if before is None:
            saved.inserted += 1
        elif _is_same(before, tour.content_hash, encoder):
            saved.unchanged += 1
        else:
            saved.updated += 1
            saved.changed.update(_changed(tour, before))
    return saved


def _is_same(before: Known, content: bytes, encoder: str) -> bool:
    """Tell whether a tour is offered as it was; one that returns has its near-copies to find."""
    return before.content_hash == content and before.encoder == encoder and not before.retired


def _changed(tour: Tour, before: Known) -> Iterator[str]:
    for name in Criterion:
        if tour.criterion_hashes.get(name.value) != before.criterion_hashes.get(name.value):
            yield name.value


def content_hash(package: Package) -> bytes:
    """Return what changes when a tour's fields change."""
    content = json.dumps(package.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(content.encode()).digest()


def criterion_hashes(package: Package, texts: Said) -> dict[str, str]:
    """Return for each criterion that a tour speaks of the hash of what is encoded for it."""
    said: dict[Criterion, object] = {
        Criterion.LOCATION: [package.locations, package.country] if package.locations else None,
        Criterion.DURATION: package.duration and package.duration.model_dump(),
        Criterion.BUDGET: package.price and package.price.model_dump(),
        **{key: texts.reduced.get(key) for key in TEXT_CRITERIA},
    }
    return {
        key.value: hashlib.sha256(json.dumps(value).encode()).hexdigest()[:_SHORT]
        for key, value in said.items()
        if value is not None
    }
