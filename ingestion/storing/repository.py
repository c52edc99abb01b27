"""All SQL of what is offered: tours stored, priced, linked and retired."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, LiteralString

from psycopg import sql
from psycopg.types.json import Jsonb

from core.database import Connection
from ingestion.duplicates import NEAR_COPY
from ingestion.schemas import Kind, Remark
from recommender.encoding import EncodedPackage
from recommender.repository import encoded_columns
from recommender.schemas import Package

Key = tuple[int, str]
"""A provider's key, and the provider's own id of a tour."""


_TABLES: dict[Kind, LiteralString] = {
    "tours": "travel_packages",
    "accommodations": "accommodations",
}


_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a tour already.

    Attributes:
        source_hash: of the record that it was made of.
        content_hash: of what was made of it.
        encoder: what made its vectors; likewise `criterion_hashes`, of what they were made.
        retired: whether it is no longer offered.
        remarks: what was wrong with it.
    """

    source_hash: bytes | None
    content_hash: bytes | None
    encoder: str | None
    criterion_hashes: dict[str, str]
    retired: bool
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour about to be stored."""

    provider_id: int
    package: Package
    encoded: EncodedPackage
    source_hash: bytes
    content_hash: bytes
    criterion_hashes: dict[str, str]
    signature: list[int]
    original: dict[str, Any]
    remarks: tuple[Remark, ...]


def known_tours(connection: Connection, keys: Sequence[Key]) -> dict[Key, Known]:
    """Return what is stored of those tours that are."""
    rows = connection.execute(
        """
        select provider_id, external_id, source_hash, content_hash, encoder, criterion_hashes,
               retired_at is not null as retired, remarks
        from travel_packages
        join unnest(%s::bigint[], %s::text[]) as wanted (provider, key)
            on provider_id = wanted.provider and external_id = wanted.key
        """,
        [[provider for provider, _ in keys], [key for _, key in keys]],
    )
    return {(row["provider_id"], row["external_id"]): _known(row) for row in rows}


def _known(row: dict[str, Any]) -> Known:
    return Known(
        source_hash=row["source_hash"] and bytes(row["source_hash"]),
        content_hash=row["content_hash"] and bytes(row["content_hash"]),
        encoder=row["encoder"],
        criterion_hashes=row["criterion_hashes"],
        retired=row["retired"],
        remarks=tuple(Remark(**each) for each in row["remarks"]),
    )


def store_alone(connection: Connection) -> None:
    """Wait until no other run is storing, and keep others waiting until the transaction ends.

    Near-copies and texts are shared by all providers: two runs that come upon them in different
    orders would wait for each other.
    """
    connection.execute("select pg_advisory_xact_lock(hashtext('ingestion: storing'))")


def upsert_tours(
    connection: Connection, tours: Sequence[Tour], encoder: str, run_id: int
) -> list[int]:
    """Store tours, in place of what was stored under the same ids; return our keys of them."""
    shared = {"encoder": encoder, "run_id": run_id}
    keys = []
    with connection.cursor() as cursor:
        cursor.executemany(
            _UPSERT, [{**_columns(tour), **shared} for tour in tours], returning=True
        )
        for results in cursor.results():
            row = results.fetchone()
            assert row is not None, "an upsert returns its row"  # noqa: S101
            keys.append(int(row["id"]))
    return keys


_UPSERT = """
    insert into travel_packages (
        provider_id, external_id, title, description, locations, country, language,
        duration_days, price_amount, price_currency, transportation, food, activities,
        accommodation, notes, url, image, fields, content_hash, encoder, location_ids, concepts,
        location_keys, words, countries, price_usd, available, source_hash, criterion_hashes,
        signature, original, remarks, last_run_id,
        location_embedding, duration_embedding, budget_embedding, transportation_embedding,
        food_embedding, activities_embedding, accommodation_notes_embedding)
    values (
        %(provider_id)s, %(id)s, %(title)s, %(description)s, %(locations)s, %(country)s,
        %(language)s, %(duration_days)s, %(price_amount)s, %(price_currency)s,
        %(transportation)s, %(food)s, %(activities)s, %(accommodation)s, %(notes)s, %(url)s,
        %(image)s, %(fields)s, %(content_hash)s, %(encoder)s, %(location_ids)s, %(concepts)s,
        %(location_keys)s, %(words)s, %(countries)s, %(price_usd)s, %(available)s,
        %(source_hash)s, %(criterion_hashes)s, %(signature)s, %(original)s, %(remarks)s,
        %(run_id)s,
        %(location_embedding)s, %(duration_embedding)s, %(budget_embedding)s,
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
        source_hash = excluded.source_hash,
        criterion_hashes = excluded.criterion_hashes,
        signature = excluded.signature,
        original = excluded.original,
        remarks = excluded.remarks,
        last_run_id = excluded.last_run_id,
        retired_at = null,
        location_embedding = excluded.location_embedding,
        duration_embedding = excluded.duration_embedding,
        budget_embedding = excluded.budget_embedding,
        transportation_embedding = excluded.transportation_embedding,
        food_embedding = excluded.food_embedding,
        activities_embedding = excluded.activities_embedding,
        accommodation_notes_embedding = excluded.accommodation_notes_embedding,
        updated_at = clock_timestamp()
    returning id
"""


def _columns(tour: Tour) -> dict[str, object]:
    package = tour.package
    return {
        **package.model_dump(exclude={"duration", "price", "available", "provider"}),
        "provider_id": tour.provider_id,
        "price_amount": package.price.amount if package.price else None,
        "price_currency": package.price.currency if package.price else None,
        "fields": Jsonb(package.model_dump(mode="json", exclude_none=True)),
        "content_hash": tour.content_hash,
        "source_hash": tour.source_hash,
        "criterion_hashes": Jsonb(tour.criterion_hashes),
        "signature": tour.signature,
        "original": Jsonb(tour.original),
        "remarks": Jsonb([asdict(each) for each in tour.remarks]),
        **encoded_columns(tour.encoded),
    }


def touch(connection: Connection, kind: Kind, hashes: dict[Key, bytes], run_id: int) -> None:
    """Note that records were read of which the same was made as before."""
    query = sql.SQL(
        """
        update {} set source_hash = %s, last_run_id = %s, retired_at = null
        where provider_id = %s and external_id = %s
        """
    ).format(sql.Identifier(_TABLES[kind]))
    with connection.cursor() as cursor:
        cursor.executemany(query, [(digest, run_id, *key) for key, digest in hashes.items()])


def note_prices(connection: Connection, package_ids: Sequence[int]) -> None:
    """Add to the price history of those tours whose price is another than before."""
    connection.execute(
        """
        insert into price_history (package_id, seen_at, amount, currency)
        select tour.id, clock_timestamp(), tour.price_amount, tour.price_currency
        from travel_packages as tour
        left join lateral (
            select amount, currency from price_history
            where package_id = tour.id order by seen_at desc limit 1) as last on true
        where tour.id = any(%s)
            and (tour.price_amount, tour.price_currency)
                is distinct from (last.amount, last.currency)
        """,
        [list(package_ids)],
    )


def link_near_copies(connection: Connection, package_ids: Sequence[int]) -> int:
    """Link each of these tours, and all that they concern, to the oldest that it is a copy of.

    What is linked depends on the stored tours alone, not on the order in which they came.

    Returns:
        How many of the tours given are linked now.
    """
    connection.execute(
        """
        with affected as (
            select id from travel_packages where id = any(%(ids)s)
            union
            select id from travel_packages where duplicate_of = any(%(ids)s)
            union
            select later.id from travel_packages as changed
            join travel_packages as later on later.signature && changed.signature
                and later.id > changed.id and later.retired_at is null
            where changed.id = any(%(ids)s) and changed.retired_at is null
        ),
        pairs as (
            select tour.id, older.id as older_id,
                shared.words::real
                    / (cardinality(tour.words) + cardinality(older.words) - shared.words)
                    as likeness
            from affected
            join travel_packages as tour on tour.id = affected.id and tour.retired_at is null
            join travel_packages as older on older.signature && tour.signature
                and older.id < tour.id and older.retired_at is null
            cross join lateral (
                select count(*) as words from (
                    select unnest(tour.words) intersect select unnest(older.words)) as common
            ) as shared
        ),
        best as (
            select distinct on (id) id, older_id, likeness from pairs
            where likeness >= %(near_copy)s order by id, older_id
        )
        update travel_packages as tour
        set duplicate_of = best.older_id, duplicate_likeness = best.likeness
        from affected left join best on best.id = affected.id
        where tour.id = affected.id
            and (tour.duplicate_of, tour.duplicate_likeness)
                is distinct from (best.older_id, best.likeness)
        """,
        {"ids": list(package_ids), "near_copy": NEAR_COPY},
    )
    row = connection.execute(
        """
        select count(*) as size from travel_packages
        where id = any(%s) and duplicate_of is not null
        """,
        [list(package_ids)],
    ).fetchone()
    return int(row["size"]) if row else 0


def count_live(connection: Connection, kind: Kind, provider: int) -> int:
    """Return how many of a provider's tours, or places to stay, are offered."""
    query = sql.SQL(
        "select count(*) as size from {} where provider_id = %s and retired_at is null"
    ).format(sql.Identifier(_TABLES[kind]))
    row = connection.execute(query, [provider]).fetchone()
    return int(row["size"]) if row else 0


def stream_live(connection: Connection, kind: Kind, provider: int) -> Iterator[tuple[int, str]]:
    """Yield the keys of what a provider offers, with the provider's own ids."""
    query = sql.SQL(
        "select id, external_id from {} where provider_id = %s and retired_at is null order by id"
    ).format(sql.Identifier(_TABLES[kind]))
    with connection.cursor("live") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(query, [provider])
        for row in cursor:
            yield row["id"], row["external_id"]


def retire(connection: Connection, kind: Kind, keys: Sequence[int], run_id: int) -> None:
    """Take tours, or places to stay, out of what is offered; they are kept."""
    query = sql.SQL("update {} set retired_at = now(), last_run_id = %s where id = any(%s)").format(
        sql.Identifier(_TABLES[kind])
    )
    connection.execute(query, [run_id, list(keys)])


def coverage(connection: Connection, kind: Kind, provider: int) -> dict[str, int]:
    """Return how many of a provider's tours, or places to stay, state each field."""
    row = connection.execute(_COVERAGE[kind], [provider]).fetchone()
    assert row is not None, "a count is a row"  # noqa: S101
    return {name: int(count) for name, count in row.items()}


_COVERAGE: dict[Kind, LiteralString] = {
    "tours": """
        select count(*) as all, count(nullif(cardinality(locations), 0)) as locations,
            count(duration_days) as duration, count(price_amount) as price,
            count(transportation) as transportation, count(food) as food,
            count(activities) as activities, count(accommodation) as accommodation,
            count(notes) as notes, count(description) as description, count(url) as url,
            count(image) as image, count(language) as language
        from travel_packages where provider_id = %s and retired_at is null
    """,
    "accommodations": """
        select count(*) as all, count(city) as city, count(location_id) as place_known,
            count(latitude) as coordinates, count(stars) as stars, count(rating) as rating,
            count(reviews) as reviews, count(price_amount) as price,
            count(nullif(cardinality(amenities), 0)) as amenities, count(url) as url,
            count(image) as image, count(description) as description
        from accommodations where provider_id = %s and retired_at is null
    """,
}
