"""Writes that are done once, however often they are asked for under one key."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from api.rest import service
from api.rest.callers import Write
from api.rest.idempotency import Answer, once
from api.sessions.schemas import Method, UserRole, Visitor
from conversation.repository import erase
from core.database import Connection, unit_of_work
from tests.api.rest.browsers import Browser
from tests.conftest import rows_of


def test_the_same_request_again_is_answered_as_it_was_and_not_done(traveller: Browser) -> None:
    first = traveller.ask("POST", "/me/recommendations", {"limit": 2}, key="k1")
    again = traveller.ask("POST", "/me/recommendations", {"limit": 2}, key="k1")
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert len(traveller.get("/me/recommendations/history").json()["items"]) == 2
    other = traveller.ask("POST", "/me/recommendations", {"limit": 2}, key="k2")
    assert other.content != first.content


def test_headers_of_the_answer_come_again_too(traveller: Browser) -> None:
    body = {"interests": {"food": "vegetarian"}}
    first = traveller.ask("PUT", "/me/preferences", body, key="k")
    again = traveller.ask("PUT", "/me/preferences", body, key="k")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"


OTHERS: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/me/saved", {"tour": 2}),
    ("DELETE", "/me/saved/1", None),
    ("POST", "/me/feedback", {"tour": 1, "kind": "up"}),
    ("PUT", "/me/preferences", {}),
)


def test_another_request_under_the_key_is_refused(traveller: Browser) -> None:
    traveller.ask("POST", "/me/saved", {"tour": 1}, key="k")
    for method, path, body in OTHERS:
        answer = traveller.ask(method, path, body, key="k")
        assert answer.status_code == 422, (method, path)
    assert [each["tour"] for each in traveller.get("/me/saved").json()["items"]] == [1]
    assert traveller.get("/me/feedback").json()["items"] == []


def test_a_delete_is_answered_as_it_was_though_nothing_is_there_now(traveller: Browser) -> None:
    traveller.ask("POST", "/me/saved", {"tour": 1})
    for _ in range(2):
        assert traveller.ask("DELETE", "/me/saved/1", key="k").status_code == 204
    assert traveller.ask("DELETE", "/me/saved/1").status_code == 404


def test_keys_are_each_travellers_own(traveller: Browser, another: Browser) -> None:
    for each in (traveller, another):
        answer = each.ask("POST", "/me/saved", {"tour": 1}, key="k")
        assert "idempotent-replayed" not in answer.headers
        assert len(each.get("/me/saved").json()["items"]) == 1


def test_a_write_that_was_refused_may_be_corrected_under_its_key(traveller: Browser) -> None:
    assert traveller.ask("POST", "/me/saved", {"tour": 4711}, key="k").status_code == 404
    assert traveller.ask("POST", "/me/saved", {"tour": 1}, key="k").status_code == 204


def test_after_a_day_a_key_is_forgotten(traveller: Browser) -> None:
    traveller.ask("POST", "/me/saved", {"tour": 1}, key="k")
    with unit_of_work() as unit:
        unit.connection.execute(
            "update idempotency_keys set created_at = now() - interval '25 hours'"
        )
    answer = traveller.ask("POST", "/me/saved", {"tour": 2}, key="k")
    assert answer.status_code == 204
    assert traveller.ask("POST", "/me/saved", {"tour": 2}, key="k").headers["idempotent-replayed"]


def test_a_key_is_of_printable_characters_and_not_too_long(traveller: Browser) -> None:
    for key in ("", "x" * 201, "two words"):
        assert traveller.ask("POST", "/me/saved", {"tour": 1}, key=key).status_code == 422


def test_while_one_is_at_work_others_under_the_key_are_told_to_wait(traveller: Browser) -> None:
    with unit_of_work() as unit:
        once(unit.connection, a_write(traveller), lambda: Answer(204))
        answer = traveller.ask("POST", "/me/saved", {"tour": 1}, key="k")
        assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
        assert traveller.ask("POST", "/me/saved", {"tour": 1}, key="k2").status_code == 204


def a_write(traveller: Browser) -> Write:
    """A write under the key k that did not come by HTTP."""
    visitor = Visitor(traveller.user_id, uuid4(), UserRole.TRAVELLER, Method.GUEST)
    return Write(visitor, "k", b"x" * 32, "en")


def test_many_at_once_do_it_once(traveller: Browser, catalogue_url: str) -> None:
    gate = threading.Barrier(8)

    def ask(_: int) -> int:
        gate.wait()
        return int(traveller.ask("POST", "/me/recommendations", {"limit": 1}, key="k").status_code)

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(ask, range(8)))
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert len(rows_of(catalogue_url, "select from recommendations")) == 1


def test_a_crash_between_doing_and_answering_leaves_neither(
    traveller: Browser, catalogue_url: str
) -> None:
    """The connection is cut where it hurts most: all is written, nothing is committed."""
    with pytest.raises(psycopg.OperationalError):
        save_once(traveller, lambda connection: kill(catalogue_url, connection))
    assert rows_of(catalogue_url, "select from saved_tours") == []
    assert rows_of(catalogue_url, "select from idempotency_keys") == []
    save_once(traveller, lambda connection: None)
    save_once(traveller, lambda connection: None)
    assert len(rows_of(catalogue_url, "select from saved_tours")) == 1


def save_once(traveller: Browser, then: Callable[[Connection], object]) -> None:
    """Save a tour, and do something before the transaction is committed."""

    def save() -> Answer:
        service.save(unit.connection, traveller.user_id, 1)
        return Answer(204)

    with unit_of_work() as unit:
        once(unit.connection, a_write(traveller), save)
        then(unit.connection)


def kill(url: str, victim: Connection) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", [victim.info.backend_pid])


def test_who_is_forgotten_leaves_no_answers_behind(
    traveller: Browser, another: Browser, catalogue_url: str
) -> None:
    for each in (traveller, another):
        each.ask("PUT", "/me/preferences", {"interests": {"food": "vegan"}}, key="k")
    with unit_of_work() as unit:
        erase(unit.connection, traveller.user_id, b"")
    (left,) = rows_of(catalogue_url, "select owner from idempotency_keys")
    assert left["owner"] == f"user:{another.user_id}"
