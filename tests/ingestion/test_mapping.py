"""Mapping files: what is wrong with one in a line, and what their rules take from a record."""

import re
from typing import Any

import pytest

from core.errors import InvalidInputError
from ingestion.mapping.paths import follow, select
from ingestion.mapping.schemas import FieldRule, Mapping
from ingestion.mapping.service import LONGEST_MAPPING, draft, fingerprint, key_of, read_mapping
from ingestion.runs import parse_schedule
from ingestion.schemas import Draft, Record, Reject

LEAST = "provider: Lotus\nfields: {id: code, title: name}\n"
TWO = "provider: Lotus\nsources: {tours: {file: a.csv}, extra: {file: b.csv, on: {tour: code}}}\n"


def mapping_of(more: str = "", fields: str = "") -> Mapping:
    return read_mapping(f"provider: Lotus\nfields: {{id: code, title: name{fields}}}\n{more}")


def drafted(mapping: Mapping, **values: Any) -> Draft:
    made = draft(Record(1, {"code": "A1", "name": "Tour", **values}), mapping, fingerprint(mapping))
    assert isinstance(made, Draft)
    return made


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not valid"),
        ("- a list", "not valid"),
        ("provider: [", "is not YAML: .*line 1"),
        ("a: b: c", r"is not YAML: mapping values are not allowed here \(line 1\)"),
        ("one: &x 1\ntwo: *x", "no use for YAML aliases"),
        ("!!python/object/apply:os.system [id]", "could not determine a constructor"),
        ("provider: A\n---\nprovider: B", "another document"),
        ("a: \x01", "is not YAML"),
        ("a: \ud800", "is not YAML"),
        (f"{LEAST}country: !!int many", r"a value that cannot be read \(line 3\)"),
        (f"{LEAST}country: {'1' * 5_000}", r"a value that cannot be read \(line 3\)"),
        (f"{LEAST}country: !!timestamp soon", "a value that cannot be read"),
        (f"{LEAST}country: !!bool perhaps", "a value that cannot be read"),
        (f"{LEAST}provider: Again", "'provider' stands there twice"),
        ("provider: A\nfields: {id: a, title: b, id: c}", r"'id' stands there twice \(line 2\)"),
        ("? [a]\n: b", "unhashable key"),
        ("a: " + "[" * 50_000, "nested too deeply"),
        ("a: " + "{a: " * 20_000, "nested too deeply"),
        ("a" * (LONGEST_MAPPING + 1), "longer than 100,000 characters"),
        ("provider: A", "fields: Field required"),
        ("provider: A\nfields: {title: name}", "id: Field required"),
        ("provider: A\nfields: {id: '', title: b}", "id.from.0: "),
        ("provider: A\nfields: {id: [], title: b}", "id: give from, value or template"),
        ("provider: A\nfields: {id: 5, title: b}", "id: "),
        ("provider: A\nfields: {id: a, title: b, colour: c}", "colour: Extra inputs"),
        ("provider: A\nfields: {1: a}", "Keys should be strings"),
        ("provider: A\nkind: accommodations\nfields: {id: a, title: b}", "name: Field required"),
        ("provider: A\nfields: {id: a, title: b, stars: c}", "stars: Extra inputs"),
        ("provider: A\nkind: [tours]\nfields: {id: a, title: b}", "kind: "),
        (f"{LEAST}colour: red", "colour: Extra inputs"),
        (f"{LEAST}{'x' * 1_000}: 1", "xxx"),
        (f"{LEAST}currency: GOLD", "currency: unknown currency 'GOLD'"),
        (f"{LEAST}limits: {{retire: 120 %}}", "limits.retire: "),
        (f"{LEAST}limits: {{retire: many}}", "limits.retire: "),
        (f"{LEAST}limits: {{set_aside: -1}}", "limits.set_aside: "),
        (f"{LEAST}limits: {{set_aside: .nan}}", "limits.set_aside: "),
        (f"{LEAST}split: 5", "split.0: "),
        (f"{LEAST}sources: {{}}", "sources: "),
        (f"{LEAST}sources: 5", "sources: "),
        (f"{LEAST}sources: {{a: {{colour: b}}}}", "sources.a.colour: Extra inputs"),
        (f"{LEAST}sources: {{a: {{on: {{b: c}}}}}}", "the first source is what the others"),
        (f"{LEAST}sources: {{a: {{file: a}}, b: {{file: b}}}}", "sources.b: say in `on`"),
        (
            f"{LEAST}sources: {{a: {{file: a}}, b: {{on: {{x: c.y}}}}, c: {{on: {{x: y}}}}}}",
            "sources.b: it is joined to c, which must come before",
        ),
        ("provider: A\nfields: {id: {from: a, pattern: '('}, title: b}", "t a regular expression"),
        ("provider: A\nfields: {id: a, title: b, duration: {start: c}}", "start and end go"),
        ("provider: A\nfields: {id: a, title: b, price: {from: c, currency: X}}", "price.currency"),
        ("provider: A\nfields: {id: a, title: b, duration: {from: c, unit: ages}}", "duration.u"),
        ("provider: ''\nfields: {id: a, title: b}", "provider: should have 1 to 300 characters"),
        ("provider: [A]\nfields: {id: a, title: b}", "provider: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_clear_line(text: str, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint) as error:
        read_mapping(text, "lotus.yaml")
    assert len(error.value.message.splitlines()) == 1
    assert len(error.value.message) < 1_100


@pytest.mark.parametrize("text", ["often", "* * * *", "61 * * * *", "0 3 * * * *", "", "@daily"])
def test_a_schedule_that_is_none_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InvalidInputError, match="not five cron fields") as error:
        parse_schedule(text)
    assert len(error.value.message.splitlines()) == 1


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    mapping = read_mapping(
        "provider: true north\nlanguage: no\ncountry: 2026-02-30\n"
        "sources: {a: {file: a.csv}, b: {file: b.csv, on: {off: yes}}}\n"
        "fields: {id: on, title: false_friends}\n"
    )
    assert (mapping.provider, mapping.language, mapping.country) == (
        "true north",
        "no",
        "2026-02-30",
    )
    assert mapping.sources["b"].on == {"off": "yes"}
    assert mapping.fields.id.paths == ["on"]


