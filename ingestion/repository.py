"""All SQL of the ingestion: providers, tours, runs and what was set aside."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg.types.json import Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from core.database import Connection
from ingestion.schemas import Reject, Report
from recommender.encoding import EncodedPackage
from recommender.repository import place_columns
from recommender.schemas import TEXT_CRITERIA, DateSpan, Package


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour about to be stored: its provider's key, its fields, their hash, and its vectors."""

    provider_id: int
    package: Package
    content_hash: bytes
    encoded: EncodedPackage


def provider_id(connection: Connection, name: str) -> int:
    """Return the key of a provider, who is added when new."""
    row = connection.execute(
        """
        insert into providers (name) values (%s)
        on conflict (name) do update set name = excluded.name  -- so that it returns the row
        returning id
        """,
        [name],
    ).fetchone()
    assert row is not None, "an upsert returns its row"  # noqa: S101
    return int(row["id"])


def stored_hashes(
    connection: Connection, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], bytes]:
    """Return the content hashes of those tours, by provider and external id, that are stored."""
    rows = connection.execute(
        """
        select provider_id, external_id, content_hash from travel_packages
        where (provider_id, external_id) in (
            select * from unnest(%s::bigint[], %s::text[]))
        """,
        [[provider for provider, _ in keys], [external for _, external in keys]],
    )
    return {(row["provider_id"], row["external_id"]): bytes(row["content_hash"]) for row in rows}


def upsert_packages(connection: Connection, tours: Sequence[Tour], encoder: str) -> None:
    """Store tours, in place of what was stored under the same provider and id."""
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [{**_columns(tour), "encoder": encoder} for tour in tours])


_UPSERT = """
    insert into travel_packages (
        provider_id, external_id, title, description, locations, country, language,
        duration_days, price_amount, price_currency, transportation, food, activities,
        accommodation, notes, url, image, fields, content_hash, encoder, location_ids, concepts,
        location_keys, words, countries, price_usd, available,
        location_embedding, duration_embedding, budget_embedding, transportation_embedding,
        food_embedding, activities_embedding, accommodation_notes_embedding)
    values (
        %(provider_id)s, %(id)s, %(title)s, %(description)s, %(locations)s, %(country)s,
        %(language)s, %(duration_days)s, %(price_amount)s, %(price_currency)s,
        %(transportation)s, %(food)s, %(activities)s, %(accommodation)s, %(notes)s, %(url)s,
        %(image)s, %(fields)s, %(content_hash)s, %(encoder)s, %(location_ids)s, %(concepts)s,
        %(location_keys)s, %(words)s, %(countries)s, %(price_usd)s, %(available)s,
        %(location)s, %(duration_embedding)s, %(budget_embedding)s,
        %(transportation_embedding)s, %(food_embedding)s, %(activities_embedding)s,
        %(accommodation_notes_embedding)s)
    on conflict (provider_id, external_id) do update set
        title = excluded.title,
        description = excluded.description,
        locations = excluded.locations,
        country = excluded.country,
        language = excluded.language,
        duration_days = excluded.duration_days,
        price_amount = excluded.price_amount,
        price_currency = excluded.price_currency,
        transportation = excluded.transportation,
        food = excluded.food,
        activities = excluded.activities,
        accommodation = excluded.accommodation,
        notes = excluded.notes,
        url = excluded.url,
        image = excluded.image,
        fields = excluded.fields,
        content_hash = excluded.content_hash,
        encoder = excluded.encoder,
        location_ids = excluded.location_ids,
        concepts = excluded.concepts,
        location_keys = excluded.location_keys,
        words = excluded.words,
        countries = excluded.countries,
        price_usd = excluded.price_usd,
        available = excluded.available,
        location_embedding = excluded.location_embedding,
        duration_embedding = excluded.duration_embedding,
        budget_embedding = excluded.budget_embedding,
        transportation_embedding = excluded.transportation_embedding,
        food_embedding = excluded.food_embedding,
        activities_embedding = excluded.activities_embedding,
        accommodation_notes_embedding = excluded.accommodation_notes_embedding,
        updated_at = clock_timestamp()
"""


def _columns(tour: Tour) -> dict[str, object]:
    package, encoded = tour.package, tour.encoded
    plain = package.model_dump(exclude={"duration", "price", "available", "provider"})
    return {
        **plain,
        "provider_id": tour.provider_id,
        "duration_days": package.duration.travel_days if package.duration else None,
        "price_amount": package.price.amount if package.price else None,
        "price_currency": package.price.currency if package.price else None,
        "fields": Jsonb(package.model_dump(mode="json", exclude_none=True)),
        "content_hash": tour.content_hash,
        "concepts": sorted(encoded.concepts),
        "words": sorted(encoded.words),
        "countries": sorted(encoded.facets.countries),
        "price_usd": encoded.facets.price,
        "available": _days(encoded.facets.available),
        **place_columns(encoded.places),
        "duration_embedding": encoded.duration,
        "budget_embedding": encoded.budget,
        **{f"{key.value}_embedding": encoded.texts.get(key) for key in TEXT_CRITERIA},
    }


def _days(spans: Iterable[DateSpan]) -> Multirange[dt.date]:
    return Multirange(Range(span.start, span.end, "[]") for span in spans)


def start_run(connection: Connection, source: str) -> int:
    """Note that a run has begun, and return its key."""
    row = connection.execute(
        "insert into ingestion_runs (source) values (%s) returning id", [source]
    ).fetchone()
    assert row is not None, "an insert returns its row"  # noqa: S101
    return int(row["id"])


def save_rejects(connection: Connection, run_id: int, rejects: Sequence[Reject]) -> None:
    """Keep what was set aside, with the reason."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ingestion_rejects (run_id, line, reason, content) values (%s, %s, %s, %s)",
            [(run_id, each.line, each.reason, each.content) for each in rejects],
        )


def finish_run(connection: Connection, report: Report) -> None:
    """Note what a run has done."""
    connection.execute(
        """
        update ingestion_runs set finished_at = now(), inserted = %s, updated = %s,
            unchanged = %s, rejected = %s
        where id = %s
        """,
        [report.inserted, report.updated, report.unchanged, report.rejected, report.run_id],
    )
