"""The fast ranker against brute force: every mix of criteria, filters, changes, odd wishes."""

import datetime as dt
import itertools
import random

import pytest

from recommender.encoding import EncodedPackage, EncodedWish, encode_packages, encode_wish
from recommender.filters import limits_of
from recommender.ranker import Catalogue, Ranked
from recommender.ranker.brute_force import rank_all
from recommender.schemas import WEIGHTS, Criterion, Filters, Interests, Package
from recommender.snapshot import Segment, Snapshot
from tests.recommender.factory import EXACT, HashEmbedder, tour

EMBEDDER = HashEmbedder()
PLACES = ["Hà Nội", "Hạ Long", "Sa Pa", "Huế", "Hội An", "Luang Prabang", "Vurrel Lodge", "Laos"]
TEXTS = {
    "transportation": ["train and boat", "xe khách", "private car", "zeppelin", ""],
    "food": ["món chay", "seafood", "street food, vegetarian food", "quinoa bowls", ""],
    "activities": ["kayaking", "hiking and kayaking", "museums", "llama trekking", ""],
    "accommodation": ["homestay", "khách sạn 5 sao", "cruise cabin", "a yurt", ""],
}
ALL_SUBSETS = [subset for size in range(1, 8) for subset in itertools.combinations(Criterion, size)]


def _tours(count: int) -> list[Package]:
    pick = random.Random(11)
    return [_random_tour(pick, number) for number in range(count)]


def _random_tour(pick: random.Random, number: int) -> Package:
    fields: dict[str, object] = {
        "locations": pick.sample(PLACES, pick.choice([1, 2, 3])),
        "duration": pick.choice([{"hours": 6}, *({"days": days} for days in (1, 3, 5, 12))]),
        "price": {"amount": pick.choice([0, 90, 390, 450, 1_200]), "currency": "USD"},
        "language": pick.choice(["vi", "en-GB"]),
        "country": pick.choice(["Vietnam", "Vietnam, Laos"]),
        "available": [f"2027-0{pick.randint(1, 9)}-15"],
        **{name: pick.choice(values) for name, values in TEXTS.items()},
    }
    kept = {name: value for name, value in fields.items() if pick.random() > 0.2}
    return tour(str(number), **kept)


PACKAGES = _tours(700)
ENCODED = encode_packages(PACKAGES, EMBEDDER)
CATALOGUE = Catalogue(ENCODED, EXACT)


def _wish(pick: random.Random, criteria: tuple[Criterion, ...]) -> EncodedWish:
    said: dict[Criterion, dict[str, object]] = {
        Criterion.LOCATION: {"locations": pick.sample([*PLACES, "Vietnam"], pick.choice([1, 2]))},
        Criterion.DURATION: {"duration": {"days": pick.choice([1, 4, 5])}},
        Criterion.BUDGET: {"budget": {"max": pick.choice([0, 100, 400]), "currency": "USD"}},
        Criterion.TRANSPORTATION: {"transportation": pick.choice(TEXTS["transportation"][:4])},
        Criterion.FOOD: {"food": pick.choice(TEXTS["food"][:4])},
        Criterion.ACTIVITIES: {"activities": pick.choice(TEXTS["activities"][:4])},
        Criterion.NOTES: {"accommodation": pick.choice(TEXTS["accommodation"][:4])},
    }
    stated = {name: value for key in criteria for name, value in said[key].items()}
    return encode_wish(Interests.model_validate(stated), EMBEDDER)


