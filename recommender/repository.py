"""All SQL of the recommender: tours, interests, what was shown, and texts already embedded."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pgvector
from numpy.typing import NDArray
from psycopg.types.json import Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from core.database import Connection
from core.places.service import gazetteer
from recommender.diversity import Traits
from recommender.encoders.places import Spot
from recommender.encoders.texts import word_key, word_keys
from recommender.encoding import EncodedPackage, EncodedWish, Facets, TextWish, language_code
from recommender.schemas import (
    TEXT_CRITERIA,
    WEIGHTS,
    Criterion,
    DateSpan,
    Interests,
    Package,
    Recommendation,
)

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in the stored tours since an earlier look.

    Attributes:
        horizon: the next look asks from this transaction on: all before are over and seen.
        changed: keys of tours that were added or changed.
        removed: keys of tours that are gone.
        stamp: tells this set of changes from another one since the same horizon.
        own: whether the transaction that looks has made some of them itself, so that they may
            still be undone.
    """

    horizon: int
    changed: list[int]
    removed: list[int]
    stamp: tuple[int, int]
    own: bool


def horizon(connection: Connection) -> int:
    """Return the first transaction that may still be running."""
    row = connection.execute(
        "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon"
    ).fetchone()
    assert row is not None, "a value is a row"  # noqa: S101
    return int(row["horizon"])


def changes_since(connection: Connection, since: int) -> Changes:
    """Return which tours were changed by the transaction *since* or any later one."""
    row = connection.execute(
        """
        with changed as (
            select id, changed_in from travel_packages where changed_in >= %(since)s::text::xid8),
        removed as (
            select package_id as id, changed_in from removed_packages
            where changed_in >= %(since)s::text::xid8),
        all_changes as (select * from changed union all select * from removed)
        select
            pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon,
            array(select id from changed order by id) as changed,
            array(select id from removed) as removed,
            (select count(*) from all_changes) as size,
            (select coalesce(sum(changed_in::text::numeric), 0) from all_changes) as total,
            coalesce(
                (select bool_or(changed_in = pg_current_xact_id_if_assigned()) from all_changes),
                false) as own
        """,
        {"since": str(since)},
    ).fetchone()
    assert row is not None, "values are a row"  # noqa: S101
    return Changes(
        horizon=row["horizon"],
        changed=row["changed"],
        removed=row["removed"],
        stamp=(row["size"], int(row["total"])),
        own=row["own"],
    )


def count_packages(connection: Connection) -> int:
    """Return how many tours are offered, whatever encoded them."""
    row = connection.execute(
        "select count(*) as size from travel_packages where retired_at is null"
    ).fetchone()
    return int(row["size"]) if row else 0


def is_offered(connection: Connection, key: int) -> bool:
    """Tell whether a tour is in the catalogue and not retired."""
    row = connection.execute(
        "select from travel_packages where id = %s and retired_at is null", [key]
    ).fetchone()
    return row is not None


def stream_encoded(
    connection: Connection,
    encoder: str,
    keys: Sequence[int] | None = None,
    *,
    retired: bool = False,
) -> Iterator[tuple[int, EncodedPackage]]:
    """Yield the tours made by *encoder* with their keys, in the order of the keys.

    Args:
        connection: an open transaction.
        encoder: what made their vectors.
        keys: which of them; all by default.
        retired: also those that are no longer offered.
    """
    with connection.cursor("encoded_packages", binary=True) as cursor:  # vectors as bytes
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(
            """
            select id, location_ids, location_keys, concepts, words, countries,
                   language, price_usd, duration_days, available, duration_embedding,
                   budget_embedding, transportation_embedding, food_embedding,
                   activities_embedding, accommodation_notes_embedding
            from travel_packages
            where encoder = %(encoder)s
                and (%(keys)s::bigint[] is null or id = any(%(keys)s))
                and (%(retired)s or retired_at is null)
            order by id
            """,
            {
                "encoder": encoder,
                "keys": None if keys is None else list(keys),
                "retired": retired,
            },
        )
        for row in cursor:
            yield row["id"], _encoded(row)


_ROWS_AT_ONCE = 1_000


