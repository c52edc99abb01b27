"""A traveller's preferences over REST."""

import itertools

from core.audit.service import entries
from core.database import unit_of_work
from recommender.service import load_interests
from tests.api.rest.browsers import Browser

WISH = {"locations": ["Sa Pa"], "duration": {"days": 3.0}, "food": "vegetarian"}
TOLD = {
    "interests": WISH,
    "dates": {"start": "2031-03-01", "end": "2031-03-31"},
    "importance": {"budget": 2.0},
}


def told(traveller: Browser) -> dict[str, object]:
    """What was stated of the interests now."""
    interests = traveller.get("/me/preferences").json()["interests"]
    return {name: value for name, value in interests.items() if value}


def test_what_was_stored_is_shown_again(traveller: Browser) -> None:
    answer = traveller.ask("PUT", "/me/preferences", TOLD)
    assert answer.status_code == 200
    shown = traveller.get("/me/preferences")
    assert shown.json() == answer.json()
    assert shown.json()["dates"] == TOLD["dates"]
    assert shown.json()["importance"] == TOLD["importance"]
    assert told(traveller)["locations"] == ["Sa Pa"]
    with unit_of_work() as unit:
        assert load_interests(unit.connection, traveller.user_id).food == "vegetarian"


def test_nothing_was_told_at_first(traveller: Browser) -> None:
    assert traveller.get("/me/preferences").json()["dates"] is None
    assert told(traveller) == {}


def test_a_change_names_what_is_different_and_null_takes_away(traveller: Browser) -> None:
    traveller.ask("PUT", "/me/preferences", TOLD)
    change = {
        "interests": {"food": None, "duration": {"hours": 6}},
        "dates": None,
        "importance": {"budget": None, "food": 4},
    }
    answer = traveller.ask("PATCH", "/me/preferences", change)
    assert answer.status_code == 200
    interests = told(traveller)
    assert interests["locations"] == ["Sa Pa"]
    assert "food" not in interests
    assert {name: each for name, each in interests["duration"].items() if each} == {"hours": 6}  # type: ignore[attr-defined]
    assert answer.json()["dates"] is None
    assert answer.json()["importance"] == {"food": 4.0}


def test_an_empty_change_changes_nothing(traveller: Browser) -> None:
    before = traveller.ask("PUT", "/me/preferences", TOLD).json()
    assert traveller.ask("PATCH", "/me/preferences", {}).json() == before


def test_a_part_that_is_null_is_taken_away_as_a_whole(traveller: Browser) -> None:
    traveller.ask("PUT", "/me/preferences", TOLD)
    after = traveller.ask("PATCH", "/me/preferences", {"importance": None}).json()
    assert after["importance"] == {}
    assert after["dates"] == TOLD["dates"]


def test_deleting_forgets_all_of_them(traveller: Browser) -> None:
    traveller.ask("PUT", "/me/preferences", TOLD)
    answer = traveller.ask("DELETE", "/me/preferences")
    assert (answer.status_code, answer.content) == (204, b"")
    after = traveller.get("/me/preferences").json()
    assert (told(traveller), after["dates"], after["importance"]) == ({}, None, {})


def test_a_tag_names_one_state_alone(traveller: Browser) -> None:
    first = traveller.ask("PUT", "/me/preferences", TOLD).headers["etag"]
    assert traveller.get("/me/preferences").headers["etag"] == first
    unchanged = traveller.get("/me/preferences", **{"If-None-Match": first})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    changed = traveller.ask("PATCH", "/me/preferences", {"dates": None}, **{"If-Match": first})
    assert changed.status_code == 200
    for method, body in (("PUT", TOLD), ("PATCH", {}), ("DELETE", None)):
        late = traveller.ask(method, "/me/preferences", body, **{"If-Match": first})
        assert late.status_code == 412, method
    assert traveller.get("/me/preferences").headers["etag"] == changed.headers["etag"]
    assert traveller.ask("PUT", "/me/preferences", TOLD, **{"If-Match": "*"}).status_code == 200


WRONG: tuple[tuple[object, str], ...] = (
    ({"interests": {"colour": "blue"}}, "colour"),
    ({"interest": {}}, "interest"),
    ({"interests": {"food": "x" * 2_001}}, "2,000"),
    ({"interests": {"locations": ["x"] * 51}}, "locations"),
    ({"interests": {"duration": {"days": 3, "hours": 3}}}, "days or hours"),
    ({"interests": {"budget": {"max": 5, "currency": "XXX"}}}, "currency"),
    ({"importance": {"budget": 5}}, "importance.budget"),
    ({"importance": {"price": 1}}, "importance.price"),
    ({"dates": {"start": "2031-02-01", "end": "2031-01-01"}}, "end must not be before start"),
    ([], "body"),
)


def test_what_is_not_valid_is_refused_by_its_name(traveller: Browser) -> None:
    for (wrong, named), method in itertools.product(WRONG, ("PUT", "PATCH")):
        answer = traveller.ask(method, "/me/preferences", wrong)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert named in answer.json()["detail"]
    assert told(traveller) == {}


def test_changes_are_on_the_audit_trail_without_what_was_written(traveller: Browser) -> None:
    traveller.ask("PUT", "/me/preferences", TOLD)
    with unit_of_work() as unit:
        (entry,) = entries(unit.connection, user_id=traveller.user_id)
    assert (entry.action, entry.actor, entry.detail) == (
        "preferences.changed", "traveller", {"by": "api"},
    )  # fmt: skip
