"""Storing places to stay."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from accommodation import repository
from accommodation.repository import Key, StoredAccommodation
from accommodation.schemas import Accommodation
from core.database import Connection
from core.money import convert
from core.places.service import gazetteer
from ingestion.building.port import Built
from ingestion.schemas import Kind, Remark
from ingestion.storing import repository as catalogue
from ingestion.storing.port import Saved, Stored, original


class AccommodationStore:
    """Keeps places to stay."""

    kind: Kind = "accommodations"

    def known(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, Stored]:
        """Return what is stored of those that are."""
        found = repository.known_accommodations(connection, keys)
        return {
            key: Stored(
                bytes(row["source_hash"]),
                row["retired"],
                tuple(Remark(**each) for each in row["remarks"]),
            )
            for key, row in found.items()
        }

    def save(self, connection: Connection, run_id: int, items: Mapping[Key, Built]) -> Saved:
        """Store those that are new or have changed."""
        known = repository.known_accommodations(connection, list(items))
        same = {key for key, each in items.items() if key in known and _is_same(known[key], each)}
        touched = {key: items[key].draft.source_hash for key in same
                   if known[key]["remarks"] == _remarks(items[key])}  # fmt: skip
        fresh = [_stored(key, each) for key, each in items.items() if key not in touched]
        repository.upsert_accommodations(connection, fresh, run_id)
        catalogue.touch(connection, self.kind, touched, run_id)
        inserted = sum(key not in known for key in items)
        returned = sum(key in known and known[key]["retired"] for key in items)
        return Saved(inserted, len(items) - inserted - len(same), len(same), returned)

    def expect(self, items: Sequence[Built]) -> None:
        """Nothing can be done before they are stored."""

    def settle(self) -> int:
        """Nothing was begun."""
        return 0

    def retire(self, connection: Connection, run_id: int, keys: Sequence[int]) -> None:
        """Take places to stay out of what is offered."""
        catalogue.retire(connection, self.kind, keys, run_id)


def _is_same(before: Mapping[str, Any], built: Built) -> bool:
    """Tell whether a place to stay is offered as it was."""
    fields = _item(built).model_dump(mode="json", exclude_none=True)
    return bool(before["fields"] == fields) and not before["retired"]


def _remarks(built: Built) -> list[dict[str, str]]:
    return [asdict(each) for each in built.remarks]


def _item(built: Built) -> Accommodation:
    assert isinstance(built.item, Accommodation), "this store is given places to stay"  # noqa: S101
    return built.item


def _stored(key: Key, built: Built) -> StoredAccommodation:
    item = _item(built)
    place = gazetteer().find(item.city, item.country) if item.city else None
    return StoredAccommodation(
        provider_id=key[0],
        item=item,
        location_id=place.id if place else None,
        price_usd=convert(item.price.per_person, item.price.currency, "USD")
        if item.price
        else None,
        source_hash=built.draft.source_hash,
        original=original(built),
        remarks=_remarks(built),
    )
