"""Hearing on any server that speaks OpenAI's audio transcriptions."""

import json
import time
from collections.abc import Sequence

import httpx

from core.ai.refusals import retry_after
from core.errors import ConfigurationError, RejectedError, RetryLaterError, TravelBuddyError
from core.speech.audio import clean_transcript

LARGEST_ANSWER = 200_000
"""Bytes of one response that are read at most."""

_SUFFIXES = {
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "audio/x-wav": "wav",
}
_LATER = frozenset({408, 409, 425, 429})
_SETTINGS = frozenset({401, 403, 404})
_FIRST_SERVER_ERROR = 500


class TranscriptionServer:
    """A model behind a server's ``audio/transcriptions``.

    Args:
        base_url: address up to, not including, ``/audio/transcriptions``.
        key: API key; None where the server asks for none.
        model: the model's name there.
        timeout_s: seconds that one call may take as a whole.

    Raises:
        ConfigurationError: the key cannot be one.
    """

    def __init__(self, base_url: str, key: str | None, model: str, *, timeout_s: float) -> None:
        if key is not None and not (key.isascii() and key.isprintable()):
            raise ConfigurationError("SPEECH_API_KEY holds characters that no key has")
        self.name = model
        self._address = f"{base_url.rstrip('/')}/audio/transcriptions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout_s = timeout_s

    def hear(self, audio: bytes, content_type: str, hints: Sequence[str] = ()) -> str:
        """Ask the server; see `core.speech.port.Transcriber.hear`."""
        suffix = _SUFFIXES.get(content_type, "ogg")
        files = {"file": (f"voice.{suffix}", audio, content_type)}
        fields = {"model": self.name, "response_format": "json", "temperature": "0"}
        if hints:
            fields["prompt"] = ", ".join(hints)
        deadline = time.monotonic() + self._timeout_s
        try:
            with (
                httpx.Client(headers=self._headers, timeout=self._timeout_s) as client,
                client.stream("POST", self._address, data=fields, files=files) as response,
            ):
                answer = _read(response, deadline)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
            # Not in the library's words: they may hold the key.
            raise ConfigurationError(
                f"SPEECH_BASE_URL or SPEECH_API_KEY cannot be used: {type(error).__name__}"
            ) from None
        except httpx.HTTPError as error:
            raise RetryLaterError(
                f"the speech server cannot be reached: {type(error).__name__}"
            ) from None
        if not response.is_success:
            raise _refusal(response)
        return _words(answer)


def _read(response: httpx.Response, deadline: float) -> bytes:
    """Return the body, within the time and the size that one answer may take."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise RejectedError("the speech server's answer is too large")
        if time.monotonic() > deadline:
            raise RetryLaterError("the speech server took too long to answer")
    return bytes(body)


def _words(body: bytes) -> str:
    try:
        text = json.loads(body)["text"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RejectedError("the speech server answered in a form of its own") from None
    if not isinstance(text, str):
        raise RejectedError("the speech server answered in a form of its own")
    return clean_transcript(text)


def _refusal(response: httpx.Response) -> TravelBuddyError:
    """Return the error for a response that is no success, without its words."""
    status = response.status_code
    if status in _LATER or status >= _FIRST_SERVER_ERROR:
        after_s = retry_after(response.headers.get("Retry-After"))
        return RetryLaterError(f"the speech server cannot answer now (HTTP {status})", after_s)
    if status in _SETTINGS or response.is_redirect:
        return ConfigurationError(
            "the speech server does not know the key, the model or the address "
            f"(HTTP {status}): see SPEECH_BASE_URL, SPEECH_API_KEY, SPEECH_MODEL"
        )
    return RejectedError(f"the speech server refused (HTTP {status})")
