"""Feeds of several files: found, joined and merged, in memory that does not grow with them."""

import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from core.errors import InvalidInputError
from ingestion.feeds import Feed, digest, locate
from ingestion.mapping.service import read_mapping
from ingestion.readers.limits import LONGEST_RECORD
from ingestion.schemas import Record, Reject
from ingestion.scratch.repository import Scratch

JOINED = """
provider: Lotus
sources:
  tours: {file: tours.csv}
  stops: {file: stops.json, on: {tour: code}}
  days: {file: days.jsonl, on: {stop: stops.id}}
fields: {id: code, title: name, locations: stops.name}
"""
PLAIN = "provider: Lotus\nfields: {id: code, title: name}\n"


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with Scratch() as opened:
        yield opened


def lines_of(*records: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in records)


def read(folder: Path, mapping: str, scratch: Scratch) -> list[Record | Reject]:
    rules = read_mapping(mapping)
    return list(Feed(locate(folder, rules), rules, scratch).records())


def records_in(found: list[Record | Reject]) -> list[Record]:
    return [each for each in found if isinstance(each, Record)]


def within(record: Record, source: str) -> list[dict[str, Any]]:
    """Return what was joined to a record."""
    found: Any = record.values[source]
    return list(found)


def rejects_in(found: list[Record | Reject]) -> list[Reject]:
    return [each for each in found if isinstance(each, Reject)]


def test_files_of_several_formats_are_joined_and_joins_chained(
    tmp_path: Path, scratch: Scratch
) -> None:
    (tmp_path / "tours.csv").write_text("code,name\n7,Seven\n8,Eight\n")
    stops = [{"tour": 7.0, "id": 1, "name": "Huế"}, {"tour": "7 ", "id": 2, "name": "Vinh"}]
    (tmp_path / "stops.json").write_text(json.dumps([*stops, {"tour": 9, "id": 3}]))
    days = ({"stop": 2, "n": "b"}, {"stop": 1, "n": "a"}, {"stop": 2, "n": "c"})
    (tmp_path / "days.jsonl").write_text(lines_of(*days))
    seven, eight = records_in(read(tmp_path, JOINED, scratch))
    assert seven.values["stops"] == stops
    assert [each["n"] for each in within(seven, "days")] == ["a", "b", "c"]
    assert (eight.values["stops"], eight.values["days"]) == ([], [])


@pytest.mark.parametrize("written", [7, 7.0, "7", "7 ", " 7"])
@pytest.mark.parametrize("joined", [7, 7.0, "7", "7 "])
def test_a_key_joins_however_it_is_written(
    tmp_path: Path, scratch: Scratch, written: object, joined: object
) -> None:
    (tmp_path / "tours.jsonl").write_text(lines_of({"code": written, "name": "T"}))
    (tmp_path / "extra.jsonl").write_text(lines_of({"tour": joined, "x": 1}))
    mapping = (
        "provider: A\nsources: {t: {file: tours.jsonl}, e: {file: extra.jsonl, on: {tour: code}}}\n"
        "fields: {id: code, title: name}"
    )
    (record,) = records_in(read(tmp_path, mapping, scratch))
    assert len(within(record, "e")) == 1


def test_numbers_of_a_sheet_join_the_texts_of_a_table(tmp_path: Path, scratch: Scratch) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["tour", "price"], [7, 100], [8.0, 200]):
        book.active.append(row)
    book.save(tmp_path / "prices.xlsx")
    (tmp_path / "tours.csv").write_text("code,name\n7,Seven\n8,Eight\n")
    mapping = (
        "provider: A\nsources: {t: {file: tours.csv}, p: {file: prices.xlsx, on: {tour: code}}}\n"
        "fields: {id: code, title: name}"
    )
    found = records_in(read(tmp_path, mapping, scratch))
    assert [[each["price"] for each in within(record, "p")] for record in found] == [[100], [200]]


