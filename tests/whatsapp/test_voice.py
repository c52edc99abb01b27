"""Voice notes and albums: heard before they are answered, each once, and never in the way."""

from collections.abc import Iterator

import httpx
import pytest

from conversation.schemas import Incoming, Outgoing
from core.database import Connection, unit_of_work
from core.encryption import decrypt
from core.errors import RetryLaterError
from core.settings import settings
from tests.core.speech_server import SpeechServer, opus, speech_server
from tests.whatsapp.conftest import message, receive
from tests.whatsapp.house import ACCOUNT, Simulator
from whatsapp import albums, hearing, service
from whatsapp.hearing import VoiceNote
from whatsapp.twilio.channel import TwilioChannel

PHONE = "+84901234567"
OGG = opus(4)


@pytest.fixture
def server(channel: TwilioChannel, configured: pytest.MonkeyPatch) -> Iterator[SpeechServer]:
    """A speech server to which the settings point."""
    with speech_server() as running:
        configured.setenv("SPEECH_BASE_URL", running.address)
        configured.setenv("SPEECH_MODEL", "tiny-whisper")
        settings.cache_clear()
        yield running


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Incoming]:
    """What the conversation is given; it answers each message with a word."""
    given: list[Incoming] = []

    def answer(_: Connection, __: int, incoming: Incoming) -> list[Outgoing]:
        given.append(incoming)
        return [Outgoing(body="understood")]

    monkeypatch.setattr(service, "answer", answer)
    return given


def voice_note(simulator: Simulator, number: int = 1, audio: bytes = OGG) -> int:
    """Send a voice note that lies with the simulator; return the identity."""
    phone = simulator.phone()
    with httpx.Client(base_url=simulator.url, trust_env=False) as client:
        upload = client.post(
            "/simulator/media?filename=voice.ogg",
            content=audio,
            headers={"Content-Type": "audio/ogg"},
        ).json()["upload"]
    sid = phone.does(media=[{"upload": upload}], voice=True)
    log = simulator.call("GET", f"/phones/{phone.number}/messages")["messages"]
    assert log[-1]["sid"] == sid
    listed = f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{upload}"
    return receive_voice(number, listed)


def receive_voice(number: int, url: str) -> int:
    fields = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "audio/ogg; codecs=opus"}
    identity = receive(message(number, PHONE, "", **fields))
    assert identity is not None
    return identity


def work(identity_id: int, channel: TwilioChannel) -> list[object]:
    """Do what the job does, until nothing is left; return the steps."""
    steps: list[object] = []
    while True:
        with unit_of_work() as unit:
            step = service.answer_next(unit.connection, identity_id, channel)
        if step is None:
            return steps
        steps.append(step)
        if isinstance(step, VoiceNote):
            service.hear(step, channel)


def stored(db: Connection) -> tuple[str | None, int, bool]:
    row = db.execute(
        """select transcript_encrypted as heard, hearings, processed_at is not null as done
             from inbound_messages order by id limit 1"""
    ).fetchone()
    assert row is not None
    return (None if row["heard"] is None else decrypt(row["heard"])), row["hearings"], row["done"]


def test_a_voice_note_is_fetched_heard_and_answered_as_what_was_said(
    channel: TwilioChannel,
    simulator: Simulator,
    server: SpeechServer,
    said: list[Incoming],
    db: Connection,
) -> None:
    server.will_hear("Ba ngày ở Sa Pa")
    identity = voice_note(simulator)
    steps = work(identity, channel)
    assert [type(step) for step in steps] == [VoiceNote, int]
    assert server.asked[0].audio == OGG
    assert said == [Incoming(text="Ba ngày ở Sa Pa", spoken=True, media=["audio/ogg"])]
    assert stored(db) == ("Ba ngày ở Sa Pa", 1, True)
    kept = db.execute("select transcript_encrypted::text as kept from inbound_messages").fetchone()
    assert kept is not None
    assert "Sa Pa" not in kept["kept"]


def test_a_crash_after_hearing_does_not_hear_again(
    channel: TwilioChannel,
    simulator: Simulator,
    server: SpeechServer,
    said: list[Incoming],
    db: Connection,
) -> None:
    server.will_hear("five days in Huế")
    identity = voice_note(simulator)
    with unit_of_work() as unit:
        note = service.answer_next(unit.connection, identity, channel)
    assert isinstance(note, VoiceNote)
    service.hear(note, channel)  # and here the power goes
    assert work(identity, channel) == [identity]
    assert len(server.asked) == 1
    assert said[0].text == "five days in Huế"


