"""What each handler makes of what was understood, however it was put into words."""

import datetime as dt

import pytest

from conversation.handlers import handler_for
from conversation.machine import Step
from conversation.requests import WORDS, Request
from conversation.schemas import Outgoing
from conversation.state import State
from conversation.turn import Turn
from conversation.understanding import (
    Change,
    Intent,
    Rhythm,
    Schedule,
    Steer,
    Topic,
    Understanding,
)
from recommender.schemas import Budget, DateSpan, Duration, Interests
from recommender.service import load_interests
from tests.conversation.conftest import Talk
from tests.conversation.test_talk_machine import at, put, shown_by
from tests.conversation.test_talk_shown import change

JULY = DateSpan(start=dt.date(2098, 7, 1), end=dt.date(2098, 7, 31))


def understood(talk: Talk, said: Understanding, text: str = "…") -> list[Outgoing]:
    """Answer what was understood, at the step where the talk stands."""
    turn = Turn(talk.connection, talk.user_id, at(talk), said, text=text)
    answers = handler_for(turn, Request(WORDS, said, text))(turn)
    put(talk, turn.state)
    return answers + ([turn.closing] if turn.closing else [])


def test_days_become_a_filter_that_lasts_until_the_next_wish(talk: Talk) -> None:
    talk.say("3 days in Ha Long")
    change(talk, "Hạ Long Bay, three days",
           available=[{"start": "2098-07-03", "end": "2098-07-05"}])  # fmt: skip
    refined = Understanding(intent=Intent.REFINE, dates=JULY)
    assert "Leaves: 3 Jul 2098 – 5 Jul 2098" in understood(talk, refined)[0].body
    assert at(talk).dates == JULY
    talk.say("only 2 days")
    assert at(talk).dates == JULY
    talk.say("tours in Hue")
    assert at(talk).dates is None


def test_a_tour_that_leaves_on_other_days_is_left_out(talk: Talk) -> None:
    talk.connection.execute(
        "update travel_packages set available = '{[2098-09-01,2098-09-03]}'"
        " where title = 'Hạ Long Bay, three days'"
    )
    talk.say("3 days in Ha Long")
    words = understood(talk, Understanding(intent=Intent.REFINE, dates=JULY))
    assert not any("Hạ Long Bay, three days" in message.body for message in words)


def test_days_that_are_over_keep_nothing_out(talk: Talk) -> None:
    talk.say("3 days in Ha Long")
    over = DateSpan(start=dt.date(2001, 1, 1), end=dt.date(2001, 1, 2))
    put(talk, at(talk).travelling(over))
    assert "Departure days" not in talk.hear("cheaper")


def test_any_days_will_do_again(talk: Talk) -> None:
    talk.say("3 days in Ha Long")
    understood(talk, Understanding(intent=Intent.REFINE, dates=JULY))
    understood(talk, Understanding(intent=Intent.REFINE, drops=("dates",)))
    assert at(talk).dates is None


@pytest.mark.parametrize(("drops", "kept"), [(("budget",), "duration"), (("duration",), "budget")])
def test_what_no_longer_matters_is_dropped(talk: Talk, drops: tuple[str], kept: str) -> None:
    talk.say("3 days in Ha Long under 300 USD")
    understood(talk, Understanding(intent=Intent.REFINE, drops=drops))
    stored = load_interests(talk.connection, talk.user_id)
    assert getattr(stored, drops[0]) is None
    assert getattr(stored, kept) is not None


def test_a_dropped_price_is_no_limit_any_more(talk: Talk) -> None:
    talk.say("3 days in Ha Long under 300 USD")
    talk.say("cheaper")
    assert at(talk).strict_budget
    understood(talk, Understanding(intent=Intent.REFINE, drops=("budget",)))
    assert not at(talk).strict_budget


def test_a_tour_turned_down_stays_out_of_a_changed_wish(talk: Talk) -> None:
    page = shown_by(talk.say("Ha Long with kayaking"))
    said = Understanding(
        intent=Intent.REFINE,
        interests=Interests(duration=Duration(days=3)),
        changes=(Change.SHORTER,),
        turned_down=(1,),
    )
    assert page[0] not in shown_by(understood(talk, said))


