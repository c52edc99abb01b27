"""Files that travellers send: fetched where the provider keeps them, and credentials stay there."""

import base64
from collections.abc import Iterator

import pytest

from core.errors import InvalidInputError, RejectedError, RetryLaterError, TravelBuddyError
from core.settings import settings
from tests.whatsapp.recorder import Asked, Recorder, Reply, recorder
from whatsapp.schemas import Medium
from whatsapp.twilio.media import fetch, media_of

ACCOUNT = ("AC" + "0" * 32, "a-secret")
AUDIO = b"OggS" + bytes(5_000)
PATH = "/2010-04-01/Accounts/AC0/Messages/MM1/Media/ME1"


@pytest.fixture
def elsewhere(configured: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Another host, which the operator allows feeds to come from."""
    with recorder(lambda _: Reply(200, AUDIO)) as running:
        configured.setenv("FEED_PRIVATE_HOSTS", f'["{running.url.removeprefix("http://")}"]')
        settings.cache_clear()
        yield running


@pytest.fixture
def twilio() -> Iterator[Recorder]:
    with recorder(lambda _: Reply(200, AUDIO)) as running:
        yield running


def fetched(url: str, base_url: str | None, most_bytes: int = 1 << 20) -> bytes:
    medium = Medium(url, "audio/ogg")
    return fetch(medium, most_bytes, account=ACCOUNT, base_url=base_url, timeout_s=2.0)


def credentials(asked: Asked) -> str | None:
    header = next(
        (asked.headers[name] for name in asked.headers if name.lower() == "authorization"), None
    )
    return base64.b64decode(header.removeprefix("Basic ")).decode() if header else None


def leads_to(url: str) -> Reply:
    return Reply(307, headers={"Location": url})


def test_a_file_is_asked_for_with_our_credentials(twilio: Recorder) -> None:
    assert fetched(twilio.url + PATH, twilio.url) == AUDIO
    (asked,) = twilio.asked
    assert (asked.path, credentials(asked)) == (PATH, ":".join(ACCOUNT))


def test_a_redirect_is_followed_without_credentials(twilio: Recorder, elsewhere: Recorder) -> None:
    twilio.answer = lambda _: leads_to(f"{elsewhere.url}/signed?key=1")
    assert fetched(twilio.url + PATH, twilio.url) == AUDIO
    (asked,) = elsewhere.asked
    assert (asked.path, asked.query) == ("/signed", [("key", "1")])
    assert credentials(asked) is None
    assert ACCOUNT[1] not in str(asked)


def test_a_redirect_to_the_same_server_has_no_credentials_either(twilio: Recorder) -> None:
    twilio.answer = lambda asked: leads_to("/signed") if asked.path == PATH else Reply(200, AUDIO)
    assert fetched(twilio.url + PATH, twilio.url) == AUDIO
    assert [credentials(asked) for asked in twilio.asked] == [":".join(ACCOUNT), None]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/a.ogg",
        "http://127.0.0.1:1/a.ogg",
        "http://[::1]/a.ogg",
        "file:///etc/passwd",
        "ftp://example.com/a.ogg",
        "about:blank",
    ],
)
def test_a_redirect_to_a_private_address_is_not_followed(
    twilio: Recorder, configured: pytest.MonkeyPatch, url: str
) -> None:
    twilio.answer = lambda _: leads_to(url)
    with pytest.raises(InvalidInputError):
        fetched(twilio.url + PATH, twilio.url)
    assert len(twilio.asked) == 1


def test_a_second_redirect_is_not_followed(twilio: Recorder, elsewhere: Recorder) -> None:
    twilio.answer = lambda _: leads_to(elsewhere.url)
    elsewhere.answer = lambda _: leads_to(elsewhere.url)
    with pytest.raises(InvalidInputError, match="more than once"):
        fetched(twilio.url + PATH, twilio.url)
    assert len(elsewhere.asked) == 1


@pytest.mark.parametrize("base_url", [None, "http://127.0.0.1:9"])
def test_nothing_is_fetched_from_a_foreign_host_and_no_credentials_leave(
    elsewhere: Recorder, base_url: str | None
) -> None:
    with pytest.raises(InvalidInputError, match="nothing is fetched"):
        fetched(elsewhere.url + PATH, base_url)
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "/2010-04-01/Accounts",
        "https://api.twilio.com.evil.example/Media/ME1",
        "https://evil.example/api.twilio.com",
        "https://evil.example#api.twilio.com",
        "https://api.twilio.com@evil.example/Media/ME1",
        "https://evil-api.twilio.com/Media/ME1",
        "https://apiatwilio.com/Media/ME1",
        "https://media.twilio.com/ME1",
        "https://api.a.b.c.twilio.com/ME1",
        "https://api.twilio.com:8443/Media/ME1",
        "http://api.twilio.com/Media/ME1",
        "https://user:word@api.twilio.com/Media/ME1",
        "file:///etc/passwd",
        "https://api.twilio.com\\@evil.example/",
        "https://[::1]/",
        "x" * 5_000,
    ],
)
def test_addresses_that_only_look_like_twilio_s_are_left_alone(
    configured: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        fetched(url, None)
    assert "\n" not in caught.value.message


def test_a_file_larger_than_allowed_is_left_where_it_is(twilio: Recorder) -> None:
    with pytest.raises(InvalidInputError, match="more than 5,003 bytes"):
        fetched(twilio.url + PATH, twilio.url, most_bytes=5_003)
    assert len(fetched(twilio.url + PATH, twilio.url, most_bytes=5_004)) == 5_004


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, RetryLaterError), (429, RetryLaterError), (500, RetryLaterError), (503, RetryLaterError),
     (401, RejectedError), (403, RejectedError), (410, RejectedError), (204, RejectedError)],
)  # fmt: skip
def test_what_is_not_there_yet_is_told_from_what_is_refused(
    twilio: Recorder, status: int, kind: type[TravelBuddyError]
) -> None:
    twilio.answer = lambda _: Reply(status)
    with pytest.raises(TravelBuddyError) as caught:
        fetched(twilio.url + PATH, twilio.url)
    assert type(caught.value) is kind


def test_a_server_that_is_away_or_silent_is_tried_later() -> None:
    with pytest.raises(RetryLaterError):
        fetched("http://127.0.0.1:9/a", "http://127.0.0.1:9")


def test_files_come_with_their_addresses_and_bare_types() -> None:
    payload = {
        "NumMedia": "2", "MediaUrl0": "https://api.twilio.com/a",
        "MediaContentType0": "Audio/OGG; codecs=opus", "MediaContentType1": "",
    }  # fmt: skip
    assert media_of(payload) == [
        Medium("https://api.twilio.com/a", "audio/ogg"), Medium("", "unknown"),
    ]  # fmt: skip
    assert len(media_of({"NumMedia": "99999"})) == 10
