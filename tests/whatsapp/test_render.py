"""Messages cut and shaped for a phone, with every limit held before the wire."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.schemas import Choice, Outgoing
from core.errors import InvalidInputError
from whatsapp.render import as_numbered_text, contents, size, split
from whatsapp.schemas import Content
from whatsapp.twilio.render import check, shape


def choices(count: int, description: str | None = None) -> list[Choice]:
    return [
        Choice(id=f"id-{n}", label=f"Choice {n}", description=description) for n in range(count)
    ]


def wide_choice(**changes: str) -> Choice:
    """A choice that a careless adapter might be handed."""
    given: dict[str, Any] = {"id": "a", "label": "A", "description": None, **changes}
    return Choice.model_construct(**given)


@given(st.text(), st.integers(20, 200))
def test_splitting_loses_nothing_but_blanks_and_holds_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(part and size(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


def test_splitting_prefers_the_end_of_a_line_then_of_a_sentence_then_of_a_word() -> None:
    assert split("First line of it\nSecond. Third", 25) == ["First line of it", "Second. Third"]
    assert split("One sentence. Another one here", 20) == ["One sentence.", "Another one here"]
    assert split("word word word word", 11) == ["word word", "word word"]
    assert split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_an_emoji_counts_as_two_as_it_does_on_a_phone() -> None:
    assert size("a😀") == 3
    assert [size(part) for part in split("😀" * 30, 20)] == [20, 20, 20]


def test_an_accent_stays_with_its_letter() -> None:
    decomposed = "ê\u0323" * 30
    for part in split(decomposed, 21):
        assert not part.startswith("\u0323")


def test_a_short_line_with_choices_is_one_message() -> None:
    (only,) = contents([Outgoing(body="What next?", choices=choices(2))])
    assert (only.body, len(only.choices)) == ("What next?", 2)


@pytest.mark.parametrize("body", ["Two\nlines", "x" * 256, "y" * 1024])
def test_a_longer_body_goes_ahead_of_its_choices(body: str) -> None:
    text, prompt = contents([Outgoing(body=body, choices=choices(4), choices_title="Xem tour")])
    assert (text.body, text.choices) == (body, [])
    assert (prompt.body, prompt.button, len(prompt.choices)) == ("Xem tour", "Xem tour", 4)
    check(text)
    check(prompt)


def test_the_closing_line_or_the_link_goes_with_the_choices() -> None:
    question = Outgoing(body="One\nTwo\n\nWhich one?", choices=choices(2))
    assert [content.body for content in contents([question])] == ["One\nTwo", "Which one?"]
    link = "https://bot.example/t/1"
    for body in ("Details\nof a tour", f"Details\nof a tour\n{link}"):
        text, prompt = contents([Outgoing(body=body, choices=choices(2), link=link)])
        assert (text.body, prompt.body) == ("Details\nof a tour", link)


def test_a_picture_with_choices_keeps_its_caption() -> None:
    url = "https://bot.example/a.jpg"
    message = Outgoing(body="A bay", image_url=url, choices=choices(2), choices_title="Next")
    picture, prompt = contents([message])
    assert (picture.body, picture.image_url, prompt.body) == ("A bay", url, "Next")
    check(picture)
    check(prompt)


@pytest.mark.parametrize("body", ["a\tb", "a      b", "x\n\n" + "y" * 300, "\n\nabc\n", "a\r\nb"])
def test_odd_bodies_with_choices_still_make_legal_messages(body: str) -> None:
    for content in contents([Outgoing(body=body, choices=choices(2))]):
        check(content)


def test_a_picture_carries_its_caption_or_goes_ahead() -> None:
    url = "https://bot.example/a.jpg"
    (short,) = contents([Outgoing(body="A bay", image_url=url)])
    assert (short.body, short.image_url) == ("A bay", url)
    picture, text = contents([Outgoing(body="x" * 1500, image_url=url)])
    assert (picture.body, picture.image_url, text.image_url) == ("", url, None)
    for content in (short, picture, text):
        check(content)


def test_a_link_is_said_once() -> None:
    link = "https://bot.example/t/1"
    assert contents([Outgoing(body="Book", link=link)])[0].body == f"Book\n{link}"
    assert contents([Outgoing(body=f"Book {link}", link=link)])[0].body == f"Book {link}"


def test_choices_can_be_said_in_words() -> None:
    content = Content(body="Which?", choices=choices(2, "by boat"))
    assert as_numbered_text(content).body == (
        "Which?\n1. Choice 0 – by boat\n2. Choice 1 – by boat"
    )


@pytest.mark.parametrize("count", [1, 2, 3])
def test_up_to_three_choices_make_buttons(count: int) -> None:
    form = shape(Content(body="Which?", choices=choices(count)))
    assert form.name == f"quick-reply-{count}"
    assert len(form.types["twilio/quick-reply"]["actions"]) == count
    assert list(json.loads(form.variables_json).values())[:3] == ["Which?", "Choice 0", "id-0"]


@pytest.mark.parametrize("count", [4, 10])
def test_more_choices_make_a_list(count: int) -> None:
    form = shape(Content(body="Which?", choices=choices(count, "by boat"), button="Open"))
    assert form.name == f"list-picker-{count}-{'d' * count}"
    assert len(form.variables) == 2 + 3 * count


def test_one_shape_serves_many_messages() -> None:
    first = shape(Content(body="Which?", choices=choices(2)))
    second = shape(Content(body="Chọn nhé", choices=choices(2)))
    assert (first.name, first.types) == (second.name, second.types)
    assert first.variables != second.variables


def test_every_placeholder_has_a_value_and_every_value_a_placeholder() -> None:
    form = shape(Content(body="Which?", choices=[*choices(3), *choices(3, "x")], button="Open"))
    placeholders = re.findall(r"\{\{(\d+)\}\}", json.dumps(form.types))
    assert sorted(placeholders) == sorted(form.variables)


@pytest.mark.parametrize(
    "content",
    [
        Content(body="x" * 1601),
        Content(body="😀" * 801),
        Content(body=""),
        Content(body=" \n "),
        Content(body="x" * 1025, image_url="https://bot.example/a.jpg"),
        Content(body="x", image_url="javascript:alert(1)"),
        Content(body="x", image_url="https://bot.example/a b.jpg"),
        Content(body="x" * 256, choices=choices(2)),
        Content(body="two\nlines", choices=choices(2)),
        Content(body="a     b", choices=choices(2)),
        Content(body="", choices=choices(2)),
        Content(body="x", choices=choices(2), image_url="https://bot.example/a.jpg"),
        Content(body="x", choices=choices(4), button=""),
        Content(body="x", choices=choices(4), button="y" * 21),
        Content.model_construct(body="x", choices=choices(11), button="b", image_url=None),
        Content.model_construct(
            body="x", choices=[wide_choice(label="l" * 21)], button="b", image_url=None
        ),
        Content.model_construct(
            body="x", choices=[*choices(3), wide_choice(label="l" * 25)], button="b", image_url=None
        ),
        Content.model_construct(
            body="x", choices=[wide_choice(id="i" * 201)], button="b", image_url=None
        ),
        Content.model_construct(
            body="x", choices=[*choices(3), wide_choice(description="d" * 73)], button="b",
            image_url=None,
        ),
        Content.model_construct(
            body="x", choices=[*choices(3), wide_choice(description="")], button="b",
            image_url=None,
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_limit_is_caught_before_the_wire(content: Content) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check(content)
    assert "\n" not in caught.value.message


def test_four_buttons_become_a_list_rather_than_an_error() -> None:
    assert "twilio/list-picker" in shape(Content(body="x", choices=choices(4))).types


def test_a_row_may_be_longer_than_a_button() -> None:
    rows = [*choices(3), wide_choice(label="l" * 24)]
    check(Content.model_construct(body="x", choices=rows, button="b", image_url=None))
