"""Recommendations, their history, reactions and saved tours over REST."""

import pytest
from fastapi import FastAPI

from conversation import repository
from conversation.saved import MOST
from conversation.state import State
from core.database import unit_of_work
from recommender.feedback import learned
from tests.api.rest.browsers import Browser, browser, with_token

WISH = {"locations": ["Sa Pa"], "duration": {"days": 3}, "activities": "trekking"}


def wishing(traveller: Browser) -> None:
    traveller.ask("PUT", "/me/preferences", {"interests": WISH})


def tours_of(traveller: Browser, query: str = "") -> list[int]:
    answer = traveller.get(f"/me/recommendations{query}").json()
    return [each["tour"] for each in answer["recommendations"]]


def shown_to(traveller: Browser, limit: int = 3) -> list[int]:
    answer = traveller.ask("POST", "/me/recommendations", {"limit": limit})
    assert answer.status_code == 201
    return [each["tour"] for each in answer.json()["recommendations"]]


def test_tours_come_best_first_with_parts_that_sum_to_the_score(traveller: Browser) -> None:
    wishing(traveller)
    found = traveller.get("/me/recommendations?limit=5").json()["recommendations"]
    scores = [each["score"] for each in found]
    assert len(found) == 5
    assert scores == sorted(scores, reverse=True)
    assert found[0]["parts"]["location"]["similarity"] == 1.0
    for each in found:
        assert set(each) == {
            "tour", "id", "provider", "title", "score", "parts", "reason", "url",
        }  # fmt: skip
        assert set(each["parts"]) == {"location", "duration", "activities"}
        points = sum(part["points"] for part in each["parts"].values())
        assert points == pytest.approx(each["score"], abs=1e-6)
        assert each["reason"]


def test_looking_is_not_showing(traveller: Browser) -> None:
    wishing(traveller)
    assert tours_of(traveller) == tours_of(traveller, "?fresh=true")
    assert traveller.get("/me/recommendations/history").json()["items"] == []


def test_what_was_shown_does_not_come_as_fresh_again(traveller: Browser) -> None:
    wishing(traveller)
    first = shown_to(traveller)
    assert first[0] in tours_of(traveller)
    assert not set(first) & set(tours_of(traveller, "?fresh=true"))
    assert not set(first) & set(shown_to(traveller))


def test_the_history_comes_in_parts_newest_first(traveller: Browser) -> None:
    wishing(traveller)
    shown = shown_to(traveller, 3) + shown_to(traveller, 2)
    seen, path = [], "/me/recommendations/history?limit=2"
    for _ in range(3):
        answer = traveller.get(path)
        part = answer.json()
        seen += part["items"]
        path = f"/me/recommendations/history?limit=2&cursor={part['next']}"
        if part["next"]:
            following = answer.links["next"]["url"]
            assert following.startswith("/api/v1/me/recommendations/history?")
            assert f"cursor={part['next']}" in following
            assert "limit=2" in following
    assert part["next"] is None
    assert "link" not in answer.headers
    assert [each["tour"] for each in seen] == shown[::-1]
    assert {each["rank"] for each in seen} == {1, 2, 3}
    assert all(each["parts"] for each in seen)


STRANGE_CURSORS = (
    "x", "%00", "ä", "9" * 201, "W10",
    "WyJ0b3VycyIsMV0",  # of another list
    "WyJoaXN0b3J5IiwxLDJd",  # with a key too many
    "WyJoaXN0b3J5Iix0cnVlXQ",  # with one that is no number
    "WyJoaXN0b3J5IiwxZTMwXQ",
)  # fmt: skip


def test_a_cursor_that_we_have_not_given_is_refused(traveller: Browser) -> None:
    for cursor in STRANGE_CURSORS:
        answer = traveller.get(f"/me/recommendations/history?cursor={cursor}")
        assert answer.status_code == 422, cursor
        assert "cursor" in answer.json()["detail"]


def test_what_the_talk_rules_out_is_not_recommended_here_either(traveller: Browser) -> None:
    wishing(traveller)
    with unit_of_work() as unit:
        state = State().after_refusals(["Sa Pa"], []).model_dump(mode="json")
        repository.save_state(unit.connection, traveller.user_id, state)
    found = traveller.get("/me/recommendations").json()["recommendations"]
    assert found
    for each in found:
        visited = traveller.get(f"/tours/{each['tour']}").json()["locations"]
        assert "Sa Pa" not in visited


