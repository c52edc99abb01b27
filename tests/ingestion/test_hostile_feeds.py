"""Feeds that no honest operator sends: each ends in order, with what can be taken taken."""

import json
import os
from pathlib import Path

import pytest

from core.database import unit_of_work
from ingestion import runs
from ingestion.gates import StoppedError
from ingestion.mapping.schemas import Limits
from ingestion.mapping.service import read_mapping
from ingestion.schemas import Report
from ingestion.service import Wanted, ingest
from tests.conftest import rows_of

GOOD = '{"id": "good", "title": "Good"}\n'
WIDE = "x" * 100_000


def take(path: Path, content: str) -> Report:
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    return ingest(path, Wanted(provider="Lotus", limits=Limits(set_aside=1)))


HOSTILE = [
    r'{"id": "1", "title": "T", "price": {"a\u0000b": 1}}',
    r'{"id": "1", "title": "T", "price": {"a\ud800": 1}}',
    r'{"id": "1", "title": "T", "price": {"a\nb\u2028c": 1}}',
    f'{{"id": "1", "title": "T", "price": {{"{WIDE}": 1}}}}',
    r'{"id": "1\u0000\ud800", "title": "\u0000"}',
    r'{"id": "1", "title": ["\u0000"]}',
    r'{"id": "1", "title": "T", "provider": "\u0000"}',
    r'{"id": "1", "title": "T", "provider": {"\u0000": "\ud800"}}',
    f'{{"id": "1", "title": "T", "provider": "{WIDE}"}}',
    f'{{"id": "{WIDE}", "title": "T"}}',
    '{"id": "1", "title": "T", "price": {"amount": NaN, "currency": "USD"}}',
    '{"id": "1", "title": "T", "price": {"amount": 1e999, "currency": "USD"}}',
    f'{{"id": {"9" * 400}, "title": "T", "duration": {{"days": {"9" * 400}}}}}',
    '{"id": "1", "title": "T", "duration": {"days": -1}}',
    '{"id": true, "title": "T"}',
    '{"id": 1.5, "title": "T"}',
    '{"id": "1", "title": "T", "locations": "not a list"}',
    "[" * 5_000,
    "[]",
    "null",
    "\ud800",
]


def test_hostile_records_are_set_aside_in_one_line_each(database_url: str, tmp_path: Path) -> None:
    report = take(tmp_path / "tours.jsonl", "\n".join([GOOD, *HOSTILE, GOOD.replace("good", "2")]))
    assert (report.inserted, report.rejected) == (2, len(HOSTILE))
    with unit_of_work() as unit:
        told = runs.run_report(unit.connection, report.run_id)
        assert runs.run_report_html(unit.connection, report.run_id)
    assert json.dumps(told)
    rejects = rows_of(database_url, "select reason, content from ingestion_rejects order by line")
    assert len(rejects) == len(HOSTILE)
    for each in rejects:
        assert len(each["reason"].splitlines()) == 1
        assert len(each["reason"]) < 1_000
        assert len(each["content"]) <= 2_000


def test_reasons_that_never_repeat_do_not_fill_the_report(
    database_url: str, tmp_path: Path
) -> None:
    rows = "".join(f'{{"id": "{n}", "title": "T", "price": {{"x{"y" * n}": 1}}}}\n'
                   for n in range(500))  # fmt: skip
    good = "".join(f'{{"id": "g{n}", "title": "T"}}\n' for n in range(500))
    report = take(tmp_path / "tours.jsonl", good + rows)
    assert report.rejected == 500
    assert len(report.reasons.told()) <= 200


def test_providers_are_not_added_by_a_feed_that_is_stopped(
    database_url: str, tmp_path: Path
) -> None:
    tours = "".join(f'{{"id": "1", "title": "T", "provider": "P{n}"}}\n' for n in range(30))
    path = tmp_path / "tours.jsonl"
    path.write_text(tours + "{broken\n" * 31)
    with pytest.raises(StoppedError, match="stopped before anything was changed"):
        ingest(path, Wanted(provider="Lotus"))
    assert rows_of(database_url, "select name from providers") == [{"name": "Lotus"}]


def test_a_table_of_nonsense_is_taken_as_far_as_it_goes(database_url: str, tmp_path: Path) -> None:
    nonsense = ["\0", "\ud800", "9" * 400, "[[[[", "{'a': 1}", "=cmd|' /C calc'!A0", "NaN"]
    rows = [{"id": str(number), "title": "T", "food": value, "price": value, "url": value}
            for number, value in enumerate(nonsense)]  # fmt: skip
    path = tmp_path / "tours.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    mapping = read_mapping(
        "provider: Lotus\ncurrency: USD\n"
        "fields: {id: id, title: title, food: food, price: price, url: url}\nsplit: [food]"
    )
    report = ingest(path, Wanted(mapping))
    assert (report.inserted, report.rejected) == (len(nonsense), 0)
    assert ingest(path, Wanted(mapping, again=True)).unchanged == len(nonsense)


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_a_file_with_a_name_that_is_no_text_is_taken_in(database_url: str, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/tours\xff.jsonl"))
    path.write_text(GOOD)
    assert ingest(path).inserted == 1
