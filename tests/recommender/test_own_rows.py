"""Row-level security of all tables that hold somebody's data, by a walk through the schema."""

import uuid
from typing import Any

import pytest
from postgrest.exceptions import APIError
from psycopg import sql

from core.database import Connection
from recommender.repository import Profile
from tests.recommender.postgrest import Api
from tests.recommender.travellers import committing, new_traveller, rows_of

# Supabase's client hands its own REST client options that the latter no longer wants.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The '(timeout|verify)' parameter is deprecated:DeprecationWarning"
)

CATALOGUE = {"travel_packages", "providers"}
"""What every traveller may read, without anybody's data in it."""

OF_ONES_OWN = {
    "user_interests", "recommendations", "feedback", "saved_tours", "push_schedules", "consents",
    "link_clicks",
}  # fmt: skip
"""What travellers may read of themselves, through Supabase."""

NAMING_PEOPLE = ("user_id", "identity_id")


def tables(connection: Connection) -> set[str]:
    rows = connection.execute(
        """
        select table_name as name from information_schema.tables
        where table_schema = 'public' and table_type = 'BASE TABLE'
        """
    )
    return {row["name"] for row in rows}


def tables_of_people(connection: Connection) -> set[str]:
    rows = connection.execute(
        """
        select table_name as name from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public' and table_type = 'BASE TABLE' and column_name = any(%s)
        """,
        [list(NAMING_PEOPLE)],
    )
    return {row["name"] for row in rows}


def reachable(connection: Connection, role: str) -> set[str]:
    """Return the tables of which a role may read, or change, at least one column."""
    rows = connection.execute(
        """
        select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
            and (has_any_column_privilege(%(role)s, oid, 'select, insert, update')
                or has_table_privilege(%(role)s, oid, 'delete, truncate'))
        """,
        {"role": role},
    )
    return {row["name"] for row in rows}


def test_every_table_holds_rows_back_from_whoever_has_no_policy(connection: Connection) -> None:
    rows = connection.execute(
        "select relname as name, relrowsecurity as held from pg_class "
        "where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    ).fetchall()
    assert {row["name"] for row in rows} == tables(connection)
    assert [row["name"] for row in rows if not row["held"]] == []


def test_travellers_reach_the_catalogue_and_what_a_policy_says_is_theirs(
    connection: Connection,
) -> None:
    rows = connection.execute(
        "select tablename as name, qual, cmd, roles::text[] as roles from pg_policies "
        "where schemaname = 'public'"
    ).fetchall()
    assert reachable(connection, "authenticated") == CATALOGUE | OF_ONES_OWN
    assert {row["name"] for row in rows} == CATALOGUE | OF_ONES_OWN
    for row in rows:
        assert (row["cmd"], row["roles"]) == ("SELECT", ["authenticated"]), row["name"]
        if row["name"] in OF_ONES_OWN:
            assert "user_id = ( SELECT current_traveller()" in row["qual"]


def test_travellers_change_nothing_and_strangers_reach_nothing(connection: Connection) -> None:
    assert reachable(connection, "anon") == set()
    rows = connection.execute(
        """
        select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
            and (has_any_column_privilege('authenticated', oid, 'insert, update')
                or has_table_privilege('authenticated', oid, 'delete, truncate'))
        """
    ).fetchall()
    assert rows == []


ROWS: dict[str, dict[str, Any]] = {
    "channel_identities": {
        "channel": "whatsapp", "address_index": uuid.uuid4, "address_encrypted": b"x",
    },
    "consents": {
        "kind": "conversation", "granted": True, "text_shown": "x", "text_version": "1",
        "channel": "web",
    },
    "recommendations": {
        "package_id": 1, "rank": 1, "score": 0.5, "parts": "{}", "ranker": "standard",
    },
    "feedback": {"package_id": 1, "kind": "up"},
    "conversations": {},
    "saved_tours": {"package_id": 1},
    "push_schedules": {},
    "pushes": {"due_at": "2031-01-01", "outcome": "sent"},
    "handovers": {"reason": "asked"},
    "login_methods": {"provider": "facebook", "subject_index": uuid.uuid4},
    "login_attempts": {
        "state_hash": uuid.uuid4, "browser_hash": b"x", "provider": "facebook", "nonce": "x",
        "verifier_encrypted": b"x", "return_to": "/", "expires_at": "2031-01-01",
    },
    "pending_links": {
        "browser_hash": uuid.uuid4, "provider": "facebook", "subject_index": b"x" * 32,
        "expires_at": "2031-01-01",
    },
    "sessions": {
        "method": "guest", "device": "x", "renewal_hash": uuid.uuid4, "expires_at": "2031-01-01",
    },
    "one_time_codes": {
        "purpose": "join", "code_hash": uuid.uuid4, "expires_at": "2031-01-01",
    },
    "audit_log": {"actor": "system", "action": "x"},
    "tracked_links": {"token": uuid.uuid4, "package_id": 1},
    "link_clicks": {"package_id": 1},
    "deletion_requests": {"code": uuid.uuid4, "provider": "facebook"},
}  # fmt: skip
"""One row for each table with a user_id; the taste is stored by the product's own way."""

BY_IDENTITY = {"inbound_messages", "outbound_messages"}


def fill(connection: Connection, user_id: int) -> None:
    """Give a traveller a row in every table that names travellers."""
    for table, fields in ROWS.items():
        values = {"user_id": user_id, **{name: _made(each) for name, each in fields.items()}}
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        connection.execute(statement, list(values.values()))
    _exchange_messages(connection, user_id)


def _made(value: Any) -> Any:
    """Keys are unique, and hashes have 32 bytes; a text column takes them as text."""
    return value().hex.encode() if callable(value) else value


def _exchange_messages(connection: Connection, user_id: int) -> None:
    identity = connection.execute(
        "select id from channel_identities where user_id = %s", [user_id]
    ).fetchone()
    assert identity
    connection.execute(
        """
        insert into inbound_messages (channel, provider_sid, identity_id, payload_encrypted)
        values ('whatsapp', %s, %s, 'x')
        """,
        [f"SM{uuid.uuid4().hex}", identity["id"]],
    )
    connection.execute(
        "insert into outbound_messages (identity_id, content) values (%s, '{}')", [identity["id"]]
    )


def test_no_table_that_names_people_is_forgotten_here(connection: Connection) -> None:
    assert tables_of_people(connection) == {*ROWS, "user_interests", *BY_IDENTITY}


def test_of_every_table_a_traveller_sees_their_own_rows_or_nothing(api: Api, database: str) -> None:
    with committing(database) as connection:
        own, other = (new_traveller(connection, Profile()) for _ in range(2))
        for each in (own, other):
            fill(connection, each.id)
    client = own.client(api)
    for table in OF_ONES_OWN:
        seen = rows_of(client.table(table).select("*").execute().data)
        assert [row["user_id"] for row in seen] == [own.id], table
        theirs = client.table(table).select("user_id").eq("user_id", other.id).execute()
        assert theirs.data == [], table


@pytest.mark.parametrize("role", ["authenticated", "anon"])
def test_all_other_tables_are_closed_to_everybody(
    api: Api, connection: Connection, role: str
) -> None:
    client = api.client(role=role, sub=str(uuid.uuid4()))
    open_to_them = CATALOGUE | OF_ONES_OWN if role == "authenticated" else set()
    for table in tables(connection) - open_to_them:
        with pytest.raises(APIError, match=r"permission denied|schema cache"):
            client.table(table).select("*").limit(1).execute()