def test_a_thumb_is_noted_learned_from_and_taken_back(traveller: Browser) -> None:
    wishing(traveller)
    first, *_ = shown_to(traveller)
    given = traveller.ask("POST", "/me/feedback", {"tour": first, "kind": "down"})
    assert given.status_code == 201
    again = traveller.ask("POST", "/me/feedback", {"tour": first, "kind": "down"})
    assert again.json()["id"] == given.json()["id"]
    (stands,) = traveller.get("/me/feedback").json()["items"]
    assert (stands["tour"], stands["kind"]) == (first, "down")
    path = f"/me/feedback/{given.json()['id']}"
    assert traveller.ask("DELETE", path).status_code == 204
    assert traveller.get("/me/feedback").json()["items"] == []
    assert traveller.ask("DELETE", path).status_code == 404
    with unit_of_work() as unit:
        assert learned(unit.connection, traveller.user_id, "en") == []


def test_what_a_thumb_has_taught_is_told_in_words(traveller: Browser) -> None:
    traveller.ask("PUT", "/me/preferences", {"interests": {**WISH, "food": "vegetarian"}})
    lessons = []
    for tour in shown_to(traveller, 5)[3:]:
        answer = traveller.ask("POST", "/me/feedback", {"tour": tour, "kind": "up"})
        lessons += answer.json()["learned"]
    assert lessons
    assert all(isinstance(each, str) and each for each in lessons)


def test_no_tour_no_feedback_and_nothing_saved(traveller: Browser) -> None:
    for path, body in (
        ("/me/feedback", {"tour": 4711, "kind": "up"}),
        ("/me/saved", {"tour": 4711}),
    ):
        answer = traveller.ask("POST", path, body)
        assert answer.status_code == 404
        assert "4711" in answer.json()["detail"]


def test_tours_are_saved_once_listed_newest_first_and_let_go(traveller: Browser) -> None:
    for tour in (1, 2, 3, 2):
        assert traveller.ask("POST", "/me/saved", {"tour": tour}).status_code == 204
    part = traveller.get("/me/saved?limit=2").json()
    rest = traveller.get(f"/me/saved?limit=2&cursor={part['next']}").json()
    assert [each["tour"] for each in part["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next"] is None
    assert part["items"][0]["offered"] is True
    assert traveller.ask("DELETE", "/me/saved/2").status_code == 204
    assert traveller.ask("DELETE", "/me/saved/2").status_code == 404
    assert [each["tour"] for each in traveller.get("/me/saved").json()["items"]] == [3, 1]


def test_so_many_tours_may_be_saved_and_no_more(traveller: Browser) -> None:
    with unit_of_work() as unit:
        unit.connection.execute(
            "insert into saved_tours (user_id, package_id) "
            "select %s, id from travel_packages order by id limit %s",
            [traveller.user_id, MOST],
        )
    answer = traveller.ask("POST", "/me/saved", {"tour": MOST + 1})
    assert answer.status_code == 422
    assert str(MOST) in answer.json()["detail"]
    assert traveller.ask("POST", "/me/saved", {"tour": 1}).status_code == 204


def test_reasons_are_in_the_language_of_the_visit(rest_app: FastAPI) -> None:
    with browser(rest_app, "vi") as traveller:
        wishing(traveller)
        (found,) = traveller.get("/me/recommendations?limit=1").json()["recommendations"]
    assert found["reason"].startswith("Phù hợp")


def test_a_program_has_tours_ranked_for_a_wish_that_is_kept_nowhere(traveller: Browser) -> None:
    order = {"interests": WISH, "limit": 3, "varied": True, "language": "vi"}
    answer = traveller.client.post("/api/v1/recommendations", json=order, headers=with_token())
    found = answer.json()["recommendations"]
    assert len(found) == 3
    assert found[0]["parts"]["location"]["similarity"] == 1.0
    with unit_of_work() as unit:
        for table in ("recommendations", "user_interests"):
            row = unit.connection.execute(f"select count(*) as size from {table}").fetchone()
            assert row == {"size": 0}


def test_a_program_may_rule_tours_out(traveller: Browser) -> None:
    order = {"interests": WISH, "filters": {"ceiling": {"amount": 100, "currency": "USD"}}}
    answer = traveller.client.post("/api/v1/recommendations", json=order, headers=with_token())
    for each in answer.json()["recommendations"]:
        price = traveller.get(f"/tours/{each['tour']}").json()["price"]
        assert price is None or price["currency"] != "USD" or price["amount"] <= 100
