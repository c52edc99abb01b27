"""Talks in which a traveller is led to a wish, question by question."""

import pytest

from conversation.machine import ONBOARDING, Step
from conversation.schemas import Outgoing
from recommender.schemas import Budget, Duration
from recommender.service import load_interests
from tests.conversation.conftest import Talk, choices
from tests.conversation.test_talk_machine import at, shown_by


def step_of(talk: Talk) -> Step:
    return at(talk).step


def begin(talk: Talk, hello: str = "hello") -> list[Outgoing]:
    return talk.say(choice=choices(talk.say(hello))["Step by step"].id)


def test_the_introduction_offers_to_go_step_by_step(talk: Talk) -> None:
    assert "1/6" in begin(talk)[-1].body
    assert step_of(talk) is Step.ASK_PLACE


@pytest.mark.parametrize("said", ["step by step", "Từng bước", "TUNG BUOC"])
def test_it_may_be_asked_for_in_words(talk: Talk, said: str) -> None:
    talk.say("hello")
    talk.say(said)
    assert step_of(talk) is Step.ASK_PLACE


@pytest.mark.parametrize(
    "said", ["I don't know", "not sure yet", "chưa biết đi đâu", "tư vấn giúp"]
)
def test_who_knows_no_wish_is_led_to_one(talk: Talk, said: str) -> None:
    talk.say("hello")
    talk.say(said)
    assert step_of(talk) is Step.ASK_PLACE


def test_who_is_unsure_about_a_wish_keeps_it(talk: Talk) -> None:
    talk.say("Ha Long, 3 days")
    talk.say("I don't know")
    assert load_interests(talk.connection, talk.user_id).locations == ["Hạ Long"]
    assert at(talk).step not in ONBOARDING


def test_every_question_can_be_answered_by_a_tap(talk: Talk) -> None:
    answers = begin(talk)
    for number in range(1, 7):
        question = answers[-1]
        assert question.body.startswith(f"{number}/6")
        assert len(question.choices) <= 10
        answers = talk.say(choice=question.choices[0].id)
    kept = load_interests(talk.connection, talk.user_id)
    assert kept.locations == ["Hạ Long"]
    assert kept.duration == Duration(days=1)
    assert kept.budget is not None
    assert kept.activities
    assert at(talk).dates is not None
    assert ("recommendations", True) in talk.consents()
    assert step_of(talk) is Step.TOURS
    assert len(shown_by(answers)) == 3


def test_every_question_can_be_answered_in_words(talk: Talk) -> None:
    begin(talk)
    for said in ("Sa Pa", "3", "300", "trekking", "skip"):
        talk.say(said)
    assert step_of(talk) is Step.ASK_RHYTHM
    answers = talk.say("no thanks")
    kept = load_interests(talk.connection, talk.user_id)
    assert (kept.locations, kept.duration) == (["Sa Pa"], Duration(days=3))
    assert (kept.budget, kept.activities) == (Budget(max=300, currency="USD"), "trekking")
    assert shown_by(answers)
    assert ("recommendations", True) not in talk.consents()


def test_a_bare_number_of_dong_counts_millions(talk: Talk) -> None:
    talk.say("xin chào")
    for said in ("từng bước", "Sa Pa", "3", "5"):
        talk.say(said)
    kept = load_interests(talk.connection, talk.user_id)
    assert kept.duration == Duration(days=3)
    assert kept.budget == Budget(max=5_000_000, currency="VND")


@pytest.mark.parametrize("word", ["skip", "bỏ qua", "I don't know", "anything"])
def test_every_question_can_be_left_and_tours_come_all_the_same(talk: Talk, word: str) -> None:
    begin(talk)
    for step in ONBOARDING:
        assert step_of(talk) is step
        answers = talk.say(word)
    assert load_interests(talk.connection, talk.user_id).is_empty()
    assert len(shown_by(answers)) == 3


def test_every_question_can_be_left_by_a_tap(talk: Talk) -> None:
    answers = begin(talk)
    for _ in ONBOARDING:
        answers = talk.say(choice=answers[-1].choices[-1].id)
    assert len(shown_by(answers)) == 3


def test_several_answers_in_one_message_spare_questions(talk: Talk) -> None:
    begin(talk)
    assert talk.hear("Sa Pa, 3 days, under 300 USD").startswith("4/6")


def test_an_answer_to_a_later_question_is_kept_and_the_question_stays(talk: Talk) -> None:
    begin(talk)
    assert talk.hear("under 300 USD").startswith("1/6")
    talk.say("Sa Pa")
    assert talk.hear("3 days").startswith("4/6")


def test_what_is_asked_in_between_is_answered_and_the_question_comes_again(talk: Talk) -> None:
    page = talk.say("Ha Long with kayaking")
    old = choices(page)["Details 1"]
    talk.say(choice="begin")
    answers = talk.say("help")
    assert "I find tours" in answers[0].body
    assert answers[-1].body.startswith("1/6")
    assert talk.say(choice=old.id)[-1].body.startswith("1/6")


def test_what_is_off_topic_is_declined_and_the_question_comes_again(talk: Talk) -> None:
    begin(talk)
    answers = talk.say("who wrote Hamlet and when was it first staged")
    assert "only help with tours" in answers[0].body
    assert answers[-1].body.startswith("1/6")


def test_a_wish_of_its_own_makes_the_questions_step_aside(talk: Talk) -> None:
    begin(talk)
    talk.say("Sa Pa")
    answers = talk.say("show me tours in Hue instead")
    assert shown_by(answers)
    assert step_of(talk) is Step.TOURS


@pytest.mark.parametrize("said", ["more", "xem thêm"])
def test_more_shows_tours_at_once(talk: Talk, said: str) -> None:
    begin(talk)
    talk.say("Sa Pa")
    assert shown_by(talk.say(said))
    assert step_of(talk) is Step.TOURS


def test_an_old_answer_tapped_later_changes_the_wish(talk: Talk) -> None:
    answers = begin(talk)
    hue = choices(answers)["Huế"]
    talk.say("show me tours in Ha Long")
    talk.say(choice=hue.id)
    assert load_interests(talk.connection, talk.user_id).locations == ["Huế"]


def test_an_old_skip_does_no_harm(talk: Talk) -> None:
    begin(talk)
    talk.say("Sa Pa")
    assert talk.say(choice="skip:ask_place")[-1].body.startswith("2/6")
    assert step_of(talk) is Step.ASK_LENGTH
    talk.say("more")
    assert talk.say(choice="skip:ask_length")


@pytest.mark.parametrize(
    "choice",
    ["set:", "set:place:x", "set:days:-1", "set:days:nan", "set:budget:XXX:5", "set:budget:USD:inf",
     "set:likes:nothing", "set:month:2026-13", "set:rhythm:hourly", "set:weekday:9", "set:hour:77",
     "skip:nowhere", "set:place:99999999999999999999999"],
)  # fmt: skip
def test_a_forged_answer_does_no_harm(talk: Talk, choice: str) -> None:
    begin(talk)
    assert talk.say(choice=choice)
    assert step_of(talk) is Step.ASK_PLACE


def test_stop_is_heard_in_the_middle(talk: Talk) -> None:
    begin(talk)
    (message,) = talk.say("stop")
    assert "no more messages" in message.body
    assert talk.say("Sa Pa") == []
