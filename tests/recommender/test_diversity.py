"""Variety: near-copies are told apart from different tours, and few of them share a message."""

import random
from collections.abc import Sequence

import pytest

from recommender.diversity import (
    MARGIN,
    PAGE,
    WINDOW,
    Traits,
    distance,
    diversify,
    likeness,
    near_copies,
    rank_diversely,
    traits,
)
from recommender.encoding import package_concepts
from recommender.schemas import Package
from tests.recommender.factory import tour


def _traits(**fields: object) -> Traits:
    package = _tour(**fields)
    return traits(package, package_concepts(package))


def _tour(**fields: object) -> Package:
    whole: dict[str, object] = {
        "title": "Ha Long Overnight, Standard Cabin",
        "locations": ["Hanoi", "Ha Long Bay"],
        "duration": {"days": 2},
        "price": {"amount": 165, "currency": "USD"},
        "activities": "kayaking, caves",
    }
    return tour("a", **(whole | fields))


STANDARD = _traits()
BALCONY = _traits(
    title="Ha Long Overnight, Balcony Cabin", price={"amount": 215, "currency": "USD"}
)
MEKONG = _traits(title="Mekong by Sampan", locations=["Cần Thơ"], activities="floating market")


def test_another_class_of_the_same_tour_is_a_near_copy() -> None:
    assert near_copies(STANDARD, BALCONY)


def test_the_same_tour_told_in_vietnamese_is_a_near_copy() -> None:
    vietnamese = _traits(
        title="Du thuyền Hạ Long 2 ngày 1 đêm",
        locations=["Hà Nội", "Vịnh Hạ Long"],
        price={"amount": 4_150_000, "currency": "VND"},
        activities="chèo kayak, hang động",
    )
    assert near_copies(STANDARD, vietnamese)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Mekong by Sampan", "locations": ["Cần Thơ"], "activities": "floating market"},
        {"title": "Ha Long and Sapa", "locations": ["Hanoi", "Ha Long Bay", "Sapa"],
         "duration": {"days": 5}, "price": {"amount": 390, "currency": "USD"}},
    ],
)  # fmt: skip
def test_another_route_is_no_near_copy(fields: dict[str, object]) -> None:
    assert not near_copies(STANDARD, _traits(**fields))


def test_the_likeness_is_the_documented_mean() -> None:
    a = Traits(frozenset({1, 2}), 2.0, 100.0, frozenset("xy"), frozenset("st"))
    b = Traits(frozenset({1}), 3.0, 125.0, frozenset("x"), frozenset("u"))
    # Half of the places, lengths 2 of 3, prices 4 of 5, half of the concepts, no word in common.
    assert likeness(a, b) == pytest.approx(0.35 * 0.5 + 0.2 / 3 + 0.1 * 0.6 + 0.2 * 0.5)
    assert distance(a, b) == pytest.approx(1 - likeness(a, b))


def test_what_either_tour_is_silent_on_is_left_out() -> None:
    whole = Traits(frozenset({1}), 2.0, 100.0, frozenset("x"), frozenset("st"))
    bare = Traits(title=frozenset("st"))
    assert likeness(whole, bare) == 1
    assert likeness(Traits(places=frozenset({1})), bare) == 0  # nothing to compare


def test_free_tours_cost_the_same() -> None:
    assert likeness(Traits(price=0.0), Traits(price=0.0)) == 1
    assert likeness(Traits(price=0.0), Traits(price=5.0)) == 0


def test_likeness_is_symmetric_and_within_bounds() -> None:
    pick = random.Random(3)
    tours = [_random_traits(pick) for _ in range(40)]
    for a in tours:
        assert likeness(a, a) == pytest.approx(1)
        for b in tours:
            assert likeness(a, b) == pytest.approx(likeness(b, a))
            assert 0 <= likeness(a, b) <= 1 + 1e-9


def _random_traits(pick: random.Random) -> Traits:
    return Traits(
        places=frozenset(pick.sample(range(6), pick.randint(1, 3))),
        days=pick.choice([None, 1.0, 3.0, 5.0]),
        price=pick.choice([None, 20.0, 90.0, 400.0]),
        concepts=frozenset(pick.sample("abcdef", pick.randint(0, 3))),
        title=frozenset(pick.sample("stuvw", pick.randint(1, 3))),
    )


def test_the_best_tour_stays_first() -> None:
    assert diversify([0.9, 0.9, 0.9], [STANDARD, BALCONY, MEKONG], 3)[0] == 0


