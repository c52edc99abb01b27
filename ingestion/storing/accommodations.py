"""Storing places to stay."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from accommodation import repository
from accommodation.repository import Key, StoredAccommodation
from accommodation.schemas import Accommodation
from core.database import Connection
from core.money import convert
from core.places.service import gazetteer
from ingestion.building.port import Built
from ingestion.schemas import Kind, Remark
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
        fields = {key: _item(each).model_dump(mode="json", exclude_none=True)
                  for key, each in items.items()}  # fmt: skip
        same = {
            key: each.draft.source_hash
            for key, each in items.items()
            if key in known and known[key]["fields"] == fields[key]
        }
        fresh = [_stored(key, each) for key, each in items.items() if key not in same]
        repository.upsert_accommodations(connection, fresh, run_id)
        repository.touch_accommodations(connection, same, run_id)
        updated = sum((each.provider_id, each.item.id) in known for each in fresh)
        returned = sum(key in known and known[key]["retired"] for key in items)
        return Saved(len(fresh) - updated, updated, len(same), returned)

    def retired(self, connection: Connection, keys: Sequence[int]) -> None:
        """Nothing follows for other places to stay."""


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
        remarks=[asdict(each) for each in built.remarks],
    )