@pytest.mark.parametrize(
    ("written", "share"), [("20 %", 0.2), ("20%", 0.2), ("0.2", 0.2), ("0", 0), ("100 %", 1)]
)
def test_a_share_may_be_a_percentage(written: str, share: float) -> None:
    assert mapping_of(f"limits: {{retire: {written}}}").limits.retire == pytest.approx(share)


@pytest.mark.parametrize(
    ("values", "path", "found"),
    [
        ({"a": 5}, "a", [5]),
        ({"a": 0}, "a", [0]),
        ({"a": False}, "a", [False]),
        ({"a": None}, "a", []),
        ({"a": ""}, "a", []),
        ({}, "a", []),
        ({"a": {"b": {"c": 7}}}, "a.b.c", [7]),
        ({"a": {"b": 1}}, "a.c", []),
        ({"a": 5}, "a.b", []),
        ({"a": [{"b": 1}, {"b": [2, 3]}, {"c": 4}, 5, None]}, "a.b", [1, 2, 3]),
        ({"a": [1, [2, [None, 3]], ""]}, "a", [1, 2, 3]),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", [1]),
        ({"a": {"b.c": 3}}, "a.b.c", [3]),
        ({"a": '[{"b": "x"}, {"b": "y"}]'}, "a.b", ["x", "y"]),
        ({"a": "{'b': 'x'}"}, "a.b", ["x"]),
        ({"a": ['[{"b": 1}]', '[{"b": 2}]']}, "a.b", [1, 2]),
        ({"a": '{"b": "{\\"c\\": 9}"}'}, "a.b.c", [9]),
        ({"a": "['x', 'y']"}, "a", ["x", "y"]),
        ({"a": "[1, 2]"}, "a", [1, 2]),
        ({"a": "[Hot] Tour"}, "a", ["[Hot] Tour"]),
        ({"a": "{broken"}, "a.b", []),
        ({"a": "[" * 100_000}, "a.b", []),
        ({"extra": [{"name": "x"}, {"name": "y"}]}, "extra.name", ["x", "y"]),
    ],
)
def test_a_path_reaches_into_objects_lists_and_texts(
    values: dict[str, Any], path: str, found: list[Any]
) -> None:
    assert follow(values, path) == found


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"from": "city"}, ["Huế"]),
        ({"from": ["none", "city", "stops"]}, ["Huế", "Hội An"]),
        ({"from": "stops", "first": True}, ["Huế"]),
        ({"from": "none", "value": "Vinh"}, ["Vinh"]),
        ({"from": "city", "value": "Vinh"}, ["Huế"]),
        ({"value": 0}, [0]),
        ({"template": "{city} Food, {days} days"}, ["Huế Food, 3 days"]),
        ({"template": "{city} {none}"}, []),
        ({"template": "{city} {none}", "value": "x"}, ["x"]),
        ({"template": "{braces}"}, ["{city}"]),
        ({"from": "link", "pattern": r"-(t\d+)"}, ["t17"]),
        ({"from": "link", "pattern": r"t\d+"}, ["t17"]),
        ({"from": "link", "pattern": r"(x)?t17"}, []),
        ({"from": ["city", "link"], "pattern": "t(1)7"}, ["1"]),
        ({"from": "days", "pattern": "(3)"}, ["3"]),
        ({"from": ["stops", "city"], "pattern": "(H)"}, ["H"]),
    ],
)
def test_a_rule_takes_what_it_names(rule: dict[str, Any], found: list[Any]) -> None:
    values = {
        "city": "Huế",
        "stops": ["Huế", "", "Hội An", "Huế"],
        "days": 3,
        "link": "https://example.com/hue-t17",
        "braces": "{city}",
    }
    assert select(values, FieldRule.model_validate(rule)) == found