def test_turned_down_alone_is_learned_from_and_shows_others(talk: Talk) -> None:
    page = shown_by(talk.say("Ha Long with kayaking"))
    said = Understanding(intent=Intent.FEEDBACK, liked=False, turned_down=(2,))
    shown = shown_by(understood(talk, said))
    assert shown
    assert not set(shown) & set(page)
    row = talk.connection.execute("select package_id, kind from feedback").fetchone()
    assert row is not None
    assert (row["package_id"], row["kind"]) == (page[1], "down")


def test_tours_are_saved_by_their_numbers(talk: Talk) -> None:
    talk.say("Ha Long with kayaking")
    said = Understanding(intent=Intent.FEEDBACK, steer=Steer.SAVE, ordinals=(1, 3))
    assert "2 tours" in understood(talk, said, "save 1 and 3")[0].body
    listed = Understanding(intent=Intent.FEEDBACK, steer=Steer.SHOW_SAVED)
    assert len(understood(talk, listed, "my saved tours")[0].choices) == 2
    one = said.model_copy(update={"ordinals": (1,)})
    assert "Removed" in understood(talk, one, "remove 1 from my saved tours")[0].body


@pytest.mark.parametrize("text", ["save 2", "lưu tour 2", "save the tour 2 please"])
def test_a_number_that_is_not_read_as_one_still_saves_that_tour(talk: Talk, text: str) -> None:
    page = shown_by(talk.say("Ha Long with kayaking"))
    said = Understanding(intent=Intent.FEEDBACK, steer=Steer.SAVE)
    (answer,) = understood(talk, said, text)
    assert answer.about == page[1]
    assert "Saved" in answer.body


def test_to_save_without_a_number_means_the_tour_looked_at(talk: Talk) -> None:
    talk.say("Ha Long with kayaking")
    said = Understanding(intent=Intent.FEEDBACK, steer=Steer.SAVE)
    assert "Which one" in understood(talk, said)[0].body
    talk.say("2")
    assert "Saved" in understood(talk, said)[0].body


@pytest.mark.parametrize(
    ("schedule", "step"),
    [
        (None, Step.PLAN_RHYTHM),
        (Schedule(rhythm=Rhythm.WEEKLY), Step.PLAN_DAY),
        (Schedule(rhythm=Rhythm.MONTHLY), Step.PLAN_HOUR),
        (Schedule(rhythm=Rhythm.WEEKLY, weekday=4), Step.PLAN_HOUR),
        (Schedule(rhythm=Rhythm.DAILY, hour=9), Step.PLAN_CONSENT),
        (Schedule(rhythm=Rhythm.DAILY, hour=23), Step.PLAN_HOUR),
        (Schedule(weekday=4, hour=9), Step.PLAN_RHYTHM),
    ],
)
def test_only_what_was_not_said_is_asked_for(
    talk: Talk, schedule: Schedule | None, step: Step
) -> None:
    talk.say("hello")
    understood(talk, Understanding(intent=Intent.SCHEDULE, schedule=schedule))
    assert at(talk).step is step


def test_a_change_of_the_day_keeps_the_rest(talk: Talk) -> None:
    talk.say("hello")
    for choice in ("set:rhythm:weekly", "set:weekday:4", "set:hour:10", "agree"):
        talk.say(choice=choice)
    understood(talk, Understanding(intent=Intent.SCHEDULE, schedule=Schedule(weekday=0)))
    assert at(talk).step is Step.PLAN_CONSENT
    assert at(talk).plan == Schedule(rhythm=Rhythm.WEEKLY, weekday=0, hour=10)


