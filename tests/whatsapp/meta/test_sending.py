"""What goes over the wire to Meta for each kind of message, and what its answers mean."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from conversation.schemas import Choice, Pin
from core.errors import (
    ConfigurationError,
    InvalidInputError,
    OutcomeUnknownError,
    RejectedError,
    RetryLaterError,
    TravelBuddyError,
)
from core.settings import settings
from tests.whatsapp.meta.conftest import TOKEN, VERSION
from tests.whatsapp.meta.payloads import NUMBER_ID
from tests.whatsapp.recorder import Asked, Recorder, Reply, says
from whatsapp.meta.channel import MetaChannel, meta_channel
from whatsapp.schemas import Content, TemplateUse

TO = "+84901234567"
PICTURE = "https://bot.example/a.jpg"
ROWS = [Choice(id=f"tour:{n}", label=f"Tour {n}", description="d" * n or None) for n in range(5)]


def sent(meta: MetaChannel, graph: Recorder, content: Content) -> dict[str, Any]:
    """What is particular to *content* in the request that it makes."""
    accepted = meta.send(TO, content, "17")
    assert (accepted.sid, accepted.status) == ("wamid.OURS==", "accepted")
    (asked,) = graph.asked
    assert (asked.method, asked.path) == ("POST", f"{VERSION}/{NUMBER_ID}/messages")
    body = asked.json()
    common = {
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": TO,
        "biz_opaque_callback_data": "17",
    }  # fmt: skip
    assert {name: body.pop(name) for name in common} == common
    return dict(body)


def test_a_text(meta: MetaChannel, graph: Recorder) -> None:
    assert sent(meta, graph, Content(body="Xin chào")) == {
        "type": "text", "text": {"body": "Xin chào", "preview_url": False},
    }  # fmt: skip


def test_a_picture_with_and_without_words(meta: MetaChannel, graph: Recorder) -> None:
    assert sent(meta, graph, Content(body="A bay", image_url=PICTURE)) == {
        "type": "image", "image": {"link": PICTURE, "caption": "A bay"},
    }  # fmt: skip
    graph.asked.clear()
    assert sent(meta, graph, Content(image_url=PICTURE))["image"] == {"link": PICTURE}


def test_up_to_three_choices_are_buttons(meta: MetaChannel, graph: Recorder) -> None:
    assert sent(meta, graph, Content(body="Which?\n\nOne", choices=ROWS[:2])) == {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "Which?\n\nOne"},
            "action": {"buttons": [
                {"type": "reply", "reply": {"id": "tour:0", "title": "Tour 0"}},
                {"type": "reply", "reply": {"id": "tour:1", "title": "Tour 1"}},
            ]},
        },
    }  # fmt: skip


def test_a_card_has_its_picture_on_top(meta: MetaChannel, graph: Recorder) -> None:
    card = sent(meta, graph, Content(body="A bay", choices=ROWS[:1], image_url=PICTURE))
    assert card["interactive"]["header"] == {"type": "image", "image": {"link": PICTURE}}
    assert card["interactive"]["type"] == "button"


def test_a_picture_with_a_link_has_a_button_that_says_where_it_leads(
    meta: MetaChannel, graph: Recorder
) -> None:
    link = "https://www.tours.example/ha-long?id=7"
    card = Content(body=f"A bay\n{link}", image_url=PICTURE, link=link)
    assert sent(meta, graph, card)["interactive"] == {
        "type": "cta_url",
        "header": {"type": "image", "image": {"link": PICTURE}},
        "body": {"text": f"A bay\n{link}"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "tours.example", "url": link},
        },
    }
    graph.asked.clear()
    long = f"https://{'x' * 30}.example/"
    plain = card.model_copy(update={"link": long})
    assert sent(meta, graph, plain)["type"] == "image"


def test_a_text_with_a_link_shows_what_is_there(meta: MetaChannel, graph: Recorder) -> None:
    link = "https://tours.example/"
    said = sent(meta, graph, Content(body=f"See {link}", link=link))
    assert said["text"] == {"body": f"See {link}", "preview_url": True}


def test_more_choices_are_a_list(meta: MetaChannel, graph: Recorder) -> None:
    said = sent(meta, graph, Content(body="Which?", choices=ROWS, button="Open"))["interactive"]
    assert (said["type"], said["action"]["button"]) == ("list", "Open")
    (section,) = said["action"]["sections"]
    assert section["rows"][:2] == [
        {"id": "tour:0", "title": "Tour 0"},
        {"id": "tour:1", "title": "Tour 1", "description": "d"},
    ]


def test_a_point_on_the_map(meta: MetaChannel, graph: Recorder) -> None:
    pin = Pin(latitude=20.95, longitude=107.07, name="Bãi Cháy", address="Hạ Long")
    assert sent(meta, graph, Content(pin=pin)) == {
        "type": "location",
        "location": {
            "latitude": 20.95, "longitude": 107.07, "name": "Bãi Cháy", "address": "Hạ Long",
        },
    }  # fmt: skip


def test_a_template_with_what_is_filled_in_and_its_buttons(
    meta: MetaChannel, graph: Recorder
) -> None:
    use = TemplateUse(
        name="a", language="vi", variables=["Minh", "2"], provider_id="a_0a1b2c3d",
        button_ids=["continue"],
    )  # fmt: skip
    assert sent(meta, graph, Content(template=use)) == {
        "type": "template",
        "template": {
            "name": "a_0a1b2c3d",
            "language": {"code": "vi"},
            "components": [
                {"type": "body", "parameters": [
                    {"type": "text", "text": "Minh"}, {"type": "text", "text": "2"}]},
                {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [
                    {"type": "payload", "payload": "continue"}]},
            ],
        },
    }  # fmt: skip
    graph.asked.clear()
    bare = TemplateUse(name="a", language="en", provider_id="a_0a1b2c3d")
    assert sent(meta, graph, Content(template=bare))["template"] == {
        "name": "a_0a1b2c3d", "language": {"code": "en"},
    }  # fmt: skip


def test_beside_words_a_template_is_not_looked_at(meta: MetaChannel, graph: Recorder) -> None:
    use = TemplateUse(name="a", language="en")
    assert sent(meta, graph, Content(body="hi", template=use))["type"] == "text"


def test_people_without_a_phone_are_written_to_by_their_id(
    meta: MetaChannel, graph: Recorder
) -> None:
    meta.send("VN.1A2B3C4D", Content(body="hi"), "17")
    (asked,) = graph.asked
    assert asked.json()["recipient"] == "VN.1A2B3C4D"
    assert "to" not in asked.json()


def test_the_token_goes_in_a_header_only(meta: MetaChannel, graph: Recorder) -> None:
    meta.send(TO, Content(body="hi"), "17")
    (asked,) = graph.asked
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert (TOKEN in str(asked.query), TOKEN.encode() in asked.body) == (False, False)


def test_typing_marks_the_message_as_read(meta: MetaChannel, graph: Recorder) -> None:
    graph.answer = lambda _: says({"success": True})
    meta.typing("wamid.THEIRS==")
    (asked,) = graph.asked
    assert asked.json() == {
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.THEIRS==",
        "typing_indicator": {"type": "text"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        Content(body="x" * 1_601),
        Content(body=""),
        Content(body="x").model_copy(update={"choices": ROWS * 3}),
        Content(body="x", choices=[Choice(id="a", label="A"), Choice(id="b", label="A")]),
        Content(body="x").model_copy(
            update={"choices": [Choice.model_construct(id="a", label="l" * 21, description=None)]}
        ),
        Content(template=TemplateUse(name="a", language="en")),
        Content(template=TemplateUse(name="a", language="en", variables=[""], provider_id="a_1")),
        Content(
            template=TemplateUse(name="a", language="en", variables=["x\ny"], provider_id="a_1")
        ),
    ],
)
def test_what_breaks_a_limit_never_leaves(
    meta: MetaChannel, graph: Recorder, content: Content
) -> None:
    with pytest.raises(InvalidInputError):
        meta.send(TO, content, "17")
    assert graph.asked == []


def test_there_is_no_request_that_erases_so_none_is_made(
    meta: MetaChannel, graph: Recorder
) -> None:
    meta.erase("wamid.OURS==")
    assert graph.asked == []


def test_it_cannot_tell_what_was_sent(meta: MetaChannel) -> None:
    assert meta.tells_unsent is False
    since = datetime.now(UTC)
    assert meta.find_sent(TO, Content(body="x"), since, []) is None
    assert meta.received(since) == []


def outcome(meta: MetaChannel, graph: Recorder, reply: Reply) -> TravelBuddyError:
    graph.answer = lambda _: reply
    with pytest.raises(TravelBuddyError) as caught:
        meta.send(TO, Content(body="hi"), "17")
    assert TOKEN not in caught.value.message
    return caught.value


def refused(code: object, status: int = 400, **headers: str) -> Reply:
    return says({"error": {"message": "secret words", "code": code}}, status, **headers)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 130429, RetryLaterError), (400, 131056, RetryLaterError), (429, 0, RetryLaterError),
        (400, 80007, RetryLaterError), (400, 4, RetryLaterError), (400, 131048, RetryLaterError),
        (500, 131000, RetryLaterError), (503, 131016, RetryLaterError), (500, 1, RetryLaterError),
        (500, 999, RetryLaterError),
        (400, 131047, RejectedError), (400, 131026, RejectedError), (400, 131049, RejectedError),
        (400, 130472, RejectedError), (400, 131050, RejectedError), (400, 132015, RejectedError),
        (403, 368, RejectedError), (403, 131031, RejectedError), (400, 100, RejectedError),
        (404, "x", RejectedError),
        (401, 190, ConfigurationError), (400, 190, ConfigurationError),
        (403, 10, ConfigurationError), (403, 200, ConfigurationError), (401, 0, ConfigurationError),
    ],
)  # fmt: skip
def test_refusals_are_named_after_what_to_do(
    meta: MetaChannel, graph: Recorder, status: int, code: object, kind: type[TravelBuddyError]
) -> None:
    error = outcome(meta, graph, refused(code, status))
    assert type(error) is kind
    assert "secret words" not in error.message
    if isinstance(error, RejectedError):
        assert error.code == (str(code) if isinstance(code, int) else None)


@pytest.mark.parametrize(
    ("header", "after_s"),
    [("12", 12.0), ("soon", None), ("Sat, 01 Jan 2000 00:00:00 GMT", 0.0)],
)
def test_being_told_to_wait_says_for_how_long(
    meta: MetaChannel, graph: Recorder, header: str, after_s: float | None
) -> None:
    error = outcome(meta, graph, refused(130429, 429, **{"Retry-After": header}))
    assert isinstance(error, RetryLaterError)
    assert error.after_s == after_s


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>"), Reply(200, b"[]"), Reply(200, b"{}"), says({"messages": []}),
        says({"messages": [{"id": ""}]}), Reply(200, b"[" * 50_000), Reply(502, b"oops"),
        Reply(504), Reply(301, headers={"Location": "http://127.0.0.1:9/"}),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(
    meta: MetaChannel, graph: Recorder, reply: Reply
) -> None:
    assert isinstance(outcome(meta, graph, reply), OutcomeUnknownError)
    assert len(graph.asked) == 1


def test_silence_leaves_the_outcome_unknown(meta: MetaChannel, graph: Recorder) -> None:
    done = threading.Event()

    def late(_: Asked) -> Reply:
        done.wait(5)
        return Reply(200)

    graph.answer = late
    with pytest.raises(OutcomeUnknownError):
        meta.send(TO, Content(body="hi"), "17")
    done.set()


def test_a_graph_that_is_not_there_may_be_tried_again(
    configured: pytest.MonkeyPatch, meta: MetaChannel
) -> None:
    meta._graph.base_url = "http://127.0.0.1:9"
    with pytest.raises(RetryLaterError):
        meta.send(TO, Content(body="hi"), "17")


def test_without_an_account_nothing_can_be_sent(configured: pytest.MonkeyPatch) -> None:
    settings.cache_clear()
    meta_channel.cache_clear()
    with pytest.raises(ConfigurationError, match="META_PHONE_NUMBER_ID"):
        meta_channel()
