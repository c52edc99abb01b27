"""The literal query: seven text vectors a tour, in a schema of its own that is dropped again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from core.database import Connection
from recommender.schemas import WEIGHTS, Criterion

Floats = NDArray[np.float32]


@contextmanager
def literal_table(connection: Connection, vectors: Floats, packages: int) -> Iterator[None]:
    """Provide a table of tours that have one of some vectors for each criterion.

    Args:
        connection: in autocommit mode, to a database with pgvector.
        vectors: shape (m, 384).
        packages: how many tours.
    """
    connection.execute("drop schema if exists bench cascade")
    connection.execute("create schema bench")
    try:
        _fill(connection, vectors, packages)
        yield
    finally:
        connection.execute("drop schema bench cascade")


def _fill(connection: Connection, vectors: Floats, packages: int) -> None:
    connection.execute("create table bench.texts (id int primary key, vector vector(384))")
    with connection.cursor() as cursor:
        cursor.executemany("insert into bench.texts values (%s, %s)", list(enumerate(vectors)))
    connection.execute(
        """
        create function bench.draw(package int, criterion int, size int) returns vector
        language sql stable
        return (select vector from bench.texts
            where id = abs(hashint4(8 * package + criterion)::bigint) % size)
        """
    )
    connection.execute(
        """
        create unlogged table bench.packages as
        select n as id,
            bench.draw(n, 1, %(size)s)::vector(384) as location,
            bench.draw(n, 2, %(size)s)::vector(384) as duration,
            bench.draw(n, 3, %(size)s)::vector(384) as budget,
            bench.draw(n, 4, %(size)s)::vector(384) as transportation,
            bench.draw(n, 5, %(size)s)::vector(384) as food,
            bench.draw(n, 6, %(size)s)::vector(384) as activities,
            bench.draw(n, 7, %(size)s)::vector(384) as accommodation_notes
        from generate_series(1, %(packages)s) as n
        """,
        {"size": len(vectors), "packages": packages},
    )
    connection.execute("vacuum analyze bench.packages")


def literal_best(connection: Connection, wish: Mapping[Criterion, Floats], limit: int) -> list[int]:
    """Return the best tours' ids by the weighted sum of seven cosine distances, by a scan."""
    rows = connection.execute(
        """
        select id from bench.packages
        order by %(w1)s * (location <=> %(v1)s) + %(w2)s * (duration <=> %(v2)s)
            + %(w3)s * (budget <=> %(v3)s) + %(w4)s * (transportation <=> %(v4)s)
            + %(w5)s * (food <=> %(v5)s) + %(w6)s * (activities <=> %(v6)s)
            + %(w7)s * (accommodation_notes <=> %(v7)s)
        limit %(limit)s
        """,
        {
            **{f"w{number}": WEIGHTS[key] for number, key in enumerate(Criterion, 1)},
            **{f"v{number}": wish[key] for number, key in enumerate(Criterion, 1)},
            "limit": limit,
        },
    )
    return [row["id"] for row in rows]
