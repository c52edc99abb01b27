"""Places: the same, inside, near, around, unknown."""

import numpy as np
import pytest

from recommender.encoders.places import distance_km, similarities, spot


def _share(wished: str, *visited: str) -> float:
    spots = [spot(name) for name in visited]
    vectors = np.array([each.vector() for each in spots], np.float32)
    return float(((1 + similarities(spot(wished), spots, vectors)) / 2).max())


@pytest.mark.parametrize(
    ("wished", "visited"),
    [
        ("Sapa", "Sa Pa"),
        ("sa pa", "SAPA"),
        ("Saigon", "Thành phố Hồ Chí Minh"),
        ("Ha Long", "Hạ Long"),
        ("Vietnam", "Hội An"),
        ("Việt Nam", "Da Nang"),
    ],
)
def test_another_spelling_or_an_area_around_is_a_full_match(wished: str, visited: str) -> None:
    assert _share(wished, visited) == pytest.approx(1)


def test_nearer_places_are_better_than_farther_ones() -> None:
    shares = [_share("Hội An", place) for place in ("Hội An", "Đà Nẵng", "Huế", "Hà Nội")]
    assert shares == sorted(shares, reverse=True)
    assert shares[1] > 0.5
    assert shares[-1] == 0


def test_the_best_place_of_a_long_trip_counts() -> None:
    assert _share("Sapa", "Hà Nội", "Huế", "Sa Pa", "Đà Lạt", "Cần Thơ") == pytest.approx(1)


def test_a_tour_that_names_only_the_country_is_a_half_match() -> None:
    assert 0.5 < _share("Hội An", "Vietnam") < 0.7


def test_a_place_nobody_has_heard_of_is_matched_by_its_name() -> None:
    assert _share("Quvexolandia", "Quvexolandia") == pytest.approx(1)
    assert _share("Quvexo Falls", "Quvexo Falls National Park") >= 0.9
    assert _share("Quvexolandia", "Hà Nội") == 0


def test_distances_are_those_of_the_map() -> None:
    kilometres = distance_km(spot("Hà Nội"), spot("Hồ Chí Minh"))
    assert kilometres == pytest.approx(1_140, rel=0.02)
    assert distance_km(spot("Hà Nội"), spot("Quvexolandia")) is None


def test_unknown_names_have_stable_ids_of_their_own() -> None:
    assert spot("Quvexolandia").id == spot("quvexolandia").id < 0
    assert spot("Quvexolandia").id != spot("Quvexolandio").id
