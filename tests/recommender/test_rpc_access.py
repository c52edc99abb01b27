"""Row-level security: what travellers and strangers see through Supabase's own client."""

import pytest
from postgrest.exceptions import APIError

from core.database import Connection
from recommender.repository import Profile
from tests.recommender.postgrest import Api
from tests.recommender.travellers import NOBODY, committing, new_traveller, recommended, rows_of

# Supabase's client hands its own REST client options that the latter no longer wants.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The '(timeout|verify)' parameter is deprecated:DeprecationWarning"
)


def test_nobody_sees_the_rows_of_another(api: Api, database: str) -> None:
    with committing(database) as connection:
        own, other = (new_traveller(connection, Profile()) for _ in range(2))
        for each in (own, other):
            connection.execute(
                "insert into feedback (user_id, package_id, kind) values (%s, 1, 'up')", [each.id]
            )
            connection.execute(
                """
                insert into recommendations (user_id, package_id, rank, score, parts, ranker)
                values (%s, 1, 1, 0.5, '{}', 'standard')
                """,
                [each.id],
            )
    client = own.client(api)
    for table in ("user_interests", "feedback", "recommendations"):
        seen = rows_of(client.table(table).select("*").execute().data)
        assert [row["user_id"] for row in seen] == [own.id]
        query = client.table(table).select("user_id").eq("user_id", other.id)
        assert query.execute().data == []


def test_a_traveller_reads_the_catalogue(api: Api) -> None:
    client = api.client(role="authenticated", sub=NOBODY)
    query = client.table("travel_packages").select("title, locations, providers(name)").eq("id", 1)
    assert query.execute().data == [
        {
            "title": "Hà Nội – Hạ Long – Sa Pa 5 ngày 4 đêm, trọn gói",
            "locations": ["Hà Nội", "Hạ Long", "Sa Pa", "Hà Nội"],
            "providers": {"name": "Du lịch Cánh Diều Giấy"},
        }
    ]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("travel_packages", "fields"),
        ("travel_packages", "food_embedding"),
        ("users", "id"),
        ("channel_identities", "id"),
        ("conversations", "state"),
        ("inbound_messages", "id"),
        ("outbound_messages", "content"),
        ("embedding_cache", "model"),
        ("ingestion_rejects", "content"),
        ("encoders", "name"),
        ("schema_migrations", "version"),
    ],
)
def test_a_traveller_reads_nothing_else(api: Api, table: str, columns: str) -> None:
    client = api.client(role="authenticated", sub=NOBODY)
    with pytest.raises(APIError, match="permission denied"):
        client.table(table).select(columns).execute()


def test_a_traveller_writes_nothing(api: Api, database: str) -> None:
    with committing(database) as connection:
        traveller = new_traveller(connection, Profile())
    client = traveller.client(api)
    vote = {"user_id": traveller.id, "package_id": 1, "kind": "up"}
    for query in (
        client.table("feedback").insert(vote),
        client.table("travel_packages").update({"title": "Free"}).eq("id", 1),
        client.table("user_interests").delete().eq("user_id", traveller.id),
    ):
        with pytest.raises(APIError, match="permission denied"):
            query.execute()


def test_whoever_has_not_signed_in_is_refused(api: Api) -> None:
    client = api.client(role="anon")
    for function in ("recommend", "current_traveller"):
        with pytest.raises(APIError, match="permission denied"):
            client.rpc(function).execute()
    for table in ("travel_packages", "providers", "user_interests", "users"):
        with pytest.raises(APIError, match="permission denied"):
            client.table(table).select("*").execute()


def test_a_token_of_another_signer_is_refused(api: Api) -> None:
    forged = api.client(role="authenticated", sub=NOBODY)
    header, claims, signature = forged.supabase_key.split(".")
    forged.postgrest.auth(f"{header}.{claims}.{signature[::-1]}")
    with pytest.raises(APIError, match="JW"):
        recommended(forged)


def test_every_table_has_row_level_security(connection: Connection) -> None:
    open_tables = connection.execute(
        """
        select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
            and not relrowsecurity
        """
    ).fetchall()
    assert open_tables == [], "enable row level security in the migration that makes the table"


def test_travellers_may_call_two_functions_and_strangers_none(connection: Connection) -> None:
    rows = connection.execute(
        """
        select proname as name,
            has_function_privilege('authenticated', oid, 'execute') as traveller,
            has_function_privilege('anon', oid, 'execute') as stranger
        from pg_proc
        where pronamespace = 'public'::regnamespace
            and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
        """
    ).fetchall()
    assert {row["name"] for row in rows if row["traveller"]} == {"recommend", "current_traveller"}
    assert {row["name"] for row in rows if row["stranger"]} == set()


def test_functions_that_run_as_their_owner_fix_where_names_are_looked_up(
    connection: Connection,
) -> None:
    rows = connection.execute(
        """
        select proname as name, proconfig as settings from pg_proc
        where pronamespace = 'public'::regnamespace and prosecdef
        """
    ).fetchall()
    assert {row["name"] for row in rows} == {"recommend", "current_traveller"}
    for row in rows:
        assert any(each.startswith("search_path=") for each in row["settings"])
        assert row["settings"][0].endswith("pg_temp")  # never looked into first