def test_an_equally_good_tour_of_another_kind_goes_before_a_near_copy() -> None:
    assert diversify([0.9, 0.9, 0.9], [STANDARD, BALCONY, MEKONG], 3) == [0, 2, 1]


def test_a_tour_that_is_clearly_worse_is_not_lifted_for_variety() -> None:
    worse = 0.9 - 1.01 * MARGIN
    assert diversify([0.9, 0.9, worse], [STANDARD, BALCONY, MEKONG], 2) == [0, 1]


def test_of_three_near_copies_two_are_shown_and_the_third_comes_next() -> None:
    scores, tours = [0.9, 0.9, 0.9, 0.6, 0.6], [STANDARD, BALCONY, STANDARD, MEKONG, MEKONG]
    assert diversify(scores, tours, 5) == [0, 1, 3, 2, 4]


def test_a_chain_of_likenesses_counts_as_one_tour() -> None:
    first = Traits(places=frozenset({1, 2, 3}), days=4.0, title=frozenset("stuv"))
    second = Traits(places=frozenset({1, 2, 3}), days=4.0, title=frozenset("stxy"))
    third = Traits(places=frozenset({1, 2, 3, 4}), days=4.0, title=frozenset("xyab"))
    assert near_copies(first, second)
    assert near_copies(second, third)
    assert not near_copies(first, third)
    assert diversify([0.9, 0.9, 0.9, 0.5], [first, second, third, MEKONG], 3)[-1] == 3


def test_near_copies_are_shown_where_nothing_else_is_left() -> None:
    assert diversify([0.9, 0.9, 0.8], [STANDARD, BALCONY, STANDARD], 3) == [0, 1, 2]


def test_a_tour_less_than_half_as_good_is_no_alternative_to_a_near_copy() -> None:
    tours = [STANDARD, BALCONY, STANDARD, MEKONG]
    assert diversify([0.9, 0.9, 0.9, 0.44], tours, 3) == [0, 1, 2]
    assert diversify([0.9, 0.9, 0.9, 0.46], tours, 3) == [0, 1, 3]


def test_a_list_at_once_is_the_same_as_message_by_message() -> None:
    pick = random.Random(11)
    scores = sorted((round(pick.uniform(0.6, 1), 2) for _ in range(60)), reverse=True)
    tours = [_random_traits(pick) for _ in scores]
    whole = diversify(scores, tours, len(scores))
    assert sorted(whole) == list(range(len(scores)))

    left, shown = list(range(len(scores))), []
    while left:
        page = diversify([scores[row] for row in left], [tours[row] for row in left], PAGE)
        shown += [left[position] for position in page]
        left = [row for row in left if row not in shown]
    assert shown == whole


def test_variety_never_costs_more_than_its_margin_where_no_copy_is_passed_over() -> None:
    pick = random.Random(5)
    scores = sorted((pick.uniform(0.8, 1) for _ in range(40)), reverse=True)
    tours = [Traits(places=frozenset({row, row % 4, -1})) for row in range(40)]
    left = list(range(40))
    for row in diversify(scores, tours, 40):
        assert scores[row] >= scores[left[0]] - MARGIN
        left.remove(row)


class Shelf:
    """A catalogue of tours already ranked, which notes how much of it was asked for."""

    def __init__(self, scores: Sequence[float], tours: Sequence[Traits]) -> None:
        self.scores, self.tours = scores, tours
        self.asked: list[int] = []

    def rank(self, limit: int) -> list[int]:
        self.asked.append(limit)
        return list(range(min(limit, len(self.scores))))

    def find(self, limit: int) -> list[int]:
        return rank_diversely(
            self.rank, lambda row: self.scores[row], lambda rows: [self.tours[row] for row in rows],
            limit,
        )  # fmt: skip


def test_a_hundred_near_copies_do_not_hide_what_comes_after_them() -> None:
    shelf = Shelf([0.9] * 100 + [0.7], [STANDARD] * 100 + [MEKONG])
    assert shelf.find(3) == [0, 1, 100]
    assert len(shelf.asked) > 1


def test_no_more_is_asked_for_where_what_follows_would_be_no_alternative() -> None:
    shelf = Shelf([0.9] * 30 + [0.1] * 500, [STANDARD] * 30 + [MEKONG] * 500)
    assert shelf.find(3) == [0, 1, 2]
    assert shelf.asked == [3 + WINDOW]


def test_an_empty_catalogue_gives_nothing() -> None:
    assert Shelf([], []).find(3) == []
