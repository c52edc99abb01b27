"""The judged set of the sample catalogue: made by its script, by the rule that is written there."""

from typing import Any

import pytest

from recommender.evaluation import load_set
from recommender.schemas import Interests
from scripts.judge_sample import CATALOGUE, FOLDER, TEXTS, gain, judged_set, query, read_rows

WISHES = read_rows(FOLDER / "wishes.jsonl")
NAMES: dict[str, dict[str, Any]] = {
    "Huế": {"names": ["Hue", "Huế"]},
    "Hội An": {"names": ["Hội An"]},
    "Laos": {"country": "Laos"},
}
WISH: dict[str, Any] = {
    "id": "q",
    "interests": {
        "locations": ["Huế"],
        "duration": {"days": 4},
        "budget": {"max": 100, "currency": "USD"},
        "food": "vegetarian",
    },
    "words": {"food": ["vegetarian*", "chay"]},
}
TOUR: dict[str, Any] = {
    "id": "t",
    "title": "Kinh thành",
    "locations": ["Hue"],
    "duration": {"days": 4},
    "price": {"amount": 90, "currency": "USD"},
    "food": "Cơm chay",
}


def test_the_committed_files_are_what_the_script_writes() -> None:
    for name, text in judged_set().items():
        assert (FOLDER / name).read_text("utf-8") == text, "run: python -m scripts.judge_sample"


def test_the_set_is_read_without_repairs_and_every_wish_has_a_tour() -> None:
    judged = load_set(FOLDER)
    assert not judged.repairs
    assert len(judged.packages) == len(read_rows(CATALOGUE))
    assert {each.id for each in judged.queries} == set(judged.gains)


def test_wishes_are_in_both_languages_as_interests_and_in_words() -> None:
    kinds = {(each["id"][:2], "text" in each) for each in WISHES}
    assert kinds == {("en", False), ("en", True), ("vi", False), ("vi", True)}


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish["id"])
def test_every_text_of_a_wish_has_the_words_that_serve_it(wish: dict[str, Any]) -> None:
    asked = Interests.model_validate(wish["interests"]).model_dump(exclude_defaults=True)
    assert set(wish["words"]) == set(asked) & set(TEXTS)


def test_a_ranker_sees_the_words_of_a_wish_and_not_what_is_judged() -> None:
    assert query(WISH) == {"id": "q", "interests": WISH["interests"]}
    assert query({**WISH, "text": "ăn chay ở Huế"}) == {"id": "q", "text": "ăn chay ở Huế"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 10),
        ({"locations": ["Hội An"]}, 0),
        ({"locations": []}, 0),
        ({"duration": {"days": 3}}, 9),  # a quarter off, half as good: .4 + .6 * 2.5/3
        ({"duration": {"days": 2}}, 8),  # half off: .4 + .6 * 2/3
        ({"duration": None}, 9),  # silent: one half
        ({"price": {"amount": 125, "currency": "USD"}}, 9),  # a quarter above
        ({"price": {"amount": 150, "currency": "USD"}}, 8),
        ({"price": None, "duration": None}, 8),
        ({"food": "Lẩu bò"}, 8),
        ({"food": None}, 9),
        ({"food": None, "title": "Huế cho người ăn chay"}, 10),
        ({"food": "Lẩu bò", "duration": {"days": 8}, "price": {"amount": 400, "currency": "EUR"}},
         4),
    ],
)  # fmt: skip
def test_the_gain_is_that_of_the_rule(change: dict[str, Any], expected: int) -> None:
    tour = {key: value for key, value in (TOUR | change).items() if value is not None}
    assert gain(WISH, tour, NAMES) == expected


def test_half_of_the_wished_places_is_worth_half() -> None:
    both = {"id": "q", "interests": {"locations": ["Huế", "Hội An"]}, "words": {}}
    assert gain(both, TOUR, NAMES) == 5


def test_a_country_is_found_among_several() -> None:
    wish = {"id": "q", "interests": {"locations": ["Laos"]}, "words": {}}
    assert gain(wish, {**TOUR, "country": "Vietnam, Laos"}, NAMES) == 10
    assert gain(wish, {**TOUR, "country": "Vietnam"}, NAMES) == 0


def test_a_floor_counts_like_a_ceiling_from_below() -> None:
    budget = {"min": 100, "currency": "USD"}
    wish = {"id": "q", "interests": {"locations": ["Huế"], "budget": budget}, "words": {}}
    prices = [100.0, 75.0, 50.0]
    tours = [{**TOUR, "price": {"amount": each, "currency": "USD"}} for each in prices]
    assert [gain(wish, tour, NAMES) for tour in tours] == [10, 7, 4]


def test_without_a_place_the_texts_decide_whether_a_tour_counts_at_all() -> None:
    wish = {"id": "q", "interests": {"food": "chay"}, "words": {"food": ["chay"]}}
    assert gain(wish, TOUR, NAMES) == 10
    assert gain(wish, {**TOUR, "food": "Lẩu bò"}, NAMES) == 0


def test_words_are_found_whole_and_with_any_ending_only_before_a_star() -> None:
    wish = {"id": "q", "interests": {"food": "vegetarian"}, "words": {"food": ["chay"]}}
    assert gain(wish, {**TOUR, "food": "chayote soup"}, NAMES) == 0
    assert gain({**wish, "words": {"food": ["chay*"]}}, {**TOUR, "food": "chayote"}, NAMES) == 10
