"""Messages cut and shaped for a phone, with every limit held before the wire."""

import json
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conversation.schemas import Choice, Outgoing, Pin
from core.errors import InvalidInputError
from whatsapp.checks import check
from whatsapp.render import as_numbered_text, contents, size, split
from whatsapp.schemas import Content, TemplateUse
from whatsapp.twilio.render import plain_fields, shape

PICTURE = "https://bot.example/photos/a.jpg"
LONG = "\n".join("x" * 100 for _ in range(10))
FOUR_GAPS = "a\n\nb\n\nc\n\nd\n\ne"


def choices(count: int, description: str | None = None) -> list[Choice]:
    return [
        Choice(id=f"id-{n}", label=f"Choice {n}", description=description) for n in range(count)
    ]


def wide(rows: list[Choice]) -> Content:
    """A message that a careless caller might make."""
    return Content(body="x").model_copy(update={"choices": rows})


def template_use(variable: str) -> TemplateUse:
    """A template that is approved, filled in with *variable*."""
    return TemplateUse(name="a", language="en", variables=[variable], provider_id="HX1")


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


@pytest.mark.parametrize("body", ["Two\nlines", "x" * 255, "One\n\nTwo\nThree\n\nFour", LONG])
def test_a_body_of_a_few_lines_and_its_choices_are_one_message(body: str) -> None:
    (only,) = contents([Outgoing(body=body, choices=choices(4), choices_title="Xem tour")])
    assert (only.body, only.button, len(only.choices)) == (body, "Xem tour", 4)
    check(only)


@pytest.mark.parametrize("body", ["\n".join("abcdefghijk"), "x" * 256, "y" * 1024])
def test_a_body_of_more_or_longer_lines_goes_ahead_of_its_choices(body: str) -> None:
    text, prompt = contents([Outgoing(body=body, choices=choices(4), choices_title="Xem tour")])
    assert (text.body, text.choices) == (body, [])
    assert (prompt.body, prompt.button, len(prompt.choices)) == ("Xem tour", "Xem tour", 4)
    check(text)
    check(prompt)


def test_the_closing_line_or_the_link_goes_with_the_choices() -> None:
    many = "\n".join("abcdefghijk")
    question = Outgoing(body=f"{many}\n\nWhich one?", choices=choices(2))
    assert [content.body for content in contents([question])] == [many, "Which one?"]
    link = "https://bot.example/t/1"
    for body in (many, f"{many}\n{link}"):
        text, prompt = contents([Outgoing(body=body, choices=choices(2), link=link)])
        assert (text.body, prompt.body) == (many, link)


@pytest.mark.parametrize("count", [1, 3])
def test_a_picture_with_words_and_up_to_three_choices_is_one_card(count: int) -> None:
    message = Outgoing(body="A bay\n\n*2 days*", image_url=PICTURE, choices=choices(count), about=7)
    (card,) = contents([message])
    assert (card.body, card.image_url, len(card.choices)) == (message.body, PICTURE, count)
    assert card.about == 7
    check(card)


@pytest.mark.parametrize(("body", "count"), [("A bay", 4), ("x" * 300, 2)])
def test_where_there_can_be_no_card_the_picture_keeps_its_caption(body: str, count: int) -> None:
    message = Outgoing(body=body, image_url=PICTURE, choices=choices(count), choices_title="Next")
    picture, prompt = contents([message])
    assert (picture.body, picture.image_url, prompt.body) == (body, PICTURE, "Next")
    check(picture)
    check(prompt)


@pytest.mark.parametrize(
    "url", ["https://bot.example", "https://bot.example/", f"{PICTURE}?{'x' * 255}"]
)
def test_a_picture_whose_address_makes_no_variable_goes_ahead(url: str) -> None:
    picture, prompt = contents([Outgoing(body="A bay", image_url=url, choices=choices(2))])
    assert (picture.image_url, picture.choices, prompt.image_url) == (url, [], None)
    check(picture)
    check(prompt)