def _encoded(row: Mapping[str, Any]) -> EncodedPackage:
    vectors = {key: _array(row[f"{key.value}_embedding"]) for key in TEXT_CRITERIA}
    return EncodedPackage(
        places=_spots(row),
        duration=_array(row["duration_embedding"]),
        budget=_array(row["budget_embedding"]),
        texts={key: vector for key, vector in vectors.items() if vector is not None},
        concepts=frozenset(row["concepts"]),
        words=frozenset(row["words"]),
        facets=Facets(
            countries=frozenset(row["countries"]),
            language=language_code(row["language"]) if row["language"] else None,
            price=row["price_usd"],
            days=row["duration_days"],
            available=tuple(_span(each) for each in row["available"]),
        ),
    )


def _spots(row: Mapping[str, Any]) -> tuple[Spot, ...]:
    places = gazetteer()
    return tuple(
        Spot(place_id, key, places.get(place_id) if place_id > 0 else None)
        for place_id, key in zip(row["location_ids"], row["location_keys"], strict=True)
    )


def _span(days: Range[dt.date]) -> DateSpan:
    """PostgreSQL gives the day behind the last one."""
    assert days.lower is not None and days.upper is not None, "stored days are bounded"  # noqa: S101, PT018
    return DateSpan(start=days.lower, end=days.upper - dt.timedelta(days=1))


def _array(vector: pgvector.Vector | None) -> Vector | None:
    return None if vector is None else np.asarray(vector.to_numpy(), np.float32)


def load_packages(connection: Connection, keys: Sequence[int]) -> dict[int, Package]:
    """Return the tours with these keys, retired ones too; a key that is gone is left out."""
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


def load_traits(connection: Connection, keys: Sequence[int]) -> dict[int, Traits]:
    """Return by what these tours are told from near-copies of each other."""
    rows = connection.execute(
        """
        select id, title, location_ids, duration_days, price_usd, concepts
        from travel_packages where id = any(%s)
        """,
        [list(keys)],
    )
    return {
        row["id"]: Traits(
            places=frozenset(row["location_ids"]),
            days=row["duration_days"],
            price=row["price_usd"],
            concepts=frozenset(row["concepts"]),
            title=word_keys(row["title"]),
        )
        for row in rows
    }


