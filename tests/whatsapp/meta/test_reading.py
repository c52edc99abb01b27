"""What the talk gets to hear of each kind of message that Meta brings."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.schemas import Incoming
from tests.whatsapp.meta.payloads import (
    EVERY_KIND,
    NUMBER_ID,
    PHONE,
    SCOPED,
    change,
    contact,
    message,
    post,
    status,
    text,
)
from whatsapp.meta.payload import updates
from whatsapp.meta.reading import files, incoming
from whatsapp.schemas import InboundMessage, Medium


def taken(said: dict[str, Any], **value: Any) -> InboundMessage:
    """The message, as it goes into the inbox."""
    found = updates(post(change(messages=[said], **value)), NUMBER_ID)
    assert (found.statuses, found.others) == ([], [])
    (only,) = found.messages
    return only


def heard(kind: str) -> Incoming:
    return incoming(taken(EVERY_KIND[kind]).payload)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_taken_in_whole(kind: str) -> None:
    said = EVERY_KIND[kind]
    read = taken(said)
    assert (read.sid, read.address, read.provider) == (said["id"], f"+{PHONE}", "meta")
    assert read.payload["message"] == said
    assert read.payload["contact"] == contact()
    assert incoming(read.payload).profile_name == read.profile_name == "Minh"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text", "Hạ Long 2 ngày"), ("reply", "cái này"), ("button", "More"), ("row", "Tour 7"),
        ("template's button", "Show"), ("picture", "ở đâu đây?"), ("reaction", "👍"),
        ("edited text", "Sa Pa"), ("edited caption", "mới"), ("voice note", ""), ("place", ""),
        ("order", ""), ("unsupported", ""), ("forwarded", "xem này"),
        ("from an advertisement", "hi"),
    ],
)  # fmt: skip
def test_the_words_are_what_was_written_tapped_or_felt(kind: str, words: str) -> None:
    assert heard(kind).text == words


@pytest.mark.parametrize(
    ("kind", "choice"),
    [("button", "more:3"), ("row", "package:7"), ("template's button", "continue"), ("text", None)],
)
def test_what_was_tapped_comes_as_a_choice(kind: str, choice: str | None) -> None:
    assert heard(kind).choice == choice


@pytest.mark.parametrize("kind", ["reply", "button", "row", "reaction", "edited text"])
def test_the_message_that_is_answered_is_known(kind: str) -> None:
    assert heard(kind).replied_to == "wamid.CARD=="


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("voice note", ["audio/ogg"]), ("sound", ["audio/mpeg"]), ("picture", ["image/jpeg"]),
        ("film", ["video/mp4"]), ("document", ["application/pdf"]), ("sticker", ["image/webp"]),
        ("edited caption", ["image/png"]), ("visiting card", ["text/vcard"]), ("text", []),
        ("place", []), ("reaction", []), ("order", ["unknown"]), ("unsupported", ["unknown"]),
        ("kind of next year", ["unknown"]), ("form", ["unknown"]),
    ],
)  # fmt: skip
def test_files_come_as_their_types_and_the_unreadable_as_unknown(
    kind: str, media: list[str]
) -> None:
    assert heard(kind).media == media


def test_a_file_is_handed_out_by_its_id() -> None:
    assert files(taken(EVERY_KIND["voice note"]).payload) == [Medium("900100", "audio/ogg")]
    assert files(taken(EVERY_KIND["edited caption"]).payload) == [Medium("900100", "image/png")]
    assert files(taken(EVERY_KIND["text"]).payload) == []


def test_a_place_comes_with_its_name() -> None:
    read = heard("place")
    assert (read.latitude, read.longitude, read.place_label) == (20.95, 107.07, "Bãi Cháy")
    assert heard("bare place").place_label is None


@pytest.mark.parametrize(
    "location",
    [{"latitude": 91, "longitude": 1}, {"latitude": 1}, {"latitude": "x", "longitude": 1},
     {"latitude": float("nan"), "longitude": 1}, {"latitude": 10**400, "longitude": 1}, [], "x"],
)  # fmt: skip
def test_an_impossible_place_is_none(location: Any) -> None:
    read = incoming(taken(message("location", location=location)).payload)
    assert (read.latitude, read.longitude, read.media) == (None, None, ["unknown"])


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [(kind, kind not in {"reaction taken back", "deleted", "changed number", "changed identity"})
     for kind in EVERY_KIND],
)  # fmt: skip
def test_nobody_waits_for_an_answer_to_what_was_taken_back(kind: str, wanted: bool) -> None:
    assert taken(EVERY_KIND[kind]).wants_answer is wanted


def test_people_without_a_phone_have_a_scoped_id() -> None:
    said = {**text("hi"), "from_user_id": SCOPED}
    del said["from"]
    nameless = {"profile": {"name": "Lan", "username": "lan"}, "user_id": SCOPED}
    read = taken(said, contacts=[nameless])
    assert (read.address, read.other_address, read.profile_name) == (SCOPED, None, "Lan")
    assert taken(text("hi"), contacts=[contact()]).other_address == SCOPED


def test_who_changed_their_number_stays_one_person() -> None:
    read = taken(EVERY_KIND["changed number"])
    assert (read.address, read.other_address) == (f"+{PHONE}", "+84909999999")


def test_several_people_in_one_change_keep_their_own_names() -> None:
    lan = {"profile": {"name": "Lan"}, "wa_id": "84900000001"}
    found = updates(
        post(change(messages=[text("a"), text("b", **{"from": "84900000001"})],
                    contacts=[contact(), lan])), NUMBER_ID,
    )  # fmt: skip
    assert [(each.address, each.profile_name) for each in found.messages] == [
        (f"+{PHONE}", "Minh"), ("+84900000001", "Lan"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "text"}, {"id": "", "from": PHONE}, {"id": 7, "from": PHONE},
        {"id": "x" * 300, "from": PHONE}, {"id": "a\x00b", "from": PHONE},
        {"id": "a", "from": "nobody"}, {"id": "a", "from": None}, {"id": "a", "from": ["1"]},
    ],
)  # fmt: skip
def test_an_update_that_cannot_be_read_costs_the_others_nothing(broken: dict[str, Any]) -> None:
    body = post(change(messages=[text("a"), broken, text("b")], contacts=[]))
    found = updates(body, NUMBER_ID)
    assert [each.payload["message"]["text"]["body"] for each in found.messages] == ["a", "b"]
    assert len(found.others) == 1


@pytest.mark.parametrize(
    "body",
    [
        {}, {"entry": None}, {"entry": [None, 1, "x"]}, {"entry": [{"changes": {}}]},
        {"entry": [{"changes": [None, {"value": None, "field": "messages"}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {"messages": "x"}}]}]},
        post(change(messages=[None, 3, []], statuses=[None, 3])),
    ],
)  # fmt: skip
def test_nonsense_brings_nothing(body: dict[str, Any]) -> None:
    found = updates(body, None)
    assert (found.messages, found.statuses, found.others) == ([], [], [])


@pytest.mark.parametrize("nonsense", [None, 3, "x", [], {}, {"body": 3}, {"id": {}}, True])
@pytest.mark.parametrize(
    "part",
    ["text", "interactive", "button", "reaction", "audio", "location", "contacts", "order", "edit",
     "context", "system", "type"],
)  # fmt: skip
def test_messages_with_odd_parts_are_kept_and_can_be_read(part: str, nonsense: Any) -> None:
    for said in EVERY_KIND.values():
        assert isinstance(incoming(taken({**said, part: nonsense}).payload), Incoming)


def test_what_concerns_another_number_of_the_account_is_set_aside() -> None:
    body = post(change(messages=[text("a")], statuses=[status("1")]))
    found = updates(body, "another")
    assert (found.messages, found.statuses, len(found.others)) == ([], [], 2)


@pytest.mark.parametrize("said", ["sent", "delivered", "read", "failed"])
def test_a_status_says_what_became_of_our_message(said: str) -> None:
    (read,) = updates(post(change(statuses=[status("17", said)])), NUMBER_ID).statuses
    assert (read.reference, read.sid, read.status, read.error_code) == (
        17, "wamid.OURS==", said, "",
    )  # fmt: skip


def test_a_failure_comes_with_its_code_and_a_played_note_has_been_read() -> None:
    failed = status("17", "failed", errors=[{"code": 131047, "title": "Re-engagement message"}])
    played = status("17", "played")
    read = updates(post(change(statuses=[failed, played])), NUMBER_ID).statuses
    assert [(each.status, each.error_code) for each in read] == [("failed", "131047"), ("read", "")]


@pytest.mark.parametrize(
    "changes",
    [
        {"biz_opaque_callback_data": None}, {"biz_opaque_callback_data": "their own"},
        {"biz_opaque_callback_data": "1" * 19}, {"biz_opaque_callback_data": "١"},
        {"biz_opaque_callback_data": 17}, {"status": "vanished"}, {"status": None}, {"id": None},
        {"id": ""}, {"id": "a\x00"},
    ],
)  # fmt: skip
def test_a_status_of_nothing_of_ours_is_named_and_left(changes: dict[str, Any]) -> None:
    found = updates(post(change(statuses=[{**status("17"), **changes}])), NUMBER_ID)
    assert (found.statuses, len(found.others)) == ([], 1)


def test_other_fields_are_named_and_left() -> None:
    template = {"field": "message_template_status_update", "value": {"event": "APPROVED"}}
    found = updates(post(template, change(messages=[text("a")])), NUMBER_ID)
    assert len(found.messages) == 1
    assert found.others == ["message_template_status_update: not handled"]


def test_control_characters_are_left_out() -> None:
    said = text("a\x00b\x1b[31m\nc\td\x7f")
    read = taken(said, contacts=[contact(profile={"name": "Mi\x00nh\ud800"})])
    assert incoming(read.payload).text == "ab[31m\nc\td"
    assert read.profile_name == "Minh"


NAMES = sorted(
    {"entry", "changes", "value", "field", "messages", "statuses", "contacts", "metadata", "id",
     "from", "from_user_id", "type", "text", "body", "interactive", "button_reply", "list_reply",
     "button", "payload", "title", "reaction", "emoji", "message_id", "audio", "image", "mime_type",
     "caption", "location", "latitude", "longitude", "name", "edit", "message", "context", "system",
     "wa_id", "user_id", "profile", "status", "errors", "code", "biz_opaque_callback_data"}
)  # fmt: skip
ATOMS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["messages", "text", "reaction", "edit", "17", PHONE, SCOPED, "sent"]),
)  # fmt: skip
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(ANYTHING, st.sampled_from(sorted(EVERY_KIND)), st.sampled_from(NAMES))
def test_no_nonsense_stops_the_reading(nonsense: Any, kind: str, part: str) -> None:
    for body in (
        {"entry": nonsense},
        post({"field": "messages", "value": nonsense}),
        post(change(messages=[nonsense, {**EVERY_KIND[kind], part: nonsense}], statuses=nonsense)),
        post(change(messages=[EVERY_KIND[kind]], contacts=nonsense, metadata=nonsense)),
        post(change(statuses=[{**status("17"), part: nonsense}])),
    ):
        for read in updates(body, None).messages:
            assert isinstance(incoming(read.payload), Incoming)
            assert all(isinstance(each, Medium) for each in files(read.payload))
            assert json.loads(json.dumps(dict(read.payload))).keys() == read.payload.keys()
