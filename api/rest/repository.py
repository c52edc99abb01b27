"""All SQL of the REST interface."""

from dataclasses import dataclass
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.database import Connection


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that a write was given under a key.

    Attributes:
        request_hash: of all that was asked.
        status: of HTTP.
        body: its bytes.
        headers: beside the usual ones.
    """

    request_hash: bytes
    status: int
    body: bytes
    headers: dict[str, str]


def lock_key(connection: Connection, lock: int) -> bool:
    """Keep others from a key until the transaction ends; tell whether nobody else has it."""
    row = connection.execute("select pg_try_advisory_xact_lock(%s) as mine", [lock]).fetchone()
    return bool(row and row["mine"])


def answer_under(connection: Connection, owner: str, key: str, kept_hours: int) -> Given | None:
    """Return the answer that was given under a key in the last *kept_hours*."""
    row = connection.execute(
        """
        select request_hash, status, body, headers from idempotency_keys
        where owner = %s and key = %s and created_at > now() - make_interval(hours => %s)
        """,
        [owner, key, kept_hours],
    ).fetchone()
    if row is None:
        return None
    return Given(bytes(row["request_hash"]), row["status"], bytes(row["body"]), row["headers"])


def keep_answer(connection: Connection, owner: str, key: str, given: Given) -> None:
    """Store an answer in place of one that is too old to count."""
    connection.execute(
        """
        insert into idempotency_keys (owner, key, request_hash, status, body, headers)
        values (%s, %s, %s, %s, %s, %s)
        on conflict (owner, key) do update set
            request_hash = excluded.request_hash, status = excluded.status,
            body = excluded.body, headers = excluded.headers, created_at = excluded.created_at
        """,
        [owner, key, given.request_hash, given.status, given.body, Jsonb(given.headers)],
    )


def lock_traveller(connection: Connection, user_id: int) -> None:
    """Keep others from changing a traveller's preferences until the transaction ends."""
    connection.execute("select from users where id = %s for no key update", [user_id])


def shown(connection: Connection, user_id: int, before: int | None, limit: int) -> list[DictRow]:
    """Return what a traveller was shown, newest first: each row with the tour's name."""
    return connection.execute(
        """
        select shown.id, shown.package_id, providers.name as provider, title, rank, score, parts,
               shown_at
        from recommendations as shown
        join travel_packages as tour on tour.id = shown.package_id
        join providers on providers.id = tour.provider_id
        where user_id = %(user)s and (%(before)s::bigint is null or shown.id < %(before)s)
        order by shown.id desc limit %(limit)s
        """,
        {"user": user_id, "before": before, "limit": limit},
    ).fetchall()


def shown_tours(connection: Connection, user_id: int, limit: int) -> list[int]:
    """Return the keys of the tours that a traveller was shown last."""
    rows = connection.execute(
        """
        select package_id from recommendations where user_id = %s
        group by package_id order by max(id) desc limit %s
        """,
        [user_id, limit],
    )
    return [row["package_id"] for row in rows]


def reactions(
    connection: Connection, user_id: int, before: int | None, limit: int
) -> list[DictRow]:
    """Return a traveller's reactions that stand, newest first."""
    return connection.execute(
        """
        select id, package_id, kind, created_at from feedback
        where user_id = %(user)s and undone_at is null
            and (%(before)s::bigint is null or id < %(before)s)
        order by id desc limit %(limit)s
        """,
        {"user": user_id, "before": before, "limit": limit},
    ).fetchall()


def newest_reaction(
    connection: Connection, user_id: int, package_id: int, kind: str
) -> DictRow | None:
    """Return the newest reaction of that kind to a tour that stands."""
    return connection.execute(
        """
        select id, package_id, kind, created_at from feedback
        where user_id = %s and package_id = %s and kind = %s and undone_at is null
        order by id desc limit 1
        """,
        [user_id, package_id, kind],
    ).fetchone()


def saved(
    connection: Connection, user_id: int, before: tuple[int, ...] | None, limit: int
) -> list[DictRow]:
    """Return saved tours, newest first; ``saved_us`` is when, in microseconds since 1970."""
    return connection.execute(
        """
        with saved as (
            select package_id, created_at,
                   (extract(epoch from created_at) * 1000000)::bigint as saved_us
            from saved_tours where user_id = %(user)s)
        select saved.*, providers.name as provider, title, retired_at is null as offered
        from saved
        join travel_packages as tour on tour.id = package_id
        join providers on providers.id = tour.provider_id
        where %(us)s::bigint is null or (saved_us, package_id) < (%(us)s, %(package)s::bigint)
        order by saved_us desc, package_id desc limit %(limit)s
        """,
        {
            "user": user_id,
            "us": before[0] if before else None,
            "package": before[1] if before else None,
            "limit": limit,
        },
    ).fetchall()


def offered_tours(connection: Connection, after: int | None, limit: int) -> list[DictRow]:
    """Return tours that are offered, in the order of their keys."""
    return connection.execute(
        """
        select tour.id, fields, providers.name as provider, updated_at
        from travel_packages as tour join providers on providers.id = tour.provider_id
        where retired_at is null and (%(after)s::bigint is null or tour.id > %(after)s)
        order by tour.id limit %(limit)s
        """,
        {"after": after, "limit": limit},
    ).fetchall()


def offered_tour(connection: Connection, package_id: int) -> DictRow | None:
    """Return one tour, if it is offered."""
    return connection.execute(
        """
        select tour.id, fields, providers.name as provider, updated_at
        from travel_packages as tour join providers on providers.id = tour.provider_id
        where retired_at is null and tour.id = %s
        """,
        [package_id],
    ).fetchone()


def lodging_said(
    connection: Connection, *, package_id: int | None, place_id: int | None, limit: int
) -> list[DictRow]:
    """Return what offered tours say of their lodging: one of them, or all that visit a place.

    A tour visits a place, too, when it stops at one that lies in it.
    """
    query: dict[str, Any] = {"package": package_id, "place": place_id, "limit": limit}
    return connection.execute(
        """
        select id, title, accommodation as said, updated_at::date as as_of
        from travel_packages
        where retired_at is null and accommodation is not null
            and (%(package)s::bigint is null or id = %(package)s)
            and (%(place)s::bigint is null or exists (
                select from locations
                where locations.id = any(location_ids)
                    and (locations.id = %(place)s or %(place)s = any(parents))))
        order by updated_at desc, id limit %(limit)s
        """,
        query,
    ).fetchall()
