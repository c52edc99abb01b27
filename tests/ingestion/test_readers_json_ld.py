"""schema.org in documents and web pages: its tours as records under our own names."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.readers.html_scripts import scripts
from ingestion.readers.json_ld import JsonLdReader
from ingestion.readers.limits import LONGEST_RECORD
from ingestion.readers.port import Options
from ingestion.schemas import Record, Reject
from recommender.schemas import Package

CONTEXT = "https://schema.org"
KIND = "application/ld+json"
PLACE = {
    "@type": "TouristAttraction",
    "name": "Mã Pí Lèng",
    "address": {"addressLocality": "Đồng Văn", "addressCountry": {"name": "VN"}},
}
TRIP = {
    "@context": CONTEXT,
    "@type": "TouristTrip",
    "@id": "https://example.com/loop#trip",
    "name": "Hà Giang by motorbike",
    "description": "Three days of passes.",
    "touristType": ["Riders", {"@type": "Audience", "name": "Couples"}],
    "duration": "P3D",
    "itinerary": {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "Day 1: the plateau"},
            {"@type": "ListItem", "position": 2, "item": PLACE},
        ],
    },
    "offers": {"@type": "Offer", "price": "199.00", "priceCurrency": "USD"},
    "image": [{"@type": "ImageObject", "url": "https://example.com/pass.jpg"}],
    "url": "https://example.com/loop",
    "provider": {"@type": "Organization", "name": "Passes"},
    "aggregateRating": {"ratingValue": 4.8},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def _read(path: Path, content: object) -> list[Record | Reject]:
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, "utf-8")
    reader = JsonLdReader(path, Options())
    rows = list(reader.records())
    assert reader.position == reader.size
    return rows


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.jsonld"


def _values(file: Path, **fields: Any) -> dict[str, Any]:
    row = _read(file, {**TRIP, **fields})[0]
    assert isinstance(row, Record)
    return dict(row.values)


def test_a_trip_is_a_tour(file: Path) -> None:
    values = _values(file)
    duration = values.pop("duration")  # a text, for the normalising to read
    package = Package.model_validate(values)
    assert (package.id, package.title) == (TRIP["@id"], "Hà Giang by motorbike")
    assert values["description"] == "Three days of passes.\nDay 1: the plateau\nMã Pí Lèng"
    assert package.locations == ["Mã Pí Lèng", "Đồng Văn"]
    assert (package.country, duration, package.notes) == ("VN", "P3D", "Riders Couples")
    assert package.price is not None
    assert (package.price.amount, package.price.currency) == (199, "USD")
    assert (package.url, package.image) == (TRIP["url"], "https://example.com/pass.jpg")
    assert package.provider == "Passes"
    assert values["aggregateRating"] == {"ratingValue": 4.8}


@pytest.mark.parametrize(
    ("document", "numbers"),
    [
        (TRIP, [1]),
        ([TRIP, TRIP], [1, 2]),
        ({"@context": CONTEXT, "@graph": [{"@type": "WebPage"}, TRIP]}, [2]),
        ({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": TRIP}]}, [1]),
        ({"@type": "WebPage", "mainEntity": TRIP}, [1]),
        ({"@type": "Organization", "makesOffer": [{"itemOffered": TRIP}]}, [1]),
        ([{"@graph": [TRIP, TRIP]}], [1, 1]),
    ],
)
def test_trips_are_found_where_documents_keep_them(
    file: Path, document: object, numbers: list[int]
) -> None:
    rows = _read(file, document)
    assert [row.number for row in rows if isinstance(row, Record)] == numbers


@pytest.mark.parametrize(
    ("kind", "offers", "is_tour"),
    [
        ("TouristTrip", None, True),
        ("Trip", None, True),
        ("Product", None, True),
        ("http://schema.org/Product", None, True),
        (["Thing", "schema:Trip"], None, True),
        ("TouristAttraction", {"price": 5, "priceCurrency": "EUR"}, True),
        ("TouristAttraction", None, False),
        ("Event", {"price": 5, "priceCurrency": "EUR"}, False),
        ("Hotel", None, False),
        (None, None, False),
    ],
)
def test_only_what_can_be_a_tour_is_taken(
    file: Path, kind: object, offers: object, is_tour: bool
) -> None:
    row = _read(file, {"@context": CONTEXT, "@type": kind, "name": "x", "offers": offers})[0]
    assert isinstance(row, Record) == is_tour


def test_a_document_without_a_tour_says_what_it_holds(file: Path) -> None:
    (row,) = _read(file, [{"@type": "Hotel"}, {"@type": ["Event", "Thing"]}])
    assert isinstance(row, Reject)
    assert row.reason == "no TouristTrip, Trip or Product in it, but Hotel, Event, Thing"


@pytest.mark.parametrize(
    ("offers", "price"),
    [
        ({"price": 12, "priceCurrency": "EUR"}, {"amount": 12, "currency": "EUR"}),
        ({"lowPrice": "9.5", "priceCurrency": "EUR"}, {"amount": 9.5, "currency": "EUR"}),
        (
            [{"price": 12, "priceCurrency": "EUR"}, {"price": 8, "priceCurrency": "EUR"}],
            {"amount": 8, "currency": "EUR"},
        ),
        (
            {"priceCurrency": "VND", "priceSpecification": [{"minPrice": 900_000}]},
            {"amount": 900_000, "currency": "VND"},
        ),
        (
            {"@type": "AggregateOffer", "offers": [{"price": 7, "priceCurrency": "USD"}]},
            {"amount": 7, "currency": "USD"},
        ),
        (
            {"price": "1.200,50", "priceCurrency": "EUR"},
            {"amount": "1.200,50", "currency": "EUR"},
        ),
        ({"price": 12}, None),
        ({"price": None, "priceCurrency": "EUR"}, None),
        ("https://example.com/buy", None),
    ],
)
def test_the_lowest_price_is_taken_in_all_its_shapes(
    file: Path, offers: object, price: object
) -> None:
    assert _values(file, offers=offers).get("price") == price


@pytest.mark.parametrize(
    ("fields", "identifier"),
    [
        ({"identifier": "HG-3"}, "HG-3"),
        ({"identifier": {"@type": "PropertyValue", "value": 77}}, "77"),
        ({"sku": "S-1"}, "S-1"),
        ({"@id": None}, "https://example.com/loop"),
    ],
)
def test_a_tour_is_known_by_the_best_identifier_it_has(
    file: Path, fields: dict[str, Any], identifier: str
) -> None:
    assert _values(file, **fields)["id"] == identifier


@pytest.mark.parametrize(
    "image",
    [
        "https://example.com/a.jpg",
        ["https://example.com/a.jpg", "https://example.com/b.jpg"],
        {"@type": "ImageObject", "contentUrl": "https://example.com/a.jpg"},
    ],
)
def test_an_image_is_taken_in_all_its_shapes(file: Path, image: object) -> None:
    assert _values(file, image=image)["image"] == "https://example.com/a.jpg"


def test_the_days_from_departure_to_arrival_are_when_it_is_available(file: Path) -> None:
    values = _values(file, departureTime="2026-05-01T08:00", arrivalTime="2026-05-03")
    assert values["available"] == [{"start": "2026-05-01", "end": "2026-05-03"}]


def _page(*scripts: str, before: str = "") -> str:
    return f"<!doctype html><html><head>{before}</head><body>{''.join(scripts)}</body></html>"


def _script(content: object, kind: str = KIND) -> str:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return f'<script type="{kind}">{text}</script>'


def test_web_pages_carry_tours_in_scripts(file: Path) -> None:
    page = _page(_script({"@type": "WebPage"}), "<p>text</p>", _script(TRIP))
    rows = _read(file.with_suffix(".html"), page)
    assert [row.number for row in rows if isinstance(row, Record)] == [2]


@pytest.mark.parametrize(
    "script",
    [
        f"<SCRIPT async TYPE={KIND}>{json.dumps(TRIP)}</SCRIPT >",
        f"<script id='x' type='{KIND}'>{json.dumps(TRIP)}</script>",
        _script(f"//<![CDATA[\n{json.dumps(TRIP)}\n//]]>"),
        _script(f"/*<![CDATA[*/{json.dumps(TRIP)}/*]]>*/"),
        _script(f"<![CDATA[{json.dumps(TRIP)}]]>"),
        _script(json.dumps(TRIP).replace("Three days", "Three\ndays")),
        _script(json.dumps(TRIP), f"{KIND}; charset=utf-8"),
    ],
)
def test_scripts_are_found_as_pages_write_them(file: Path, script: str) -> None:
    (row,) = _read(file, _page(script))
    assert isinstance(row, Record)
    assert row.values["title"] == "Hà Giang by motorbike"


@pytest.mark.parametrize(
    "hidden",
    [
        f"<!-- {_script(TRIP)} -->",
        f"<title>{_script('{}').removesuffix('</script>')}</title>",
        f"<textarea>{_script(TRIP)}</textarea>",
        _script(TRIP, "text/javascript"),
        "<script>var s = '<script type=\"application/ld+json\">';</script>",
    ],
)
def test_what_a_browser_would_not_see_as_a_script_is_none(file: Path, hidden: str) -> None:
    rows = _read(file, _page(hidden))
    assert [type(row).__name__ for row in rows] == ["Reject"]
    assert "nothing of schema.org" in rows[0].reason  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("{broken", "not JSON"),
        ('{"a": "' + "x" * LONGEST_RECORD + '"}', "longer than 4,000,000 characters"),
        ("[" * 99_999, "nested too deeply"),
        (" " * 3_000_000 + "/", "not JSON"),
    ],
)
def test_a_broken_script_costs_no_other(file: Path, script: str, reason: str) -> None:
    first, second = _read(file, _page(_script(script), _script(TRIP)))
    assert isinstance(first, Reject)
    assert reason in first.reason
    assert isinstance(second, Record)


@pytest.mark.parametrize(
    "piece",
    ["<script ", "<script type=application/ld+json>", "<!--", "<b><p>", "</script", "<title>", "<"],
)
def test_hostile_pages_end(file: Path, piece: str) -> None:
    rows = _read(file, "<html>" + piece * 300_000)
    assert len(rows) == 1


@given(st.lists(st.sampled_from(["<script", f' type="{KIND}"', ">", "{}", "</script>", "<!--"])))
def test_pages_cut_anywhere_give_the_same_scripts(parts: list[str]) -> None:
    page = "".join(parts)
    assert list(scripts(iter(page), KIND)) == list(scripts(iter([page]), KIND))


@given(st.dictionaries(st.sampled_from([*TRIP, "subTrip", "location", "sku"]), ANYTHING))
@settings(max_examples=200)
def test_no_shape_of_a_trip_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("any") / "any.jsonld"
    assert _read(file, {**TRIP, **fields, "@type": "Trip", "@graph": None})
