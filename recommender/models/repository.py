"""All SQL of text models: which one is active, and the tours encoded for the next one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from core.database import Connection
from recommender.embedding import Calibration
from recommender.encoding import EncodedPackage
from recommender.repository import encoded_columns, save_places
from recommender.schemas import Package

_WRITING = 7_264_116
_CHANGING = 7_264_117
"""Any constants: the first is shared by all who store vectors, the second is held by one job."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """Our encoders together with one text model.

    Attributes:
        name: what is stored beside vectors.
        model: the value of `EMBEDDING_MODEL` that loads the text model.
        calibration: what the cosines of its texts mean.
    """

    name: str
    model: str
    calibration: Calibration


def load_active(connection: Connection) -> Encoder | None:
    """Return what the tours are ranked by; None before the first tours."""
    row = connection.execute(
        "select name, model, unrelated, alike from encoders where active"
    ).fetchone()
    if row is None:
        return None
    return Encoder(row["name"], row["model"], Calibration(row["unrelated"], row["alike"]))


def save_encoder(connection: Connection, encoder: Encoder) -> None:
    """Note an encoder: what loads it, and what its cosines mean for the ranking in SQL."""
    scale = encoder.calibration
    connection.execute(
        """
        insert into encoders (name, model, unrelated, alike) values (%s, %s, %s, %s)
        on conflict (name) do update set
            model = excluded.model, unrelated = excluded.unrelated, alike = excluded.alike
        where (encoders.model, encoders.unrelated, encoders.alike)
            <> (excluded.model, excluded.unrelated, excluded.alike)
        """,
        [encoder.name, encoder.model, scale.unrelated, scale.alike],
    )


def activate(connection: Connection, name: str) -> None:
    """Let tours be ranked by this encoder, and no longer by the one before."""
    connection.execute("update encoders set active = false where active and name <> %s", [name])
    connection.execute("update encoders set active = true where name = %s and not active", [name])


def lock_for_writing(connection: Connection) -> None:
    """Keep the active encoder what it is until this transaction ends, together with others."""
    connection.execute("select pg_advisory_xact_lock_shared(%s)", [_WRITING])


def lock_for_switching(connection: Connection) -> None:
    """Wait for all who store vectors, and keep others from it until this transaction ends."""
    connection.execute("select pg_advisory_xact_lock(%s)", [_WRITING])


@contextmanager
def changing_alone(conninfo: str) -> Iterator[bool]:
    """Tell whether no other process changes the model, and keep others from it meanwhile.

    The lock belongs to a connection of its own: it goes when the process dies, however it dies.
    """
    with psycopg.connect(conninfo, autocommit=True, connect_timeout=10) as connection:
        row = connection.execute("select pg_try_advisory_lock(%s)", [_CHANGING]).fetchone()
        yield bool(row and row[0])
        connection.execute("select pg_advisory_unlock_all()")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the catalogue is encoded by one encoder.

    Attributes:
        tours: how many are stored, retired ones too.
        ready: how many of them are encoded as they are now.
        travellers: how many wishes another encoder has made.
    """

    tours: int
    ready: int
    travellers: int


def standing(connection: Connection, encoder: str) -> Standing:
    """Return how far the catalogue is encoded by *encoder*."""
    row = connection.execute(
        """
        select
            (select count(*) from travel_packages) as tours,
            (select count(*) from travel_packages as tour
                where encoder = %(encoder)s or exists (
                    select from package_encodings as staged
                    where staged.encoder = %(encoder)s and staged.package_id = tour.id
                        and staged.content_hash = tour.content_hash)) as ready,
            (select count(*) from user_interests where encoder <> %(encoder)s) as travellers
        """,
        {"encoder": encoder},
    ).fetchone()
    assert row is not None, "counts are a row"  # noqa: S101
    return Standing(**row)


@dataclass(frozen=True, slots=True)
class StoredTour:
    """A tour to be encoded: its key, its fields, and their hash."""

    key: int
    package: Package
    content_hash: bytes


