"""Tours that are no longer offered: kept, but found by nobody."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from llama_index.core.schema import NodeWithScore

from core.database import Connection, unit_of_work
from recommender import feedback, repository, service
from recommender.reactions import Kind
from recommender.repository import Profile
from recommender.retriever import InterestsBundle, ToursRetriever
from recommender.schemas import Interests
from tests.recommender.postgrest import Api
from tests.recommender.travellers import NOBODY, committing, new_traveller, stated

# Supabase's client hands its own REST client options that the latter no longer wants.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The '(timeout|verify)' parameter is deprecated:DeprecationWarning"
)

WISH = Interests(locations=["Sa Pa"], activities="trekking")


def _retire(connection: Connection, keys: Sequence[int], *, retired: bool = True) -> None:
    connection.execute(
        "update travel_packages set retired_at = case when %s then now() end where id = any(%s)",
        [retired, list(keys)],
    )


def _best(connection: Connection, ranker: str = service.STANDARD) -> list[int]:
    found = service.recommend(connection, WISH, limit=10, ranker=ranker)
    return [each.package_id for each in found]


@pytest.mark.parametrize("ranker", service.RANKERS)
def test_a_retired_tour_is_ranked_by_no_ranker(catalogue: Connection, ranker: str) -> None:
    _retire(catalogue, [key for key in repository.load_all_packages(catalogue) if key > 9])
    first, second, *_ = _best(catalogue, ranker)
    assert max(_best(catalogue, ranker)) <= 9
    _retire(catalogue, [first])
    found = _best(catalogue, ranker)
    assert first not in found
    assert found[0] == second


def test_a_tour_that_retires_or_comes_back_between_two_looks_is_noticed(
    catalogue_url: str,
) -> None:
    with unit_of_work() as unit:
        before = _best(unit.connection)
    with unit_of_work() as unit:
        _retire(unit.connection, before[:2])
    with unit_of_work() as unit:
        without = _best(unit.connection)
        assert without[:8] == before[2:]
    with unit_of_work() as unit:
        _retire(unit.connection, before[:1], retired=False)
    with unit_of_work() as unit:
        assert _best(unit.connection) == [before[0], *without[:9]]


def test_a_tour_that_is_retired_when_the_catalogue_is_read_is_not_among_them(
    catalogue_url: str,
) -> None:
    with committing(catalogue_url) as connection:
        _retire(connection, [1, 2, 3])
    with unit_of_work() as unit:
        held = service.snapshot(unit.connection)
        assert len(held) == repository.count_packages(unit.connection)
        assert {1, 2, 3}.isdisjoint(held.base.keys)


def test_where_all_are_retired_nothing_is_found_and_nothing_is_wrong(catalogue_url: str) -> None:
    with committing(catalogue_url) as connection:
        connection.execute("update travel_packages set retired_at = now()")
    with unit_of_work() as unit:
        assert _best(unit.connection) == []
        assert _best(unit.connection, service.BM25) == []


def test_a_retired_tour_that_was_shown_can_still_be_looked_at(catalogue: Connection) -> None:
    key = _best(catalogue)[0]
    offered = service.package(catalogue, key)
    assert service.is_offered(catalogue, key)
    _retire(catalogue, [key])
    assert service.package(catalogue, key) == offered
    assert not service.is_offered(catalogue, key)
    assert not service.is_offered(catalogue, 0)


def test_likes_of_tours_that_have_retired_since_are_not_forgotten(catalogue: Connection) -> None:
    traveller = new_traveller(catalogue, stated(catalogue, Interests(locations=["Sa Pa"])))
    page = service.recommend_to(catalogue, traveller.id, limit=6)
    service.record_shown(catalogue, traveller.id, page)
    for each in page[:2]:
        feedback.react(catalogue, traveller.id, [each.package_id], Kind.UP)
    learned = feedback.relearn(catalogue, traveller.id)
    _retire(catalogue, [each.package_id for each in page])
    again = feedback.relearn(catalogue, traveller.id)
    assert again.changes == learned.changes
    assert again.weights == pytest.approx(learned.weights)


def test_the_retriever_finds_no_retired_tour(catalogue_url: str) -> None:
    asked = InterestsBundle(interests=WISH)
    retriever = ToursRetriever(limit=5)
    before = _keys(retriever.retrieve(asked))
    with committing(catalogue_url) as connection:
        _retire(connection, before[:3])
    after = _keys(retriever.retrieve(asked))
    assert after[:2] == before[3:]
    assert set(before[:3]).isdisjoint(after)


def _keys(nodes: list[NodeWithScore]) -> list[int]:
    return [int(each.node.node_id) for each in nodes]


def _asked_in_sql(connection: Connection, auth_id: str) -> list[int]:
    connection.execute(
        "select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": auth_id})]
    )
    rows = connection.execute("select package_id from recommend(5)").fetchall()
    return [row["package_id"] for row in rows]


def test_the_function_in_sql_passes_retired_tours_over(catalogue: Connection) -> None:
    traveller = new_traveller(catalogue, stated(catalogue, WISH))
    before = _asked_in_sql(catalogue, traveller.auth_id)
    _retire(catalogue, before[:2])
    after = _asked_in_sql(catalogue, traveller.auth_id)
    assert after[:3] == before[2:]
    _retire(catalogue, before[:2], retired=False)
    assert _asked_in_sql(catalogue, traveller.auth_id) == before


def test_a_wish_of_nothing_finds_no_retired_tour_in_sql(catalogue: Connection) -> None:
    traveller = new_traveller(catalogue, Profile())
    _retire(catalogue, [1, 3])
    assert _asked_in_sql(catalogue, traveller.auth_id) == [2, 4, 5, 6, 7]


def test_travellers_do_not_see_the_rows_of_retired_tours(catalogue: Connection) -> None:
    _retire(catalogue, [1])
    catalogue.execute("set local role authenticated")
    rows = catalogue.execute("select id from travel_packages where id in (1, 2)").fetchall()
    assert [row["id"] for row in rows] == [2]


def test_through_postgrest_a_retired_tour_is_gone_until_it_comes_back(
    api: Api, database: str
) -> None:
    client = api.client(role="authenticated", sub=NOBODY)
    query = client.table("travel_packages").select("id").in_("id", [4, 5])
    with _retired_for_now(database, 4):
        assert query.execute().data == [{"id": 5}]
    assert query.order("id").execute().data == [{"id": 4}, {"id": 5}]


@contextmanager
def _retired_for_now(url: str, key: int) -> Iterator[None]:
    """Retire a tour of a database that tests share."""
    with committing(url) as connection:
        _retire(connection, [key])
    try:
        yield
    finally:
        with committing(url) as connection:
            _retire(connection, [key], retired=False)
