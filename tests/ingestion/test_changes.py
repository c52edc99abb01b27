"""What a feed changes from one run to the next: texts, prices, what is gone, near-copies."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, LiteralString

import pytest

from core.settings import settings
from ingestion.mapping.service import read_mapping
from ingestion.schemas import Report
from ingestion.service import Wanted, ingest
from tests.conftest import rows_of

Tour = dict[str, Any]
Take = Callable[..., Report]
PRICES: LiteralString = "select amount::int, currency from price_history order by seen_at"
OFFERED: LiteralString = """
    select external_id as id from travel_packages where retired_at is null order by external_id
"""
COPIES: LiteralString = """
    select tour.external_id as id, older.external_id as of
    from travel_packages as tour left join travel_packages as older on older.id = tour.duplicate_of
    order by tour.external_id
"""


def tour(key: str, **fields: Any) -> Tour:
    return {"id": key, "title": f"Tour {key}", **fields}


@pytest.fixture
def take(database_url: str, tmp_path: Path) -> Take:
    """Take tours in as the feed of a provider: Lotus, where no other is named."""

    def taken(*tours: Tour, **wanted: Any) -> Report:
        file = tmp_path / "feed.jsonl"
        file.write_text("".join(f"{json.dumps(each)}\n" for each in tours), "utf-8")
        return ingest(file, Wanted(**{"provider": "Lotus", **wanted}))

    return taken


def counts(report: Report) -> tuple[int, int, int]:
    return report.inserted, report.updated, report.unchanged


def test_a_changed_text_is_the_only_one_that_is_embedded(take: Take) -> None:
    first = tour("a", food="phở bò", activities="kayaking", notes="bring a hat")
    assert take(first, tour("b", food="bún chả")).embedded == 4
    report = take({**first, "food": "cơm tấm"}, tour("b", food="bún chả"))
    assert (counts(report), report.embedded) == ((0, 1, 1), 1)
    assert dict(report.changed) == {"food": 1}
    added = take({**first, "food": "cơm tấm"}, tour("b", food="bún chả"), tour("c", food="chè"))
    assert (counts(added), added.embedded) == ((1, 0, 2), 1)
    moved = take(tour("d", notes="bring a hat"))
    assert (moved.inserted, moved.embedded) == (1, 0)


@pytest.mark.parametrize(
    ("change", "criteria"),
    [
        ({"locations": ["Huế", "Vinh"]}, {"location"}),
        ({"country": "Laos"}, {"location"}),
        ({"duration": {"days": 4}}, {"duration"}),
        ({"price": {"amount": 5, "currency": "USD"}}, {"budget"}),
        ({"price": None}, {"budget"}),
        ({"transportation": "bus"}, {"transportation"}),
        ({"activities": None}, {"activities"}),
        ({"url": "https://example.com/2"}, set()),
    ],
)
def test_a_report_says_in_which_criteria_tours_changed(
    take: Take, change: Tour, criteria: set[str]
) -> None:
    before = tour(
        "a",
        locations=["Huế"],
        duration={"days": 3},
        price={"amount": 4, "currency": "USD"},
        activities="kayaking",
    )
    take(before)
    report = take({**before, **change})
    assert counts(report) == (0, 1, 0)
    assert set(report.changed) == criteria


def test_prices_are_kept_only_when_they_change(database_url: str, take: Take) -> None:
    def costing(amount: int | None, **fields: Any) -> Tour:
        price = amount and {"amount": amount, "currency": "USD"}
        return tour("a", price=price, **fields)

    steps = [
        costing(None), costing(100), costing(100), costing(100, food="phở"), costing(120),
        costing(None), costing(None, food="phở"), costing(120),
    ]  # fmt: skip
    for each in steps:
        take(each)
    take(costing(120), again=True)
    history = [row["amount"] for row in rows_of(database_url, PRICES)]
    assert history == [100, 120, None, 120]


def test_what_is_missing_from_a_complete_feed_is_retired_and_may_return(
    database_url: str, take: Take
) -> None:
    price = {"amount": 100, "currency": "USD"}
    a, b = tour("a", price=price), tour("b", price=price)
    ingest_other = take(tour("a"), tour("x"), provider="Bamboo")
    assert ingest_other.inserted == 2
    take(a, b, tour("c"), complete=True)
    before = rows_of(database_url, "select id, external_id from travel_packages order by id")
    gone = take(a, complete=True)
    assert (gone.retired, counts(gone)) == (2, (0, 0, 1))
    assert rows_of(database_url, OFFERED) == [{"id": "a"}, {"id": "a"}, {"id": "x"}]
    again = take(a, complete=True)
    assert (again.retired, again.same_as) == (0, gone.run_id)
    back = take(a, {**b, "price": {"amount": 90, "currency": "USD"}}, tour("c"), complete=True)
    assert (back.returned, back.inserted, back.retired) == (2, 0, 0)
    assert back.updated + back.unchanged == 3
    after = rows_of(database_url, "select id, external_id from travel_packages order by id")
    assert after == before
    history = rows_of(
        database_url,
        """select amount::int from price_history as price
           join travel_packages as tour on tour.id = price.package_id
           where external_id = 'b' order by seen_at""",
    )
    assert [row["amount"] for row in history] == [100, 90]


def test_a_tour_that_returns_as_it_was_counts_as_updated(take: Take) -> None:
    take(tour("a"), tour("b"), complete=True)
    take(tour("a"), complete=True)
    report = take(tour("a"), tour("b"), complete=True)
    assert report.returned == 1
    assert counts(report) == (0, 1, 1)


def test_a_partial_feed_retires_nothing(database_url: str, take: Take) -> None:
    take(tour("a"), tour("b"))
    report = take(tour("c"), complete=False)
    assert (report.retired, report.inserted) == (0, 1)
    assert [row["id"] for row in rows_of(database_url, OFFERED)] == ["a", "b", "c"]


def test_a_record_that_was_set_aside_does_not_retire_its_tour(
    database_url: str, take: Take
) -> None:
    take(tour("a"), tour("b"), complete=True)
    report = take(tour("a"), {"id": "b", "title": ""}, complete=True)
    assert (report.rejected, report.retired) == (1, 0)
    assert [row["id"] for row in rows_of(database_url, OFFERED)] == ["a", "b"]


def copies(database_url: str) -> dict[str, str | None]:
    return {row["id"]: row["of"] for row in rows_of(database_url, COPIES)}


def like(key: str, text: str, **fields: Any) -> Tour:
    """Return one of the tours that say the same."""
    shared = {"title": text, "locations": ["Huế"], "duration": {"days": 2}}
    return {**tour(key), **shared, **fields}


BOATS = "Slow boat along the Perfume River past gardens pagodas and royal tombs"
BIKES = "Cycling through rice fields to a village of incense makers and hat weavers"
COOKS = "Cook a dinner of royal pancakes in the kitchen of an old garden house"


def test_near_copies_are_linked_to_the_oldest_that_is_offered(
    database_url: str, take: Take
) -> None:
    a, b, c = like("a", BOATS), like("b", BOATS), like("c", BOATS)
    report = take(a, b, like("x", BIKES), c, like("y", BOATS, duration={"days": 3}), complete=True)
    others = {"x": None, "y": None}
    keep = [like("x", BIKES), like("y", BOATS, duration={"days": 3})]
    assert report.duplicates == 2
    assert copies(database_url) == {"a": None, "b": "a", "c": "a", **others}
    take(b, c, *keep, complete=True)
    assert copies(database_url) == {"a": None, "b": None, "c": "b", **others}
    take(a, b, c, *keep, complete=True)
    assert copies(database_url) == {"a": None, "b": "a", "c": "a", **others}
    take({**a, "title": COOKS}, b, c, *keep, complete=True)
    assert copies(database_url) == {"a": None, "b": None, "c": "b", **others}
    take(a, b, {**c, "title": COOKS}, *keep, complete=True)
    assert copies(database_url) == {"a": None, "b": "a", "c": None, **others}


@pytest.mark.parametrize(("seed", "at_once"), [(1, 12), (2, 5), (3, 1)])
def test_links_do_not_depend_on_order_or_batches(
    database_url: str, take: Take, seed: int, at_once: int
) -> None:
    groups = {f"{text[:2]}{number}": text for text in (BOATS, BIKES, COOKS) for number in range(4)}
    order = list(groups)
    random.Random(seed).shuffle(order)
    for start in range(0, 12, at_once):
        take(*(like(key, groups[key]) for key in order[start : start + at_once]))
    oldest: dict[str, str] = {}
    for key in order:
        oldest.setdefault(groups[key], key)
    expected = {key: None if oldest[groups[key]] == key else oldest[groups[key]] for key in order}
    assert copies(database_url) == expected


@pytest.mark.slow
def test_two_providers_with_the_same_tours_can_be_taken_in_at_once(
    database_url: str, tmp_path: Path
) -> None:
    words = f"{BOATS} {BIKES} {COOKS}".split()

    def feed(provider: str, round_: int) -> Path:
        same = random.Random(5)
        titles = [f"{' '.join(same.sample(words, 9))} {'x' * round_}" for _ in range(260)]
        tours = [like(str(number), title) for number, title in enumerate(titles)]
        random.Random(f"{provider}{round_}").shuffle(tours)
        file = tmp_path / f"{provider}{round_}.jsonl"
        file.write_text("".join(f"{json.dumps(each)}\n" for each in tours), "utf-8")
        return file

    def taken(provider: str) -> list[int]:
        runs = [ingest(feed(provider, each), Wanted(provider=provider)) for each in range(3)]
        return [each.updated for each in runs]

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(taken, ("Lotus", "Bamboo"))) == [[0, 260, 260]] * 2


def test_the_same_files_are_recognised(take: Take) -> None:
    first = take(tour("a", food="phở"), tour("b"), tour("b"))
    second = take(tour("a", food="phở"), tour("b"), tour("b"))
    third = take(tour("a", food="phở"), tour("b"), tour("b"))
    assert (second.same_as, third.same_as) == (first.run_id, first.run_id)
    assert (counts(second), second.rejected, second.read) == ((0, 0, 2), 1, 3)
    assert second.stated == first.stated
    assert second.reasons.told() == first.reasons.told()
    assert take(tour("a", food="phở"), tour("b"), tour("b"), again=True).same_as is None
    assert take(tour("a", food="phở"), tour("b"), tour("b"), complete=True).same_as is None


def test_another_byte_is_read_row_by_row_and_changes_nothing(database_url: str, take: Take) -> None:
    take(tour("a", food="phở"), tour("b"))
    before = rows_of(database_url, "select * from travel_packages order by id")
    report = take(tour("b"), tour("a", food="phở"))
    assert (report.same_as, counts(report), report.embedded) == (None, (0, 0, 2), 0)
    assert rows_of(database_url, "select * from travel_packages order by id") == before


def test_the_same_files_after_others_are_taken_in_again(database_url: str, take: Take) -> None:
    take(tour("a"), complete=True)
    take(tour("b"), complete=True)
    back = take(tour("a"), complete=True)
    assert (back.same_as, back.returned, back.retired) == (None, 1, 1)
    assert rows_of(database_url, OFFERED) == [{"id": "a"}]


def test_another_model_embeds_everything_anew(
    database_url: str, take: Take, configured: pytest.MonkeyPatch
) -> None:
    take(tour("a", food="phở"))
    with_rows = rows_of(database_url, "select encoder from travel_packages")
    configured.setenv("EMBEDDING_MODEL", "none-such-model")
    settings.cache_clear()
    with_active = take(tour("a", food="phở"))
    assert with_active.taken == 1, "the active model goes on being used until the new one is ready"
    assert rows_of(database_url, "select encoder from travel_packages") == with_rows


MAPPING = "provider: Lotus\nfields: {id: code, title: name, food: meals}\n"


@pytest.fixture
def mapped(database_url: str, tmp_path: Path) -> Take:
    """Take a table in by a mapping."""

    def taken(table: str, mapping: str, **wanted: Any) -> Report:
        file = tmp_path / "feed.csv"
        file.write_text(table, "utf-8")
        return ingest(file, Wanted(read_mapping(mapping), **wanted))

    return taken


def test_another_mapping_reads_everything_anew(mapped: Take) -> None:
    table = "code,name,meals,days\n1,One,phở,2\n2,Two,chè,3\n"
    first = mapped(table, MAPPING)
    assert counts(first) == (2, 0, 0)
    later = mapped(
        table, f"{MAPPING}schedule: 0 3 * * *\nlocation: /feeds\nlimits: {{retire: 1}}\n"
    )
    assert later.same_as == first.run_id
    days = "provider: Lotus\nfields: {id: code, title: name, food: meals, duration: days}\n"
    other = mapped(table, days.replace("days}", "{from: days, unit: days}}"))
    assert (other.same_as, counts(other), other.embedded) == (None, (0, 2, 0), 0)
    assert dict(other.changed) == {"duration": 2}


def test_a_column_that_no_rule_names_may_change(mapped: Take) -> None:
    mapped("code,name,meals,seen\n1,One,phở,today\n", MAPPING)
    report = mapped("code,name,meals,seen\n1,One,phở,tomorrow\n", MAPPING)
    assert (report.same_as, counts(report)) == (None, (0, 0, 1))


def test_remarks_stay_true_when_only_they_change(mapped: Take) -> None:
    priced = MAPPING.replace("meals}", "meals, price: cost}")
    mapped("code,name,meals,cost\n1,One,phở,cheap\n", priced)
    fresh = mapped("code,name,meals,cost\n1,One,phở,dear\n", priced)
    again = mapped("code,name,meals,cost\n1,One,phở,dear\n", priced, again=True)
    assert counts(fresh) == counts(again) == (0, 0, 1)
    assert again.remarks.told() == fresh.remarks.told()


def test_places_to_stay_change_as_tours_do(database_url: str, mapped: Take) -> None:
    mapping = (
        "provider: Lotus\nkind: accommodations\ncomplete: true\ncurrency: USD\n"
        "fields: {id: code, name: name, price: cost}\n"
    )
    table = "code,name,cost\n1,Lan House,20\n2,Mai House,30\n"
    assert counts(mapped(table, mapping)) == (2, 0, 0)
    assert mapped(table, mapping).same_as is not None
    fewer = mapped("code,name,cost\n1,Lan House,25\n", mapping)
    assert (counts(fewer), fewer.retired) == ((0, 1, 0), 1)
    back = mapped(table, mapping)
    assert (back.returned, back.retired) == (1, 0)
    rows = rows_of(
        database_url,
        "select external_id, price_amount::int as cost, retired_at from accommodations order by 1",
    )
    assert [tuple(row.values()) for row in rows] == [("1", 20, None), ("2", 30, None)]
