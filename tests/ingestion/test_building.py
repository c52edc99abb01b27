"""Tours and places to stay as they are built from an operator's own columns."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checked
from hypothesis import strategies as some

from accommodation.schemas import Accommodation
from ingestion.building.accommodations import MappedAccommodations
from ingestion.building.port import Built
from ingestion.building.tours import MappedTours
from ingestion.mapping.service import read_mapping
from ingestion.normalising.scores import read_count
from ingestion.run import _packed, _unpacked
from ingestion.schemas import Record, Reject
from ingestion.storing.port import original
from recommender.schemas import Package

TOUR_FIELDS = (
    "description", "locations", "country", "language", "duration", "price", "available",
    "transportation", "food", "activities", "accommodation", "notes", "url", "image",
)  # fmt: skip
HOTEL_FIELDS = (
    "description", "address", "city", "country", "latitude", "longitude", "stars", "rating",
    "reviews", "price", "amenities", "url", "image",
)  # fmt: skip
_ALL_TOURS = ", ".join(f"{name}: {name}" for name in ("id", "title", *TOUR_FIELDS))
_ALL_HOTELS = ", ".join(f"{name}: {name}" for name in ("id", "name", *HOTEL_FIELDS))
TOURS = MappedTours(
    read_mapping(f"provider: Lotus\ncurrency: USD\nfields: {{{_ALL_TOURS}}}\nsplit: [long]\n")
)
HOTELS = MappedAccommodations(
    read_mapping(
        f"provider: Lotus\nkind: accommodations\ncurrency: USD\nfields: {{{_ALL_HOTELS}}}\n"
    )
)


def built(builder: MappedTours | MappedAccommodations, values: dict[str, Any]) -> Built | Reject:
    made = builder.draft(Record(1, values))
    if isinstance(made, Reject):
        return made
    (item,) = builder.build([made])
    return item


def tour(fields: str = "", more: str = "", **values: Any) -> tuple[Package, set[str]]:
    """Return a tour, and what is remarked on it."""
    mapping = f"provider: Lotus\nfields: {{id: id, title: title{fields}}}\n{more}\n"
    item = built(MappedTours(read_mapping(mapping)), {"id": "1", "title": "A tour", **values})
    assert isinstance(item, Built), item
    assert isinstance(item.item, Package)
    return item.item, {each.name for each in item.remarks}


def hotel(fields: str = "", more: str = "", **values: Any) -> tuple[Accommodation, set[str]]:
    """Return a place to stay, and what is remarked on it."""
    mapping = (
        f"provider: Lotus\nkind: accommodations\nfields: {{id: id, name: name{fields}}}\n{more}\n"
    )
    item = built(
        MappedAccommodations(read_mapping(mapping)), {"id": "1", "name": "Lan House", **values}
    )
    assert isinstance(item, Built), item
    assert isinstance(item.item, Accommodation)
    return item.item, {each.name for each in item.remarks}


@pytest.mark.parametrize(
    ("fields", "more", "values", "amount", "currency", "people"),
    [
        (", price: cost", "currency: VND", {"cost": "Giá từ 4.590.000"}, 4_590_000, "VND", None),
        (", price: cost", "currency: VND", {"cost": "$120"}, 120, "USD", None),
        (", price: {from: cost, currency: EUR}", "currency: VND", {"cost": 80}, 80, "EUR", None),
        (", price: {from: cost, per: group, people: 4}", "currency: USD", {"cost": 9}, 9, "USD", 4),
        (", price: [no, cost]", "currency: USD", {"no": "on request", "cost": 7}, 7, "USD", None),
        (", price: cost.amount", "currency: USD", {"cost": {"amount": 7}}, 7, "USD", None),
        (", price: cost", "", {"cost": {"amount": 7, "currency": "USD"}}, 7, "USD", None),
        (", price: cost", "", {"cost": '{"amount": 7, "currency": "USD"}'}, 7, "USD", None),
    ],
)  # fmt: skip
def test_a_price_is_read(
    fields: str, more: str, values: Any, amount: float, currency: str, people: int | None
) -> None:
    price = tour(fields, more, **values)[0].price
    assert price is not None
    assert (price.amount, price.currency, price.people) == (amount, currency, people)


@pytest.mark.parametrize(
    ("fields", "values", "days"),
    [
        (", duration: long", {"long": "3 ngày 2 đêm"}, 3),
        (", duration: long", {"long": "5 days"}, 5),
        (", duration: {from: long, unit: days}", {"long": 4}, 4),
        (", duration: {from: long, unit: nights}", {"long": "4"}, 5),
        (", duration: {start: a, end: b}", {"a": "2026-03-01", "b": "2026-03-04"}, 4),
        (
            ", duration: {start: a, end: b}",
            {"a": dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC), "b": dt.date(2026, 3, 1)},
            1,
        ),
        (
            ", duration: {start: d.from, end: d.to}",
            {"d": [{"from": "2026-03-01T08:00:00", "to": "2026-03-02"}, {"from": "x", "to": "y"}]},
            2,
        ),
    ],
)
def test_a_duration_is_read(fields: str, values: Any, days: int) -> None:
    duration = tour(fields, **values)[0].duration
    assert duration is not None
    assert duration.travel_days == days


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "a good one"),
        ("duration", "as long as it takes"),
        ("available", True),
        ("url", "javascript:alert(1)"),
        ("url", "a page of ours"),
        ("image", "ftp://example.com/a.png"),
        ("food", True),
        ("description", {"a": [[[[[[[[[[[[[["x"]]]]]]]]]]]]]]}),
        ("locations", "x" * 20_001),
    ],
)
def test_what_cannot_be_read_is_remarked_on_and_the_tour_taken(field: str, value: object) -> None:
    made, remarks = tour(f", {field}: column", "currency: USD", column=value)
    assert f"{field}: cannot be read" in remarks
    assert not getattr(made, field)


@pytest.mark.parametrize(
    ("values", "remark"),
    [
        ({"a": "2026-03-04", "b": "2026-03-01"}, "duration: cannot be read"),
        ({"a": "2026-03-04", "b": "2028-03-01"}, "duration: cannot be read"),
        ({"a": "soon", "b": "later"}, "duration: cannot be read"),
        ({"a": "2026-03-04", "b": None}, "duration: not stated"),
    ],
)
def test_dates_that_make_no_duration_are_remarked_on(values: Any, remark: str) -> None:
    made, remarks = tour(", duration: {start: a, end: b}", **values)
    assert made.duration is None
    assert remark in remarks


def test_what_is_not_said_is_what_the_mapping_says() -> None:
    more = "country: Vietnam\nlanguage: vi\ncurrency: VND"
    made, _ = tour(", country: land, language: speech, price: cost", more, cost=5_000_000)
    assert (made.country, made.language, made.provider) == ("Vietnam", "vi", "Lotus")
    said, _ = tour(", country: land, language: speech", more, land="Laos", speech="lo")
    assert (said.country, said.language) == ("Laos", "lo")


def test_a_tour_says_what_a_traveller_would_miss() -> None:
    _, remarks = tour()
    assert remarks == {
        "locations: no place is named",
        "duration: not stated",
        "price: not stated",
        "url: no link to book it",
    }
    _, remarks = tour(", locations: place", place="Qwxzy Abbey")
    assert "locations: not in the gazetteer: matched by its name alone" in remarks


@pytest.mark.parametrize(
    ("fields", "values", "places"),
    [
        (", locations: places", {"places": ["Huế", "Hội An", "Huế"]}, ["Huế", "Hội An"]),
        (", locations: places", {"places": "Huế - Hội An"}, ["Huế", "Hội An"]),
        (", locations: places", {"places": '["Huế", "Hội An"]'}, ["Huế", "Hội An"]),
        (", locations: s.name", {"s": [{"name": "Huế"}, {"name": "Vinh"}]}, ["Huế", "Vinh"]),
        (", locations: {from: p, separator: ';'}", {"p": "Huế;A, B"}, ["Huế", "A, B"]),
        ("", {"title": "Từ Huế đến Hội An trong 2 ngày"}, ["Huế", "Hội An"]),
        (", locations: {from: t, find: true}", {"t": "Tour Huế và Hội An"}, ["Huế", "Hội An"]),
        (
            ", locations: {from: text, find: true, without: start}",
            {"text": "From Hanoi to Ha Long and Sapa", "start": "Hà Nội"},
            ["Hạ Long", "Sa Pa"],
        ),
        (
            ", locations: {from: text, without: start}",
            {"text": ["Hà Nội", "Huế"], "start": "TP. Hà Nội"},
            ["Huế"],
        ),
    ],
)  # fmt: skip
def test_places_are_listed_or_found_without_the_one_of_departure(
    fields: str, values: Any, places: list[str]
) -> None:
    assert tour(fields, "country: Vietnam", **values)[0].locations == places


def test_days_of_departure_are_read_by_the_custom_of_the_feed() -> None:
    day_first, _ = tour(", available: days", days=["03/04/2026"])
    month_first, _ = tour(", available: {from: days, day_first: false}", days=["03/04/2026"])
    assert day_first.available[0].start == dt.date(2026, 4, 3)
    assert month_first.available[0].start == dt.date(2026, 3, 4)


SPLIT = """split:
  - long
  - {from: inside, heading: Included}
  - {from: outside, heading: Not included}
  - {from: rules, heading: Lưu ý}
