"""What is promised is kept: the examples of the help work, and lists are called what they are."""

import datetime as dt
import re

import pytest

from conversation.turn import WORDING
from conversation.understanding import Context, Intent, understand_all
from core.wording import LANGUAGES
from tests.conversation.conftest import Talk
from tests.conversation.test_talk_shown import stay
from whatsapp.render import contents

_NOTHING_WISHED = {Intent.GREETING, Intent.HELP, Intent.OFF_TOPIC}
_SHOWN = Context(has_interests=True, shown=3, today=dt.date(2026, 11, 21))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_of_the_help_is_understood(language: str) -> None:
    examples = re.findall("_([^_]+)_", WORDING.say("help", language))
    assert len(examples) > 20
    for example in examples:
        (said,) = understand_all(example, _SHOWN)
        assert said.intent not in _NOTHING_WISHED, example


@pytest.mark.parametrize(
    "words", ["in July", "next week", "at Christmas", "cuối tuần này", "dịp Tết"]
)
def test_days_alone_change_the_wish(words: str) -> None:
    (said,) = understand_all(words, _SHOWN)
    assert said.intent is Intent.REFINE
    assert said.dates


def test_the_help_and_its_buttons_are_one_message(talk: Talk) -> None:
    talk.say("hello")
    assert len(contents(talk.say("help"))) == 1
    talk.say("xin chào")
    assert len(contents(talk.say("trợ giúp"))) == 1


def test_only_a_list_of_tours_is_called_one(talk: Talk) -> None:
    assert talk.say("Ha Long, 3 days")[-1].choices_title == "Choose a tour"
    assert talk.say("step by step")[-1].choices_title == "Please choose"


def test_a_bed_near_a_tour_is_sought_where_the_wish_is(talk: Talk) -> None:
    stay(talk, "Station Inn", latitude=21.02, longitude=105.84)
    stay(talk, "Cloud Hut", latitude=22.336, longitude=103.845)
    talk.say("3 days trekking in Sa Pa")  # the first tour begins there and ends in Hà Nội
    assert "Cloud Hut" in talk.hear("hotels near 1")


def test_a_question_that_no_tour_may_answer_is_not_taken_for_one_about_a_tour(talk: Talk) -> None:
    talk.say("Ha Long, 3 days")
    asked = talk.say("what is the weather like?")
    assert "from our catalogue" in asked[-1].body
    assert asked[-1].choices[-1].id == "human"


def test_whether_children_may_come_is_not_answered_by_what_is_done_there(talk: Talk) -> None:
    talk.say("Ha Long, 3 days")
    assert "does not say" in talk.hear("is tour 1 good for kids?")
