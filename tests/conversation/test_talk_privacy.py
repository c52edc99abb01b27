"""Talks about what is stored of a traveller."""

import pytest

from conversation.machine import Step
from conversation.privacy import masked
from conversation.state import State
from core.encryption import blind_index, encrypt
from recommender.service import load_interests
from tests.conversation.conftest import Talk, choices
from tests.conversation.test_talk_machine import at, put

PHONE = "+84912345678"


def identity(talk: Talk) -> int:
    """Give the traveller an address, with a message each way."""
    row = talk.connection.execute(
        "insert into channel_identities (user_id, channel, address_index, address_encrypted)"
        " values (%s, 'whatsapp', %s, %s) returning id",
        [talk.user_id, blind_index(PHONE), encrypt(PHONE)],
    ).fetchone()
    assert row is not None
    talk.connection.execute(
        "insert into inbound_messages"
        " (channel, provider_sid, identity_id, payload_encrypted, processed_at)"
        " values ('whatsapp', 'SM1', %s, %s, now())",
        [row["id"], encrypt('{"Body": "my secret wish"}')],
    )
    talk.connection.execute(
        "insert into outbound_messages (identity_id, content, status)"
        """ values (%s, '{"body": "your secret wish"}', 'delivered')""",
        [row["id"]],
    )
    return int(row["id"])


def filled(talk: Talk) -> Talk:
    """Let a traveller leave traces everywhere."""
    identity(talk)
    for said in ("Ha Long with kayaking", "I like 1"):
        talk.say(said)
    talk.say(choice="save:1")
    for choice in ("set:rhythm:weekly", "set:weekday:4", "set:hour:10", "agree"):
        talk.say(choice=choice)
    return talk


def test_my_data_tells_all_that_is_stored(talk: Talk) -> None:
    told = filled(talk).hear("what do you know about me?")
    for said in (
        "Hạ Long", "kayaking", "Reactions to tours: 1", "Saved tours: 1", "every Friday at 10:00",
        "Talking with us: agreed on", "Regular ideas: agreed on", "1 from you, 1 to you",
    ):  # fmt: skip
        assert said in told


def test_my_data_hides_the_number(talk: Talk) -> None:
    told = filled(talk).hear("my data")
    assert PHONE not in told
    assert "+84•••••••78" in told


@pytest.mark.parametrize(
    ("address", "shown"), [("+84912345678", "+84•••••••78"), ("VN.1A2B", "•••••2B"), ("ab", "ab")]
)
def test_addresses_are_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_to_erase_is_asked_once_with_two_buttons(talk: Talk) -> None:
    answers = filled(talk).say("delete my data")
    assert list(choices(answers)) == ["Yes, delete all", "No, keep it"]
    assert not load_interests(talk.connection, talk.user_id).is_empty()


@pytest.mark.parametrize("yes", ["yes", "Yes, delete all"])
def test_a_yes_erases_at_once_all_but_what_it_takes_to_say_so(talk: Talk, yes: str) -> None:
    filled(talk).say("delete me")
    assert "Deleted" in talk.hear(yes)
    for table in ("user_interests", "feedback", "recommendations", "saved_tours", "consents",
                  "push_schedules", "handovers"):  # fmt: skip
        query = f"select 1 from {table} where user_id = {talk.user_id}"
        assert talk.connection.execute(query.encode()).fetchall() == [], table
    row = talk.connection.execute(
        "select erase_requested_at = now() as asked from users where id = %s", [talk.user_id]
    ).fetchone()
    assert row is not None
    assert row["asked"]
    assert at(talk) == State()


def test_the_words_of_earlier_messages_go_at_once(talk: Talk) -> None:
    filled(talk).say("delete me")
    before = talk.connection.execute("select payload_encrypted from inbound_messages").fetchone()
    talk.say(choice="erase")
    after = talk.connection.execute("select payload_encrypted from inbound_messages").fetchone()
    assert before != after
    sent = talk.connection.execute("select content from outbound_messages").fetchall()
    assert [row["content"] for row in sent] == [{}]


@pytest.mark.parametrize("said", ["no", "không", "No, keep it", "3 days in Ha Long", "hello"])
def test_anything_but_a_yes_keeps_everything(talk: Talk, said: str) -> None:
    filled(talk).say("delete my data")
    talk.say(said)
    assert at(talk).step is not Step.CONFIRM_ERASURE
    assert not load_interests(talk.connection, talk.user_id).is_empty()
    talk.say("yes")
    assert not load_interests(talk.connection, talk.user_id).is_empty()


def test_a_yes_that_comes_too_late_is_asked_back(talk: Talk) -> None:
    filled(talk).say("delete my data")
    state = at(talk)
    assert state.asked_at is not None
    long_ago = state.asked_at.replace(year=2020)
    put(talk, state.model_copy(update={"asked_at": long_ago}))
    assert "cannot be undone" in talk.hear("yes")
    assert not load_interests(talk.connection, talk.user_id).is_empty()
    assert "Deleted" in talk.hear("yes")


def test_an_old_tap_on_yes_is_asked_back(talk: Talk) -> None:
    filled(talk).say("Ha Long")
    assert "cannot be undone" in talk.hear(choice="erase")
    assert not load_interests(talk.connection, talk.user_id).is_empty()


def test_afterwards_the_traveller_is_a_stranger(talk: Talk) -> None:
    filled(talk).say("delete me")
    talk.say("yes")
    assert "automated" in talk.hear("hello")
