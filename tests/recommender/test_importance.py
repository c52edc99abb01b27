"""What matters most to a traveller: factors on the weights, in the service and in SQL alike."""

import json
import uuid
from collections.abc import Mapping

import pytest

from core.database import Connection
from core.errors import InvalidInputError
from recommender import service
from recommender.feedback import forget, react, save_interests
from recommender.importance import LEAST, MOST, importance_of, save_importance
from recommender.reactions import Kind
from recommender.schemas import WEIGHTS, Budget, Criterion, Duration, Interests, Recommendation

WISH = Interests(
    locations=["Hội An"],
    duration=Duration(days=5),
    budget=Budget(max=40, currency="USD"),
    food="seafood",
    activities="cooking class",
)


@pytest.fixture
def user_id(catalogue: Connection) -> int:
    row = catalogue.execute(
        "insert into users (auth_id) values (%s) returning id", [str(uuid.uuid4())]
    ).fetchone()
    assert row is not None
    save_interests(catalogue, row["id"], WISH)
    return int(row["id"])


def first_tours(connection: Connection, user_id: int) -> list[Recommendation]:
    return service.recommend_to(connection, user_id, limit=20)


def mean_price(tours: list[Recommendation]) -> float:
    prices = [each.parts[Criterion.BUDGET].similarity for each in tours]
    return sum(prices) / len(prices)


def test_as_usual_is_what_everybody_begins_with(catalogue: Connection, user_id: int) -> None:
    assert importance_of(catalogue, user_id) == dict.fromkeys(Criterion, 1.0)
    assert service.profile(catalogue, user_id).weights == WEIGHTS


def test_a_budget_that_matters_most_moves_tours_within_it_up(
    catalogue: Connection, user_id: int
) -> None:
    before = first_tours(catalogue, user_id)
    save_importance(catalogue, user_id, {Criterion.BUDGET: MOST, Criterion.LOCATION: LEAST})
    after = first_tours(catalogue, user_id)
    assert mean_price(after) > mean_price(before)
    assert after[0].parts[Criterion.BUDGET].weight > 3 * before[0].parts[Criterion.BUDGET].weight


@pytest.mark.parametrize("factor", [LEAST, 0.5, 2.0, MOST])
def test_the_parts_still_sum_to_the_score(
    catalogue: Connection, user_id: int, factor: float
) -> None:
    save_importance(catalogue, user_id, {Criterion.FOOD: factor, Criterion.DURATION: 1 / factor})
    for each in first_tours(catalogue, user_id):
        assert sum(part.points for part in each.parts.values()) == pytest.approx(
            each.score, abs=1e-5
        )
        assert sum(part.weight for part in each.parts.values()) == pytest.approx(1)


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.2499, 4.001, float("nan"), float("inf")])
def test_a_factor_beyond_the_bounds_is_refused_and_nothing_is_stored(
    catalogue: Connection, user_id: int, factor: float
) -> None:
    with pytest.raises(InvalidInputError, match="the importance of budget must lie between"):
        save_importance(catalogue, user_id, {Criterion.FOOD: 2.0, Criterion.BUDGET: factor})
    assert importance_of(catalogue, user_id)[Criterion.FOOD] == 1.0


def test_it_stays_when_the_wish_changes(catalogue: Connection, user_id: int) -> None:
    save_importance(catalogue, user_id, {Criterion.FOOD: 2.0})
    save_interests(catalogue, user_id, Interests(locations=["Huế"], food="vegetarian"))
    assert importance_of(catalogue, user_id)[Criterion.FOOD] == 2.0
    assert service.profile(catalogue, user_id).weights[Criterion.FOOD] == pytest.approx(
        2 * WEIGHTS[Criterion.FOOD]
    )
    assert service.load_interests(catalogue, user_id).locations == ["Huế"]


def test_it_may_be_said_before_any_wish(catalogue: Connection) -> None:
    row = catalogue.execute("insert into users default values returning id").fetchone()
    assert row is not None
    save_importance(catalogue, row["id"], {Criterion.NOTES: 4.0})
    assert importance_of(catalogue, row["id"])[Criterion.NOTES] == 4.0
    assert service.load_interests(catalogue, row["id"]).is_empty()


def test_what_is_learned_goes_on_top_and_is_taken_back_exactly(
    catalogue: Connection, user_id: int
) -> None:
    save_importance(catalogue, user_id, {Criterion.ACTIVITIES: 2.0})
    start: Mapping[Criterion, float] = service.profile(catalogue, user_id).weights
    tours = first_tours(catalogue, user_id)
    tours.sort(key=lambda each: -each.parts[Criterion.ACTIVITIES].similarity)
    page = [tours[0], tours[-1], tours[-2]]
    service.record_shown(catalogue, user_id, page)
    assert react(catalogue, user_id, [page[0].package_id], Kind.UP)
    learned = service.profile(catalogue, user_id)
    assert learned.weights != start
    assert learned.weights[Criterion.ACTIVITIES] >= start[Criterion.ACTIVITIES]
    assert learned.importance == {Criterion.ACTIVITIES: 2.0}
    forget(catalogue, user_id)
    assert service.profile(catalogue, user_id).weights == start


def test_as_usual_everywhere_is_the_ranking_of_before_to_the_last_bit(
    catalogue: Connection, user_id: int
) -> None:
    before = first_tours(catalogue, user_id)
    save_importance(catalogue, user_id, {Criterion.BUDGET: 4.0})
    save_importance(catalogue, user_id, dict.fromkeys(Criterion, 1.0))
    assert first_tours(catalogue, user_id) == before


def test_the_ranking_in_sql_goes_by_it_as_well(catalogue: Connection, user_id: int) -> None:
    save_importance(catalogue, user_id, {Criterion.BUDGET: 4.0, Criterion.LOCATION: 0.5})
    row = catalogue.execute("select auth_id from users where id = %s", [user_id]).fetchone()
    assert row is not None
    catalogue.execute(
        "select set_config('request.jwt.claims', %s, true)",
        [json.dumps({"sub": str(row["auth_id"])})],
    )
    found = catalogue.execute("select package_id, score, parts from recommend(20)").fetchall()
    ours = first_tours(catalogue, user_id)
    assert [each["score"] for each in found] == pytest.approx(
        [each.score for each in ours], abs=1e-6
    )
    for theirs, each in zip(found, ours, strict=True):
        for key, part in each.parts.items():
            assert theirs["parts"][key.value]["weight"] == pytest.approx(part.weight, abs=1e-6)
