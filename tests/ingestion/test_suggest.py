"""Mappings suggested for feeds that nobody has described."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.errors import InvalidInputError
from ingestion.building.accommodations import MappedAccommodations
from ingestion.building.tours import MappedTours
from ingestion.feeds import Feed, locate
from ingestion.mapping.schemas import Mapping as FeedMapping
from ingestion.mapping.service import read_mapping
from ingestion.mapping.suggest import suggest_mapping
from ingestion.schemas import Draft, Record
from ingestion.scratch.repository import Scratch
from ingestion.service import Wanted, ingest

TOWNS = ["Hà Nội", "Huế", "Đà Nẵng", "Hội An", "Sa Pa", "Nha Trang", "Cần Thơ", "Đà Lạt"]


def _csv(
    path: Path, rows: Sequence[Mapping[str, object]], encoding: str = "utf-8", mark: str = ","
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=mark)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _json(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    path.write_text(json.dumps(list(rows), ensure_ascii=False), "utf-8")
    return path


def _suggested(location: Path) -> tuple[FeedMapping, str]:
    text = suggest_mapping(location)
    return read_mapping(text), text


def _taken_in(location: Path, mapping: FeedMapping) -> list[Any]:
    """Build everything in a feed; what is set aside fails the test."""
    stays = mapping.kind == "accommodations"
    builder = MappedAccommodations(mapping) if stays else MappedTours(mapping)
    with Scratch() as scratch:
        records = list(Feed(locate(location, mapping), mapping, scratch).records())
        drafts = [builder.draft(each) if isinstance(each, Record) else each for each in records]
        assert [each for each in drafts if not isinstance(each, Draft)] == []
        return [each.item for each in builder.build(drafts)]  # type: ignore[arg-type, union-attr]


def _from(mapping: FeedMapping, field: str) -> list[str]:
    return list(getattr(mapping.fields, field).paths)


def _vietnamese(number: int) -> dict[str, object]:
    a, b = TOWNS[number % 8], TOWNS[(number + 3) % 8]
    return {
        "Mã tour": f"VN-{number:03}",
        "Tên tour": f"Khám phá {a} và {b} lần {number}",
        "Thời gian": f"{2 + number % 4} ngày {1 + number % 4} đêm",
        "Giá từ": f"{(20 + number) * 100_000:,} đ" if number % 5 else "Liên hệ",
        "Khởi hành": f"{1 + number % 27:02}/0{1 + number % 9}/2027",
        "Xuất phát": "Hà Nội",
        "Phương tiện": "Xe giường nằm, thuyền",
        "Liên kết": f"https://example.com/tour/{number}",
        "Hình ảnh": f"https://example.com/anh/{number}.jpg",
        "Lịch trình": [
            {"ngày": "Ngày 1", "hoạt động": [f"Dạo phố cổ {a}, ăn trưa tại quán nhỏ ven sông."]},
            {"ngày": "Ngày 2", "hoạt động": ["Chèo thuyền kayak, tối ngủ homestay của người bản."]},
        ],
        "Không bao gồm": ["Tiền tip", "Đồ uống", "Chi tiêu cá nhân trong cả hành trình"],
        "Số điện thoại": "0912 345 678",
    }


def test_vietnamese_headers_in_several_files_are_understood(tmp_path: Path) -> None:
    _json(tmp_path / "mien_bac.json", map(_vietnamese, range(20)))
    _json(tmp_path / "mien_nam.json", map(_vietnamese, range(20, 40)))
    mapping, text = _suggested(tmp_path)
    assert mapping.kind == "tours"
    assert mapping.sources[mapping.main].file == ["mien_*.json"]
    assert _from(mapping, "id") == ["Mã tour"]
    assert _from(mapping, "title") == ["Tên tour"]
    assert _from(mapping, "duration") == ["Thời gian"]
    assert _from(mapping, "price") == ["Giá từ"]
    assert _from(mapping, "available") == ["Khởi hành"]
    assert _from(mapping, "transportation") == ["Phương tiện"]
    assert _from(mapping, "url") == ["Liên kết"]
    assert _from(mapping, "image") == ["Hình ảnh"]
    assert mapping.country == "Vietnam"
    assert {tuple(each.paths): each.heading for each in mapping.split} == {
        ("Lịch trình",): None,
        ("Không bao gồm",): "Không bao gồm",
    }
    assert "left out, as it is about people or secret: Số điện thoại" in text
    tours = _taken_in(tmp_path, mapping)
    assert len(tours) == 40
    assert all(tour.duration and tour.available and tour.url and tour.activities for tour in tours)
    assert sum(tour.price is not None for tour in tours) == 32
    assert tours[1].locations == ["Huế", "Sa Pa"]


def test_the_same_without_diacritics_and_in_camel_case(tmp_path: Path) -> None:
    names = {"Mã tour": "maTour", "Tên tour": "tenTour", "Thời gian": "thoiGian", "Giá từ": "giaTu"}
    rows = [{names.get(k, k): v for k, v in _vietnamese(n).items()} for n in range(20)]
    mapping, _ = _suggested(_json(tmp_path / "tours.json", rows))
    assert _from(mapping, "id") == ["maTour"]
    assert _from(mapping, "title") == ["tenTour"]
    assert _from(mapping, "duration") == ["thoiGian"]
    assert _from(mapping, "price") == ["giaTu"]


def test_german_headers_and_a_misspelt_one_are_understood(tmp_path: Path) -> None:
    rows = [
        {"Artikelnummer": f"R{n}", "Bezeichnung": f"Wanderwoche Nummer {n}", "Reisezeil": "Berlin",
         "Dauer": f"{n + 2} Tage", "Preis": f"ab {900 + n},- €"}
        for n in range(12)
    ]  # fmt: skip
    location = _csv(tmp_path / "reisen.csv", rows, "cp1252", ";")
    mapping, text = _suggested(location)
    assert _from(mapping, "id") == ["Artikelnummer"]
    assert _from(mapping, "title") == ["Bezeichnung"]
    assert _from(mapping, "duration") == ["Dauer"]
    assert mapping.currency is None
    assert "currency:" not in text
    (tour, *_) = _taken_in(location, mapping)
    assert (tour.price.amount, tour.price.currency) == (900, "EUR")


def _tables(folder: Path) -> None:
    _csv(folder / "tours.csv", [
        {"id": f"tour-{n:06}", "name": f"Long walk number {n}", "basePrice": 500 + n,
         "depositAmount": 50, "created_at": "2026-01-01"} for n in range(30)
    ])  # fmt: skip
    _csv(folder / "options.csv", [
        {"id": f"option-{n:06}", "tour_id": f"tour-{n // 2:06}", "currency": "AUD",
         "description": "You sleep in family-run inns, eat in farm kitchens and walk to lakes "
         f"that few have seen; on the last day a boat takes you back. Walk {n}."}
        for n in range(60)
    ], "utf-16")  # fmt: skip
    _csv(folder / "stops.csv", [
        {"tour_id": f"tour-{n // 2:06}", "name": TOWNS[n % 8]} for n in range(60)
    ])  # fmt: skip
    _csv(folder / "departures.csv", [
        {"optionId": f"option-{n % 60:06}", "startDate": f"2027-03-{1 + n % 20:02}",
         "endDate": f"2027-03-{5 + n % 20:02}", "status": "open" if n % 4 else "sold out"}
        for n in range(240)
    ])  # fmt: skip


def test_files_that_refer_to_each_other_are_joined(tmp_path: Path) -> None:
    _tables(tmp_path)
    (tmp_path / "README.md").write_text("About the tables.")
    mapping, text = _suggested(tmp_path)
    assert mapping.main == "tours"
    assert mapping.sources["stops"].on == {"tour_id": "id"}
    assert mapping.sources["options"].on == {"tour_id": "id"}
    assert mapping.sources["departures"].on == {"optionId": "options.id"}
    assert mapping.sources["departures"].where == {"status": "open"}
    assert _from(mapping, "locations") == ["stops.name"]
    assert _from(mapping, "price") == ["basePrice"]
    assert "not used: README.md" in text
    tours = _taken_in(tmp_path, mapping)
    assert len(tours) == 30
    assert {tour.duration.days for tour in tours} == {5}
    assert all(len(tour.locations) == 2 and tour.available and tour.description for tour in tours)


def test_a_currency_that_nothing_names_is_asked_for(tmp_path: Path) -> None:
    _tables(tmp_path)
    (tmp_path / "options.csv").unlink()
    mapping, text = _suggested(tmp_path)
    assert mapping.currency is None
    assert "# currency: EUR" in text
    assert "which is it?" in text


def test_hotels_are_told_from_tours(tmp_path: Path) -> None:
    rows = [
        {"hotel_name": f"Hotel Lotus {n}", "city": TOWNS[n % 8],
         "star_rating": f"{3 + n % 3} stars", "guest_rating": f"{6 + n % 4}.5",
         "price_per_night": f"{500_000 + 1_000 * n}", "facilities": "pool, sauna, breakfast",
         "email": f"desk{n}@example.com",
         "lat": 10.5 + n / 100, "lng": 106.5 + n / 100, "review_count": 10 * n + 1}
        for n in range(24)
    ]  # fmt: skip
    location = _csv(tmp_path / "list.csv", [*rows, *rows[:6]])
    mapping, text = _suggested(location)
    assert mapping.kind == "accommodations"
    assert _from(mapping, "id") == ["hotel_name", "city"]
    assert mapping.repeats == "merge"
    assert mapping.currency == "VND"
    assert "left out, as it is about people or secret: email" in text
    hotels = _taken_in(location, mapping)
    assert len(hotels) == 24
    first = hotels[0]
    assert (first.stars, first.rating, first.reviews, first.city) == (3, 6.5, 1, "Hà Nội")
    assert (first.latitude, first.longitude) == (10.5, 106.5)
    assert first.price.amount == 500_000
    assert first.amenities == ["pool", "sauna", "breakfast"]


def test_objects_are_reached_into(tmp_path: Path) -> None:
    rows = [
        {"sku": f"A{n}", "content": {"title": f"Rice fields by bike, part {n}"},
         "pricing": {"amount": 40 + n, "currency": "USD"}, "length": {"hours": 2 + n % 5},
         "places": [{"name": "Hội An"}, {"name": "Huế"}]}
        for n in range(15)
    ]  # fmt: skip
    location = _json(tmp_path / "activities.json", rows)
    mapping, _ = _suggested(location)
    assert _from(mapping, "title") == ["content.title"]
    assert mapping.rules()["price"].template == "{pricing.amount} {pricing.currency}"
    first, *_ = _taken_in(location, mapping)
    assert (first.price.amount, first.price.currency) == (40, "USD")
    assert first.duration.hours == 2
    assert first.locations == ["Hội An", "Huế"]


def test_french_headers_and_codes_of_countries_are_understood(tmp_path: Path) -> None:
    rows = [
        {"Réf.": f"A{n}", "Nom du circuit": f"Les lacs du nord, partie {n}", "Ville": TOWNS[n % 8],
         "Pays": "VN", "Durée (jours)": 2 + n % 5, "Prix TTC": f"1 {200 + n} €",
         "Date de départ": f"{10 + n}/03/2027"}
        for n in range(12)
    ]  # fmt: skip
    location = _csv(tmp_path / "circuits.csv", rows, "utf-8-sig", ";")
    mapping, _ = _suggested(location)
    assert _from(mapping, "id") == ["Réf."]
    assert _from(mapping, "locations") == ["Ville"]
    assert _from(mapping, "country") == ["Pays"]
    first, *_ = _taken_in(location, mapping)
    assert (first.title, first.duration.days) == ("Les lacs du nord, partie 0", 2)
    assert (first.price.amount, first.price.currency) == (1200, "EUR")
    assert first.available[0].start.isoformat() == "2027-03-10"


@pytest.mark.parametrize(
    ("numbers", "unit"), [([1, 2, 8], "days"), ([45, 90, 180], "minutes"), ([7, 43, 91], None)]
)
def test_a_unit_that_nothing_names_is_guessed_and_said_to_be(
    tmp_path: Path, numbers: list[int], unit: str | None
) -> None:
    rows = [{"id": n, "name": f"River walk {n}", "duration": numbers[n % 3]} for n in range(9)]
    mapping, text = _suggested(_json(tmp_path / "walks.json", rows))
    rule = mapping.rules().get("duration")
    assert getattr(rule, "unit", None) == unit
    assert ("a guess: the numbers name no unit" in text) == (unit is not None)


def test_amounts_and_lengths_that_are_objects_are_taken_whole(tmp_path: Path) -> None:
    rows = [
        {"id": n, "title": f"Long tour {n}", "price": {"amount": 100 + n, "currency": "EUR"},
         "duration": {"hours": 5} if n % 2 else {"days": 3}}
        for n in range(12)
    ]  # fmt: skip
    location = _json(tmp_path / "tours.json", rows)
    mapping, _ = _suggested(location)
    assert (_from(mapping, "price"), _from(mapping, "duration")) == (["price"], ["duration"])
    tours = _taken_in(location, mapping)
    assert [tour.duration.hours for tour in tours[:2]] == [None, 5]
    assert tours[0].price.amount == 100


def test_files_without_use_are_left_out(tmp_path: Path) -> None:
    _tables(tmp_path)
    _csv(tmp_path / "visitors.csv", [{"visitor_id": n % 20, "age": 20 + n} for n in range(40)])
    _csv(tmp_path / "audit.csv", [{"tour_id": f"tour-{n % 20:06}", "seen": n} for n in range(40)])
    mapping, text = _suggested(tmp_path)
    assert set(mapping.sources) == {"tours", "options", "stops", "departures"}
    assert "not used: visitors.csv (no column of it refers to the others)" in text
    assert "not used: audit.csv (nothing in it is of use)" in text


def test_a_feed_without_ids_is_told_apart_by_its_addresses(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["City", "Title", "Minutes", "Price", "Detail"])
    for n in range(30):
        address = f"https://example.com/{n % 20}?seen={n}"
        sheet.append(["Huế", f"Street food walk {n % 20}", 90, f"$ {20 + n % 20}.50", address])
    book.save(tmp_path / "walks.xlsx")
    mapping, text = _suggested(tmp_path / "walks.xlsx")
    assert _from(mapping, "id") == ["Detail"]
    assert mapping.repeats == "merge"
    assert "sources:" not in text
    tours = _taken_in(tmp_path / "walks.xlsx", mapping)
    assert len(tours) == 20
    assert {tour.duration.travel_days for tour in tours} == {1.5 / 8}


def test_each_line_says_why(tmp_path: Path) -> None:
    _, text = _suggested(_json(tmp_path / "tours.json", map(_vietnamese, range(20))))
    fields = text.split("fields:\n")[1].split("complete:")[0].splitlines()
    assert len(fields) > 8
    assert all("  # " in line for line in fields)
    assert "80% of the sample read as a price" in text


def test_a_suggestion_takes_a_feed_in(database_url: str, tmp_path: Path) -> None:
    location = _json(tmp_path / "tours.json", map(_vietnamese, range(30)))
    report = ingest(location, Wanted(mapping=read_mapping(suggest_mapping(location))))
    assert (report.state, report.inserted, report.rejected) == ("finished", 30, 0)
    assert report.stated["duration"] == report.stated["locations"] == 30


HOSTILE = [
    "title\nprovider: Mallory", "a: b", "# note", "{x}", "*alias", "&anchor", "!!python/object",
    "'\"", "- dash", "yes", "null", "1", "@x", "%y", "tab\there", "\u2028line", "x" * 400,
    "emoji 🏝", "a.b.c", "main.id", "\x85next", "`", "? key", "| bar", "> fold", "a #b", "~",
]  # fmt: skip


def test_whatever_columns_are_called_they_stay_within_their_lines(tmp_path: Path) -> None:
    rows = [
        {"id": n, "tên: {x} # '\"": f"Tour of the old town {n}", **dict.fromkeys(HOSTILE, f"v{n}")}
        for n in range(20)
    ]
    location = _json(tmp_path / "tours.json", rows)
    mapping, text = _suggested(location)
    assert mapping.provider == "Tours"
    assert _from(mapping, "title") == ["tên: {x} # '\""]
    assert all(char.isprintable() or char == "\n" for char in text)
    assert len(_taken_in(location, mapping)) == 20


@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=30),
            st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=60), st.booleans()),
            min_size=1,
            max_size=6,
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_records_get_a_mapping_or_one_line(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps(rows), "utf-8")
    try:
        text = suggest_mapping(path)
    except InvalidInputError as error:
        text = ""
        said = error.message
    else:
        said = read_mapping(text).provider
    assert "\n" not in said


def test_what_cannot_be_a_feed_gets_one_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no such file"):
        suggest_mapping(tmp_path / "missing.csv")
    with pytest.raises(InvalidInputError, match="no file in it can be read"):
        suggest_mapping(tmp_path)
    _csv(tmp_path / "numbers.csv", [{"a": 1, "b": 2.5}, {"a": 3, "b": 4}])
    with pytest.raises(InvalidInputError, match="no column was found that could be the title"):
        suggest_mapping(tmp_path / "numbers.csv")


def test_a_longer_feed_is_only_sampled(tmp_path: Path) -> None:
    rows = [{"code": f"C{n}", "name": f"Walk {n}", "price": f"{n + 10} EUR"} for n in range(12_000)]
    _, text = _suggested(_csv(tmp_path / "long.csv", rows))
    assert "Suggested from 200 of more than 10,000 records" in text