def test_the_suggestions_can_be_ended_without_ending_the_talk(talk: Talk) -> None:
    talk.say("hello")
    for choice in ("set:rhythm:daily", "set:hour:10", "agree"):
        talk.say(choice=choice)
    said = Understanding(intent=Intent.SCHEDULE)
    assert "no more tour ideas" in understood(talk, said, "stop sending me ideas")[0].body
    assert talk.consents()[-1] == ("recommendations", False)
    assert talk.say("Ha Long")


def test_a_pause_in_words_lasts_so_many_days(talk: Talk) -> None:
    talk.say("hello")
    for choice in ("set:rhythm:daily", "set:hour:10", "agree"):
        talk.say(choice=choice)
    understood(talk, Understanding(intent=Intent.PAUSE, pause_days=3_000))
    row = talk.connection.execute(
        "select paused_until < now() + interval '367 days' as bounded from push_schedules"
    ).fetchone()
    assert row is not None
    assert row["bounded"]
    assert "every day" in understood(talk, Understanding(intent=Intent.PAUSE), "resume")[0].body


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        (Topic.BUDGET, "Price: “$240”"),
        (Topic.DURATION, "Length: “3 days”"),
        (Topic.LOCATION, "Route: “Hạ Long”"),
        (Topic.FOOD, "Food: “Seafood”"),
        (Topic.TRANSPORTATION, "Transport: “Cruise”"),
        (Topic.ACTIVITIES, "Activities: “Kayaking, swimming”"),
        (Topic.ACCOMMODATION, "does not say"),
        (Topic.DATES, "does not say"),
        (Topic.POLICY, "does not say"),
    ],
)
def test_a_question_is_answered_by_the_field_it_asks_for(
    talk: Talk, topic: Topic, words: str
) -> None:
    talk.say("3 days in Ha Long with kayaking and swimming")
    said = Understanding(intent=Intent.ASK, topic=topic, ordinals=(1,))
    (answer,) = understood(talk, said)
    assert "Hạ Long Bay, three days" in answer.body
    assert words in answer.body


def test_departures_to_come_are_told(talk: Talk) -> None:
    talk.say("3 days in Ha Long with kayaking and swimming")
    days = [f"20{year}-07-03" for year in (1, *range(90, 99))]
    change(talk, "Hạ Long Bay, three days",
           available=[{"start": day.replace("201-", "2001-"), "end": day.replace("201-", "2001-")}
                      for day in days])  # fmt: skip
    said = Understanding(intent=Intent.ASK, topic=Topic.DATES, ordinals=(1,))
    (answer,) = understood(talk, said)
    assert "3 Jul 2090, 3 Jul 2091, 3 Jul 2092, 3 Jul 2093, 3 Jul 2094 …" in answer.body
    assert "2001" not in answer.body


def test_an_answer_may_settle_several_questions_of_the_onboarding(talk: Talk) -> None:
    talk.say("hello")
    talk.say(choice="begin")
    said = Understanding(
        intent=Intent.FIND_TOURS,
        interests=Interests(
            locations=["Sa Pa"],
            duration=Duration(days=3),
            budget=Budget(max=300, currency="USD"),
            activities="trekking",
        ),
        dates=JULY,
    )
    understood(talk, said)
    assert at(talk).step is Step.ASK_RHYTHM
    weekly = Understanding(
        intent=Intent.SCHEDULE, schedule=Schedule(rhythm=Rhythm.WEEKLY, weekday=4, hour=9)
    )
    answers = understood(talk, weekly)
    assert "every Friday at 09:00" in answers[0].body
    assert shown_by(answers)
    assert ("recommendations", True) in talk.consents()


def test_a_criterion_given_up_leaves_its_question(talk: Talk) -> None:
    talk.say("hello")
    talk.say(choice="begin")
    talk.say("Sa Pa")
    understood(talk, Understanding(intent=Intent.REFINE, drops=("duration",)))
    assert at(talk).step is Step.ASK_BUDGET


def test_a_broken_state_begins_anew(talk: Talk) -> None:
    talk.say("hello")
    talk.connection.execute('update conversations set state = \'{"version": 2, "page": 7}\'')
    assert at(talk) == State()
    assert "automated" in talk.hear("hello")
