"""All SQL of the recommender: tours, interests, what was shown, and texts already embedded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pgvector
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from core.database import Connection
from core.places.service import gazetteer
from core.text import fold
from recommender.encoders.places import Spot
from recommender.encoding import EncodedPackage, EncodedWish, package_words
from recommender.schemas import TEXT_CRITERIA, Criterion, Interests, Package, Recommendation

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Version:
    """Tells whether the stored tours are still those that were loaded."""

    size: int
    changed_at: object


def catalogue_version(connection: Connection, encoder: str) -> Version:
    """Return what changes whenever a tour made by *encoder* is added, changed or removed."""
    row = connection.execute(
        """
        select count(*) as size, max(updated_at) as changed_at
        from travel_packages where encoder = %s
        """,
        [encoder],
    ).fetchone()
    return Version(row["size"], row["changed_at"]) if row else Version(0, None)


def count_packages(connection: Connection) -> int:
    """Return how many tours are stored, whatever encoded them."""
    row = connection.execute("select count(*) as size from travel_packages").fetchone()
    return int(row["size"]) if row else 0


def load_encoded(connection: Connection, encoder: str) -> tuple[list[int], list[EncodedPackage]]:
    """Return the keys of all tours made by *encoder*, and the tours in encoded form."""
    rows = connection.execute(
        """
        select id, title, description, country, locations, location_ids, concepts,
               transportation, food, activities, accommodation, notes,
               duration_embedding, budget_embedding, transportation_embedding, food_embedding,
               activities_embedding, accommodation_notes_embedding
        from travel_packages where encoder = %s order by id
        """,
        [encoder],
        binary=True,  # vectors as bytes, not as text to be parsed
    ).fetchall()
    return [row["id"] for row in rows], [_encoded(row) for row in rows]


def _encoded(row: Mapping[str, Any]) -> EncodedPackage:
    vectors = {key: _array(row[f"{key.value}_embedding"]) for key in TEXT_CRITERIA}
    return EncodedPackage(
        places=tuple(
            Spot(place_id, fold(name), gazetteer().get(place_id) if place_id > 0 else None)
            for place_id, name in zip(row["location_ids"], row["locations"], strict=True)
        ),
        duration=_array(row["duration_embedding"]),
        budget=_array(row["budget_embedding"]),
        texts={key: vector for key, vector in vectors.items() if vector is not None},
        concepts=frozenset(row["concepts"]),
        words=package_words(_said(row)),
    )


def _array(vector: pgvector.Vector | None) -> Vector | None:
    return None if vector is None else np.asarray(vector.to_numpy(), np.float32)


def _said(row: Mapping[str, Any]) -> Package:
    texts = ("title", "description", *_TEXT_COLUMNS)
    return Package.model_construct(**{name: row[name] for name in texts})


_TEXT_COLUMNS = ("transportation", "food", "activities", "accommodation", "notes")


def load_packages(connection: Connection, keys: Sequence[int]) -> dict[int, Package]:
    """Return the tours with these keys; a key that is gone is left out."""
    rows = connection.execute(
        """
        select travel_packages.id, fields, providers.name as provider
        from travel_packages join providers on providers.id = provider_id
        where travel_packages.id = any(%s)
        """,
        [list(keys)],
    )
    return {
        row["id"]: Package.model_validate({**row["fields"], "provider": row["provider"]})
        for row in rows
    }


def load_all_packages(connection: Connection) -> dict[int, Package]:
    """Return every tour by its key, in the order of the keys."""
    rows = connection.execute("select id from travel_packages order by id").fetchall()
    return load_packages(connection, [row["id"] for row in rows])


def save_interests(
    connection: Connection, user_id: int, interests: Interests, wish: EncodedWish, encoder: str
) -> None:
    """Store a traveller's interests and their vectors in place of the earlier ones."""
    connection.execute(
        """
        insert into user_interests (
            user_id, interests, encoder, location_ids, concepts, location_embedding,
            duration_embedding, budget_embedding, transportation_embedding, food_embedding,
            activities_embedding, accommodation_notes_embedding)
        values (
            %(user_id)s, %(interests)s, %(encoder)s, %(location_ids)s, %(concepts)s,
            %(location)s, %(duration)s, %(budget)s, %(transportation)s, %(food)s,
            %(activities)s, %(accommodation_notes)s)
        on conflict (user_id) do update set
            interests = excluded.interests,
            encoder = excluded.encoder,
            location_ids = excluded.location_ids,
            concepts = excluded.concepts,
            location_embedding = excluded.location_embedding,
            duration_embedding = excluded.duration_embedding,
            budget_embedding = excluded.budget_embedding,
            transportation_embedding = excluded.transportation_embedding,
            food_embedding = excluded.food_embedding,
            activities_embedding = excluded.activities_embedding,
            accommodation_notes_embedding = excluded.accommodation_notes_embedding,
            updated_at = now()
        """,
        {
            "user_id": user_id,
            "interests": Jsonb(interests.model_dump(mode="json", exclude_defaults=True)),
            "encoder": encoder,
            "concepts": sorted({key for wish in wish.texts.values() for key in wish.concepts}),
            **place_columns(wish.places),
            "duration": wish.duration,
            "budget": wish.budget,
            **{key.value: _vector_of(wish, key) for key in TEXT_CRITERIA},
        },
    )


def place_columns(places: Sequence[Spot]) -> dict[str, Any]:
    """Return the ids and the vectors of places, one of each for every place."""
    return {
        "location_ids": [place.id for place in places],
        "location": [place.vector() for place in places] or None,
    }


def _vector_of(wish: EncodedWish, key: Criterion) -> Vector | None:
    return wish.texts[key].vector if key in wish.texts else None


def load_interests(connection: Connection, user_id: int) -> Interests:
    """Return what a traveller told us; nothing stated where there is no row."""
    row = connection.execute(
        "select interests from user_interests where user_id = %s", [user_id]
    ).fetchone()
    return Interests.model_validate(row["interests"]) if row else Interests()


def record_shown(
    connection: Connection, user_id: int, shown: Sequence[Recommendation], ranker: str
) -> None:
    """Note what a traveller was shown, at which rank and for which score."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into recommendations (user_id, package_id, rank, score, parts, ranker)
            values (%s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    user_id, each.package_id, rank, each.score,
                    Jsonb({key: part.model_dump() for key, part in each.parts.items()}), ranker,
                )
                for rank, each in enumerate(shown, 1)
            ],
        )  # fmt: skip


def load_embeddings(
    connection: Connection, model: str, hashes: Sequence[bytes]
) -> dict[bytes, Vector]:
    """Return the vectors that *model* has made of texts with these hashes."""
    rows = connection.execute(
        "select text_hash, embedding from embedding_cache where model = %s and text_hash = any(%s)",
        [model, list(hashes)],
        binary=True,
    )
    return {bytes(row["text_hash"]): row["embedding"].to_numpy() for row in rows}


def save_embeddings(connection: Connection, model: str, vectors: Mapping[bytes, Vector]) -> None:
    """Keep vectors for the next time the same texts come."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into embedding_cache (model, text_hash, embedding) values (%s, %s, %s)
            on conflict do nothing
            """,
            [(model, text_hash, vector) for text_hash, vector in vectors.items()],
        )