"""
PARTS = {
    "long": "We ride a limousine bus to the bay.\nIn the afternoon you go kayaking in the caves.",
    "inside": "- Lunch of fresh seafood\n- Two nights in a 4-star hotel",
    "outside": "- Dinner at a seafood restaurant\n- Airport taxi",
    "rules": "Trẻ em dưới 5 tuổi miễn phí.",
}


def test_a_long_text_is_split_by_what_its_sentences_are_about() -> None:
    made, _ = tour("", SPLIT, **PARTS)
    assert "limousine bus" in (made.transportation or "")
    assert "kayaking" in (made.activities or "")
    assert "fresh seafood" in (made.food or "")
    assert "4-star hotel" in (made.accommodation or "")


def test_what_is_not_included_is_never_offered() -> None:
    made, _ = tour("", SPLIT, **PARTS)
    offered = f"{made.food} {made.transportation} {made.activities} {made.accommodation}"
    assert "Dinner at a seafood restaurant" not in offered
    assert "taxi" not in offered
    assert "Dinner at a seafood restaurant" in (made.notes or "")
    assert "5 tuổi" in (made.notes or "")


def test_a_field_of_its_own_stands_before_what_is_split_off() -> None:
    made, _ = tour(", food: meals", SPLIT, meals="Vegetarian on request", **PARTS)
    assert (made.food or "").startswith("Vegetarian on request")
    assert "fresh seafood" in (made.food or "")


def test_what_no_criterion_takes_describes_the_tour() -> None:
    text = "A journey through the heart of the old kingdom."
    made, _ = tour("", "split: long", long=text)
    assert made.description == text
    own, _ = tour(", description: about", "split: long", long=text, about="Of its own")
    assert own.description == "Of its own"


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Khám phá vịnh Hạ Long trên du thuyền trong ba ngày", "vi"),
        ("Discover the bay on a slow boat for three days", "en"),
    ],
)
def test_the_language_is_told_from_the_texts(title: str, language: str) -> None:
    assert tour(title=title)[0].language == language


def test_what_is_too_long_is_cut() -> None:
    made, remarks = tour(", food: meals", title="T" * 400, meals="phở " * 60_000)
    assert len(made.title) == 300
    assert len(made.food or "") <= 200_000
    assert "food: cut after 200,000 characters" in remarks


@pytest.mark.parametrize("title", ["", None, "-", True, "<b></b>", "\ud800", "N/A"])
def test_a_tour_without_a_title_is_set_aside(title: object) -> None:
    made = built(TOURS, {"id": "1", "title": title})
    assert isinstance(made, Reject)
    assert made.reason.startswith("title: ")
    assert len(made.reason.splitlines()) == 1


@pytest.mark.parametrize(
    ("fields", "values", "field", "read"),
    [
        (", stars: stars", {"stars": "4 sao"}, "stars", 4),
        (", stars: stars", {"stars": "3.5-star hotel"}, "stars", 3.5),
        (", stars: {from: stars, out_of: 5}", {"stars": 5}, "stars", 5),
        (", rating: mark", {"mark": "8,6 Fabulous"}, "rating", 8.6),
        (", rating: {from: mark, out_of: 5}", {"mark": 4.5}, "rating", 9),
        (", rating: {from: mark, out_of: 100}", {"mark": "87"}, "rating", 8.7),
        (", rating: [none, mark]", {"none": "", "mark": 7}, "rating", 7),
        (", reviews: n", {"n": "1.234 đánh giá"}, "reviews", 1_234),
        (", reviews: n", {"n": 12.0}, "reviews", 12),
        (", address: where", {"where": "12 Lê Lợi, Huế, Việt Nam"}, "city", "Huế"),
        (", address: where, city: town", {"where": "Huế", "town": "Vinh"}, "city", "Vinh"),
        (", amenities: has", {"has": "Hồ bơi, Bãi đỗ xe"}, "amenities", ["Hồ bơi", "Bãi đỗ xe"]),
        (", amenities: has", {"has": ["Pool", "Pool", "-", ""]}, "amenities", ["Pool"]),
        (", amenities: has.name", {"has": [{"name": "Pool"}]}, "amenities", ["Pool"]),
        (", amenities: {from: has, separator: ';'}", {"has": "A, b;C"}, "amenities", ["A, b", "C"]),
        (", latitude: at.a, longitude: at.b", {"at": {"a": "16,05", "b": 108}}, "latitude", 16.05),
        (", latitude: lat, longitude: lon", {"lat": 16}, "latitude", None),
        (", url: page", {"page": "www.example.com/lan"}, "url", "https://www.example.com/lan"),
        (", url: {from: p, base: 'https://a.com/x/'}", {"p": "lan"}, "url", "https://a.com/x/lan"),
    ],
)  # fmt: skip
def test_the_fields_of_a_place_to_stay_are_read(
    fields: str, values: Any, field: str, read: object
) -> None:
    assert getattr(hotel(fields, **values)[0], field) == read


def test_a_place_to_stay_costs_the_least_of_its_rooms() -> None:
    rooms = [{"name": "Suite", "cost": "1.900.000 ₫"}, {"cost": "890.000 ₫"}, {"cost": "hết phòng"}]
    made, remarks = hotel(", price: rooms.cost", rooms=rooms)
    assert made.price is not None
    assert (made.price.amount, made.price.currency) == (890_000, "VND")
    assert "price: not stated" not in remarks


def test_a_place_to_stay_says_what_a_traveller_would_miss() -> None:
    _, remarks = hotel()
    assert remarks == {
        "price: not stated", "city: no place is named", "url: no link to book it",
    }  # fmt: skip
    assert "city: not in the gazetteer" in hotel(", city: town", town="Qwxzy Abbey")[1]


LONG = "x" * 1_500
HUGE = 10**400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude", 95), ("latitude", "not here"), ("longitude", -181), ("latitude", HUGE),
        ("longitude", float("nan")), ("latitude", float("inf")), ("stars", "many"), ("stars", 9),
        ("stars", HUGE), ("rating", 11), ("rating", "good"), ("reviews", "9" * 150),
        ("reviews", HUGE), ("price", "a good one"), ("address", True), ("city", True),
        ("country", True), ("description", True), ("amenities", True), ("url", "mailto:a@b.c"),
        ("image", "here"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_remarked_on_and_the_place_taken(field: str, value: object) -> None:
    made = built(HOTELS, {"id": "1", "name": "Lan", "latitude": 1, "longitude": 2, field: value})
    assert isinstance(made, Built), made
    assert f"{field}: cannot be read" in {each.name for each in made.remarks}
    assert not getattr(made.item, field)


@pytest.mark.parametrize("field", ["name", "address", "city", "country", "amenities"])
def test_what_is_too_long_for_a_place_to_stay_is_cut(field: str) -> None:
    made = built(HOTELS, {"id": "1", "name": "Lan", field: LONG})
    assert isinstance(made, Built), made
    assert str(getattr(made.item, field)).count("x") in (300, 500)


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text()
    | some.dates() | some.datetimes() | some.times() | some.timedeltas() | some.binary()
    | some.characters() | some.sampled_from(["\ud800", "\0", HUGE, "9" * 400, "[[[", LONG]),
    lambda each: some.lists(each, max_size=3) | some.dictionaries(some.text(), each, max_size=3),
    max_leaves=5,
)  # fmt: skip


@checked(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.dictionaries(some.sampled_from([*TOUR_FIELDS, "long"]), ANYTHING, min_size=1))
def test_nothing_that_a_feed_says_makes_a_tour_a_fault_of_ours(values: dict[str, Any]) -> None:
    made = built(TOURS, {"id": "1", "title": "A tour", **values})
    assert isinstance(made, Built), made
    back = _unpacked(_packed(made))
    assert back.item == made.item
    assert back.draft.source_hash == made.draft.source_hash
    assert json.dumps(original(made), allow_nan=False)


@checked(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.dictionaries(some.sampled_from(HOTEL_FIELDS), ANYTHING, min_size=1))
def test_nothing_that_a_feed_says_makes_a_place_a_fault_of_ours(values: dict[str, Any]) -> None:
    made = built(HOTELS, {"id": "1", "name": "Lan House", **values})
    assert isinstance(made, Built), made
    assert _unpacked(_packed(made)).item == made.item


@pytest.mark.parametrize("reviews", [-1.0, -5, "10000000000000", 10**400])
def test_a_count_that_counts_nothing_is_left_out(reviews: object) -> None:
    with pytest.raises(ValueError, match="not between 0 and 100,000,000"):
        read_count(reviews)
