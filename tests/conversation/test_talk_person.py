"""Talks that a person takes over, and talks in trouble."""

import pytest

from conversation.machine import Step
from conversation.service import hand_back
from core.settings import settings
from tests.conversation.conftest import Talk, choices
from tests.conversation.test_talk_machine import at


def handovers(talk: Talk) -> list[tuple[str, bool]]:
    """Return the reason of each hand-over, and whether it is still open."""
    rows = talk.connection.execute(
        "select reason, closed_at is null as open from handovers where user_id = %s order by id",
        [talk.user_id],
    )
    return [(row["reason"], row["open"]) for row in rows]


def wait(talk: Talk, hours: float) -> None:
    """Let staff say nothing for so many hours."""
    talk.connection.execute(
        "update handovers set opened_at = opened_at - make_interval(secs => %s)", [hours * 3600]
    )


def test_the_call_for_a_person_is_noted_with_its_reason(talk: Talk) -> None:
    talk.say("hello")
    talk.say("talk to a person")
    assert handovers(talk) == [("asked", True)]
    assert at(talk).step is Step.PERSON


def test_a_person_hands_back_with_one_line(talk: Talk) -> None:
    talk.say("agent")
    (line,) = hand_back(talk.connection, talk.user_id)
    assert "handed the talk back" in line.body
    assert handovers(talk) == [("asked", False)]
    assert hand_back(talk.connection, talk.user_id) == []
    assert "*1. " in talk.hear("Ha Long 3 days")


def test_the_line_is_in_the_language_of_the_traveller(talk: Talk) -> None:
    talk.say("cho tôi gặp nhân viên")
    (line,) = hand_back(talk.connection, talk.user_id)
    assert "trao lại" in line.body


def test_where_staff_say_nothing_we_help_again_and_say_so(talk: Talk) -> None:
    talk.say("agent")
    wait(talk, settings().handover_hours - 0.1)
    assert talk.say("Ha Long 3 days") == []
    wait(talk, 0.2)
    first, *others = talk.say("Ha Long 3 days")
    assert "nobody of Travel Buddy has answered" in first.body
    assert "*1. " in others[0].body
    assert handovers(talk) == [("asked", False)]


def test_a_word_of_staff_keeps_us_silent_for_longer(talk: Talk) -> None:
    talk.say("agent")
    wait(talk, 100)
    talk.connection.execute("update handovers set last_staff_at = now() - interval '1 hour'")
    assert talk.say("Ha Long 3 days") == []


def test_whoever_waited_in_vain_can_call_once_more(talk: Talk) -> None:
    talk.say("agent")
    wait(talk, 1_000)
    first, second = talk.say("agent")
    assert "nobody" in first.body
    assert "passed you on" in second.body
    assert handovers(talk) == [("asked", False), ("asked", True)]


def test_two_misunderstandings_are_the_reason_that_staff_read(talk: Talk) -> None:
    for said in ("hello", "qwe rty", "zxc vbn", "yes"):
        talk.say(said)
    assert handovers(talk) == [("misunderstood", True)]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("I was charged twice for my tour", "payment"),
        ("my payment failed but the money is gone", "payment"),
        ("tôi bị trừ tiền 2 lần", "payment"),
        ("mình chuyển khoản rồi mà chưa thấy xác nhận", "payment"),
        ("I want my money back!!", "refund"),
        ("tôi muốn hoàn tiền", "refund"),
        ("this is a scam", "complaint"),
        ("tôi muốn khiếu nại hướng dẫn viên", "complaint"),
        ("we had an accident on the way to Sapa", "safety"),
        ("my passport was stolen in Hanoi", "safety"),
        ("mình bị mất hộ chiếu ở Đà Nẵng", "safety"),
        ("co nguoi bi thuong, can cap cuu", "safety"),
    ],
)
def test_trouble_is_for_a_person_at_once(talk: Talk, said: str, reason: str) -> None:
    talk.say("hello" if said.isascii() else "xin chào")
    answers = talk.say(said)
    if at(talk).step is not Step.PERSON:
        assert len(answers) == 1
        assert [choice.id for choice in answers[0].choices] == ["human"]
        talk.say("yes" if said.isascii() else "có")
    assert handovers(talk) == [(reason, True)]


def test_in_danger_the_emergency_number_comes_first(talk: Talk) -> None:
    talk.say("hello")
    assert "115" in talk.hear("there was an accident, my friend is bleeding")


def test_trouble_is_heard_in_the_very_first_message(talk: Talk) -> None:
    intro, offer = talk.say("this is a scam")
    assert "automated" in intro.body
    assert list(choices([offer])) == ["Talk to a person now"]


@pytest.mark.parametrize(
    "said", ["3 days in Ha Long", "is there a hospital near Sapa?", "no hidden costs please"]
)
def test_an_ordinary_message_is_no_trouble(talk: Talk, said: str) -> None:
    talk.say("hello")
    assert "sorry to hear" not in talk.hear(said)


def test_stop_closes_the_hand_over(talk: Talk) -> None:
    talk.say("agent")
    talk.say("stop")
    assert handovers(talk) == [("asked", False)]
