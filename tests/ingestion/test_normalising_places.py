import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.normalising.places import find_places, read_places


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Hà Nội - Hạ Long – Sa Pa", ["Hà Nội", "Hạ Long", "Sa Pa"]),
        ("Huế-Đà Nẵng-Hội An", ["Huế", "Đà Nẵng", "Hội An"]),
        ("Rome, Florence & Venice", ["Rome", "Florence", "Venice"]),
        ("Delhi → Agra → Jaipur", ["Delhi", "Agra", "Jaipur"]),
        ("Đà Nẵng và Hội An", ["Đà Nẵng", "Hội An"]),
        ("Hanoi|Hue|Hanoi", ["Hanoi", "Hue"]),
        ("Hà Nội (2 đêm), Sa Pa (1 đêm)", ["Hà Nội", "Sa Pa"]),
        ("- Hà Nội\n- Huế", ["Hà Nội", "Huế"]),
        ("['Hà Nội', 'Huế']", ["Hà Nội", "Huế"]),
        (["Hà Nội", {"name": "Huế"}, None], ["Hà Nội", "Huế"]),
        ([{"city": "Rome", "country": "Italy"}], ["Rome"]),
        ("Somewhere unheard of, Huế", ["Somewhere unheard of", "Huế"]),
        (None, []),
        ("null", []),
        ({}, []),
    ],
)
def test_places_are_read_from_lists_of_any_sort(value: object, names: list[str]) -> None:
    assert read_places(value) == names


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Paris, France; Rome, Italy", ["Paris, France", "Rome, Italy"]),
        ("Hanoi, Vietnam - Siem Reap, Cambodia", ["Hanoi, Vietnam", "Siem Reap, Cambodia"]),
        ("Paris, Texas", ["Paris, Texas"]),
        ("Italy, France and Spain", ["Italy", "France", "Spain"]),
    ],
)
def test_a_place_keeps_what_it_lies_in(value: str, names: list[str]) -> None:
    assert read_places(value) == names


@pytest.mark.parametrize(
    "name",
    ["Trinidad and Tobago", "Stratford-upon-Avon", "Phong Nha - Kẻ Bàng", "Bosnia & Herzegovina"],
)
def test_a_name_that_looks_like_two_stays_one(name: str) -> None:
    assert read_places(name) == [name]
    assert read_places(f"Rome - {name} - Croatia") == ["Rome", name, "Croatia"]


def test_a_separator_that_is_known_is_the_only_one() -> None:
    assert read_places("Rome & Pisa|Lucca, Siena", separator="|") == ["Rome & Pisa", "Lucca, Siena"]


def test_places_are_found_in_a_title_in_order_and_by_their_display_names() -> None:
    title = "TOUR MÙA THU 4N3Đ | DA NANG - HỘI AN - HUẾ - ĐÀ NẴNG"
    assert find_places(title) == ["Đà Nẵng", "Hội An", "Huế"]
    assert find_places("Vé xe khách giường nằm") == []


def test_the_country_decides_between_places_of_one_name() -> None:
    assert find_places("Three days in Paris", "France") == ["Paris"]
    assert find_places("Hà Nội - Huế", "Vietnam") == find_places("Hà Nội - Huế", "VN")


def test_lists_beyond_any_tour_are_refused_or_cut() -> None:
    with pytest.raises(ValueError, match="characters"):
        read_places("Hà Nội, " * 10_000)
    assert len(read_places([f"Làng {number}" for number in range(1_000)])) == 200
    assert find_places("Hà Nội - Huế. " * 100_000) == ["Hà Nội", "Huế"]


@settings(max_examples=50, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4)))
def test_any_text_gives_distinct_names(value: object) -> None:
    names = read_places(value)
    assert len(names) == len(set(names))
    assert all(name == name.strip() and name for name in names)
