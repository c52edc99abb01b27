"""Reading catalogues: whatever a line holds, it becomes a tour or a reject with a reason."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInputError
from ingestion.readers import LONGEST_LINE, JsonLinesReader
from ingestion.schemas import Reject, Row

GOOD = {"id": "a1", "title": "A walk in Hội An"}


def _read(path: Path, content: bytes) -> list[Row | Reject]:
    path.write_bytes(content)
    return list(JsonLinesReader(path).rows())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.jsonl"


def _reason(file: Path, line: bytes) -> str:
    row = _read(file, line)[0]
    assert isinstance(row, Reject)
    return row.reason


def test_a_good_line_is_a_tour(file: Path) -> None:
    row = _read(file, json.dumps(GOOD).encode())[0]
    assert isinstance(row, Row)
    assert row.package.title == "A walk in Hội An"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": ""}, "title"),
        ({"price": {"amount": -5, "currency": "USD"}}, "price.amount"),
        ({"price": {"amount": 5, "currency": "GOLD"}}, "unknown currency 'GOLD'"),
        ({"price": {"amount": float("nan"), "currency": "USD"}}, "price.amount"),
        ({"duration": {"days": 0}}, "duration.days"),
        ({"duration": {"days": 2, "hours": 3}}, "either days or hours"),
        ({"duration": {}}, "either days or hours"),
        ({"locations": "Huế"}, "locations"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"id": None}, "id"),
    ],
)
def test_a_wrong_field_is_named(file: Path, fields: dict[str, object], reason: str) -> None:
    assert reason in _reason(file, json.dumps({**GOOD, **fields}).encode())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{not json", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"PK\x03\x04 a spreadsheet", "not JSON"),
        (b"1" * 5_000, "not JSON"),
    ],
)
def test_a_line_that_is_no_tour_says_why(file: Path, line: bytes, reason: str) -> None:
    assert reason in _reason(file, line)


def test_a_picture_that_cannot_be_shown_does_not_cost_the_tour(file: Path) -> None:
    row = _read(file, json.dumps({**GOOD, "image": "c:\\pictures\\1.jpg"}).encode())[0]
    assert isinstance(row, Row)
    assert row.package.image is None


def test_good_lines_survive_bad_neighbours(file: Path) -> None:
    good = json.dumps(GOOD).encode()
    rows = _read(file, b"\n".join([good, b"{broken", b"", good, b"[]", good]))
    assert [type(row).__name__ for row in rows] == ["Row", "Reject", "Row", "Reject", "Row"]
    assert [row.line for row in rows] == [1, 2, 4, 5, 6]


def test_a_line_too_long_is_passed_over(file: Path) -> None:
    good = json.dumps(GOOD).encode()
    rows = _read(file, good + b"\n" + b"x" * (3 * LONGEST_LINE) + b"\n" + good)
    assert isinstance(rows[1], Reject)
    assert "longer than" in rows[1].reason
    assert isinstance(rows[2], Row)


def test_what_a_database_cannot_store_is_left_out(file: Path) -> None:
    row = _read(file, b'{"id": "a\\u0000b", "title": "half \\ud800 pair"}')[0]
    assert isinstance(row, Row)
    assert (row.package.id, row.package.title) == ("ab", "half pair")


def test_windows_files_are_read(file: Path) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n"
    assert isinstance(_read(file, content)[0], Row)


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "any.jsonl"
    for row in _read(file, data + b"\n"):
        assert isinstance(row, Row) or row.reason


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"nowhere\.jsonl: No such file"):
        JsonLinesReader(tmp_path / "nowhere.jsonl")


def test_an_empty_file_is_named(file: Path) -> None:
    file.touch()
    with pytest.raises(InvalidInputError, match="is empty"):
        JsonLinesReader(file)


def test_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is a folder"):
        JsonLinesReader(tmp_path)


def test_the_position_reaches_the_size(file: Path) -> None:
    file.write_bytes(b"\n".join([json.dumps(GOOD).encode()] * 3 + [b"y" * (2 * LONGEST_LINE)]))
    reader = JsonLinesReader(file)
    list(reader.rows())
    assert reader.position == reader.size
