"""Everything that is stored about a person: handed out whole, and deleted whole."""

import json
import re

import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from psycopg.rows import dict_row

from api.account.deletion import delete
from api.account.export.rendering import written
from api.account.export.repository import LEFT_OUT, QUERIES
from api.account.export.schemas import Format
from api.account.export.service import export
from core.audit.service import SYSTEM, Actor
from core.database import Connection, unit_of_work
from core.errors import NotFoundError
from tests.api.people import Person, fill, new_user

OWNERS = ("user_id", "identity_id", "outbound_id")


@pytest.fixture
def person(account_app: FastAPI) -> Person:
    person = Person(account_app)
    person.do(fill)
    return person


def tables_of_people(url: str) -> dict[str, set[str]]:
    """Return the columns of every table whose rows belong to somebody."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        rows = connection.execute(
            """
            select table_name, column_name from information_schema.columns
            join information_schema.tables using (table_schema, table_name)
            where table_schema = 'public' and table_type = 'BASE TABLE'
            """
        ).fetchall()
    tables: dict[str, set[str]] = {}
    for row in rows:
        tables.setdefault(row["table_name"], set()).add(row["column_name"])
    return {name: columns for name, columns in tables.items() if columns & set(OWNERS)}


def test_no_table_that_knows_a_person_is_forgotten(catalogue_url: str) -> None:
    known = tables_of_people(catalogue_url)
    assert len(known) > 15
    assert set(known) - set(QUERIES) == set()
    assert set(QUERIES) - set(known) == {"users", "idempotency_keys"}  # these name them otherwise


def test_every_column_is_handed_out_or_left_out_on_purpose(person: Person) -> None:
    with unit_of_work() as unit:
        for table, query in QUERIES.items():
            shown = unit.connection.execute(query, {"user": person.user_id}).description or []
            columns = unit.connection.execute(
                sql.SQL("select * from {} limit 0").format(sql.Identifier(table))
            ).description
            missing = {each.name for each in columns or []} - {each.name for each in shown}
            assert missing - LEFT_OUT.get(table, frozenset()) <= {"user_id"}, table


def test_everything_about_a_person_comes_out_legibly(person: Person) -> None:
    found = person.do(lambda connection, user_id: export(connection, user_id, SYSTEM, "json"))
    assert {name for name, rows in found.tables.items() if not rows} == set()
    assert found.tables["users"][0]["email"] == "one@travellers.example"
    assert found.tables["channel_identities"][0]["address"].startswith("+8490")
    assert found.tables["channel_identities"][0]["profile_name"] == "Traveller One"
    assert found.tables["inbound_messages"][0]["payload"] == {"Body": "somewhere with seafood"}
    assert found.tables["inbound_messages"][0]["transcript"] == "somewhere with seafood"
    assert found.tables["outbound_messages"][0]["content"] == {"body": "Here are three tours."}
    assert found.tables["user_interests"][0]["interests"]["locations"] == ["Hội An"]
    assert "learned" in found.tables["user_interests"][0]
    assert [row["rank"] for row in found.tables["recommendations"]] == [1, 2, 3]
    assert found.tables["idempotency_keys"][0]["body"] == '{"kept": true}'
    assert {row["action"] for row in found.tables["audit_log"]} >= {"thread.read", "data.exported"}


def test_no_secret_that_protects_the_account_comes_out(person: Person) -> None:
    found = person.do(lambda connection, user_id: export(connection, user_id, SYSTEM, "json"))
    text = written(found, Format.JSON)
    assert "a secret verifier" not in text
    assert "a-nonce" not in text
    assert not re.search(r'"\w*(hash|_index)"', text)


def test_nothing_about_anybody_else_comes_out(person: Person, account_app: FastAPI) -> None:
    other = Person(account_app)
    other.do(fill)
    found = person.do(lambda connection, user_id: export(connection, user_id, SYSTEM, "json"))
    text = written(found, Format.JSON)
    assert f"+8490{other.user_id:07}" not in text
    assert str(other.visitor.session_id) not in text
    assert [row["id"] for row in found.tables["users"]] == [person.user_id]


def test_the_page_shows_strange_words_as_words(person: Person) -> None:
    person.do(
        lambda connection, user_id: connection.execute(
            "update consents set text_shown = %s where user_id = %s",
            ["<script>alert(1)</script>", user_id],
        )
    )
    found = person.do(lambda connection, user_id: export(connection, user_id, SYSTEM, "html"))
    page = written(found, Format.HTML)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "somewhere with seafood" in page


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_traveller_downloads_it_as_a_file_and_the_trail_says_so(
    person: Person, form: str
) -> None:
    answer = person.send("/account/export", form=form)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="travel-buddy-')
    assert answer.headers["cache-control"] == "no-store"
    assert "somewhere with seafood" in answer.text
    if form == "json":
        assert json.loads(answer.text)["user_id"] == person.user_id
    assert "took out all data" in person.get("/account/security").text


def test_an_export_of_nobody_is_refused(catalogue: Connection) -> None:
    with pytest.raises(NotFoundError):
        export(catalogue, 10**12, SYSTEM, "json")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Please type DELETE."),
        ({"word": "DELETE"}, "Please tick that you are sure."),
        ({"word": "yes", "sure": "yes"}, "Please type DELETE."),
    ],
)
def test_nothing_is_deleted_without_the_word_and_the_tick(
    person: Person, fields: dict[str, str], told: str
) -> None:
    answer = person.send("/account/delete", page="/account/delete", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'role="alert"' in answer.text
    assert person.get("/account").status_code == 200


def test_who_has_only_a_web_account_is_gone_at_once(account_app: FastAPI) -> None:
    person = Person(account_app)
    person.do(fill)
    person.do(
        lambda connection, user_id: connection.execute(
            "delete from channel_identities where user_id = %s", [user_id]
        )
    )
    answer = person.send("/account/delete", page="/account/delete", word=" delete ", sure="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/farewell")
    assert left_of(person.user_id) == {"audit_log", "deletion_requests"}
    dropped = [each for each in answer.headers.get_list("set-cookie") if "Max-Age=0" in each]
    assert {each.partition("=")[0] for each in dropped} == {"session", "renewal"}
    assert "Everything is gone" in person.get("/farewell").text
    assert person.get("/account").status_code in {303, 401}


def test_who_writes_on_whatsapp_keeps_only_what_the_channel_needs(person: Person) -> None:
    answer = person.send("/account/delete", page="/account/delete", word="DELETE", sure="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/farewell/soon")
    assert left_of(person.user_id) == {
        "audit_log", "deletion_requests", "users", "channel_identities", "inbound_messages",
        "outbound_messages", "message_events",
    }  # fmt: skip
    with unit_of_work() as unit:
        found = export(unit.connection, person.user_id, SYSTEM, "json")
    assert found.tables["users"][0]["erase_requested_at"]
    assert found.tables["users"][0]["name"] is None
    assert found.tables["inbound_messages"][0]["payload"] == {}
    assert found.tables["outbound_messages"][0]["content"] == {}
    assert person.get("/account").status_code in {303, 401}


def test_the_trail_of_a_deletion_names_a_number_and_nothing_else(person: Person) -> None:
    person.do(lambda connection, user_id: delete(connection, user_id, Actor("admin", "3")))
    with unit_of_work() as unit:
        row = unit.connection.execute(
            "select * from audit_log where action = 'data.deleted'"
        ).fetchone()
    assert row is not None
    assert (row["actor"], row["actor_id"], row["user_id"]) == ("admin", "3", person.user_id)
    assert row["detail"] == {"at_once": False}


def test_deleting_nobody_is_refused(catalogue: Connection) -> None:
    with pytest.raises(NotFoundError):
        delete(catalogue, 10**12, SYSTEM)


def left_of(user_id: int) -> set[str]:
    """Return the tables that still know somebody."""
    with unit_of_work() as unit:
        return {
            name
            for name, query in QUERIES.items()
            if unit.connection.execute(query, {"user": user_id}).fetchall()
        }


def test_a_new_user_has_nothing_yet(account_app: FastAPI) -> None:
    with unit_of_work() as unit:
        user_id = new_user(unit.connection)
    assert left_of(user_id) == {"users"}