@pytest.mark.parametrize(
    ("written", "key"),
    [(7, "7"), (7.0, "7"), ("7 ", "7"), ("a  b", "a b"), ([7, "7", 7.0], "7"), (1.5, "1.5")],
)
def test_an_id_is_the_same_however_it_is_written(written: object, key: str) -> None:
    assert key_of({"code": written}, mapping_of()) == key


def test_an_id_may_be_made_of_several_columns() -> None:
    mapping = read_mapping("provider: A\nfields: {id: [hotel, city], title: b}")
    assert key_of({"hotel": ["Lan", "Lan "], "city": ["Huế", "Huế"]}, mapping) == "Lan-Huế"


@pytest.mark.parametrize(
    ("code", "complaint"),
    [(None, "no id: code is blank"), (" ", "no id"), ("x" * 301, "more than 300 characters")],
)
def test_a_record_without_a_usable_id_is_set_aside(code: object, complaint: str) -> None:
    made = draft(Record(4, {"code": code, "name": "T"}, "b.csv"), mapping_of(), "1")
    assert isinstance(made, Reject)
    assert (made.line, made.source) == (4, "b.csv")
    assert complaint in made.reason


CHANGES_WHAT_IS_MADE = [
    "currency: VND",
    "country: Vietnam",
    "language: vi",
    "repeats: merge",
    "kind: tours\nsplit: [long]",
    "sources: {main: {where: {open: yes}}}",
    "sources: {main: {encoding: cp1258}}",
]


@pytest.mark.parametrize("more", CHANGES_WHAT_IS_MADE)
def test_what_changes_the_tours_changes_the_fingerprint(more: str) -> None:
    assert fingerprint(mapping_of(more)) != fingerprint(mapping_of())


@pytest.mark.parametrize(
    "more",
    ["schedule: 0 3 * * *", "location: https://example.com/a.csv", "complete: true",
     "limits: {retire: 1}", "kind: tours", "# a comment"],
)  # fmt: skip
def test_when_and_whence_a_feed_comes_does_not_change_the_fingerprint(more: str) -> None:
    assert fingerprint(mapping_of(more)) == fingerprint(mapping_of())


def test_a_rule_written_short_is_the_same_as_written_out() -> None:
    short, long = mapping_of(fields=", food: meals"), mapping_of(fields=", food: {from: [meals]}")
    assert fingerprint(short) == fingerprint(long)
    assert fingerprint(short) != fingerprint(
        mapping_of(fields=", food: {from: meals, first: true}")
    )
    assert fingerprint(None) != fingerprint(mapping_of())


def test_only_what_the_mapping_names_decides_whether_a_record_is_the_same() -> None:
    mapping = mapping_of("split: [long]", ", price: {from: cost}, locations: {from: a, without: b}")
    same = drafted(mapping, cost=5, seen="today").source_hash
    assert drafted(mapping, seen="tomorrow", cost=5).source_hash == same
    for changed in ({"cost": 6}, {"long": "x"}, {"b": "Huế"}, {"name": "Other"}):
        assert drafted(mapping, **{"cost": 5, **changed}).source_hash != same
    assert drafted(mapping_of(), cost=5).source_hash != same


def test_a_record_that_no_database_can_hold_has_a_hash_and_a_reject_all_the_same() -> None:
    mapping = mapping_of(fields=", food: meals")
    assert drafted(mapping, meals="\ud800 \0").source_hash
    assert drafted(mapping, meals=float("nan")).source_hash
    made = draft(Record(1, {"name": "\ud800\0x"}), mapping, "1")
    assert isinstance(made, Reject)
    assert not re.search("[\0\ud800]", made.content)
