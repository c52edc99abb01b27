"""Talks about suggestions on a schedule."""

from typing import Any

import pytest

from conversation.machine import Step
from tests.conversation.conftest import Talk, choices
from tests.conversation.test_talk_machine import at


def schedule(talk: Talk) -> dict[str, Any]:
    row = talk.connection.execute(
        "select rhythm, weekday, hour, active, next_due_at, paused_until > now() as paused"
        " from push_schedules where user_id = %s",
        [talk.user_id],
    ).fetchone()
    return dict(row) if row else {}


def agreed(talk: Talk) -> Talk:
    """Let a traveller have weekly ideas on Fridays at 10."""
    talk.say("hello")
    for choice in ("set:rhythm:weekly", "set:weekday:4", "set:hour:10", "agree"):
        talk.say(choice=choice)
    return talk


def test_what_is_missing_is_asked_for_then_the_consent(talk: Talk) -> None:
    talk.say("hello")
    assert "How often" in talk.hear(choice="schedule")
    assert "On which day" in talk.hear(choice="set:rhythm:weekly")
    assert "At what time" in talk.hear(choice="set:weekday:4")
    terms = talk.hear(choice="set:hour:10")
    assert "Travel Buddy will send you up to 3 tour ideas here on WhatsApp" in terms
    assert "every Friday at 10:00" in terms
    assert schedule(talk) == {}
    assert "Done" in talk.hear(choice="agree")
    assert schedule(talk) == {
        "rhythm": "weekly", "weekday": 4, "hour": 10, "active": True, "next_due_at": None,
        "paused": None,
    }  # fmt: skip


def test_the_consent_holds_the_very_words_that_were_shown(talk: Talk) -> None:
    agreed(talk)
    row = talk.connection.execute(
        "select text_shown, granted from consents where user_id = %s and kind = 'recommendations'",
        [talk.user_id],
    ).fetchone()
    assert row is not None
    assert row["granted"]
    for word in ("Travel Buddy", "tour ideas", "every Friday at 10:00", "STOP"):
        assert word in row["text_shown"]


@pytest.mark.parametrize("said", ["yes", "ok", "Yes, send them"])
def test_the_consent_may_be_typed(talk: Talk, said: str) -> None:
    talk.say("hello")
    for choice in ("set:rhythm:daily", "set:hour:19"):
        talk.say(choice=choice)
    talk.say(said)
    assert schedule(talk)["rhythm"] == "daily"


@pytest.mark.parametrize("said", ["no", "no thanks", "không"])
def test_without_consent_nothing_is_stored(talk: Talk, said: str) -> None:
    talk.say("hello")
    for choice in ("set:rhythm:monthly", "set:hour:10"):
        talk.say(choice=choice)
    talk.say(said)
    assert schedule(talk) == {}
    assert ("recommendations", True) not in talk.consents()
    assert at(talk).step is Step.OPEN


def test_days_are_not_asked_for_where_there_are_none_to_choose(talk: Talk) -> None:
    talk.say("hello")
    assert "At what time" in talk.hear(choice="set:rhythm:daily")


def test_the_day_and_the_hour_may_be_left_to_us(talk: Talk) -> None:
    talk.say("hello")
    for choice in ("set:rhythm:weekly", "set:weekday:any", "set:hour:any", "agree"):
        talk.say(choice=choice)
    assert schedule(talk)["weekday"] is None
    assert schedule(talk)["hour"] is None


def test_nobody_is_written_to_at_night(talk: Talk) -> None:
    talk.say("hello")
    talk.say(choice="set:rhythm:daily")
    assert "not write at night" in talk.hear(choice="set:hour:3")
    assert at(talk).step is Step.PLAN_HOUR


def test_vietnamese_is_asked_in_vietnamese(talk: Talk) -> None:
    talk.say("xin chào")
    for choice in ("set:rhythm:weekly", "set:weekday:4"):
        talk.say(choice=choice)
    assert "mỗi tuần vào thứ Sáu lúc 19:00" in talk.hear(choice="set:hour:19")


def test_an_old_yes_asks_for_the_terms_again(talk: Talk) -> None:
    talk.say("hello")
    assert "How often" in talk.hear(choice="agree")
    assert schedule(talk) == {}


def test_a_wish_in_between_makes_the_questions_step_aside(talk: Talk) -> None:
    talk.say("hello")
    talk.say(choice="set:rhythm:weekly")
    assert "*1. " in talk.hear("3 days in Ha Long")
    assert at(talk).step is Step.TOURS


def test_stop_ends_the_schedule(talk: Talk) -> None:
    agreed(talk).say("stop")
    assert not schedule(talk)["active"]
    assert talk.consents()[-1] == ("recommendations", False)


@pytest.mark.parametrize(("choice", "days"), [("pause:7", 7), ("pause:30", 30)])
def test_a_pause_lasts_as_long_as_was_said(talk: Talk, choice: str, days: int) -> None:
    agreed(talk)
    assert "Paused until" in talk.hear(choice=choice)
    row = talk.connection.execute(
        "select round(extract(epoch from paused_until - now()) / 86400) as days"
        " from push_schedules where user_id = %s",
        [talk.user_id],
    ).fetchone()
    assert row is not None
    assert row["days"] == days


def test_a_pause_without_a_length_is_asked_for_it(talk: Talk) -> None:
    answers = agreed(talk).say(choice="pause")
    assert list(choices(answers)) == ["1 week", "2 weeks", "30 days"]
    assert not schedule(talk)["paused"]


def test_a_pause_can_be_ended_early(talk: Talk) -> None:
    for end in ({"choice": "resume"}, {"text": "resume"}):
        agreed(talk).say(choice="pause:14")
        assert schedule(talk)["paused"]
        assert "every Friday at 10:00" in talk.hear(**end)
        assert not schedule(talk)["paused"]


def test_there_is_nothing_to_pause_before_anything_was_agreed_on(talk: Talk) -> None:
    talk.say("hello")
    assert "nothing to pause" in talk.hear("pause 2 weeks")
    assert schedule(talk) == {}


def test_my_data_tells_of_the_schedule(talk: Talk) -> None:
    assert "every Friday at 10:00" in agreed(talk).hear("my data")
