"""Choosing a reader, and JSON Lines: whatever a line holds, it is a record or has a reason."""

import gc
import gzip
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInputError
from ingestion.readers.limits import LONGEST_RECORD
from ingestion.readers.port import Options
from ingestion.readers.registry import formats, open_reader
from ingestion.schemas import Record, Reject

GOOD = {"id": "a1", "title": "A walk in Hội An"}
CSV = "id,title\n1,Hội An\n".encode()


def _read(path: Path, content: bytes, kind: str | None = None) -> list[Record | Reject]:
    path.write_bytes(content)
    return list(open_reader(path, format=kind).records())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.jsonl"


def _reason(file: Path, line: bytes) -> str:
    row = _read(file, line)[0]
    assert isinstance(row, Reject)
    return row.reason


def test_a_good_line_is_a_record(file: Path) -> None:
    assert _read(file, json.dumps(GOOD).encode()) == [Record(1, GOOD)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{not json", "not JSON: Expecting property name"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"title": "caf\xe9"}', "not UTF-8 (column 15)"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", "nested too deeply"),
        (b"PK\x03\x04 a spreadsheet", "not JSON"),
        (b'{"id": ' + b"1" * 5_000 + b"}", "a number of too many digits"),
        (b'{"price": 1e999}', "1e999 is too large a number"),
        (b'{"price": -Infinity}', "-Infinity is no number"),
        (b'{"id": 1, "id": 2}', "'id' stands twice in one object"),
    ],
)
def test_a_line_that_is_no_record_says_why(file: Path, line: bytes, reason: str) -> None:
    assert reason in _reason(file, line)


def test_a_number_that_is_none_is_missing(file: Path) -> None:
    assert _read(file, b'{"rating": NaN}') == [Record(1, {"rating": None})]


def test_a_name_that_repeats_its_value_does_no_harm(file: Path) -> None:
    assert _read(file, b'{"id": 1, "id": 1}') == [Record(1, {"id": 1})]


def test_good_lines_survive_bad_neighbours(file: Path) -> None:
    good = json.dumps(GOOD).encode()
    rows = _read(file, b"\n".join([good, b"{broken", b"", good, b"[]", good]))
    assert [type(row).__name__ for row in rows] == ["Record", "Reject"] * 2 + ["Record"]
    assert [row.number if isinstance(row, Record) else row.line for row in rows] == [1, 2, 4, 5, 6]


def test_a_line_too_long_is_passed_over(file: Path) -> None:
    good = json.dumps(GOOD).encode()
    rows = _read(file, good + b"\n" + b"x" * (2 * LONGEST_RECORD + 9) + b"\n" + good)
    assert isinstance(rows[1], Reject)
    assert "longer than 4,000,000 characters" in rows[1].reason
    assert rows[2] == Record(3, GOOD)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_of_other_systems_are_read(file: Path, encoding: str) -> None:
    content = f"{json.dumps(GOOD, ensure_ascii=False)}\r\n".encode(encoding)
    assert _read(file, content) == [Record(1, GOOD)]


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "any.jsonl"
    with suppress(InvalidInputError):
        assert all(isinstance(row, Record) or row.reason for row in _read(file, data + b"\n"))


def test_the_position_reaches_the_size(file: Path) -> None:
    good = json.dumps(GOOD).encode()
    file.write_bytes(b"\n".join([good] * 3 + [b"y" * (LONGEST_RECORD + 1)]))
    reader = open_reader(file)
    list(reader.records())
    assert reader.position == reader.size


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"nowhere\.jsonl: No such file"):
        open_reader(tmp_path / "nowhere.jsonl")


def test_an_empty_file_is_named(file: Path) -> None:
    file.touch()
    with pytest.raises(InvalidInputError, match="is empty"):
        open_reader(file)


def test_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is a folder"):
        open_reader(tmp_path)


