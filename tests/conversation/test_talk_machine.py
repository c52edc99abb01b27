"""The talk as a state machine: complete, drawn as it is, and never left."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import repository
from conversation.machine import AWAITED, OWN, TABLE, TALKING, Event, Step, diagram
from conversation.schemas import MAX_BODY, Outgoing
from conversation.service import MOST_MESSAGES
from conversation.state import State
from conversation.understanding import Intent
from core.settings import ROOT
from tests.conversation.conftest import Talk

QUIET = {Step.PERSON, Step.SILENT}

SAID = {
    "en": {
        Intent.FIND_TOURS: "3 days in Ha Long",
        Intent.REFINE: "cheaper",
        Intent.MORE: "more",
        Intent.DETAILS: "details 1",
        Intent.COMPARE: "compare 1 and 2",
        Intent.BOOK: "book 2",
        Intent.FIND_LODGING: "find me a hotel in Hue",
        Intent.ASK: "is breakfast included?",
        Intent.FEEDBACK: "I like 2",
        Intent.SCHEDULE: "weekly ideas please",
        Intent.PAUSE: "pause 2 weeks",
        Intent.STOP: "stop",
        Intent.START: "start",
        Intent.MY_DATA: "what do you know about me?",
        Intent.DELETE_DATA: "delete my data",
        Intent.HUMAN: "talk to a person",
        Intent.LANGUAGE: "english please",
        Intent.HELP: "help",
        Intent.GREETING: "hello",
        Intent.OFF_TOPIC: "what is the capital of Peru's national bank rate",
    },
    "vi": {
        Intent.FIND_TOURS: "tour Hạ Long 3 ngày",
        Intent.REFINE: "rẻ hơn",
        Intent.MORE: "xem thêm",
        Intent.DETAILS: "chi tiết 1",
        Intent.COMPARE: "so sánh 1 và 2",
        Intent.BOOK: "đặt tour 2",
        Intent.FIND_LODGING: "tìm khách sạn ở Huế",
        Intent.ASK: "có bao gồm bữa sáng không?",
        Intent.FEEDBACK: "thích tour 2",
        Intent.SCHEDULE: "gửi gợi ý mỗi tuần giúp mình",
        Intent.PAUSE: "tạm dừng 2 tuần",
        Intent.STOP: "dừng",
        Intent.START: "bắt đầu",
        Intent.MY_DATA: "bạn lưu dữ liệu gì về tôi?",
        Intent.DELETE_DATA: "xóa dữ liệu của tôi",
        Intent.HUMAN: "cho tôi gặp nhân viên",
        Intent.LANGUAGE: "nói tiếng Việt đi",
        Intent.HELP: "trợ giúp",
        Intent.GREETING: "xin chào",
        Intent.OFF_TOPIC: "giá vàng hôm nay thế nào",
    },
}


def put(talk: Talk, state: State) -> None:
    """Let a talk stand where we want it."""
    talk.connection.execute(
        "insert into conversations (user_id, state) values (%(user)s, %(state)s)"
        " on conflict (user_id) do update set state = %(state)s",
        {"user": talk.user_id, "state": json.dumps(state.model_dump(mode="json"))},
    )


def at(talk: Talk) -> State:
    """Return where a talk stands."""
    row = talk.connection.execute(
        "select state from conversations where user_id = %s", [talk.user_id]
    ).fetchone()
    return State.read(row["state"] if row else {})


def shown_by(messages: list[Outgoing]) -> list[int]:
    """Return the tours on the cards of a list, in order."""
    cards = [m for m in messages if re.search(r"^\*\d+\. ", m.body, re.MULTILINE)]
    return [message.about for message in cards if message.about is not None]


def test_the_table_knows_every_event_at_every_step() -> None:
    assert set(TABLE) == {(step, event) for step in Step for event in Event}
    assert set(TALKING) == set(Event)
    assert set(OWN) | {Step.NEW, Step.OPEN, Step.CONFIRM_ERASURE, Step.OFFERED_PERSON} == set(Step)


def test_every_step_can_be_reached_and_left() -> None:
    for step in Step:
        assert any(target is step for (origin, _), target in TABLE.items() if origin is not step)
        assert any(TABLE[step, event] is not step for event in Event)


def test_only_start_ends_silence_and_stop_is_heard_everywhere() -> None:
    for event in Event:
        expected = Step.OPEN if event is Event.STARTED else Step.SILENT
        assert TABLE[Step.SILENT, event] is expected
    assert {TABLE[step, Event.STOPPED] for step in Step} == {Step.SILENT}


def test_only_a_yes_to_the_question_erases() -> None:
    assert TABLE[Step.CONFIRM_ERASURE, Event.ANSWERED] is Step.OPEN
    assert TABLE[Step.CONFIRM_ERASURE, Event.ERASED] is Step.NEW


def test_the_picture_in_the_handbook_is_the_table() -> None:
    page = (ROOT / "docs" / "conversation.md").read_text(encoding="utf-8")
    drawn = re.search(r"```mermaid\n(.*?)\n```", page, re.DOTALL)
    assert drawn is not None, "docs/conversation.md has no diagram"
    assert drawn[1] == diagram(), "put what conversation.machine.diagram() returns in its place"


def test_the_picture_tells_of_every_step_and_event() -> None:
    arrows = [line.strip() for line in diagram().splitlines() if "-->" in line]
    drawn = {
        (arrow.split(" --> ")[0], event): arrow.split(" --> ")[1].split(": ")[0]
        for arrow in arrows
        if ": " in arrow
        for event in arrow.split(": ")[1].split(", ")
    }
    for (step, event), target in TABLE.items():
        general = step.value if step in QUIET else "talking"
        said = drawn.get((step.value, event.value)) or drawn.get((general, event.value), step.value)
        assert said == target.value, (step, event)


_HEARD = {Step.SILENT: {Intent.START}, Step.PERSON: {Intent.STOP}}
"""What is answered at steps at which we are silent."""


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("step", list(Step))
def test_every_intent_is_answered_at_every_step(talk: Talk, step: Step, language: str) -> None:
    talk.say("hello" if language == "en" else "xin chào")
    talk.say(SAID[language][Intent.FIND_TOURS])
    stands = at(talk).model_copy(update={"step": step})
    for intent, text in SAID[language].items():
        put(talk, stands)
        repository.open_handover(talk.connection, talk.user_id, "asked")
        answers = talk.say(text)
        heard = _HEARD.get(step, set(Intent))
        assert bool(answers) is (intent in heard), intent
        assert len(answers) <= MOST_MESSAGES
        if intent is Intent.STOP:
            assert at(talk).step is Step.SILENT


def test_a_talk_goes_on_where_it_stood_however_long_ago(talk: Talk) -> None:
    talk.say("hello")
    talk.say(choice="begin")
    talk.say("Sa Pa")
    talk.connection.execute("update conversations set updated_at = now() - interval '90 days'")
    assert at(talk).step is Step.ASK_LENGTH
    assert "3/6" in talk.hear("3")
    assert at(talk).step is Step.ASK_BUDGET


def test_a_question_is_remembered_with_its_time() -> None:
    asked = State().after(Event.ERASURE_ASKED)
    assert asked.asked_at is not None
    assert asked.after(Event.LEFT).asked_at is None
    assert set(AWAITED) >= {Step.CONFIRM_ERASURE, Step.OFFERED_PERSON}


def _reachable(step: Step) -> set[Step]:
    """Return where events may have led from a step, however many a message brought."""
    found, waiting = {step}, {step}
    while waiting:
        waiting = {TABLE[each, event] for each in waiting for event in Event} - found
        found |= waiting
    return found


_WORDS = st.one_of(
    st.sampled_from([text for said in SAID.values() for text in said.values()]),
    st.sampled_from(
        ["yes", "no", "không", "có", "skip", "5", "300", "2", "not the first one", "👍", "", "🤷",
         "every Friday at 9", "my saved tours", "save 1", "step by step", "in July", "any budget"]
    ),
    st.text(max_size=30),
)  # fmt: skip


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=st.lists(st.one_of(_WORDS, st.integers(0, 9)), min_size=1, max_size=12))
def test_whatever_is_said_or_tapped_the_machine_is_not_left(
    talk: Talk, script: list[str | int]
) -> None:
    talk = Talk(talk.connection)
    tappable: list[str] = ["begin"]
    for move in script:
        before = at(talk)
        if isinstance(move, int):
            answers = talk.say(choice=tappable[move % len(tappable)])
        else:
            answers = talk.say(move)
        after = at(talk)
        assert after.step in _reachable(before.step)
        assert len(answers) <= MOST_MESSAGES
        assert all(len(message.body) <= MAX_BODY for message in answers)
        assert len(set(after.page)) == len(after.page)
        shown = shown_by(answers)
        assert len(set(shown)) == len(shown)
        if move in {"more", "xem thêm"}:
            assert not set(shown) & set(before.shown), "a tour came again"
        tappable = [c.id for m in answers for c in m.choices] or tappable
