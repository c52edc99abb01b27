"""People's files: albums, voice notes, documents, contacts; and how the bot gets at them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from twilio.rest import Client

from simulator.server import running
from simulator.settings import Settings
from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, PHONE, TOKEN, Bot, eventually

VOICE = b"OggS" + bytes(range(256)) * 40
AUTH = (ACCOUNT, TOKEN)


def _upload(
    control: Control, data: bytes = VOICE, kind: str = "audio/ogg", **query: str
) -> dict[str, Any]:
    answer = control.http.post(
        "/simulator/media", content=data, headers={"Content-Type": kind}, params=query
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _voice(control: Control) -> str:
    return control.send(media=[{"upload": _upload(control)["upload"]}], voice=True)


def test_a_voice_note_is_fetched_with_credentials_and_then_without(
    control: Control, bot: Bot
) -> None:
    sid = _voice(control)
    form = eventually(bot.messages)[0]
    assert (form["MessageType"], form["NumMedia"], form["Body"]) == ("audio", "1", "")
    assert form["MediaContentType0"] == "audio/ogg"
    url = form["MediaUrl0"]
    start = f"{control.base}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/ME"
    assert url.startswith(start)
    assert control.http.get(url).status_code == 401
    led_on = control.http.get(url, auth=AUTH)
    assert led_on.status_code == 307
    second = led_on.headers["Location"]
    plain = control.http.get(second)
    assert (plain.status_code, plain.content) == (200, VOICE)
    assert plain.headers["Content-Type"] == "audio/ogg"


def test_credentials_that_follow_the_redirect_are_noticed(control: Control, bot: Bot) -> None:
    _voice(control)
    url = eventually(bot.messages)[0]["MediaUrl0"]
    careless = control.http.get(url, auth=AUTH, follow_redirects=True)
    assert careless.status_code == 400
    assert "Only one way of authentication" in careless.json()["message"]


def test_a_new_file_may_be_missing_for_a_moment(control: Control, bot: Bot) -> None:
    control.http.patch("/simulator/behaviour", json={"media_missing_seconds": 60})
    _voice(control)
    url = eventually(bot.messages)[0]["MediaUrl0"]
    early = control.http.get(url, auth=AUTH)
    assert (early.status_code, early.json()["code"]) == (404, 20404)
    control.post("/clock", advance_seconds=60)
    assert control.http.get(url, auth=AUTH).status_code == 307


def test_a_file_may_come_without_a_detour(control: Control, bot: Bot) -> None:
    control.http.patch("/simulator/behaviour", json={"media_redirect": False})
    _voice(control)
    url = eventually(bot.messages)[0]["MediaUrl0"]
    assert control.http.get(url, auth=AUTH).content == VOICE


def test_faults_befall_files_too(control: Control, bot: Bot) -> None:
    _voice(control)
    url = eventually(bot.messages)[0]["MediaUrl0"]
    control.post("/faults", fail_next={"on": ["media"], "http_status": 503})
    assert control.http.get(url, auth=AUTH).status_code == 503
    assert control.http.get(url, auth=AUTH).status_code == 307


def test_the_sdk_lists_a_messages_files(control: Control, client: Client) -> None:
    sid = _voice(control)
    listed = client.messages(sid).media.list()
    assert [(one.content_type, one.parent_sid) for one in listed] == [("audio/ogg", sid)]
    assert client.messages(sid).media(listed[0].sid).fetch().sid == listed[0].sid


def test_an_album_comes_as_one_webhook_for_each_photo_all_at_once(
    control: Control, bot: Bot
) -> None:
    bot.pause.clear()
    photos = [_upload(control, b"\xff\xd8" + bytes([n]), "image/jpeg") for n in range(5)]
    media = [{"upload": photo["upload"]} for photo in photos]
    answer = control.http.post(
        f"/simulator/phones/{PHONE}/messages", json={"text": "Our trip", "media": media}
    ).json()
    eventually(lambda: len(bot.messages()) == 5)
    bot.pause.set()
    forms = {form["MessageSid"]: form for form in bot.messages()}
    assert list(answer["sids"]) == [m["sid"] for m in control.thread()]
    assert set(forms) == set(answer["sids"])
    assert {form["NumMedia"] for form in forms.values()} == {"1"}
    assert [forms[sid]["Body"] for sid in answer["sids"]] == ["Our trip", "", "", "", ""]
    assert len({form["MediaUrl0"] for form in forms.values()}) == 5


@pytest.mark.parametrize(
    ("kind", "name", "message_type", "body"),
    [
        ("application/pdf", "visa form.pdf", "document", "visa form.pdf"),
        ("image/webp", "", "sticker", ""),
        ("video/mp4", "", "video", ""),
        ("text/vcard", "lan.vcf", "contacts", ""),
    ],
)
def test_every_kind_of_file_says_what_it_is(
    control: Control, bot: Bot, kind: str, name: str, message_type: str, body: str
) -> None:
    query = {"filename": name} if name else {}
    upload = _upload(control, b"data", kind, **query)
    control.send(media=[{"upload": upload["upload"]}])
    form = eventually(bot.messages)[0]
    assert (form["MessageType"], form["Body"]) == (message_type, body)
    assert form["MediaContentType0"] == kind


def test_a_contact_is_passed_on_as_a_card(control: Control, bot: Bot) -> None:
    control.http.patch("/simulator/behaviour", json={"media_redirect": False})
    nasty = "Lan; \nTEL:+1"
    control.send(contact={"name": nasty, "phones": ["+84 900 000 007"]})
    form = eventually(bot.messages)[0]
    assert (form["MessageType"], form["MediaContentType0"]) == ("contacts", "text/vcard")
    lines = control.http.get(form["MediaUrl0"], auth=AUTH).text.splitlines()
    assert lines[2:4] == ["FN:Lan\\; TEL:+1", "TEL;TYPE=CELL:+84 900 000 007"]


def test_a_reaction_shows_on_the_message_and_reaches_the_bot_only_if_wanted(
    control: Control, bot: Bot
) -> None:
    sid = control.send(text="hello")
    eventually(bot.messages)
    control.send(reaction="👍", reply_to=sid)
    assert control.message(sid)["reactions"] == {"person": "👍"}
    control.http.patch("/simulator/behaviour", json={"reactions": True})
    control.send(reaction="❤️", reply_to=sid)
    form = eventually(lambda: bot.messages()[1:])[0]
    assert (form["MessageType"], form["Body"]) == ("reaction", "❤️")
    assert form["OriginalRepliedMessageSid"] == sid != form["MessageSid"]
    control.send(reaction="", reply_to=sid)
    assert control.message(sid)["reactions"] == {}


def test_the_page_plays_a_file_in_parts(control: Control) -> None:
    upload = _upload(control)
    path = upload["url"]
    assert control.http.get(path).content == VOICE
    part = control.http.get(path, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, VOICE[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(VOICE)}"
    rest = control.http.get(path, headers={"Range": "bytes=10000-"})
    assert rest.content == VOICE[10_000:]
    assert control.http.get(path, headers={"Range": "bytes=99999-"}).status_code == 416
    assert control.http.get(path, headers={"Range": "lines=1"}).content == VOICE
    policy = control.http.get(path).headers["Content-Security-Policy"]
    assert "sandbox" in policy


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "audio/ogg"),
        (b"x", "text/html"),
        (b"x", "image/svg+xml"),
        (b"x", "nonsense"),
        (b"x" * (5 * 1024 * 1024 + 1), "image/png"),
    ],
)
def test_a_file_that_no_phone_sends_is_refused(control: Control, data: bytes, kind: str) -> None:
    answer = control.http.post("/simulator/media", content=data, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


def test_more_than_sixteen_megabytes_are_refused(control: Control) -> None:
    answer = control.http.post(
        "/simulator/media",
        content=bytes(16 * 1024 * 1024 + 1),
        headers={"Content-Type": "video/mp4"},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "what",
    [
        {"media": [{"upload": "ME" + "0" * 32}]},
        {"media": [{"url": "https://example.com/a.jpg", "upload": "ME" + "0" * 32}]},
        {"media": [{}]},
        {"reaction": "👍"},
        {"reaction": "👍", "reply_to": "SM" + "0" * 32},
        {"contact": {"name": ""}},
        {"contact": {"name": "x"}, "text": "y"},
    ],
)
def test_what_is_not_there_cannot_be_sent(control: Control, what: dict[str, Any]) -> None:
    answer = control.http.post(f"/simulator/phones/{PHONE}/messages", json=what)
    assert answer.status_code in {400, 404}
    assert control.thread() == []


def test_files_that_are_too_many_go_the_oldest_first(settings: Settings) -> None:
    small = replace(settings, media_cap=25_000, webhook_url="")
    with running(small) as base, httpx.Client(base_url=base) as http:
        control = Control(http, base)
        paths = [_upload(control)["url"] for _ in range(3)]
        assert [http.get(path).status_code for path in paths] == [404, 200, 200]


def test_files_lie_where_the_bot_can_reach_the_simulator(settings: Settings, bot: Bot) -> None:
    outside = replace(settings, public_url="https://simulator.example/")
    with running(outside) as base, httpx.Client(base_url=base) as http:
        _voice(Control(http, base))
        url = eventually(bot.messages)[0]["MediaUrl0"]
    assert url.startswith("https://simulator.example/2010-04-01/Accounts/")