def test_while_one_job_hears_no_other_does_and_the_next_message_waits(
    channel: TwilioChannel,
    simulator: Simulator,
    server: SpeechServer,
    said: list[Incoming],
    db: Connection,
) -> None:
    server.will_hear("first")
    identity = voice_note(simulator)
    receive(message(2, PHONE, "second"))
    with unit_of_work() as unit:
        note = service.answer_next(unit.connection, identity, channel)
    assert isinstance(note, VoiceNote)
    with pytest.raises(RetryLaterError), unit_of_work() as unit:
        service.answer_next(unit.connection, identity, channel)
    service.hear(note, channel)
    work(identity, channel)
    assert [each.text for each in said] == ["first", "second"]


def test_a_crash_in_the_middle_of_hearing_is_made_good_a_few_times(
    channel: TwilioChannel,
    simulator: Simulator,
    server: SpeechServer,
    said: list[Incoming],
    db: Connection,
) -> None:
    server.will_hear("never stored")
    identity = voice_note(simulator)
    for _ in range(hearing.MOST_HEARINGS):
        with unit_of_work() as unit:
            assert isinstance(service.answer_next(unit.connection, identity, channel), VoiceNote)
        db.execute("update inbound_messages set not_before = now()")  # the claim runs out
    assert work(identity, channel) == [identity]
    assert said == [Incoming(spoken=True, media=["audio/ogg"])]


def test_a_fault_that_passes_is_waited_for_and_then_given_up(
    channel: TwilioChannel,
    simulator: Simulator,
    server: SpeechServer,
    said: list[Incoming],
    db: Connection,
) -> None:
    server.will_fail(503)
    identity = voice_note(simulator)
    for attempt in range(1, hearing.MOST_HEARINGS + 1):
        assert said == []
        with unit_of_work() as unit:
            note = service.answer_next(unit.connection, identity, channel)
        assert isinstance(note, VoiceNote)
        service.hear(note, channel)
        assert stored(db)[:2] == ("" if attempt == hearing.MOST_HEARINGS else None, attempt)
        if attempt < hearing.MOST_HEARINGS:
            with pytest.raises(RetryLaterError), unit_of_work() as unit:
                service.answer_next(unit.connection, identity, channel)
        db.execute("update inbound_messages set not_before = now()")  # time passes
    work(identity, channel)
    assert said == [Incoming(spoken=True, media=["audio/ogg"])]


def test_a_server_that_comes_back_is_heard(
    channel: TwilioChannel,
    simulator: Simulator,
    server: SpeechServer,
    said: list[Incoming],
    db: Connection,
) -> None:
    server.will_fail(429, Retry_After="9")
    server.will_hear("at last")
    identity = voice_note(simulator)
    with pytest.raises(RetryLaterError) as caught:
        work(identity, channel)
    assert caught.value.after_s is not None
    assert 8 < caught.value.after_s <= 9
    db.execute("update inbound_messages set not_before = now()")
    work(identity, channel)
    assert said[0].text == "at last"


@pytest.mark.parametrize("status", [400, 401, 413])
def test_a_refusal_for_good_is_answered_at_once(
    channel: TwilioChannel,
    simulator: Simulator,
    server: SpeechServer,
    said: list[Incoming],
    status: int,
) -> None:
    server.will_fail(status)
    work(voice_note(simulator), channel)
    assert said == [Incoming(spoken=True, media=["audio/ogg"])]
    assert len(server.asked) == 1


def test_what_lasts_too_long_is_not_even_sent_to_be_heard(
    channel: TwilioChannel, simulator: Simulator, server: SpeechServer, said: list[Incoming]
) -> None:
    server.will_hear("an hour of talk")
    work(voice_note(simulator, audio=opus(3_600)), channel)
    assert said == [Incoming(spoken=True, media=["audio/ogg"])]
    assert server.asked == []


def test_a_file_that_lies_elsewhere_is_not_fetched(
    channel: TwilioChannel, server: SpeechServer, said: list[Incoming]
) -> None:
    server.will_hear("stolen")
    work(receive_voice(1, f"{server.address}/voice.ogg"), channel)
    assert said == [Incoming(spoken=True, media=["audio/ogg"])]
    assert server.asked == []


