"""JSON documents: the array of records is found, and a broken part costs no other."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInputError
from ingestion.readers.json_array import JsonArrayReader
from ingestion.readers.json_text import BrokenError, JsonText
from ingestion.readers.limits import LONGEST_RECORD
from ingestion.readers.port import Options
from ingestion.schemas import Record, Reject

A, B = {"id": 1, "title": "Huế"}, {"id": 2, "title": 'a "quoted" \\ [bracket}'}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.json"


def _read(path: Path, content: object, items: str | None = None) -> list[Record | Reject]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(raw)
    return list(JsonArrayReader(path, Options(items=items)).records())


def _last(rows: list[Record | Reject]) -> Reject:
    assert isinstance(rows[-1], Reject)
    return rows[-1]


@pytest.mark.parametrize(
    ("document", "items"),
    [
        ([A, B], None),
        ({"data": [A, B]}, None),
        ({"meta": {"tags": ["x"], "n": 2}, "answer": {"tours": [A, B]}}, None),
        ({"links": [{"x": 1}], "answer": {"tours": [A, B]}}, "answer.tours"),
        ({"a": {"b": {}}, "tours": [A, B], "more": [{}]}, "tours"),
    ],
)
def test_the_array_of_records_is_found(file: Path, document: object, items: str | None) -> None:
    assert _read(file, document, items) == [Record(1, A), Record(2, B)]


def test_a_document_without_an_array_of_objects_is_one_record(file: Path) -> None:
    tour = {"id": 1, "tags": ["a", "b"], "price": {"amount": 5}}
    assert _read(file, tour) == [Record(1, tour)]


def test_several_arrays_are_named_so_that_one_can_be_chosen(file: Path) -> None:
    with pytest.raises(
        InvalidInputError, match=r"several arrays of objects.*: tours, more\.hotels"
    ):
        _read(file, {"tours": [A], "more": {"hotels": [B]}})


@pytest.mark.parametrize("items", ["nowhere", "tours.first", "title", "tours.0"])
def test_a_path_that_leads_to_no_array_is_named(file: Path, items: str) -> None:
    with pytest.raises(InvalidInputError, match=f"holds no array at '{items}'"):
        _read(file, {"tours": [A], "title": "x"}, items)


@pytest.mark.parametrize("document", [b"[]", b" [ ] ", b'{"data": []}'])
def test_an_empty_array_holds_no_records(file: Path, document: bytes) -> None:
    assert _read(file, document, "data" if b"data" in document else None) == []


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (b"5", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"[{}]", "not a JSON object"),
        (b"nul", "not JSON: Expecting value"),
        (b'{"a" 1}', "not JSON: Expecting ':'"),
        (b'{"a": 1,}', "not JSON"),
        (b'{"a": [1}}', "not JSON"),
        (b'{"id": 1, "id": 2}', "'id' stands twice"),
        (b'{"price": Infinity}', "Infinity is no number"),
        (b'{"id": ' + b"7" * 5_000 + b"}", "a number of too many digits"),
        (b'{"a": ' + b"[" * 9_999 + b"]" * 9_999 + b"}", "nested too deeply"),
        (b'{"a": "caf\xe9"}', "not UTF-8"),
        (b'{"a": "' + b"x" * LONGEST_RECORD + b'"}', "longer than 4,000,000 characters"),
        (b'{"a": "' + b'\\"' * LONGEST_RECORD + b'"}', "longer than 4,000,000 characters"),
    ],
)
def test_a_broken_element_costs_no_other(file: Path, element: bytes, reason: str) -> None:
    rows = _read(file, b"[" + json.dumps(A).encode() + b"," + element + b', {"id": 2}]')
    assert (rows[0], rows[2]) == (Record(1, A), Record(3, {"id": 2}))
    assert isinstance(rows[1], Reject)
    assert reason in rows[1].reason


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b'[{"id": 1}, {"id": 2, "ti', "the document breaks off after 25 characters"),
        (b'[{"id": 1}', "the document breaks off after 10 characters"),
        (b'[{"id": 1} {"id": 2}]', "has { where , or ] is due, at character 12"),
        (b'[{"id": 1}}', "has } where , or ] is due, at character 11"),
        (b'[{"id": 1}] and more', "the document goes on after its end"),
        (b'{"data": [{"id": 1}, {', "the document breaks off after 22 characters"),
    ],
)
def test_where_a_document_breaks_is_told_after_what_came_before(
    file: Path, document: bytes, reason: str
) -> None:
    rows = _read(file, document)
    assert rows[0] == Record(1, {"id": 1})
    assert reason in _last(rows).reason


@pytest.mark.parametrize("document", [b"nothing", b"[" * 99_999, b'{"a"' * 999, b"{"])
def test_what_is_no_document_gives_one_reason(file: Path, document: bytes) -> None:
    rows = _read(file, document)
    assert len(rows) == 1
    assert "\n" not in _last(rows).reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encodings_of_json_are_read(file: Path, encoding: str) -> None:
    assert _read(file, json.dumps([A], ensure_ascii=False).encode(encoding)) == [Record(1, A)]


@given(st.lists(st.dictionaries(st.text(max_size=9), JSON), max_size=4), st.integers(1, 7))
def test_a_document_cut_anywhere_into_pieces_gives_the_same_values(
    records: list[object], size: int
) -> None:
    text = json.dumps(records, ensure_ascii=False, indent=size % 3)
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    assert [json.loads(each or "") for each in JsonText(pieces).elements()] == records


@given(st.text('[]{}",:\\ ab1', max_size=60), st.integers(1, 9))
@settings(max_examples=300)
def test_no_text_hangs_the_cursor(text: str, size: int) -> None:
    cursor = JsonText(text[at : at + size] for at in range(0, len(text), size))
    try:
        found = list(cursor.arrays_of_objects())
    except BrokenError as error:
        found = [str(error)]
    assert all(isinstance(each, str) for each in found)


def test_the_position_reaches_the_size(file: Path) -> None:
    file.write_text(json.dumps([A] * 5_000))
    reader = JsonArrayReader(file, Options())
    positions = [reader.position for _ in reader.records()]
    assert positions == sorted(positions)
    assert positions[0] < reader.size == reader.position
