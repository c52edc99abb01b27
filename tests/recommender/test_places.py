"""Places: the same, inside, near, around, unknown."""

import pytest

from recommender.encoders.places import (
    AROUND,
    INSIDE,
    MENTIONED,
    NEARBY,
    UNSAID,
    best_share,
    distance_km,
    is_mentioned,
    mention_keys,
    name_overlap,
    spot,
)
from recommender.encoders.texts import word_keys


def _share(wished: str, *visited: str) -> float:
    return best_share(spot(wished), [spot(name) for name in visited], frozenset())


@pytest.mark.parametrize(
    ("wished", "visited"),
    [
        ("Sapa", "Sa Pa"),
        ("sa pa", "SAPA"),
        ("Saigon", "Thành phố Hồ Chí Minh"),
        ("Ha Long", "Hạ Long"),
    ],
)
def test_another_spelling_is_a_full_match(wished: str, visited: str) -> None:
    assert _share(wished, visited) == pytest.approx(1)


@pytest.mark.parametrize(
    ("wished", "visited"),
    [("Vietnam", "Hội An"), ("Việt Nam", "Da Nang"), ("Central Vietnam", "Đà Nẵng")],
)
def test_a_place_inside_is_nearly_as_good_as_the_one_that_was_named(
    wished: str, visited: str
) -> None:
    assert _share(wished, visited) == INSIDE
    assert _share(wished, wished) == 1


def test_nearer_places_are_better_than_farther_ones() -> None:
    shares = [_share("Hội An", place) for place in ("Hội An", "Đà Nẵng", "Huế", "Hà Nội")]
    assert shares == sorted(shares, reverse=True)
    assert shares[1] > NEARBY > shares[2]
    assert shares[-1] == 0


def test_the_best_place_of_a_long_trip_counts() -> None:
    assert _share("Sapa", "Hà Nội", "Huế", "Sa Pa", "Đà Lạt", "Cần Thơ") == pytest.approx(1)


@pytest.mark.parametrize("visited", ["Vietnam", "Quảng Nam", "Central Vietnam"])
def test_a_tour_that_names_only_what_is_around_is_half_a_match(visited: str) -> None:
    assert _share("Hội An", visited) == AROUND


def test_areas_are_matched_by_what_they_contain_and_not_by_their_centres() -> None:
    assert _share("Laos", "Điện Biên Phủ") == 0
    assert _share("Điện Biên Phủ", "Laos") == 0


def test_a_place_nobody_has_heard_of_is_matched_by_its_name() -> None:
    assert _share("Quvexolandia", "Quvexolandia") == pytest.approx(1)
    assert _share("Quvexo Falls", "Quvexo Falls National Park") >= 0.9
    assert _share("Quvexolandia", "Hà Nội") == 0


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("quvexo", "quvexo", 1),
        ("quvexo", "quvexo falls", 1),
        ("falls of quvexo", "quvexo falls", 1),
        ("quvexo", "quvexa", 4 / 6),
        ("an", "ba be", 0),
        ("", "quvexo", 0),
    ],
)
def test_names_overlap_by_three_letters_in_a_row(one: str, other: str, overlap: float) -> None:
    assert name_overlap(one, other) == name_overlap(other, one) == pytest.approx(overlap)


def test_names_that_only_sound_alike_are_no_match() -> None:
    assert _share("Quvexo", "Quvexa") == 0


def test_a_place_beyond_the_map_is_found_in_a_tours_words() -> None:
    said = word_keys("We climb the Quvexo Falls, then rest.")
    assert is_mentioned(spot("Quvexo fall"), said)
    assert best_share(spot("Quvexo fall"), [spot("Hà Nội")], said) == MENTIONED
    assert best_share(spot("Quvexo fall"), [], said) == MENTIONED
    assert best_share(spot("Quvexo gorge"), [spot("Hà Nội")], said) == 0


def test_words_do_not_stand_for_a_place_on_the_map() -> None:
    assert mention_keys(spot("Hội An")) == frozenset()
    assert not is_mentioned(spot("Hội An"), word_keys("a poster of Hội An"))


def test_a_name_without_letters_is_mentioned_nowhere() -> None:
    assert not is_mentioned(spot("🏝️"), word_keys("sand and sea 🏝️"))


def test_a_tour_that_names_no_place_is_the_middle() -> None:
    assert best_share(spot("Hội An"), [], frozenset()) == UNSAID


def test_distances_are_those_of_the_map() -> None:
    kilometres = distance_km(spot("Hà Nội"), spot("Hồ Chí Minh"))
    assert kilometres == pytest.approx(1_140, rel=0.02)
    assert distance_km(spot("Hà Nội"), spot("Quvexolandia")) is None


def test_unknown_names_have_stable_ids_of_their_own() -> None:
    assert spot("Quvexolandia").id == spot("quvexolandia").id < 0
    assert spot("Quvexolandia").id != spot("Quvexolandio").id
