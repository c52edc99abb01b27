"""The ranker: the formula, its parts, silence, and exactness for every mix of criteria."""

import itertools
import random

import numpy as np
import pytest

from recommender.baselines import best_rows
from recommender.encoding import EncodedWish, encode_packages, encode_wish
from recommender.ranker import Catalogue, share_weights
from recommender.schemas import WEIGHTS, Criterion, Interests, Package
from tests.recommender.factory import EXACT, HashEmbedder, tour

EMBEDDER = HashEmbedder()
FULL_WISH = Interests.model_validate(
    {
        "locations": ["Ha Long", "Sapa"],
        "duration": {"days": 5},
        "budget": {"max": 400, "currency": "USD"},
        "transportation": "train",
        "food": "vegetarian food",
        "activities": "kayaking, hiking",
        "accommodation": "homestay",
    }
)
FIELD_OF = {Criterion.LOCATION: "locations", Criterion.NOTES: "accommodation"}


def _catalogue(*packages: Package) -> Catalogue:
    return Catalogue(encode_packages(packages, EMBEDDER), EXACT)


def _random_tours(count: int) -> list[Package]:
    pick = random.Random(7)
    options: dict[str, list[object]] = {
        "locations": [["Hà Nội", "Hạ Long"], ["Sa Pa"], ["Huế", "Hội An"], ["Hạ Long", "Sa Pa"]],
        "duration": [{"hours": 6}, *({"days": days} for days in (1, 3, 5, 6, 12))],
        "price": [{"amount": amount, "currency": "USD"} for amount in (90, 390, 450, 1_200)],
        "transportation": ["train and boat", "xe khách", "private car"],
        "food": ["món chay", "seafood", "street food"],
        "activities": ["kayaking", "hiking and kayaking", "museums"],
        "accommodation": ["homestay", "khách sạn 5 sao", "cruise cabin"],
    }
    tours = []
    for number in range(count):
        fields = {name: pick.choice(values) for name, values in options.items()}
        kept = {name: value for name, value in fields.items() if pick.random() > 0.2}
        tours.append(tour(str(number), **kept))
    return tours


TOURS = _random_tours(60)
CATALOGUE = _catalogue(*TOURS)


def _wish_for(criteria: tuple[Criterion, ...]) -> EncodedWish:
    names = {FIELD_OF.get(key, key.value) for key in criteria}
    return encode_wish(FULL_WISH.model_copy(update=_all_but(names)), EMBEDDER)


def _all_but(names: set[str]) -> dict[str, object]:
    empty = Interests().model_dump()
    return {name: value for name, value in empty.items() if name not in names}


ALL_SUBSETS = [subset for size in range(1, 8) for subset in itertools.combinations(Criterion, size)]


def test_the_weights_are_those_of_the_contract() -> None:
    assert list(WEIGHTS.values()) == [0.455, 0.182, 0.091, 0.091, 0.045, 0.045, 0.090]
    assert sum(share_weights(list(Criterion)).values()) == pytest.approx(1)


@pytest.mark.parametrize("subset", ALL_SUBSETS, ids="+".join)
def test_the_parts_add_up_and_the_order_is_that_of_brute_force(
    subset: tuple[Criterion, ...],
) -> None:
    wish = _wish_for(subset)
    ranked = CATALOGUE.rank(wish, 10)
    shares = share_weights(subset)
    for each in ranked:
        assert set(each.similarities) == set(subset)
        parts = [shares[key] * share for key, share in each.similarities.items()]
        assert sum(parts) == pytest.approx(each.score, abs=1e-6)
        assert 0 <= each.score <= 1
    alone = [_catalogue(package).rank(wish, 1)[0].score for package in TOURS]
    assert [each.score for each in ranked] == pytest.approx(sorted(alone, reverse=True)[:10])


@pytest.mark.parametrize("key", list(Criterion))
def test_silence_on_a_stated_criterion_is_the_middle(key: Criterion) -> None:
    ranked = _catalogue(tour()).rank(_wish_for((key,)), 1)[0]
    assert ranked.similarities[key] == pytest.approx(0.5)
    assert ranked.known == frozenset()


def test_silence_lies_between_a_match_and_a_mismatch() -> None:
    fits = tour("fits", duration={"days": 5})
    silent = tour("silent")
    misses = tour("misses", duration={"days": 12})
    ranked = _catalogue(misses, silent, fits).rank(_wish_for((Criterion.DURATION,)), 3)
    assert [each.index for each in ranked] == [2, 1, 0]


def test_what_was_left_out_counts_for_nothing() -> None:
    dear = tour("dear", locations=["Sapa"], price={"amount": 9_000, "currency": "USD"})
    cheap = tour("cheap", locations=["Sapa"], price={"amount": 9, "currency": "USD"})
    ranked = _catalogue(dear, cheap).rank(_wish_for((Criterion.LOCATION,)), 2)
    assert ranked[0].score == ranked[1].score == pytest.approx(0.5)  # of two places, one


def test_with_nothing_stated_every_tour_scores_the_middle() -> None:
    ranked = CATALOGUE.rank(EncodedWish(), 3)
    assert [each.score for each in ranked] == [0.5, 0.5, 0.5]
    assert all(each.similarities == {} for each in ranked)


def test_a_tour_with_both_wished_places_beats_one_with_either() -> None:
    both = tour("both", locations=["Hạ Long", "Sa Pa"])
    one = tour("one", locations=["Hạ Long"])
    ranked = _catalogue(one, both).rank(_wish_for((Criterion.LOCATION,)), 2)
    assert [each.index for each in ranked] == [1, 0]
    assert ranked[0].score == pytest.approx(1)


def test_excluded_tours_are_left_out_and_replaced() -> None:
    wish = _wish_for((Criterion.LOCATION,))
    first = [each.index for each in CATALOGUE.rank(wish, 5)]
    then = [each.index for each in CATALOGUE.rank(wish, 5, exclude=first)]
    assert len(then) == 5
    assert not set(first) & set(then)


def test_asking_for_more_than_there_are_gives_all() -> None:
    assert len(CATALOGUE.rank(_wish_for(tuple(Criterion)), 1_000)) == len(TOURS)


def test_an_empty_catalogue_gives_nothing() -> None:
    assert _catalogue().rank(_wish_for(tuple(Criterion)), 10) == []


def test_a_concept_named_outside_its_own_field_counts() -> None:
    described = tour("described", description="Vegetarian meals all the way")
    ranked = _catalogue(described, tour("silent")).rank(_wish_for((Criterion.FOOD,)), 2)
    assert ranked[0].index == 0
    assert ranked[0].known == {Criterion.FOOD}


def test_own_weights_change_the_order() -> None:
    place = tour("place", locations=["Hạ Long", "Sa Pa"], food="seafood")
    food = tour("food", locations=["Cần Thơ"], food="vegetarian")
    wish = _wish_for((Criterion.LOCATION, Criterion.FOOD))
    catalogue = _catalogue(place, food)
    assert catalogue.rank(wish, 1)[0].index == 0
    heavy = {**WEIGHTS, Criterion.FOOD: 5.0}
    assert catalogue.rank(wish, 1, weights=heavy)[0].index == 1


def test_equal_scores_keep_the_order_of_the_catalogue() -> None:
    assert best_rows(np.array([0.5, 0.9, 0.5, 0.9]), 4).tolist() == [1, 3, 0, 2]
