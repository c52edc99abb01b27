"""Nobody reads or changes what is another traveller's, by any address of the REST interface."""

import itertools
import re
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.rest.document import document
from core import rate_limits
from tests.api.rest.browsers import API, Browser

UNSAFE = {"post", "put", "patch", "delete"}
BODIES: dict[str, Any] = {
    "replace_preferences": {"interests": {"food": "vegan"}},
    "change_preferences": {"interests": {"food": "vegan"}},
    "show_to_me": {},
    "give_feedback": {"tour": 3, "kind": "down"},
    "save_tour": {"tour": 3},
    "rank_tours": {},
}


def operations(app: FastAPI) -> list[tuple[str, str, str]]:
    """Return method, path and name of everything under /api/v1 but the desk."""
    return [
        (method, path, told["operationId"])
        for path, methods in document(app)["paths"].items()
        for method, told in methods.items()
        if "desk" not in told["tags"]
    ]


def having_data(traveller: Browser) -> dict[str, int]:
    """Give a traveller some of everything; return the numbers that paths may name."""
    wish = {"locations": ["Sa Pa"], "food": "vegetarian"}
    body = {"interests": wish, "importance": {"food": 2}, "dates": None}
    traveller.ask("PUT", "/me/preferences", body)
    shown = traveller.ask("POST", "/me/recommendations", {}).json()["recommendations"]
    tour = shown[0]["tour"]
    traveller.ask("POST", "/me/saved", {"tour": tour})
    reaction = traveller.ask("POST", "/me/feedback", {"tour": tour, "kind": "up"}).json()["id"]
    return {"reaction": reaction, "tour": tour}


def all_of(traveller: Browser) -> list[Any]:
    lists = ("preferences", "recommendations/history", "feedback", "saved")
    return [traveller.get(f"/me/{each}").json() for each in lists]


def test_a_strangers_requests_show_and_change_nothing_of_mine(
    rest_app: FastAPI, traveller: Browser, another: Browser
) -> None:
    numbers = having_data(traveller)
    before = all_of(traveller)
    mine = {str(each["id"]) for part in before[1:] for each in part["items"] if "id" in each}
    asked = operations(rest_app)
    assert {name for *_, name in asked} >= set(BODIES)
    for method, path, name in asked:
        if "/me" not in path:
            continue
        filled = re.sub(r"\{(\w+)\}", lambda part: str(numbers[part[1]]), path)
        answer = another.ask(method.upper(), filled.removeprefix(API), BODIES.get(name))
        if "{" in path:
            assert answer.status_code == 404, (method, path)
        else:
            assert answer.status_code < 300, (method, path)
        if "items" in answer.text and name != "list_saved":
            assert not mine & {str(each["id"]) for each in answer.json()["items"]}
    assert all_of(traveller) == before


def test_a_cursor_of_mine_opens_nothing_to_a_stranger(traveller: Browser, another: Browser) -> None:
    having_data(traveller)
    traveller.ask("POST", "/me/recommendations", {})
    cursor = traveller.get("/me/recommendations/history?limit=1").json()["next"]
    theirs = another.get(f"/me/recommendations/history?cursor={cursor}").json()
    assert theirs == {"items": [], "next": None}


def test_without_a_session_or_token_nothing_is_answered(rest_app: FastAPI) -> None:
    with TestClient(rest_app) as nobody:
        for method, path, name in operations(rest_app):
            filled = re.sub(r"\{\w+\}", "1", path)
            answer = nobody.request(method, filled, json=BODIES.get(name))
            assert answer.status_code in {401, 403}, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


def test_no_write_is_done_without_the_sessions_own_csrf_token(
    rest_app: FastAPI, traveller: Browser, another: Browser
) -> None:
    numbers = having_data(traveller)
    before = all_of(traveller)
    writes = [each for each in operations(rest_app) if each[0] in UNSAFE and "/me" in each[1]]
    assert len(writes) >= 8
    for (method, path, name), token in itertools.product(writes, ("", "x", another.csrf)):
        traveller.csrf = token
        filled = re.sub(r"\{(\w+)\}", lambda part: str(numbers[part[1]]), path)
        answer = traveller.ask(method.upper(), filled.removeprefix(API), BODIES.get(name))
        assert answer.status_code == 403, (method, path)
    assert all_of(traveller) == before


def test_another_sites_page_cannot_write(traveller: Browser) -> None:
    answer = traveller.ask("POST", "/me/saved", {"tour": 1}, Origin="https://evil.example")
    assert answer.status_code == 403
    assert traveller.get("/me/saved").json()["items"] == []


def test_too_many_requests_are_put_off_for_one_and_not_for_another(
    traveller: Browser, another: Browser
) -> None:
    for _ in range(119):
        rate_limits.take("api", f"user:{traveller.user_id}", "120/minute")
    answers = (traveller.get("/me/saved") for _ in itertools.count())
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert another.get("/me/saved").status_code == 200
