"""How many tours match: what they say themselves decides, and silence contradicts nothing."""

import datetime as dt

import pytest

from core.database import Connection
from recommender.explanations import Question, contradicts
from recommender.matching import MOST_LOOKED_AT, Matches, matching
from recommender.repository import Profile, load_packages
from recommender.schemas import Budget, DateSpan, Duration, Filters, Interests
from recommender.service import ready, recommend, warm_up


@pytest.fixture(autouse=True)
def _warm(catalogue: Connection) -> None:
    warm_up(catalogue)


def look(catalogue: Connection, interests: Interests, **filters: object) -> Matches:
    return matching(catalogue, Profile(interests, None), Filters.model_validate(filters))


def test_with_nothing_stated_every_tour_that_is_looked_at_matches(catalogue: Connection) -> None:
    found = look(catalogue, Interests())
    assert found.count == MOST_LOOKED_AT < found.all
    assert not found.exact
    assert len(found.best) == 3


def test_the_first_tours_are_those_that_are_recommended(catalogue: Connection) -> None:
    interests = Interests(locations=["Sapa"], activities="trekking", food="vegetarian")
    best = look(catalogue, interests).best
    expected = recommend(catalogue, interests, limit=3)
    assert [each.package_id for each in best] == [each.package_id for each in expected]
    assert [each.reason for each in best] == [each.reason for each in expected]
    assert [each.parts for each in best] == [each.parts for each in expected]


def test_each_further_wish_leaves_fewer_tours(catalogue: Connection) -> None:
    wide = look(catalogue, Interests(locations=["Sapa"])).count
    longer = Interests(locations=["Sapa"], duration=Duration(days=4, max_days=6))
    narrow = look(catalogue, longer).count
    budget = Budget(max=150, currency="USD")
    narrowest = look(catalogue, longer.model_copy(update={"budget": budget})).count
    assert MOST_LOOKED_AT > wide > narrow >= narrowest


def test_of_two_places_a_tour_need_visit_one(catalogue: Connection) -> None:
    alone = look(catalogue, Interests(locations=["Sapa"])).count
    either = look(catalogue, Interests(locations=["Sapa", "Hội An"])).count
    assert either > alone


def test_a_place_without_tours_has_no_matches_but_the_nearest_are_shown(
    catalogue: Connection,
) -> None:
    found = look(catalogue, Interests(locations=["Reykjavik"]))
    assert found.count == 0
    assert len(found.best) == 3


def test_a_tour_over_the_budget_does_not_match_and_one_without_a_price_may(
    catalogue: Connection,
) -> None:
    found = look(catalogue, Interests(budget=Budget(max=1, currency="USD")))
    row = catalogue.execute(
        "select count(*) as size from travel_packages where price_usd is null"
    ).fetchone()
    assert row is not None
    assert found.count == row["size"] > 0


def test_filters_count_as_well(catalogue: Connection) -> None:
    days = DateSpan(start=dt.date(2031, 1, 1), end=dt.date(2031, 1, 3))
    every = look(catalogue, Interests(locations=["Hà Nội"]))
    within = look(catalogue, Interests(locations=["Hà Nội"]), dates=days)
    assert within.count <= every.count
    avoided = look(catalogue, Interests(locations=["Hà Nội"]), avoided_places=["Sapa"])
    assert avoided.count < every.count


_WISHES = [
    Interests(locations=["Sapa"]),
    Interests(locations=["Hà Nội", "Quvexo", "Thailand"], transportation="train, boat"),
    Interests(activities="kayaking, snorkelling, zzz", food="vegetarian food"),
    Interests(duration=Duration(days=3, max_days=5), budget=Budget(max=300, currency="USD")),
    Interests(locations=["Mekong Delta"], accommodation="homestay", notes="family, quiet"),
]


@pytest.mark.parametrize("interests", _WISHES)
def test_the_quick_look_agrees_with_holding_every_tour_against_the_wish(
    catalogue: Connection, interests: Interests
) -> None:
    tours = ready(catalogue)
    wish = tours.wish(interests)
    found = tours.tours.rank(wish, 1_000)
    packages = load_packages(catalogue, [each.key for each in found])
    questions = [Question(interests, wish, packages[each.key], each.ranked, "en") for each in found]
    matching_tours = [not contradicts(each) for each in questions]
    counted = look(catalogue, interests)
    if counted.exact:
        assert counted.count == sum(matching_tours)
    assert 0 < counted.count <= sum(matching_tours) < counted.all


def test_in_a_small_catalogue_a_narrow_wish_is_counted_exactly(catalogue: Connection) -> None:
    assert look(catalogue, Interests(locations=["Sapa"], food="vegetarian food")).exact