def test_a_point_on_the_map_goes_after_the_text_and_both_are_about_the_tour() -> None:
    pin = Pin(latitude=20.9, longitude=107.1, name="Bãi Cháy")
    text, point = contents([Outgoing(body="We meet here:", pin=pin, about=3)])
    assert (text.body, text.pin, point.pin, point.body) == ("We meet here:", None, pin, "")
    assert (text.about, point.about) == (3, 3)
    check(point)


def test_two_choices_with_one_label_are_told_apart() -> None:
    labels = ["Halong in two days", "Halong in two days", "x" * 20, "x" * 20, "Halong in two days"]
    asked = [Choice(id=f"id-{n}", label=label) for n, label in enumerate(labels)]
    (only,) = contents([Outgoing(body="Which?", choices=asked)])
    assert [choice.label for choice in only.choices] == [
        "Halong in two days", "Halong in two days 2", "x" * 20, "x" * 18 + " 2",
        "Halong in two days 3",
    ]  # fmt: skip
    check(only)


ODD_BODIES = [
    "a\tb",
    "a      b",
    "x\n\n" + "y" * 300,
    "\n\nabc\n",
    "a\r\nb",
    "a\n \n\n b",
    "a \n\nb\n \nc",
]


@pytest.mark.parametrize("image_url", [None, PICTURE])
@pytest.mark.parametrize("body", ODD_BODIES)
def test_odd_bodies_with_choices_still_make_legal_messages(
    body: str, image_url: str | None
) -> None:
    for content in contents([Outgoing(body=body, choices=choices(2), image_url=image_url)]):
        check(content)


@given(st.text(min_size=1, max_size=1_024), st.integers(0, 10), st.booleans())
def test_whatever_is_said_makes_legal_messages(body: str, count: int, pictured: bool) -> None:
    assume(body.strip() and "\x00" not in body)
    message = Outgoing(
        body=body, choices=choices(count), image_url=PICTURE if pictured else None, about=1
    )
    said = contents([message])
    for content in said:
        check(content)
        if content.choices:
            shape(content)
    assert sum(len(content.choices) for content in said) == count


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


def test_only_the_message_that_says_the_link_carries_it() -> None:
    link = "https://bot.example/t/1"
    many = "\n".join("abcdefghijk")
    text, prompt = contents([Outgoing(body=many, choices=choices(2), link=link)])
    assert (text.link, prompt.link) == (None, link)
    (card,) = contents([Outgoing(body="A bay", image_url=PICTURE, link=link)])
    assert card.link == link


def test_choices_can_be_said_in_words() -> None:
    content = Content(body="Which?", choices=choices(2, "by boat"))
    assert as_numbered_text(content).body == (
        "Which?\n1. Choice 0 – by boat\n2. Choice 1 – by boat"
    )


def test_choices_in_words_fit_a_message_and_its_picture_if_they_can() -> None:
    card = Content(body="y" * 1_000, choices=choices(3, "by boat"), image_url=PICTURE)
    said = as_numbered_text(card)
    assert (said.choices, said.image_url) == ([], None)
    check(said)
    longest = [Choice(id=f"{n}", label=f"{n:020}", description="d" * 72) for n in range(10)]
    crowded = as_numbered_text(Content(body="z" * 1_024, choices=longest))
    assert crowded.body.endswith(f"10. {9:020}")
    check(crowded)


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


def test_a_card_has_a_variable_for_each_line_and_for_the_path_of_its_picture() -> None:
    form = shape(
        Content(body="A bay\n\n*2 days*\nfrom 90 $", choices=choices(1), image_url=PICTURE)
    )
    card = form.types["twilio/card"]
    assert card["title"] == "{{1}}\n\n{{2}}\n{{3}}"
    assert card["media"] == ["https://bot.example/{{4}}"]
    assert list(form.variables.values()) == [
        "A bay", "*2 days*", "from 90 $", "photos/a.jpg", "Choice 0", "id-0",
    ]  # fmt: skip