def unencoded_tours(
    connection: Connection, encoder: str, after: int, limit: int
) -> list[StoredTour]:
    """Return tours that *encoder* has not encoded as they are now, in the order of their keys.

    Args:
        connection: an open transaction.
        encoder: what they are to be encoded by.
        after: the key behind which to look.
        limit: how many at most.
    """
    rows = connection.execute(
        """
        select tour.id, tour.fields, tour.content_hash, providers.name as provider
        from travel_packages as tour join providers on providers.id = tour.provider_id
        where tour.id > %(after)s and tour.encoder <> %(encoder)s and not exists (
            select from package_encodings as staged
            where staged.encoder = %(encoder)s and staged.package_id = tour.id
                and staged.content_hash = tour.content_hash)
        order by tour.id limit %(limit)s
        """,
        {"encoder": encoder, "after": after, "limit": limit},
    )
    return [
        StoredTour(
            row["id"],
            Package.model_validate({**row["fields"], "provider": row["provider"]}),
            bytes(row["content_hash"]),
        )
        for row in rows
    ]


def stage(
    connection: Connection,
    encoder: str,
    tours: Sequence[StoredTour],
    encoded: Sequence[EncodedPackage],
) -> None:
    """Keep tours encoded by *encoder* until it becomes active."""
    save_places(connection, [spot for each in encoded for spot in each.places])
    with connection.cursor() as cursor:
        cursor.executemany(
            _STAGE,
            [
                {"encoder": encoder, **_staged(tour, each)}
                for tour, each in zip(tours, encoded, strict=True)
            ],
        )


def _staged(tour: StoredTour, encoded: EncodedPackage) -> dict[str, Any]:
    return {
        "package_id": tour.key,
        "content_hash": tour.content_hash,
        **encoded_columns(encoded),
    }


_STAGE = """
    insert into package_encodings (
        encoder, package_id, content_hash, location_ids, location_keys, location_embedding,
        concepts, words, countries, price_usd, duration_days, available, duration_embedding,
        budget_embedding, transportation_embedding, food_embedding, activities_embedding,
        accommodation_notes_embedding)
    values (
        %(encoder)s, %(package_id)s, %(content_hash)s, %(location_ids)s, %(location_keys)s,
        %(location_embedding)s, %(concepts)s, %(words)s, %(countries)s, %(price_usd)s,
        %(duration_days)s, %(available)s, %(duration_embedding)s, %(budget_embedding)s,
        %(transportation_embedding)s, %(food_embedding)s, %(activities_embedding)s,
        %(accommodation_notes_embedding)s)
    on conflict (encoder, package_id) do update set
        content_hash = excluded.content_hash,
        location_ids = excluded.location_ids,
        location_keys = excluded.location_keys,
        location_embedding = excluded.location_embedding,
        concepts = excluded.concepts,
        words = excluded.words,
        countries = excluded.countries,
        price_usd = excluded.price_usd,
        duration_days = excluded.duration_days,
        available = excluded.available,
        duration_embedding = excluded.duration_embedding,
        budget_embedding = excluded.budget_embedding,
        transportation_embedding = excluded.transportation_embedding,
        food_embedding = excluded.food_embedding,
        activities_embedding = excluded.activities_embedding,
        accommodation_notes_embedding = excluded.accommodation_notes_embedding
"""


def apply_staged(connection: Connection, encoder: str) -> int:
    """Move what was encoded by *encoder* to the tours themselves; return how many they were."""
    moved = connection.execute(
        """
        update travel_packages as tour set
            encoder = staged.encoder,
            location_ids = staged.location_ids,
            location_keys = staged.location_keys,
            location_embedding = staged.location_embedding,
            concepts = staged.concepts,
            words = staged.words,
            countries = staged.countries,
            price_usd = staged.price_usd,
            duration_days = staged.duration_days,
            available = staged.available,
            duration_embedding = staged.duration_embedding,
            budget_embedding = staged.budget_embedding,
            transportation_embedding = staged.transportation_embedding,
            food_embedding = staged.food_embedding,
            activities_embedding = staged.activities_embedding,
            accommodation_notes_embedding = staged.accommodation_notes_embedding
        from package_encodings as staged
        where staged.encoder = %s and staged.package_id = tour.id
            and staged.content_hash = tour.content_hash and tour.encoder <> staged.encoder
        """,
        [encoder],
    )
    return moved.rowcount


def drop_staged(connection: Connection, keep: str | None = None) -> None:
    """Remove what waits for an encoder, but for what waits for *keep*."""
    connection.execute("delete from package_encodings where encoder is distinct from %s", [keep])


def stale_travellers(connection: Connection, encoder: str, after: int, limit: int) -> list[int]:
    """Return travellers behind key *after* whose wish another encoder has made."""
    rows = connection.execute(
        """
        select user_id from user_interests where encoder <> %s and user_id > %s
        order by user_id limit %s
        """,
        [encoder, after, limit],
    )
    return [row["user_id"] for row in rows]