def test_the_formats_are_those_of_the_files_beside_it() -> None:
    assert formats() == ["csv", "json", "json-ld", "jsonl", "octo", "sqlite", "xlsx"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("feed.csv", CSV, "csv"),
        ("feed.TSV", b"id\ttitle\n", "csv"),
        ("feed", CSV, "csv"),
        ("feed.data", b"id;title\n1;x\n", "csv"),
        ("feed.json", b'[{"id": 1}]', "json"),
        ("feed.json", b'{"id": 1}\n{"id": 2}\n', "jsonl"),
        ("feed.json", b'{"items": [{"id": 1}]}', "json"),
        ("feed", b'  {"id": 1}\n{"id": 2}\n', "jsonl"),
        ("feed", '[{"id": 1}]'.encode("utf-16"), "json"),
        ("feed.json", b'[{"internalName": "x", "options": [{"units": []}]}]', "octo"),
        ("feed.json", b'{"@context": "https://schema.org", "@type": "Trip"}', "json-ld"),
        ("page", b"<!DOCTYPE html><html></html>", "json-ld"),
        ("feed.jsonld", b"{}", "json-ld"),
        ("feed", b"SQLite format 3\0 and more", "sqlite"),
        ("feed.db", b"anything", "sqlite"),
        ("feed.xlsx", b"anything", "xlsx"),
    ],
)
def test_a_format_is_told_by_suffix_and_beginning(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert open_reader(tmp_path / name).format == kind


def test_a_format_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "feed.txt"
    assert _read(file, b'{"id": "a,b"}\n', kind="jsonl") == [Record(1, {"id": "a,b"})]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (None, "feed is of no format that can be told; name it, or give one of csv, json"),
        ("excel", "'excel' is no format; the formats are csv, json"),
    ],
)
def test_an_unknown_format_names_the_known_ones(
    tmp_path: Path, kind: str | None, message: str
) -> None:
    (tmp_path / "feed").write_bytes(b"\x01\x02\x03")
    with pytest.raises(InvalidInputError, match=message):
        open_reader(tmp_path / "feed", Options(), kind)


def _zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_a_packed_file_is_read_as_what_is_in_it(tmp_path: Path) -> None:
    packed = tmp_path / "tours.csv.gz"
    packed.write_bytes(gzip.compress(CSV))
    zipped = _zipped(tmp_path / "export.zip", tours__csv=CSV)
    for path in (packed, zipped):
        assert list(open_reader(path).records()) == [Record(2, {"id": "1", "title": "Hội An"})]


def test_what_was_unpacked_goes_with_the_reader(tmp_path: Path) -> None:
    packed = tmp_path / "tours.csv.gz"
    packed.write_bytes(gzip.compress(CSV))
    reader = open_reader(packed)
    unpacked: Path = reader._path  # type: ignore[attr-defined]
    assert unpacked.exists()
    del reader
    gc.collect()
    assert not unpacked.parent.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bomb.csv.gz", gzip.compress(b"a,b\n" * 10_000_000), "unpacks to more than 10,4"),
        ("cut.csv.gz", gzip.compress(CSV * 99)[:-20], "cannot be unpacked"),
        ("none.csv.gz", gzip.compress(b""), "is empty"),
        ("cut.zip", b"PK\x03\x04 and no end", "its end is missing"),
        ("vast.zip", b"PK\x03\x04PK\x05\x06" + b"\0" * 8 + b"\xff" * 4 + b"\0" * 6, "more files"),
    ],
    ids=["bomb", "cut", "empty", "cut zip", "vast zip"],  # the bytes hold the time of day
)
def test_a_packed_file_that_should_not_be_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError, match=message):
        open_reader(tmp_path / name)


def test_a_zip_bomb_is_refused_by_what_it_promises(tmp_path: Path) -> None:
    bomb = _zipped(tmp_path / "bomb.zip", tours__csv=bytes(20 << 20))
    with pytest.raises(InvalidInputError, match=r"packed as no feed is: 'tours\.csv' unpacks from"):
        open_reader(bomb)


def test_a_zip_of_several_files_is_refused(tmp_path: Path) -> None:
    several = _zipped(tmp_path / "several.zip", a__csv=CSV, b__csv=CSV)
    with pytest.raises(InvalidInputError, match="holds 2 files; give one at a time"):
        open_reader(several)