def test_a_pattern_takes_all_files_of_a_form_in_order(tmp_path: Path, scratch: Scratch) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"tours_{name}.csv").write_text(f"code,name\n{name},T\n")
    (tmp_path / "other.csv").write_text("code,name\nx,T\n")
    (tmp_path / "tours_d.csv").mkdir()
    mapping = f"{PLAIN}sources: {{t: {{file: [tours_b.csv, 'tours_*.csv']}}}}"
    found = records_in(read(tmp_path, mapping, scratch))
    assert [(each.values["code"], each.source, each.number) for each in found] == [
        ("b", "tours_b.csv", 2),
        ("a", "tours_a.csv", 2),
        ("c", "tours_c.csv", 2),
    ]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("{open: 'yes'}", "1"),
        ("{open: yes}", "1"),
        ("{open: [yes, soon]}", "13"),
        ("{open: yes, n: 2}", ""),
        ("{n: 2}", "2"),
        ("{n: 2.0}", "2"),
        ("{nothing: 1}", ""),
        ("{tags.name: b}", "12"),
    ],
)
def test_only_records_that_say_so_are_wanted(
    tmp_path: Path, scratch: Scratch, where: str, kept: str
) -> None:
    rows = (
        {"code": "1", "open": "YES", "n": 1, "tags": [{"name": "a"}, {"name": "b"}]},
        {"code": "2", "open": None, "n": 2, "tags": {"name": "b"}},
        {"code": "3", "open": "Soon", "n": 3},
    )
    (tmp_path / "t.jsonl").write_text(lines_of(*rows))
    mapping = f"{PLAIN}sources: {{t: {{file: t.jsonl, where: {where}}}}}"
    found = records_in(read(tmp_path, mapping, scratch))
    assert "".join(str(each.values["code"]) for each in found) == kept


def test_records_of_one_id_are_merged_across_files(tmp_path: Path, scratch: Scratch) -> None:
    (tmp_path / "a.csv").write_text("code,name,day\n7,Seven,1\n,Nameless,1\n8,Eight,1\n7,Seven,2\n")
    (tmp_path / "b.jsonl").write_text(
        lines_of({"code": 7, "name": "Seven", "more": "x"}) + "{broken\n"
    )
    mapping = f"{PLAIN}repeats: merge\nsources: {{t: {{file: [a.csv, b.jsonl]}}}}"
    found = read(tmp_path, mapping, scratch)
    seven, eight = records_in(found)
    assert (seven.number, seven.source, seven.merged) == (2, "a.csv", 3)
    assert seven.values["day"] == ["1", "2", None]
    assert seven.values["more"] == [None, None, "x"]
    assert (eight.number, eight.merged, eight.values["day"]) == (4, 1, "1")
    nameless, broken = rejects_in(found)
    assert (nameless.line, nameless.source) == (3, "a.csv")
    assert nameless.reason == "no id: code is blank"
    assert (broken.line, broken.source) == (2, "b.jsonl")


def test_merged_records_are_joined_once(tmp_path: Path, scratch: Scratch) -> None:
    (tmp_path / "t.csv").write_text("code,name\n7,T\n7 ,T\n")
    (tmp_path / "e.csv").write_text("tour,x\n7,1\n")
    mapping = (
        f"{PLAIN}repeats: merge\nsources: {{t: {{file: t.csv}}, e: {{file: e.csv, "
        "on: {tour: code}}}"
    )
    (record,) = records_in(read(tmp_path, mapping, scratch))
    assert (record.merged, record.values["e"]) == (2, [{"tour": "7", "x": "1"}])


def test_what_is_broken_in_a_joined_file_is_told_with_its_place(
    tmp_path: Path, scratch: Scratch
) -> None:
    (tmp_path / "t.csv").write_text("code,name\n7,T\n")
    (tmp_path / "e.jsonl").write_text('{"tour": 7}\n{broken\n')
    mapping = f"{PLAIN}sources: {{t: {{file: t.csv}}, e: {{file: e.jsonl, on: {{tour: code}}}}}}"
    broken, record = read(tmp_path, mapping, scratch)
    assert isinstance(broken, Reject)
    assert (broken.line, broken.source) == (2, "e.jsonl")
    assert isinstance(record, Record)


