"""Texts: what they are reduced to, and what a wish says beyond the vocabulary."""

import pytest

from recommender.encoders.texts import (
    combine,
    concepts_in,
    reduce_text,
    word_key,
    word_keys,
    words_beyond_vocabulary,
)
from recommender.schemas import Criterion


@pytest.mark.parametrize(
    ("one", "other", "criterion"),
    [
        ("vegetarian food", "món chay", Criterion.FOOD),
        ("vegetarian food", "mon chay", Criterion.FOOD),
        ("by train", "đi tàu hoả", Criterion.TRANSPORTATION),
        ("cooking class", "lớp học nấu ăn", Criterion.ACTIVITIES),
    ],
)
def test_two_languages_are_reduced_to_one_text(one: str, other: str, criterion: Criterion) -> None:
    assert reduce_text(one, criterion) == reduce_text(other, criterion)


def test_a_long_listing_is_reduced_to_what_it_offers() -> None:
    prose = "After breakfast the bus leaves for a place with a long history. " * 150
    reduced = reduce_text(f"{prose} Then you go kayaking and hiking.", Criterion.ACTIVITIES)
    assert "kayaking" in reduced
    assert len(reduced) < 600


def test_what_the_vocabulary_does_not_know_stays_in_its_own_words() -> None:
    assert "zorbing" in reduce_text("zorbing downhill", Criterion.ACTIVITIES)
    assert words_beyond_vocabulary("zorbing and hiking", Criterion.ACTIVITIES) == ["zorbing"]


def test_a_rare_word_is_asked_for_once() -> None:
    assert words_beyond_vocabulary("zorbing, zorbing!", Criterion.ACTIVITIES) == ["zorbing"]


def test_the_words_of_prose_are_not_asked_for_one_by_one() -> None:
    prose = "Grandmother always dreamt about something quiet after sixty years spent in factories"
    assert words_beyond_vocabulary(prose, Criterion.NOTES) == []


def test_words_of_other_scripts_are_left_to_the_vectors() -> None:
    assert words_beyond_vocabulary("зорбинг, zorbing", Criterion.ACTIVITIES) == ["zorbing"]


def test_what_a_text_rules_out_is_not_offered() -> None:
    assert not any(key.startswith("food.seafood") for key in concepts_in("no seafood at all"))
    assert any(key.startswith("food.seafood") for key in concepts_in("fresh seafood"))


def test_rare_words_are_looked_up_as_words() -> None:
    said = word_keys("Zorbing, then a temple; a category of its own.")
    assert word_key("zorbing") in said
    assert word_key("temples") in said
    assert word_key("cat") not in said


def test_naming_a_wish_beats_being_like_it_which_beats_neither() -> None:
    assert combine(covered=1.0, likeness=0.0) == 1.0
    assert combine(covered=0.5, likeness=0.0) == combine(covered=0.0, likeness=1.0) == 0.5
    assert combine(covered=0.0, likeness=0.0) == 0.0
