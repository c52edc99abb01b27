"""Ranking as an SQL function: called through a real PostgREST by Supabase's own client."""

import json
import random
from dataclasses import dataclass, replace
from typing import Any

import pytest
from postgrest.exceptions import APIError

from core.database import Connection
from recommender import repository, service
from recommender.embedding import calibration, embedder
from recommender.encoders.places import spot
from recommender.encoding import EncodedPackage, EncodedWish, TextWish, encode_packages
from recommender.filters import Limits
from recommender.repository import Profile
from recommender.schemas import WEIGHTS, Criterion, Interests
from tests.recommender import by_hand, chance
from tests.recommender.postgrest import Api
from tests.recommender.travellers import (
    NOBODY,
    Traveller,
    committing,
    new_traveller,
    recommended,
    stated,
)

# Supabase's client hands its own REST client options that the latter no longer wants.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The '(timeout|verify)' parameter is deprecated:DeprecationWarning"
)

SEEDS = range(40)
PRECISION = 1e-6


@pytest.fixture(scope="module")
def tours(database: str) -> dict[int, EncodedPackage]:
    """All tours by their keys, encoded anew from what the operators say."""
    with committing(database) as connection:
        packages = repository.load_all_packages(connection)
        cached = service.CachedEmbedder(connection, embedder())
        encoded = encode_packages(list(packages.values()), cached)
    return dict(zip(packages, encoded, strict=True))


@dataclass(frozen=True, slots=True)
class Question:
    """A traveller's taste and what they ask for, drawn by chance."""

    traveller: Traveller
    wish: EncodedWish
    weights: dict[Criterion, float]
    limits: Limits
    exclude: list[int]

    def arguments(self, k: int) -> dict[str, object]:
        limits = self.limits
        filters = {
            "start": limits.start and limits.start.isoformat(),
            "end": limits.end and limits.end.isoformat(),
            "ceiling_usd": limits.ceiling_usd,
            "countries": sorted(limits.countries),
            "languages": sorted(limits.languages),
            "avoided_places": sorted(limits.avoided_places),
            "avoided_concepts": sorted(limits.avoided_concepts),
        }
        return {"k": k, "filters": filters, "exclude": self.exclude}


def drawn(database: str, seed: int) -> Question:
    """Draw a question, and store its traveller."""
    rng = random.Random(seed)
    with committing(database) as connection:
        taste = stated(connection, chance.interests(rng))
        wish = taste.wish or EncodedWish()
        if rng.random() < 0.2:  # as feedback leaves a wish whose words nobody stated
            learned = {key: TextWish(each.vector, (), ()) for key, each in wish.texts.items()}
            wish = replace(wish, texts=learned)
        weights = {key: rng.uniform(0.05, 1) for key in Criterion}
        traveller = new_traveller(connection, Profile(taste.interests, wish, weights))
    limits = drawn_limits(rng) if rng.random() < 0.6 else Limits()
    return Question(traveller, wish, weights, limits, rng.sample(range(1, 400), rng.choice([0, 9])))


