"""All SQL of places to stay."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from accommodation.schemas import Accommodation
from core.database import Connection

Key = tuple[int, str]
"""A provider's key, and the provider's own id of a place to stay."""


@dataclass(frozen=True, slots=True)
class StoredAccommodation:
    """A place to stay about to be stored.

    Attributes:
        provider_id: whose it is.
        item: its fields.
        location_id: the gazetteer's place that it lies in, where that is known.
        price_usd: US dollars for one night.
        source_hash: of the record that it was made of.
        original: the values as the operator wrote them.
        remarks: what was wrong with them.
    """

    provider_id: int
    item: Accommodation
    location_id: int | None
    price_usd: float | None
    source_hash: bytes
    original: dict[str, Any]
    remarks: list[dict[str, str]]


def known_accommodations(connection: Connection, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
    """Return what is stored of those that are: hash, fields, remarks and whether retired."""
    rows = connection.execute(
        """
        select provider_id, external_id, source_hash, fields, retired_at is not null as retired,
               remarks
        from accommodations
        join unnest(%s::bigint[], %s::text[]) as wanted (provider, key)
            on provider_id = wanted.provider and external_id = wanted.key
        """,
        [[provider for provider, _ in keys], [key for _, key in keys]],
    )
    return {(row["provider_id"], row["external_id"]): row for row in rows}


def upsert_accommodations(
    connection: Connection, items: Sequence[StoredAccommodation], run_id: int
) -> None:
    """Store places to stay, in place of what was stored under the same provider and id."""
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [{**_columns(each), "run_id": run_id} for each in items])


_UPSERT = """
    insert into accommodations (
        provider_id, external_id, name, description, address, city, country, location_id,
        latitude, longitude, stars, rating, reviews, price_amount, price_currency, price_usd,
        amenities, language, url, image, fields, source_hash, original, remarks, last_run_id)
    values (
        %(provider_id)s, %(id)s, %(name)s, %(description)s, %(address)s, %(city)s, %(country)s,
        %(location_id)s, %(latitude)s, %(longitude)s, %(stars)s, %(rating)s, %(reviews)s,
        %(price_amount)s, %(price_currency)s, %(price_usd)s, %(amenities)s, %(language)s, %(url)s,
        %(image)s, %(fields)s, %(source_hash)s, %(original)s, %(remarks)s, %(run_id)s)
    on conflict (provider_id, external_id) do update set
        name = excluded.name,
        description = excluded.description,
        address = excluded.address,
        city = excluded.city,
        country = excluded.country,
        location_id = excluded.location_id,
        latitude = excluded.latitude,
        longitude = excluded.longitude,
        stars = excluded.stars,
        rating = excluded.rating,
        reviews = excluded.reviews,
        price_amount = excluded.price_amount,
        price_currency = excluded.price_currency,
        price_usd = excluded.price_usd,
        amenities = excluded.amenities,
        language = excluded.language,
        url = excluded.url,
        image = excluded.image,
        fields = excluded.fields,
        source_hash = excluded.source_hash,
        original = excluded.original,
        remarks = excluded.remarks,
        last_run_id = excluded.last_run_id,
        retired_at = null,
        updated_at = clock_timestamp()
"""


def _columns(stored: StoredAccommodation) -> dict[str, Any]:
    item = stored.item
    return {
        **item.model_dump(exclude={"price"}),
        "provider_id": stored.provider_id,
        "location_id": stored.location_id,
        "price_amount": item.price.amount if item.price else None,
        "price_currency": item.price.currency if item.price else None,
        "price_usd": stored.price_usd,
        "fields": Jsonb(item.model_dump(mode="json", exclude_none=True)),
        "source_hash": stored.source_hash,
        "original": Jsonb(stored.original),
        "remarks": Jsonb(stored.remarks),
    }


@dataclass(frozen=True, slots=True)
class Stay:
    """A place to stay that was found.

    Attributes:
        item: its fields.
        kilometres: from the point that was asked for; None where only its town is known.
        told_on: the day on which its catalogue told us what we know.
    """

    item: Accommodation
    kilometres: float | None
    told_on: dt.date


def stays_near(
    connection: Connection,
    latitude: float,
    longitude: float,
    place_id: int | None,
    within_km: float,
    ceiling_usd: float | None,
    limit: int,
) -> list[Stay]:
    """Return what lies within so many kilometres, or in that place, the best to show first."""
    rows = connection.execute(
        _NEAR,
        {
            "latitude": latitude,
            "longitude": longitude,
            "place": place_id,
            "within": within_km,
            "ceiling": ceiling_usd,
            "limit": limit,
        },
    )
    return [
        Stay(
            Accommodation.model_validate(row["fields"]),
            row["kilometres"] if row["located"] else None,
            row["told_on"],
        )
        for row in rows
    ]


# The first condition is a rough box that spares computing the sphere for the whole world. A place
# without coordinates of its own lies where its town does. Bands of about 2, 5 and 15 km: nobody
# minds a few streets more for a better house.
_NEAR = """
    with placed as (
        select stay.fields, stay.rating, stay.stars, stay.price_usd, stay.id,
               stay.updated_at::date as told_on,
               stay.latitude is not null as located,
               coalesce(stay.latitude, town.latitude,
                   case when stay.location_id = %(place)s then %(latitude)s end) as latitude,
               coalesce(stay.longitude, town.longitude,
                   case when stay.location_id = %(place)s then %(longitude)s end) as longitude
        from accommodations as stay left join locations as town on town.id = stay.location_id
        where stay.retired_at is null
    ), near as (
        select *, 12742 * asin(least(1, sqrt(
            power(sin(radians(latitude - %(latitude)s) / 2), 2)
            + cos(radians(latitude)) * cos(radians(%(latitude)s))
              * power(sin(radians(longitude - %(longitude)s) / 2), 2)))) as kilometres
        from placed
        where abs(latitude - %(latitude)s) <= %(within)s / 110.0
    )
    select fields, told_on, kilometres, located from near
    where kilometres <= %(within)s
        and (%(ceiling)s::float is null or price_usd is null or price_usd <= %(ceiling)s)
    order by case when %(ceiling)s::float is null then 0 else (price_usd is null)::int end,
             width_bucket(kilometres, array[2.0, 5.0, 15.0]::float[]),
             rating desc nulls last, stars desc nulls last, price_usd nulls last, id
    limit %(limit)s
"""