def test_cards_share_a_shape_unless_lines_choices_or_the_pictures_host_differ() -> None:
    first = Content(body="A\n\nB", choices=choices(2), image_url=PICTURE)
    other = Content(body="C\n\nD", choices=choices(2), image_url="https://bot.example/b.png?w=9")
    assert (shape(first).name, shape(first).types) == (shape(other).name, shape(other).types)
    unlike: list[dict[str, Any]] = [
        {"body": "A\nB"}, {"body": "A\n\nB\nC"}, {"choices": choices(1)}, {"image_url": None},
        {"image_url": "https://cdn.example/a.jpg"}, {"image_url": "http://bot.example/photos/a.jpg"},
    ]  # fmt: skip
    names = {shape(Content(**{**dict(first), **change})).name for change in unlike}
    assert len(names - {shape(first).name}) == len(unlike)


@given(st.text("ab \n", max_size=30), st.integers(1, 3), st.booleans())
def test_a_shape_filled_in_says_what_the_message_says(
    body: str, count: int, pictured: bool
) -> None:
    assume(body.strip())
    said = contents(
        [Outgoing(body=body, choices=choices(count), image_url=PICTURE if pictured else None)]
    )[-1]
    form = shape(said)
    (kind,) = form.types.values()
    filled = re.sub(
        r"{{(\d+)}}", lambda slot: form.variables[slot[1]], kind.get("title") or kind["body"]
    )
    assert filled == said.body
    assert not any("\n" in value for value in form.variables.values())


def test_a_pin_is_a_name_and_a_point_with_its_address() -> None:
    pin = Pin(
        latitude=20.95, longitude=-107.1234567, name="Bến|Cảng", address="Hạ Long\nQuảng Ninh|1"
    )
    assert plain_fields(Content(pin=pin)) == {
        "body": "Bến|Cảng",
        "persistent_action": ["geo:20.950000,-107.123457|Hạ Long, Quảng Ninh/1"],
    }


def test_one_shape_serves_many_messages() -> None:
    first = shape(Content(body="Which?", choices=choices(2)))
    second = shape(Content(body="Chọn nhé", choices=choices(2)))
    assert (first.name, first.types) == (second.name, second.types)
    assert first.variables != second.variables


def test_every_placeholder_has_a_value_and_every_value_a_placeholder() -> None:
    rows = [
        *choices(3),
        *(each.model_copy(update={"description": None}) for each in choices(6)[3:]),
    ]
    form = shape(Content(body="Which?\n\nNow", choices=rows, button="Open"))
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
        Content(body="two\n\n\nlines", choices=choices(2)),
        Content(body="two\r\nlines", choices=choices(2)),
        Content(body="\nlines", choices=choices(2)),
        Content(body="\n".join("abcdefghijk"), choices=choices(2)),
        Content(body="\n".join(["x" * 250] * 5), choices=choices(2)),
        Content(body=FOUR_GAPS, choices=choices(2)),
        Content(body="x", choices=[*choices(1), *choices(1)]),
        Content(body="x", choices=[Choice(id="a", label="A"), Choice(id="b", label="A")]),
        Content(body="a     b", choices=choices(2)),
        Content(body="", choices=choices(2)),
        Content(body="x", choices=choices(4), image_url="https://bot.example/a.jpg"),
        Content(body="x", choices=choices(2), image_url="https://bot.example"),
        Content(body="x", choices=choices(2), image_url="https://{{1}}.example/a.jpg"),
        Content(body="x", choices=choices(2), image_url="ftp://bot.example/a.jpg"),
        Content(body="x", pin=Pin(latitude=0, longitude=0, name="x")),
        Content(pin=Pin(latitude=0, longitude=0, name="x"), choices=choices(1)),
        Content(template=TemplateUse(name="a", language="en")),
        Content(template=template_use("")),
        Content(template=template_use("two\nlines")),
        Content(template=template_use("a\tb")),
        Content(template=template_use("a     b")),
        Content(template=template_use("x" * 1_025)),
        Content(body="x", choices=choices(4), button=""),
        Content(body="x", choices=choices(4), button="y" * 21),
        wide(choices(11)),
        wide([wide_choice(label="l" * 21)]),
        wide([*choices(3), wide_choice(label="l" * 25)]),
        wide([wide_choice(id="i" * 201)]),
        wide([*choices(3), wide_choice(description="d" * 73)]),
        wide([*choices(3), wide_choice(description="")]),
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
    check(wide(rows))
