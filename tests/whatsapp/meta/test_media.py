"""Files that travellers send, fetched from Meta; the token goes to Meta alone."""

from typing import Any

import pytest

from core.errors import InvalidInputError, RejectedError, RetryLaterError, TravelBuddyError
from core.settings import settings
from tests.whatsapp.meta.conftest import TOKEN, VERSION
from tests.whatsapp.recorder import Asked, Recorder, Reply, recorder, says
from whatsapp.meta.channel import MetaChannel
from whatsapp.schemas import Medium

AUDIO = b"OggS" + bytes(5_000)
MEDIUM = Medium("900100", "audio/ogg")


def hands_out(graph: Recorder, **described: Any) -> None:
    """Let the Graph describe the file, and give it out."""

    def answer(asked: Asked) -> Reply:
        if asked.path == f"{VERSION}/900100":
            return says({"url": f"{graph.url}/download?mid=1", "id": "900100", **described})
        return Reply(200, AUDIO)

    graph.answer = answer


def test_a_file_is_asked_for_by_its_id_and_then_at_its_address(
    meta: MetaChannel, graph: Recorder
) -> None:
    hands_out(graph)
    assert meta.fetch(MEDIUM, 1 << 20) == AUDIO
    assert [asked.path for asked in graph.asked] == [f"{VERSION}/900100", "/download"]
    for asked in graph.asked:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        assert headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a", "https://lookaside.fbsbx.com.evil.example/a",
        "http://lookaside.fbsbx.com/a", "https://lookaside.fbsbx.com:8443/a",
        "https://x@lookaside.fbsbx.com/a", "file:///etc/passwd", "", None, 7,
        "http://169.254.169.254/latest", "https://graph.facebook.com/v23.0/1",
    ],
)  # fmt: skip
def test_the_token_goes_nowhere_else(meta: MetaChannel, graph: Recorder, url: Any) -> None:
    hands_out(graph, url=url)
    with pytest.raises(InvalidInputError):
        meta.fetch(MEDIUM, 1 << 20)
    assert len(graph.asked) == 1


def test_a_foreign_host_is_not_asked_even_if_feeds_may_come_from_it(
    meta: MetaChannel, graph: Recorder, configured: pytest.MonkeyPatch
) -> None:
    with recorder(lambda _: Reply(200, AUDIO)) as elsewhere:
        configured.setenv("FEED_PRIVATE_HOSTS", '["127.0.0.1"]')
        settings.cache_clear()
        hands_out(graph, url=f"{elsewhere.url}/a")
        with pytest.raises(InvalidInputError, match="nothing is fetched"):
            meta.fetch(MEDIUM, 1 << 20)
        graph.answer = lambda asked: (
            says({"url": f"{graph.url}/download"})
            if asked.path.startswith(VERSION)
            else Reply(302, headers={"Location": f"{elsewhere.url}/a"})
        )
        with pytest.raises(InvalidInputError, match="leads elsewhere"):
            meta.fetch(MEDIUM, 1 << 20)
        assert elsewhere.asked == []


@pytest.mark.parametrize("handle", ["", "../me/accounts", "1?fields=x", "a/b", "1\n", "x" * 200])
def test_what_is_no_id_is_not_asked_for(meta: MetaChannel, graph: Recorder, handle: str) -> None:
    with pytest.raises(InvalidInputError):
        meta.fetch(Medium(handle, "audio/ogg"), 1 << 20)
    assert graph.asked == []


def test_a_file_larger_than_allowed_is_left_where_it_is(meta: MetaChannel, graph: Recorder) -> None:
    hands_out(graph)
    with pytest.raises(InvalidInputError, match="more than 5,003 bytes"):
        meta.fetch(MEDIUM, 5_003)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(404), RetryLaterError), (Reply(500), RetryLaterError), (Reply(403), RejectedError),
        (Reply(410), RejectedError),
    ],
)  # fmt: skip
def test_what_is_not_there_yet_is_told_from_what_is_refused(
    meta: MetaChannel, graph: Recorder, reply: Reply, kind: type[TravelBuddyError]
) -> None:
    graph.answer = lambda asked: (
        says({"url": f"{graph.url}/download"}) if asked.path.startswith(VERSION) else reply
    )
    with pytest.raises(TravelBuddyError) as caught:
        meta.fetch(MEDIUM, 1 << 20)
    assert type(caught.value) is kind


def test_a_description_that_cannot_be_read_is_asked_for_again(
    meta: MetaChannel, graph: Recorder
) -> None:
    graph.answer = lambda _: Reply(200, b"<html>")
    with pytest.raises(RetryLaterError):
        meta.fetch(MEDIUM, 1 << 20)