def load_all_packages(connection: Connection) -> dict[int, Package]:
    """Return every tour that is offered by its key, in the order of the keys."""
    rows = connection.execute(
        "select id from travel_packages where retired_at is null order by id"
    ).fetchall()
    return load_packages(connection, [row["id"] for row in rows])


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a traveller's taste.

    Attributes:
        interests: what they stated, in words.
        wish: that in encoded form, with what was learned since; None if another encoder made it.
        weights: their own weight of every criterion.
        learned: sentences' worth of what feedback has changed, as `learning` writes it.
        importance: what they say matters more or less, as factors; 1 where nothing is named.
    """

    interests: Interests = field(default_factory=Interests)
    wish: EncodedWish | None = field(default_factory=EncodedWish)
    weights: Mapping[Criterion, float] = field(default_factory=lambda: dict(WEIGHTS))
    learned: Sequence[Any] = ()
    importance: Mapping[Criterion, float] = field(default_factory=dict)

    def weights_at_start(self) -> dict[Criterion, float]:
        """Return the weight of every criterion before anything was learned."""
        return {key: weight * self.importance.get(key, 1.0) for key, weight in WEIGHTS.items()}


def save_profile(connection: Connection, user_id: int, profile: Profile, encoder: str) -> None:
    """Store a traveller's taste in place of the earlier one; its wish must be there."""
    wish = profile.wish or EncodedWish()
    save_places(connection, wish.places)
    connection.execute(
        """
        insert into user_interests (
            user_id, interests, encoder, asked, weights, learned, importance, location_ids,
            location_keys, location_embedding, duration_embedding, budget_embedding,
            transportation_embedding, food_embedding, activities_embedding,
            accommodation_notes_embedding)
        values (
            %(user_id)s, %(interests)s, %(encoder)s, %(asked)s, %(weights)s, %(learned)s,
            %(importance)s, %(location_ids)s, %(location_keys)s, %(location_embedding)s,
            %(duration)s, %(budget)s, %(transportation)s, %(food)s, %(activities)s,
            %(accommodation_notes)s)
        on conflict (user_id) do update set
            interests = excluded.interests,
            encoder = excluded.encoder,
            asked = excluded.asked,
            weights = excluded.weights,
            learned = excluded.learned,
            importance = excluded.importance,
            location_ids = excluded.location_ids,
            location_keys = excluded.location_keys,
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
            "interests": Jsonb(profile.interests.model_dump(mode="json", exclude_defaults=True)),
            "encoder": encoder,
            "asked": Jsonb({key.value: _asked(text) for key, text in wish.texts.items()}),
            "weights": Jsonb({key.value: weight for key, weight in profile.weights.items()}),
            "learned": Jsonb(list(profile.learned)),
            "importance": Jsonb(dict(profile.importance)),
            **place_columns(wish.places),
            "duration": wish.duration,
            "budget": wish.budget,
            **{key.value: _vector_of(wish, key) for key in TEXT_CRITERIA},
        },
    )


def _asked(wish: TextWish) -> dict[str, list[str]]:
    """Words are kept as they are looked up; `said` has them as they were written."""
    return {
        "concepts": list(wish.concepts),
        "words": [word_key(word) for word in wish.words],
        "said": list(wish.words),
    }


def load_profile(connection: Connection, user_id: int, encoder: str) -> Profile:
    """Return what is known of a traveller's taste; nothing stated where there is no row."""
    row = connection.execute(
        """
        select interests, encoder, asked, weights, learned, importance, location_ids,
               location_keys, duration_embedding, budget_embedding, transportation_embedding,
               food_embedding, activities_embedding, accommodation_notes_embedding
        from user_interests where user_id = %s
        """,
        [user_id],
        binary=True,
    ).fetchone()
    if row is None:
        return Profile()
    own = {Criterion(key): float(weight) for key, weight in row["weights"].items()}
    return Profile(
        interests=Interests.model_validate(row["interests"]),
        wish=_wish(row) if row["encoder"] == encoder else None,
        weights={**WEIGHTS, **own},
        learned=row["learned"],
        importance={Criterion(key): float(value) for key, value in row["importance"].items()},
    )


def _wish(row: Mapping[str, Any]) -> EncodedWish:
    vectors = {key: _array(row[f"{key.value}_embedding"]) for key in TEXT_CRITERIA}
    return EncodedWish(
        places=_spots(row),
        duration=_array(row["duration_embedding"]),
        budget=_array(row["budget_embedding"]),
        texts={
            key: TextWish(
                vector=vector,
                concepts=tuple(row["asked"].get(key, {}).get("concepts", ())),
                words=tuple(row["asked"].get(key, {}).get("said", ())),
            )
            for key, vector in vectors.items()
            if vector is not None
        },
    )


def place_columns(places: Sequence[Spot]) -> dict[str, Any]:
    """Return the ids, names and vectors of places, one of each for every place."""
    return {
        "location_ids": [place.id for place in places],
        "location_keys": [place.key for place in places],
        "location_embedding": [place.vector() for place in places] or None,
    }


def encoded_columns(encoded: EncodedPackage) -> dict[str, Any]:
    """Return all columns of a tour that are made of its fields, by their names."""
    return {
        **place_columns(encoded.places),
        "concepts": sorted(encoded.concepts),
        "words": sorted(encoded.words),
        "countries": sorted(encoded.facets.countries),
        "price_usd": encoded.facets.price,
        "duration_days": encoded.facets.days,
        "available": _days(encoded.facets.available),
        "duration_embedding": encoded.duration,
        "budget_embedding": encoded.budget,
        **{f"{key.value}_embedding": encoded.texts.get(key) for key in TEXT_CRITERIA},
    }


def _days(spans: Iterable[DateSpan]) -> Multirange[dt.date]:
    return Multirange(Range(span.start, span.end, "[]") for span in spans)


def save_places(connection: Connection, spots: Iterable[Spot]) -> None:
    """Note the gazetteer's places among these, for the ranking in SQL."""
    known = {spot.place.id: spot.place for spot in spots if spot.place}
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into locations (
                id, name, kind, country, latitude, longitude, parents, population)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            on conflict do nothing
            """,
            [
                (
                    place.id, place.name, place.kind.value, place.country, place.latitude,
                    place.longitude, list(place.parents), place.population,
                )
                for _, place in sorted(known.items())  # two at once must not wait for each other
            ],
        )  # fmt: skip


def _vector_of(wish: EncodedWish, key: Criterion) -> Vector | None:
    return wish.texts[key].vector if key in wish.texts else None


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
            [(model, text_hash, vectors[text_hash]) for text_hash in sorted(vectors)],
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reaction that stands.

    Attributes:
        package_id: the tour.
        kind: what was done with it.
        page: the tours that were shown together with it, itself among them: for each the
            similarities to the wish of that time, on the criteria that it speaks of; none
            where they were not ranked by the traveller's own wish. Empty where it was never
            shown.
    """

    package_id: int
    kind: str
    page: Mapping[int, Mapping[Criterion, float]]


def save_feedback(connection: Connection, user_id: int, package_id: int, kind: str) -> None:
    """Note what a traveller did with a tour, unless it only repeats what stands already.

    A second tap on the same thumb is no second thumb: it would have to be taken back twice.
    """
    connection.execute(
        """
        insert into feedback (user_id, package_id, kind)
        select %(user)s, %(package)s, %(kind)s
        where %(kind)s is distinct from (
            select kind from feedback
            where user_id = %(user)s and package_id = %(package)s and undone_at is null
                and (kind <> 'click' or %(kind)s = 'click')
            order by id desc limit 1)
        """,
        {"user": user_id, "package": package_id, "kind": kind},
    )


def load_feedback(connection: Connection, user_id: int, ranker: str, limit: int) -> list[Feedback]:
    """Return the newest *limit* reactions that stand, oldest first.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        ranker: what ranks by a traveller's own wish.
        limit: how many at most.
    """
    rows = connection.execute(
        """
        select feedback.package_id, feedback.kind, page.tours
        from feedback
        left join lateral (
            select shown_at from recommendations
            where user_id = feedback.user_id and package_id = feedback.package_id
                and shown_at <= feedback.created_at
            order by shown_at desc limit 1
        ) seen on true
        cross join lateral (
            select coalesce(jsonb_object_agg(
                package_id, case when ranker = %s then parts else '{}' end order by id
            ), '{}') as tours
            from recommendations
            where user_id = feedback.user_id and shown_at = seen.shown_at
        ) page
        where feedback.user_id = %s and undone_at is null
        order by feedback.id desc limit %s
        """,
        [ranker, user_id, limit],
    ).fetchall()
    return [
        Feedback(
            row["package_id"],
            row["kind"],
            {int(key): _known_similarities(parts) for key, parts in row["tours"].items()},
        )
        for row in reversed(rows)
    ]


def _known_similarities(parts: Mapping[str, Any]) -> dict[Criterion, float]:
    return {Criterion(key): part["similarity"] for key, part in parts.items() if part["known"]}


def undo_feedback(connection: Connection, user_id: int) -> bool:
    """Take back the newest reaction that was said, not clicked; tell whether there was one."""
    undone = connection.execute(
        """
        update feedback set undone_at = now() where id = (
            select max(id) from feedback
            where user_id = %s and undone_at is null and kind <> 'click')
        """,
        [user_id],
    )
    return undone.rowcount > 0


def undo_feedback_on(connection: Connection, user_id: int, package_id: int) -> int:
    """Take back all that was said, not clicked, of one tour; return how much there was."""
    return connection.execute(
        """
        update feedback set undone_at = now()
        where user_id = %s and package_id = %s and undone_at is null and kind <> 'click'
        """,
        [user_id, package_id],
    ).rowcount


def undo_one_feedback(connection: Connection, user_id: int, feedback_id: int) -> bool:
    """Take one of a traveller's reactions back; tell whether it stood."""
    undone = connection.execute(
        """
        update feedback set undone_at = now()
        where id = %s and user_id = %s and undone_at is null
        """,
        [feedback_id, user_id],
    )
    return undone.rowcount > 0


def undo_all_feedback(connection: Connection, user_id: int) -> int:
    """Take back every reaction, clicks too; return how many there were."""
    return connection.execute(
        "update feedback set undone_at = now() where user_id = %s and undone_at is null", [user_id]
    ).rowcount
