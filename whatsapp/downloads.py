"""Fetching the files that travellers send, which lie wherever their provider says.

The provider's address of a file comes with a webhook, so it is checked like any address that
somebody gave us. Proxies of the environment are not used, and no redirect is followed here: who
calls decides who may see credentials.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpcore
import httpx

from core.errors import InvalidInputError, RejectedError, RetryLaterError, TravelBuddyError
from core.web_guard import Deadline, Guard, parse, port_of, shown

UNKNOWN = "unknown"
"""Content type of a file whose kind was not told."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_LONGEST_TYPE = 100
_OK = 200
_BUSY = frozenset({404, 408, 425, 429})  # a file that is announced may not be there for a moment
_SERVER_ERROR = 500
_PHASES = ("connect", "read", "write", "pool")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered.

    Attributes:
        status: 200 or one of `REDIRECTS`.
        body: what is there, whole; empty for a redirect.
        location: where a redirect leads.
    """

    status: int
    body: bytes
    location: httpx.URL | None


def bare_type(announced: object) -> str:
    """Return a content type without its parameters, as ``audio/ogg``, or `UNKNOWN`."""
    content_type = announced.partition(";")[0].strip() if isinstance(announced, str) else ""
    return content_type.lower()[:_LONGEST_TYPE] or UNKNOWN


def get(
    url: httpx.URL, most_bytes: int, timeout_s: float, *, headers: Headers = (), own: bool = False
) -> Answer:
    """Ask for *url* once.

    Args:
        url: http or https.
        most_bytes: most that the body may have.
        timeout_s: seconds for all of it.
        headers: sent along.
        own: whether the operator named the host, which then need not be on the internet.

    Raises:
        InvalidInputError: it is not on the public internet, or has more than *most_bytes*.
        RetryLaterError: it is not there yet, or the server cannot be asked now.
        RejectedError: the server does not give it out.
    """
    deadline = Deadline(timeout_s)
    backend = httpcore.SyncBackend() if own else Guard(deadline, timeout_s, timeout_s)
    try:
        with (
            httpcore.ConnectionPool(network_backend=backend) as pool,
            pool.stream("GET", _target(url), headers=_all_headers(url, headers),
                        extensions={"timeout": dict.fromkeys(_PHASES, timeout_s)}) as answer,
        ):  # fmt: skip
            return _read(url, answer, most_bytes, deadline)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise RetryLaterError(f"{shown(url)}: {type(error).__name__}") from None


def _target(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=port_of(url), target=url.raw_path
    )


def _all_headers(url: httpx.URL, headers: Headers) -> list[tuple[str, str]]:
    host = url.netloc.decode("ascii")
    return [("Host", host), ("User-Agent", "TravelBuddy"), ("Accept", "*/*"), *headers]


def _read(url: httpx.URL, answer: httpcore.Response, most_bytes: int, deadline: Deadline) -> Answer:
    if answer.status in REDIRECTS:
        return Answer(answer.status, b"", _location(url, answer))
    if answer.status != _OK:
        raise _refusal(url, answer.status)
    body = bytearray()
    for piece in _pieces(answer, deadline):
        body += piece
        if len(body) > most_bytes:
            raise InvalidInputError(f"a file of more than {most_bytes:,} bytes")
    return Answer(answer.status, bytes(body), None)


def _pieces(answer: httpcore.Response, deadline: Deadline) -> Iterator[bytes]:
    for piece in answer.iter_stream():
        deadline.within(0.0)  # a server that sends byte by byte is as late as one that is silent
        yield piece


def _refusal(url: httpx.URL, status: int) -> TravelBuddyError:
    if status in _BUSY or status >= _SERVER_ERROR:
        return RetryLaterError(f"{shown(url)} is not available now ({status})")
    return RejectedError(f"{shown(url)} is not given out ({status})", code=str(status))


def _location(url: httpx.URL, answer: httpcore.Response) -> httpx.URL:
    found = next((value for name, value in answer.headers if name.lower() == b"location"), b"")
    try:
        return parse(str(url.join(found.decode("ascii"))))
    except (httpx.InvalidURL, UnicodeError):
        raise InvalidInputError(f"{shown(url)} leads to no web address") from None