def _assert_same(found: list[Ranked], expected: list[Ranked]) -> None:
    assert [each.index for each in found] == [each.index for each in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.score == pytest.approx(other.score, abs=1.1e-6)
        assert one.similarities == pytest.approx(other.similarities, abs=1e-5)
        assert one.known == other.known


@pytest.mark.parametrize("subset", ALL_SUBSETS, ids="+".join)
def test_every_mix_of_criteria_is_ranked_as_by_brute_force(subset: tuple[Criterion, ...]) -> None:
    pick = random.Random("+".join(subset))
    wish = _wish(pick, subset)
    own = {key: weight * pick.uniform(0.5, 2) for key, weight in WEIGHTS.items()}
    for weights in (WEIGHTS, own):
        expected = rank_all(ENCODED, EXACT, wish, weights)
        _assert_same(CATALOGUE.rank(wish, 10, weights=weights), expected[:10])
        barred = [each.index for each in expected[:40]]
        _assert_same(CATALOGUE.rank(wish, 10, weights=weights, exclude=barred), expected[40:50])


def _passes(package: Package, filters: Filters) -> bool:
    """Say in plain words what the filters of these tests mean."""
    if filters.ceiling and package.price and package.price.amount > filters.ceiling.amount:
        return False
    if filters.languages and package.language and package.language[:2] not in filters.languages:
        return False
    if "Hạ Long" in filters.avoided_places and "Hạ Long" in package.locations:
        return False
    if filters.avoided_concepts and "street food" in (package.food or ""):
        return False
    if filters.dates and package.available and package.duration:
        leaves = package.available[0].start
        back = leaves + dt.timedelta(days=max(1, int(package.duration.travel_days)) - 1)
        return filters.dates.start <= leaves and back <= filters.dates.end
    return True


@pytest.mark.parametrize(
    "stated",
    [
        {"ceiling": {"amount": 100, "currency": "USD"}},
        {"languages": ["vi"]},
        {"avoided_places": ["Hạ Long"]},
        {"avoided_concepts": ["food.street_food"]},
        {"ceiling": {"amount": 90, "currency": "USD"}, "languages": ["en"]},
    ],
    ids=str,
)
def test_filters_keep_what_passes_and_never_starve_the_answer(stated: dict[str, object]) -> None:
    filters = Filters.model_validate(stated)
    wish = _wish(random.Random(1), (Criterion.LOCATION, Criterion.FOOD))
    expected = [
        each for each in rank_all(ENCODED, EXACT, wish) if _passes(PACKAGES[each.index], filters)
    ]
    found = CATALOGUE.rank(wish, len(PACKAGES), limits=limits_of(filters))
    assert 0 < len(expected) < len(PACKAGES)
    _assert_same(found, expected)


def test_a_journey_must_leave_and_come_back_within_the_days() -> None:
    five = {"duration": {"days": 5}, "available": ["2027-07-28"]}
    all_year = {"start": "2027-01-01", "end": "2027-12-31"}
    tours = [
        tour("in", **{**five, "available": ["2027-07-27"]}),
        tour("too late", **five),
        tour("before", **{**five, "available": ["2027-06-30"]}),
        tour("daily", duration={"days": 1}, available=[all_year]),
        tour("silent"),
    ]
    filters = Filters.model_validate({"dates": {"start": "2027-07-01", "end": "2027-07-31"}})
    found = Catalogue(encode_packages(tours, EMBEDDER), EXACT).rank(
        EncodedWish(), 10, limits=limits_of(filters)
    )
    assert [tours[each.index].id for each in found] == ["in", "daily", "silent"]


def test_a_country_is_that_of_the_field_or_of_the_places() -> None:
    tours = [
        tour("both", country="Vietnam, Laos"),
        tour("by place", locations=["Luang Prabang"]),
        tour("elsewhere", locations=["Huế"], country="Vietnam"),
    ]
    filters = Filters(countries=["Lào"])
    found = Catalogue(encode_packages(tours, EMBEDDER), EXACT).rank(
        EncodedWish(), 10, limits=limits_of(filters)
    )
    assert [tours[each.index].id for each in found] == ["both", "by place"]


def test_with_nothing_stated_tours_come_in_their_order_with_the_middle() -> None:
    found = CATALOGUE.rank(EncodedWish(), 3, exclude=[1])
    assert [(each.index, each.score) for each in found] == [(0, 0.5), (2, 0.5), (3, 0.5)]


def test_an_empty_catalogue_and_a_limit_of_none_find_nothing() -> None:
    wish = _wish(random.Random(2), tuple(Criterion))
    assert Catalogue([], EXACT).rank(wish, 10) == []
    assert CATALOGUE.rank(wish, 0) == []


def test_a_wish_of_two_thousand_words_is_ranked_exactly() -> None:
    text = " ".join(f"wish{number} kayaking" for number in range(1_000))
    wish = encode_wish(Interests(locations=["Huế"], activities=text), EMBEDDER)
    _assert_same(CATALOGUE.rank(wish, 10), rank_all(ENCODED, EXACT, wish)[:10])


def test_ten_thousand_travellers_each_get_their_own_best() -> None:
    pick = random.Random(5)
    wishes = [_wish(pick, pick.choice(ALL_SUBSETS)) for _ in range(50)]
    expected = [rank_all(ENCODED, EXACT, wish)[:3] for wish in wishes]
    for number in range(10_000):
        found = CATALOGUE.rank(wishes[number % 50], 3)
        assert [each.index for each in found] == [each.index for each in expected[number % 50]]


def test_changed_tours_are_ranked_as_if_all_had_been_read_anew() -> None:
    pick = random.Random(8)
    keys = [10 * number for number in range(len(ENCODED))]
    held = Snapshot(Segment(CATALOGUE, keys), EXACT)
    stored: dict[int, EncodedPackage] = dict(zip(keys, ENCODED, strict=True))
    for _ in range(4):
        gone = set(pick.sample(sorted(stored), 30))
        fresh = {key: pick.choice(ENCODED) for key in pick.sample(range(7_000), 40)}
        held = held.with_changes(gone, fresh)
        stored = {key: each for key, each in stored.items() if key not in gone} | fresh
    assert len(held) == len(stored)
    for subset in ALL_SUBSETS[::9]:
        wish = _wish(pick, subset)
        order = sorted(stored)
        expected = rank_all([stored[key] for key in order], EXACT, wish)
        found = held.rank(wish, 10, exclude=order[:50])
        wanted = [order[each.index] for each in expected if each.index >= 50][:10]
        assert [each.key for each in found] == wanted