def test_without_anything_that_hears_the_talk_is_told_of_an_unheard_voice_note(
    channel: TwilioChannel, simulator: Simulator, said: list[Incoming], db: Connection
) -> None:
    identity = voice_note(simulator)
    assert work(identity, channel) == [identity]
    assert said == [Incoming(spoken=True, media=["audio/ogg"])]
    assert stored(db) == (None, 0, True)


def test_a_wrong_setting_keeps_no_message_from_its_answer(
    channel: TwilioChannel,
    simulator: Simulator,
    said: list[Incoming],
    configured: pytest.MonkeyPatch,
) -> None:
    configured.setenv("SPEECH_BASE_URL", "http://127.0.0.1:9/v1")  # and no SPEECH_MODEL
    settings.cache_clear()
    work(voice_note(simulator), channel)
    assert len(said) == 1


def test_who_asked_for_silence_is_not_listened_to(
    channel: TwilioChannel, simulator: Simulator, server: SpeechServer, db: Connection
) -> None:
    server.will_hear("a private matter")
    identity = voice_note(simulator)
    db.execute(
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           select id, 'conversation', false, 'bye', '1', 'whatsapp' from users"""
    )
    work(identity, channel)
    assert server.asked == []


def picture(number: int, caption: str = "", kind: str = "image/jpeg") -> int:
    fields = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": kind}
    identity = receive(message(number, PHONE, caption, **fields))
    assert identity is not None
    return identity


def settle(db: Connection) -> None:
    db.execute(
        "update inbound_messages set received_at = received_at - make_interval(secs => %s)",
        [albums.SETTLE_S],
    )


def test_an_album_is_answered_once_with_its_caption(
    channel: TwilioChannel, said: list[Incoming], db: Connection
) -> None:
    identity = [picture(1), picture(2, "something like this?"), picture(3, kind="video/mp4")][0]
    with pytest.raises(RetryLaterError):
        work(identity, channel)
    settle(db)
    work(identity, channel)
    assert [(each.text, each.media) for each in said] == [
        ("something like this?", ["image/jpeg", "image/jpeg", "video/mp4"])
    ]
    left = db.execute("select id from inbound_messages where processed_at is null").fetchall()
    assert left == []


def test_a_part_that_comes_late_is_not_answered_again_unless_it_says_something(
    channel: TwilioChannel, said: list[Incoming], db: Connection
) -> None:
    identity = picture(1)
    settle(db)
    work(identity, channel)
    picture(2)
    settle(db)
    work(identity, channel)
    assert len(said) == 1
    picture(3, "and this one?")
    settle(db)
    work(identity, channel)
    assert [each.text for each in said] == ["", "and this one?"]


def test_a_picture_of_another_moment_is_answered_on_its_own(
    channel: TwilioChannel, said: list[Incoming], db: Connection
) -> None:
    identity = picture(1)
    db.execute("update inbound_messages set received_at = now() - interval '1 minute'")
    work(identity, channel)
    picture(2)
    settle(db)
    work(identity, channel)
    assert len(said) == 2


def test_what_is_written_after_an_album_has_its_own_answer(
    channel: TwilioChannel, said: list[Incoming], db: Connection
) -> None:
    identity = picture(1)
    picture(2)
    receive(message(3, PHONE, "hello"))
    picture(4)
    settle(db)
    work(identity, channel)
    assert [(each.text, len(each.media)) for each in said] == [("", 2), ("hello", 0), ("", 1)]


def test_an_answer_to_a_card_tells_which_tour_it_was_about(
    channel: TwilioChannel, said: list[Incoming], db: Connection
) -> None:
    identity = receive(message(1, PHONE))
    stranger = receive(message(2, "+84900000001"))
    ours, theirs = "SM" + "c" * 32, "SM" + "d" * 32
    for where, sid, tour in ((identity, ours, 77), (stranger, theirs, 88)):
        db.execute(
            """insert into outbound_messages (identity_id, content, status, provider_sid)
               values (%s, jsonb_build_object('about', %s::bigint), 'read', %s)""",
            [where, tour, sid],
        )
    for number, sid in ((3, ours), (4, theirs), (5, "SM" + "e" * 32)):
        receive(message(number, PHONE, "this one", OriginalRepliedMessageSid=sid))
    work(identity or 0, channel)
    assert [each.about for each in said] == [None, 77, None, None]
