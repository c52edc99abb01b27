"""Travellers who have signed in, as the tests of the SQL function make them and call it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from pgvector.psycopg import register_vector
from psycopg.rows import dict_row
from supabase import Client

from core.database import Connection
from recommender import service
from recommender.embedding import embedder
from recommender.encoding import encode_wish
from recommender.repository import Profile
from recommender.schemas import Interests
from tests.recommender.postgrest import Api

NOBODY = "00000000-0000-4000-8000-000000000000"
"""A sign-in that belongs to no traveller."""


@contextmanager
def committing(url: str) -> Iterator[Connection]:
    """Open a connection as the owner; what it does is committed at the end."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        register_vector(connection)
        yield connection


@dataclass(frozen=True, slots=True)
class Traveller:
    """One who has signed in: the key here, and the key of the sign-in."""

    id: int
    auth_id: str

    def client(self, api: Api) -> Client:
        return api.client(role="authenticated", sub=self.auth_id)


def new_traveller(connection: Connection, taste: Profile | None = None) -> Traveller:
    auth_id = str(uuid.uuid4())
    row = connection.execute(
        "insert into users (auth_id) values (%s) returning id", [auth_id]
    ).fetchone()
    assert row is not None
    if taste is not None:
        service.save_profile(connection, row["id"], taste)
    return Traveller(row["id"], auth_id)


def stated(connection: Connection, interests: Interests) -> Profile:
    cached = service.CachedEmbedder(connection, embedder())
    return Profile(interests, encode_wish(interests, cached))


def recommended(client: Client, **arguments: object) -> list[dict[str, Any]]:
    return rows_of(client.rpc("recommend", arguments).execute().data)


def rows_of(data: object) -> list[dict[str, Any]]:
    """Return an answer's rows with the type that they have."""
    return cast("list[dict[str, Any]]", data)
