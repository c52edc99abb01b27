"""OCTO products as records under our own names."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.readers.octo import OctoReader
from ingestion.readers.port import Options
from ingestion.schemas import Record
from recommender.schemas import Package

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = [
    *("id", "title", "description", "features", "media", "locations", "options", "destination"),
    *("country", "locale", "itinerary", "durationMinutesFrom", "durationAmount", "durationUnit"),
    *("pricingPer", "defaultCurrency", "galleryImages", "highlights", "inclusions", "units"),
    *("pricingFrom", "retail", "currency", "currencyPrecision", "type"),
]


def _unit(kind: str, amount: int, currency: str = "USD", **more: Any) -> dict[str, Any]:
    price = {"original": amount + 500, "retail": amount, "currency": currency, **more}
    return {"id": kind.lower(), "type": kind, "pricingFrom": [{"currencyPrecision": 2, **price}]}


def _product(**fields: Any) -> dict[str, Any]:
    option = {"id": "DEFAULT", "internalName": "Morning", "units": [_unit("ADULT", 4_500)]}
    return {
        "id": "kayak-1",
        "internalName": "KAYAK AM",
        "reference": "K1",
        "locale": "en-GB",
        "availabilityType": "START_TIME",
        "options": [option],
        **fields,
    }


def _values(path: Path, product: object) -> dict[str, Any]:
    file = path / "products.json"
    file.write_text(json.dumps([product]))
    (row,) = OctoReader(file, Options()).records()
    assert isinstance(row, Record)
    return dict(row.values)


def test_a_core_product_is_a_tour(tmp_path: Path) -> None:
    values = _values(tmp_path, _product())
    package = Package.model_validate(values)
    assert (package.id, package.title, package.language) == ("kayak-1", "KAYAK AM", "en-GB")
    assert values["reference"] == "K1"
    assert values["availabilityType"] == "START_TIME"


@pytest.mark.parametrize("wrapper", [None, "products", "data"])
def test_products_are_read_with_and_without_a_wrapper(tmp_path: Path, wrapper: str | None) -> None:
    products = [_product(), _product(id="kayak-2")]
    answer = {wrapper: products, "links": [{"rel": "next"}]} if wrapper else products
    (tmp_path / "p.json").write_text(json.dumps(answer))
    rows = list(OctoReader(tmp_path / "p.json", Options()).records())
    assert [row.values["id"] for row in rows if isinstance(row, Record)] == ["kayak-1", "kayak-2"]


def test_the_first_content_capability_is_read(tmp_path: Path) -> None:
    values = _values(
        tmp_path,
        _product(
            title="Kayaking at dawn",
            shortDescription="Two quiet hours.",
            description="Paddle through the caves.",
            highlights=["Light caves", "Sunrise"],
            inclusions=["Breakfast"],
            exclusions=["Hotel transfer"],
            destination={"name": "Lan Ha Bay", "country": "VN"},
            coverImageUrl="https://example.com/cover.jpg",
            options=[
                {
                    "durationAmount": "2",
                    "durationUnit": "hours",
                    "language": "en",
                    "itinerary": [{"type": "POINT", "name": "Monkey Island", "description": "x"}],
                }
            ],
        ),
    )
    package = Package.model_validate(values)
    assert package.title == "Kayaking at dawn"
    assert values["description"] == (
        "Two quiet hours.\nPaddle through the caves.\nMonkey Island: x"
    )
    assert package.locations == ["Lan Ha Bay", "Monkey Island"]
    assert (package.country, package.image) == ("VN", "https://example.com/cover.jpg")
    assert package.duration is not None
    assert package.duration.hours == 2
    assert (values["activities"], values["notes"]) == ("Light caves\nSunrise", "Breakfast")


def test_the_content_capability_of_2025_is_read(tmp_path: Path) -> None:
    address = {"addressLocality": "Cát Bà", "addressCountry": "VN"}
    values = _values(
        tmp_path,
        _product(
            features=[
                {"type": "INCLUSION", "shortDescription": "Lunch"},
                {"type": "EXCLUSION", "shortDescription": "Beer"},
                {"type": "HIGHLIGHT", "shortDescription": "Swimming"},
                {"type": "ACCESSIBILITY_INFORMATION", "shortDescription": "No wheelchairs"},
            ],
            media=[
                {"src": "https://example.com/film.mp4", "type": "video/mp4", "rel": "COVER"},
                {"src": "https://example.com/2.jpg", "type": "image/jpeg", "rel": "GALLERY"},
                {"src": "https://example.com/1.jpg", "type": "image/jpeg", "rel": "COVER"},
            ],
            locations=[
                {"title": "Ticket office", "types": ["REDEMPTION"]},
                {"title": "Bến Bèo", "types": ["START"], "place": {"postalAddress": address}},
            ],
            durationMinutesFrom=180,
            durationMinutesTo=240,
        ),
    )
    package = Package.model_validate(values)
    assert package.locations == ["Bến Bèo", "Cát Bà"]
    assert (package.country, package.image) == ("VN", "https://example.com/1.jpg")
    assert values["duration"] == {"hours": 3, "max_hours": 4}
    assert values["notes"] == "Lunch\nNo wheelchairs"
    assert values["exclusions"] == ["Beer"]


@pytest.mark.parametrize(
    ("fields", "duration"),
    [
        ({"durationMinutesFrom": 2_880}, {"days": 2}),
        ({"durationMinutesFrom": 1_440, "durationMinutesTo": 4_320}, {"days": 1, "max_days": 3}),
        ({"durationMinutesFrom": 1_500}, {"hours": 25}),
        ({"durationMinutesFrom": 0}, None),
        ({"durationMinutesFrom": "soon"}, None),
        ({"options": [{"durationAmount": 3, "durationUnit": "DAYS"}]}, {"days": 3}),
        ({"options": [{"durationAmount": 3, "durationUnit": "moons"}]}, None),
    ],
)
def test_durations_are_days_where_they_are_whole_days(
    tmp_path: Path, fields: dict[str, Any], duration: object
) -> None:
    assert _values(tmp_path, _product(**fields)).get("duration") == duration


@pytest.mark.parametrize(
    ("units", "price"),
    [
        ([_unit("CHILD", 900), _unit("ADULT", 4_550)], {"amount": 45.5, "currency": "USD"}),
        ([_unit("ADULT", 9_000), _unit("ADULT", 4_500)], {"amount": 45, "currency": "USD"}),
        ([_unit("TRAVELLER", 700), _unit("CHILD", 100)], {"amount": 7, "currency": "USD"}),
        ([_unit("CHILD", 900)], None),
        (
            [_unit("ADULT", 1_500_000, "VND", currencyPrecision=0)],
            {"amount": 1_500_000, "currency": "VND"},
        ),
        ([_unit("ADULT", 5, currencyPrecision=99)], None),
        ([_unit("ADULT", -5, original=None)], None),
    ],
)
def test_the_price_is_an_adults(tmp_path: Path, units: list[Any], price: object) -> None:
    product = _product(options=[{"units": units}], pricingPer="UNIT", defaultCurrency="VND")
    assert _values(tmp_path, product).get("price") == price


@pytest.mark.parametrize(("most", "people"), [(6, 6), (None, None)])
def test_the_price_of_a_booking_is_a_groups(
    tmp_path: Path, most: int | None, people: int | None
) -> None:
    pricing = [{"retail": 30_000, "currency": "EUR", "currencyPrecision": 2}]
    option = {"pricingFrom": pricing, "restrictions": {"maxUnits": most}, "units": []}
    price = _values(tmp_path, _product(pricingPer="BOOKING", options=[option])).get("price")
    whole = {"amount": 300, "currency": "EUR", "per": "group", "people": people}
    assert price == (whole if people else None)


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=8))
def test_no_shape_of_a_product_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, product: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("any") / "any.json"
    file.write_text(json.dumps([{**product, "options": [product, product]}]))
    assert len(list(OctoReader(file, Options()).records())) == 1
