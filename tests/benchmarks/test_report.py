"""The table and the JSON say the same, and what is said can be reckoned again."""

import json

from benchmarks.measuring import Row
from benchmarks.report import Setting, as_markdown, as_object, kinds
from tests.benchmarks.factory import small_job

SETTING = Setting("a processor", 2, "a model", 280)


def row() -> Row:
    made = Row("engine", "way", "as it comes", build_s=1.5, memory=3_000_000, stored=0)
    job = small_job()
    located = set(kinds(job)["location"])
    for number in range(len(job.wishes)):
        made.seconds[number] = 0.002 if number in located else 0.004
        made.agreement[number] = 1.0 if number in located else 0.5
    return made


def test_figures_are_told_by_kind_of_wish() -> None:
    told = as_object([row()], small_job(), SETTING, {"other": "not here"})
    ways = told["ways"]
    assert isinstance(ways, list)
    (way,) = ways
    assert (way["p50_ms_location"], way["p50_ms_no_location"]) == (2.0, 4.0)
    assert (way["agreement_location"], way["agreement_no_location"]) == (1.0, 0.5)
    assert way["agreement"] == round((64 + 63 * 0.5) / 127, 4)
    assert way["least_agreement"] == 0.5
    assert way["queries_per_s"] == round(127 / (64 * 0.002 + 63 * 0.004), 1)
    assert way["memory_mb"] == 3
    assert json.loads(json.dumps(told))["absent"] == {"other": "not here"}


def test_the_table_has_a_line_for_each_way_and_names_who_is_absent() -> None:
    table = as_markdown([row()], small_job(), SETTING, {"other": "not here"})
    assert "| way | 2.00 |" in table
    assert "| 2.00 / 1.000 | 4.00 / 0.500 |" in table
    assert "- way: as it comes" in table
    assert "- absent: other: not here" in table
