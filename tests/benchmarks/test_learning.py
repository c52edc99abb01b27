"""Simulated travellers, and what is measured with them."""

import dataclasses

import numpy as np
import pytest

from benchmarks.learning import (
    SETTINGS,
    Laboratory,
    Setting,
    as_markdown,
    measure,
    set_up,
)
from benchmarks.travellers import Traveller, World, draw_traveller, react
from recommender.bench.workload import read_sample
from recommender.reactions import Kind
from recommender.schemas import WEIGHTS, Criterion
from tests.recommender.factory import HashEmbedder

HIDDEN = SETTINGS[0]
CONTROL = Setting("control", says_all=True, noise=0.15)


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return set_up(read_sample(), np.random.default_rng(1), HashEmbedder())


@pytest.fixture
def world(laboratory: Laboratory) -> World:
    return laboratory.world


def traveller(world: World, number: int, *, says_all: bool = False) -> Traveller:
    return draw_traveller(world, np.random.default_rng([3, number]), says_all=says_all)


def test_liking_lies_between_nothing_and_everything(world: World) -> None:
    for number in range(20):
        utility = traveller(world, number).utility
        assert utility.shape == (len(world.packages),)
        assert 0 <= utility.min() < utility.max() <= 1


def test_what_is_stated_is_part_of_the_truth(world: World) -> None:
    for number in range(20):
        who = traveller(world, number)
        stated = who.stated.model_dump(exclude_defaults=True)
        truth = who.truth.model_dump(exclude_defaults=True)
        assert stated.items() <= truth.items()
        assert set(who.weights) == set(Criterion)


def test_in_the_control_the_stated_wish_is_all_that_matters(world: World) -> None:
    for number in range(20):
        who = traveller(world, number, says_all=True)
        assert who.stated == who.truth
        assert all(who.weights[key] in (0, WEIGHTS[key]) for key in Criterion)


def test_without_noise_no_thumb_is_wrong(world: World) -> None:
    who = traveller(world, 1)
    speaks = [0.0, 0.5, 0.5]
    for tour, liking in enumerate(who.utility):
        kind = react(who, tour, speaks, 0.0)
        assert kind is not Kind.UP or liking >= who.delighted
        assert kind is not Kind.DOWN or liking <= who.unmoved


def test_with_noise_some_thumbs_are_wrong_and_many_tours_get_none(world: World) -> None:
    who = traveller(world, 1)
    best = int(who.utility.argmax())
    assert react(who, best, [0.0, 0.1, 0.5], 0.15) is Kind.DOWN
    assert react(who, best, [0.0, 0.2, 0.5], 0.15) is Kind.UP
    assert react(who, best, [0.9, 0.2, 0.1], 0.15) is Kind.CLICK
    assert react(who, best, [0.9, 0.2, 0.9], 0.15) is None


def test_figures_are_paired_and_do_not_depend_on_the_run(laboratory: Laboratory) -> None:
    one, again = (measure(laboratory, HIDDEN, 15) for _ in range(2))
    assert one == again
    assert one.ndcg.difference == pytest.approx(one.ndcg.learned - one.ndcg.without, abs=2e-4)
    assert one.ndcg.low <= one.ndcg.difference <= one.ndcg.high
    assert one.reactions > 0
    assert one.better + one.worse <= 1
    assert HIDDEN.name in as_markdown([one])


def test_in_the_control_nothing_can_be_gained_by_stating_more(laboratory: Laboratory) -> None:
    result = measure(laboratory, CONTROL, 15)
    assert result.ceiling == result.ndcg.without


def test_more_rounds_bring_more_reactions(laboratory: Laboratory) -> None:
    short = measure(laboratory, dataclasses.replace(HIDDEN, rounds=2), 15)
    assert 0 < short.reactions < measure(laboratory, HIDDEN, 15).reactions
