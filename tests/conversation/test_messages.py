import re
import string

import pytest
from pydantic import ValidationError

from conversation.formatting import escaped, shortened
from conversation.machine import Event, Step
from conversation.schemas import Choice, Incoming, Outgoing
from conversation.state import MOST_REMEMBERED, State
from conversation.turn import WORDING


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_messages_with_the_same_placeholders() -> None:
    english, vietnamese = WORDING.catalogue("en"), WORDING.catalogue("vi")
    ids = {message.id for message in english if message.id}
    assert ids == {message.id for message in vietnamese if message.id}
    for message_id in map(str, ids):
        first, second = str(english[message_id].string), str(vietnamese[message_id].string)
        assert first
        assert second
        assert placeholders(first) == placeholders(second), message_id


def test_every_label_fits_on_a_button() -> None:
    for language in ("en", "vi"):
        for message in WORDING.catalogue(language):
            if re.match(r"choice|example", str(message.id)):
                label = str(message.string).replace("{number}", "30")
                assert len(label.replace("{amount}", "12.345.678 ₫")) <= 20, message.id


def test_a_body_with_choices_is_shorter() -> None:
    choice = Choice(id="more", label="More")
    assert Outgoing(body="x" * 1_600)
    assert Outgoing(body="x" * 1_024, choices=[choice])
    with pytest.raises(ValidationError, match="1024"):
        Outgoing(body="x" * 1_025, choices=[choice])


@pytest.mark.parametrize(
    "fields",
    [
        {"body": ""}, {"body": "x" * 1_601}, {"body": "x", "choices_title": "y" * 21},
        {"body": "x", "choices": [{"id": str(n), "label": "z"} for n in range(11)]},
        {"body": "x", "choices": [{"id": "a", "label": "y"}, {"id": "a", "label": "z"}]},
        {"body": "x", "choices": [{"id": "a", "label": "y" * 21}]},
        {"body": "x", "choices": [{"id": "a" * 201, "label": "y"}]},
        {"body": "x", "choices": [{"id": "a", "label": "y", "description": "z" * 73}]},
    ],
)  # fmt: skip
def test_what_no_channel_can_carry_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Outgoing.model_validate(fields)


def test_a_location_off_the_globe_is_refused() -> None:
    with pytest.raises(ValidationError):
        Incoming(latitude=91, longitude=0)


def test_foreign_text_cannot_use_the_marks_of_whatsapp() -> None:
    assert not set("*_~`") & set(escaped("*a* _b_ ~c~ `d`"))
    assert escaped("two\nlines") == "two lines"


def test_text_is_cut_at_a_word() -> None:
    assert shortened("a night on the bay", 14) == "a night on…"
    assert shortened("short", 14) == "short"
    assert len(shortened("x" * 50, 14)) == 14


def test_a_state_of_an_unknown_version_begins_a_new_talk() -> None:
    assert State.read({"version": 99, "step": "silent"}) == State()
    assert State.read({"version": "2"}) == State()
    assert State.read({}) == State()
    assert State.read({"version": 2, "step": "nowhere"}) == State()


@pytest.mark.parametrize(
    ("flags", "step"),
    [
        ({}, Step.NEW),
        ({"introduced": True}, Step.OPEN),
        ({"introduced": True, "page": [4, 5]}, Step.TOURS),
        ({"introduced": True, "page": [4, 5], "focus": 5}, Step.TOUR),
        ({"introduced": True, "page": [4], "person_offered": True}, Step.OFFERED_PERSON),
        ({"introduced": True, "person_offered": True, "handed_over": True}, Step.PERSON),
        ({"introduced": True, "handed_over": True, "stopped": True}, Step.SILENT),
    ],
)
def test_a_state_of_version_1_is_carried_over(flags: dict[str, object], step: Step) -> None:
    kept = {"language": "vi", "shown": [4, 5, 6], "excluded": ["Huế"], "misunderstood": 1}
    state = State.read({"version": 1, **kept, **flags})
    assert state.step is step
    assert (state.language, state.shown, state.excluded) == ("vi", [4, 5, 6], ["Huế"])
    assert state.page == flags.get("page", [])


def test_a_state_survives_being_stored() -> None:
    state = State().speaking("vi").after_list([3, 1]).after_details(1).after(Event.STOPPED)
    assert State.read(state.model_dump(mode="json")) == state


def test_only_so_many_tours_are_remembered() -> None:
    state = State().after_list(list(range(MOST_REMEMBERED + 10)))
    assert len(state.shown) == MOST_REMEMBERED


def test_a_new_wish_forgets_what_was_shown_and_refused() -> None:
    state = State().after_refusals(["Huế"], []).after_list([1, 2]).after_new_wish([], [])
    assert (state.shown, state.page, state.excluded) == ([], [], [])
