"""Hearing voice notes: on a server, and what is known of them without hearing."""

import sys
from collections.abc import Iterator

import pytest

from core.errors import (
    ConfigurationError,
    RejectedError,
    RetryLaterError,
    TravelBuddyError,
)
from core.settings import settings
from core.speech.audio import LONGEST_TRANSCRIPT, clean_transcript, seconds
from core.speech.openai_compatible import LARGEST_ANSWER, TranscriptionServer
from core.speech.service import transcriber
from tests.core.speech_server import SpeechServer, opus, speech_server


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with speech_server() as running:
        yield running


def hear(server: SpeechServer, content_type: str = "audio/ogg") -> str:
    model = TranscriptionServer(server.address, "a-key", "tiny-whisper", timeout_s=5)
    return model.hear(b"OggS and more", content_type, ["Sa Pa", "Hạ Long"])


def test_the_file_goes_out_as_a_form_and_the_words_come_back(server: SpeechServer) -> None:
    server.will_hear("  Ba ngày ở Sa Pa.\n")
    assert hear(server) == "Ba ngày ở Sa Pa."
    [asked] = server.asked
    assert (asked.path, asked.key) == ("/v1/audio/transcriptions", "Bearer a-key")
    assert asked.audio == b"OggS and more"
    assert (asked.filename, asked.content_type) == ("voice.ogg", "audio/ogg")
    assert asked.fields["model"] == "tiny-whisper"
    assert asked.fields["prompt"] == "Sa Pa, Hạ Long"
    assert "language" not in asked.fields, "the language is for the model to find out"


@pytest.mark.parametrize(
    ("content_type", "filename"),
    [("audio/mp4", "voice.m4a"), ("audio/mpeg", "voice.mp3"), ("audio/x-unheard-of", "voice.ogg")],
)
def test_the_file_is_named_after_its_form(
    server: SpeechServer, content_type: str, filename: str
) -> None:
    server.will_hear("yes")
    hear(server, content_type)
    assert server.asked[0].filename == filename


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("one\r\n\r\ntwo\tthree", "one two three"),
        ("\u202ebackwards\u200b", "backwards"),
        ("Ha\u0323 Long", "Hạ Long"),
        ("\ud800 half", "half"),
        ("x" * 20_000, "x" * LONGEST_TRANSCRIPT),
        ("", ""),
    ],
)
def test_what_a_server_says_was_heard_is_cleaned_before_anybody_reads_it(
    heard: str, kept: str
) -> None:
    assert clean_transcript(heard) == kept


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b'{"text": 5}', b'{"words": "a"}', b'{"text": null}',
     b"[" * 100_000, b'{"text": "' + b"x" * LARGEST_ANSWER + b'"}'],
)  # fmt: skip
def test_an_answer_of_another_form_is_refused(server: SpeechServer, body: bytes) -> None:
    server.will_fail(200, body)
    with pytest.raises(RejectedError) as caught:
        hear(server)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, ConfigurationError),
        (404, ConfigurationError),
        (302, ConfigurationError),
        (413, RejectedError),
        (400, RejectedError),
        (408, RetryLaterError),
        (429, RetryLaterError),
        (500, RetryLaterError),
        (503, RetryLaterError),
    ],
)
def test_a_refusal_says_what_to_do(
    server: SpeechServer, status: int, error: type[TravelBuddyError]
) -> None:
    server.will_fail(status, b"the key a-key is wrong", Location="/elsewhere")
    with pytest.raises(error) as caught:
        hear(server)
    assert "a-key" not in caught.value.message
    assert len(server.asked) == 1


def test_how_long_to_wait_is_believed_within_reason(server: SpeechServer) -> None:
    server.will_fail(429, Retry_After="7")
    with pytest.raises(RetryLaterError) as caught:
        hear(server)
    assert caught.value.after_s == 7


def test_a_server_that_is_not_there_is_asked_later() -> None:
    model = TranscriptionServer("http://127.0.0.1:9/v1", None, "m", timeout_s=1)
    with pytest.raises(RetryLaterError):
        model.hear(b"", "audio/ogg")


@pytest.mark.parametrize("address", ["ftp://there", "no address", "http://"])
def test_an_address_that_cannot_be_one_is_a_fault_of_the_settings(address: str) -> None:
    model = TranscriptionServer(address, "a-key", "m", timeout_s=1)
    with pytest.raises(ConfigurationError, match="SPEECH_BASE_URL"):
        model.hear(b"", "audio/ogg")


def test_a_key_that_cannot_be_one_is_a_fault_of_the_settings() -> None:
    with pytest.raises(ConfigurationError, match="SPEECH_API_KEY"):
        TranscriptionServer("http://127.0.0.1:9", "clé\n", "m", timeout_s=1)


def choose(configured: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        configured.setenv(name, value)
    settings.cache_clear()


def test_nothing_hears_unless_something_is_configured(configured: pytest.MonkeyPatch) -> None:
    choose(configured)
    assert transcriber() is None


def test_a_server_is_used_where_one_is_named(configured: pytest.MonkeyPatch) -> None:
    choose(configured, SPEECH_BASE_URL="http://127.0.0.1:9/v1/", SPEECH_MODEL="whisper-1")
    found = transcriber()
    assert isinstance(found, TranscriptionServer)
    assert found.name == "whisper-1"


def test_a_server_without_a_model_s_name_is_one_clear_line(configured: pytest.MonkeyPatch) -> None:
    choose(configured, SPEECH_BASE_URL="http://127.0.0.1:9/v1")
    with pytest.raises(ConfigurationError, match="SPEECH_MODEL"):
        transcriber()


def test_a_model_here_without_its_library_is_one_clear_line(
    configured: pytest.MonkeyPatch,
) -> None:
    choose(configured, SPEECH_MODEL="/nowhere/whisper")
    configured.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(ConfigurationError, match=r"travelbuddy\[speech\]"):
        transcriber()


@pytest.mark.parametrize("length_s", [0.0, 2.5, 181.0])
def test_the_length_of_an_opus_file_is_read_from_its_last_page(length_s: float) -> None:
    assert seconds(opus(length_s)) == pytest.approx(length_s)


@pytest.mark.parametrize("audio", [b"", b"OggS", b"ID3 an mp3", opus(5)[:30], b"OggS" * 90])
def test_of_other_files_the_length_is_not_known(audio: bytes) -> None:
    assert seconds(audio) in {None, 0.0}