@pytest.mark.parametrize("repeats", ["merge", "set_aside"])
def test_text_that_no_database_can_hold_comes_through(
    tmp_path: Path, scratch: Scratch, repeats: str
) -> None:
    (tmp_path / "t.jsonl").write_text(r'{"code": "\ud800\u0000x", "name": "\udfff\u0000"}')
    (tmp_path / "e.jsonl").write_text(r'{"tour": "x\ud800", "name": "\ud800"}')
    mapping = (
        f"{PLAIN}repeats: {repeats}\n"
        "sources: {t: {file: t.jsonl}, e: {file: e.jsonl, on: {tour: code}}}\n"
    )
    (record,) = records_in(read(tmp_path, mapping, scratch))
    assert record.values["name"] == "\udfff\0"
    assert record.values["e"] == [{"tour": "x\ud800", "name": "\ud800"}]


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_a_file_may_have_a_name_that_is_no_text(tmp_path: Path, scratch: Scratch) -> None:
    for name in (b"tours\xff.csv", b"tours2.csv"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("code,name\n7,T\n")
    rules = read_mapping(f"{PLAIN}sources: {{t: {{file: '*.csv'}}}}")
    sources = locate(tmp_path, rules)
    assert len(digest(sources, "1")) == 32
    found = records_in(list(Feed(sources, rules, scratch).records()))
    assert sorted(each.source.encode() for each in found) == [b"tours.csv", b"tours2.csv"]


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("none.csv", "sources.t: no file none.csv in"),
        ("'*.json'", r"sources.t: no file \*.json in"),
        ("'**.csv'", "no file"),
        (".", "no file"),
        (r'"t\0.csv"', "no file"),
        ("'['", "no file"),
        ("[]", "name its files in the mapping"),
        ("../t.csv", "lies outside"),
        ("x/../../t.csv", "lies outside"),
        ("/etc/passwd", "lies outside"),
    ],
)
def test_a_file_that_is_not_there_or_lies_outside_is_refused(
    tmp_path: Path, scratch: Scratch, file: str, complaint: str
) -> None:
    (tmp_path / "t.csv").write_text("code,name\n7,T\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "t.csv").write_text("code,name\n7,T\n")
    mapping = f"{PLAIN}sources: {{t: {{file: {file}}}}}"
    with pytest.raises(InvalidInputError, match=complaint) as error:
        read(tmp_path / "folder", mapping, scratch)
    assert len(error.value.message.splitlines()) == 1


def test_a_feed_of_several_files_has_to_be_a_folder(tmp_path: Path, scratch: Scratch) -> None:
    (tmp_path / "tours.csv").write_text("code,name\n7,T\n")
    with pytest.raises(InvalidInputError, match="3 sources; give the folder"):
        read(tmp_path / "tours.csv", JOINED, scratch)


@pytest.mark.parametrize("repeats", ["merge", "set_aside"])
def test_one_tour_cannot_fill_the_memory(tmp_path: Path, scratch: Scratch, repeats: str) -> None:
    row = {"tour": 7, "text": "x" * (LONGEST_RECORD // 4)}
    file = "t.jsonl" if repeats == "merge" else "e.jsonl"
    (tmp_path / "t.jsonl").write_text(lines_of({"tour": 7}, {"tour": 8}))
    (tmp_path / "e.jsonl").write_text(lines_of({"tour": 8}))
    with (tmp_path / file).open("a") as more:
        more.write(lines_of(row) * 5)
    mapping = (
        f"provider: A\nrepeats: {repeats}\n"
        "sources: {t: {file: t.jsonl}, e: {file: e.jsonl, on: {tour: tour}}}\n"
        "fields: {id: tour, title: name}"
    )
    found = read(tmp_path, mapping, scratch)
    assert [each.values["tour"] for each in records_in(found)] == [8]
    assert [each.line for each in rejects_in(found)] == [1]
    assert "more than 4,000,000 bytes belong to it" in rejects_in(found)[0].reason


def test_memory_does_not_grow_with_a_joined_file(tmp_path: Path, scratch: Scratch) -> None:
    (tmp_path / "t.csv").write_text("code,name\n" + "".join(f"{n},T\n" for n in range(50)))
    with (tmp_path / "e.jsonl").open("w") as file:
        file.writelines(f'{{"tour": {number}}}\n' for number in range(50_000))
        file.write(f"{{broken{'x' * 300}\n" * 10_000)
    mapping = f"{PLAIN}sources: {{t: {{file: t.csv}}, e: {{file: e.jsonl, on: {{tour: code}}}}}}"
    taken, peak = measured(tmp_path, mapping, scratch)
    assert taken == 50
    assert peak < 4_000_000


def test_memory_does_not_grow_with_what_is_merged(tmp_path: Path, scratch: Scratch) -> None:
    with (tmp_path / "t.csv").open("w") as file:
        file.write("code,name\n")
        file.writelines(f"{number % 3_000},T\n" for number in range(9_000))
        file.write(f",{'x' * 300}\n" * 9_000)
    mapping = f"{PLAIN}repeats: merge\nsources: {{t: {{file: t.csv}}}}"
    taken, peak = measured(tmp_path, mapping, scratch)
    assert taken == 3_000
    assert peak < 4_000_000


def measured(folder: Path, mapping: str, scratch: Scratch) -> tuple[int, int]:
    """Return how many records a feed has, and the most bytes that reading it took."""
    rules = read_mapping(mapping)
    feed = Feed(locate(folder, rules), rules, scratch)
    tracemalloc.start()
    try:
        taken = sum(isinstance(each, Record) for each in feed.records())
        return taken, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_digest_is_of_names_contents_and_what_is_made_of_them(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("code,name\n7,T\n")
    before = digest(locate(file, None), "1")
    assert digest(locate(file, None), "1") == before
    assert digest(locate(file, None), "2") != before
    assert digest(locate(file.rename(tmp_path / "u.csv"), None), "1") != before
    file.write_text("code,name\n8,T\n")
    assert digest(locate(file, None), "1") != before