def drawn_limits(rng: random.Random) -> Limits:
    concepts = ["food.vegetarian", "activities.hiking", "stay.homestay"]
    return Limits(
        start=chance.day(rng),
        end=chance.day(rng),
        ceiling_usd=rng.choice([None, 0.0, 100.0, 500.0]),
        countries=frozenset(chance.some(rng, ["VN", "TH", "JP"], 2)),
        languages=frozenset(chance.some(rng, ["vi", "en"], 1)),
        avoided_places=frozenset(spot(name).id for name in chance.some(rng, chance.PLACES, 1)),
        avoided_concepts=frozenset(chance.some(rng, concepts, 1)),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_it_ranks_as_the_formula_does(
    seed: int, api: Api, database: str, tours: dict[int, EncodedPackage]
) -> None:
    question = drawn(database, seed)
    judged = {
        key: by_hand.judge(tour, question.wish, calibration())
        for key, tour in tours.items()
        if key not in question.exclude and by_hand.passes(tour, question.limits)
    }
    scores = {key: by_hand.total(each, question.weights) for key, each in judged.items()}
    best = sorted(scores, key=lambda key: (-round(scores[key], 6), key))[:20]

    found = recommended(question.traveller.client(api), **question.arguments(20))

    assert len(found) == len(best)
    assert found == sorted(found, key=lambda row: (-row["score"], row["package_id"]))
    for row, expected in zip(found, best, strict=True):
        key = row["package_id"]
        assert row["score"] == pytest.approx(scores[key], abs=PRECISION)
        assert row["score"] == pytest.approx(scores[expected], abs=PRECISION)  # right at its rank
        assert_parts(row, judged[key])


def assert_parts(row: dict[str, Any], judged: dict[Criterion, by_hand.Judged]) -> None:
    """Check a row's parts, and that they add up to its score."""
    parts = row["parts"]
    assert parts.keys() == judged.keys()
    for key, each in judged.items():
        assert parts[key]["similarity"] == pytest.approx(each.similarity, abs=2 * PRECISION)
        assert parts[key]["known"] is each.known
        assert parts[key]["points"] == pytest.approx(
            parts[key]["weight"] * parts[key]["similarity"]
        )
    if parts:
        assert sum(part["weight"] for part in parts.values()) == pytest.approx(1)
        assert sum(part["points"] for part in parts.values()) == pytest.approx(
            row["score"], abs=PRECISION
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_it_ranks_as_the_service_does(
    seed: int, api: Api, database: str, tours: dict[int, EncodedPackage]
) -> None:
    question = drawn(database, seed)
    with committing(database) as connection:
        ranked = service.snapshot(connection).rank(
            question.wish,
            20,
            exclude=question.exclude,
            weights=question.weights,
            limits=question.limits,
        )
    found = recommended(question.traveller.client(api), **question.arguments(20))
    scores = {row["package_id"]: row["score"] for row in found}
    expected = {each.key: each.ranked.score for each in ranked}
    assert list(scores.values()) == pytest.approx(list(expected.values()), abs=1.5 * PRECISION)
    for key in scores.keys() & expected.keys():
        assert scores[key] == pytest.approx(expected[key], abs=1.5 * PRECISION)


def test_a_traveller_gets_titles_and_addresses_of_three_tours(api: Api, database: str) -> None:
    with committing(database) as connection:
        traveller = new_traveller(connection, stated(connection, Interests(locations=["Sa Pa"])))
    found = recommended(traveller.client(api))
    assert len(found) == 3
    with committing(database) as connection:
        for row in found:
            package = service.package(connection, row["package_id"])
            assert (row["title"], row["url"]) == (package.title, package.url)
            assert row["parts"]["location"]["similarity"] == 1
            assert row["parts"]["location"]["known"]


def test_a_wish_of_nothing_finds_the_first_tours(api: Api, database: str) -> None:
    with committing(database) as connection:
        traveller = new_traveller(connection, Profile())
    found = recommended(traveller.client(api), k=4, exclude=[2])
    assert [(row["package_id"], row["score"], row["parts"]) for row in found] == [
        (key, 0.5, {}) for key in (1, 3, 4, 5)
    ]


@pytest.mark.parametrize(
    "claims", [{}, {"sub": NOBODY}, {"sub": "nobody"}, {"sub": ""}, {"email": "a@b.example"}]
)
def test_whoever_is_not_known_gets_nothing(api: Api, claims: dict[str, str]) -> None:
    assert recommended(api.client(role="authenticated", **claims)) == []


def test_a_traveller_who_has_stated_nothing_yet_gets_nothing(api: Api, database: str) -> None:
    with committing(database) as connection:
        traveller = new_traveller(connection)
    assert recommended(traveller.client(api)) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": []}, "filters must be an object"),
        ({"filters": {"price": 5}}, "filters: there is no price"),
        ({"filters": {"start": "soon"}}, "filters: start must be a date such as 2027-03-31"),
        ({"filters": {"end": "2027-02-30"}}, "filters: end must be a date such as 2027-03-31"),
        ({"filters": {"start": 20270331}}, "filters: start must be a date such as 2027-03-31"),
        ({"filters": {"ceiling_usd": "5"}}, "filters: ceiling_usd must be a number that is not"),
        ({"filters": {"ceiling_usd": -5}}, "filters: ceiling_usd must be a number that is not"),
        ({"filters": {"countries": "VN"}}, "filters: countries must be a list of codes"),
        ({"filters": {"languages": [["vi"]]}}, "filters: languages must be a list of codes"),
        ({"filters": {"avoided_places": ["Hanoi"]}}, "filters: avoided_places must be a list of"),
        ({"filters": {"avoided_concepts": [None]}}, "filters: avoided_concepts must be a list of"),
        ({"k": 0}, "k must be from 1 to 100"),
        ({"k": 101}, "k must be from 1 to 100"),
        ({"k": None}, "k must be from 1 to 100"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    api: Api, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(APIError) as refused:
        recommended(api.client(role="authenticated", sub=NOBODY), **arguments)
    assert str(refused.value.message).startswith(message)
    assert refused.value.code == "22023"


@pytest.mark.parametrize("filters", [None, {}, {"start": None, "countries": None}])
def test_filters_may_be_left_out(api: Api, database: str, filters: object) -> None:
    with committing(database) as connection:
        traveller = new_traveller(connection, Profile())
    assert len(recommended(traveller.client(api), k=100, filters=filters, exclude=None)) == 100


def test_tours_encoded_otherwise_are_not_ranked(catalogue: Connection) -> None:
    traveller = new_traveller(catalogue, Profile())
    catalogue.execute("update travel_packages set encoder = 'another' where id = 1")
    catalogue.execute(
        "select set_config('request.jwt.claims', %s, true)",
        [json.dumps({"sub": traveller.auth_id})],
    )
    found = catalogue.execute("select package_id from recommend(2)").fetchall()
    assert [row["package_id"] for row in found] == [2, 3]


def test_default_weights_are_stored_for_whoever_has_no_own(catalogue: Connection) -> None:
    taste = stated(catalogue, Interests(locations=["Sa Pa"], food="ăn chay"))
    traveller = new_traveller(catalogue, taste)
    rows = catalogue.execute(
        "select criterion, weight from stated_weights(%s)", [traveller.id]
    ).fetchall()
    both = WEIGHTS[Criterion.LOCATION] + WEIGHTS[Criterion.FOOD]
    assert {row["criterion"]: row["weight"] for row in rows} == pytest.approx(
        {"location": WEIGHTS[Criterion.LOCATION] / both, "food": WEIGHTS[Criterion.FOOD] / both}
    )
