"""Fetching an address that somebody gave us: a feed, a page.

The address, the server and all that it sends are untrusted. Proxies that the environment names
are not used: they would look names up themselves, past the check in `core.web_guard`. Whom a
certificate must come from is for the system's list and `certifi`'s; ``SSL_CERT_FILE`` replaces
the system's.
"""

import datetime as dt
import email.utils
import re
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import httpcore
import httpx

from core.errors import InvalidInputError, RetryLaterError, TravelBuddyError
from core.web_guard import Deadline, Guard, insist_on_web, parse, port_of, shown

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({408, 425, 429})
_OK = 200
_NOT_MODIFIED = 304
_SERVER_ERROR = 500
_PIECE = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
_LONGEST_HEADER = 4_096

_REFUSALS = {
    401: "wants a log-in; is the key in the address right?",
    403: "does not let us in; is the key in the address right?",
    404: "is not there (404)",
    410: "is gone for good (410)",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may cost.

    Attributes:
        largest: bytes of the body, unpacked.
        total_s: seconds for all of it, redirects included.
        connect_s: seconds until each address answers.
        read_s: longest silence, in seconds.
        slowest: bytes that must come in a second, on average over *window_s* seconds.
        window_s: how long a slow server is borne with, in seconds.
        redirects: how often an address may lead on to another.
    """

    largest: int = 2_000_000_000
    total_s: float = 1_800.0
    connect_s: float = 10.0
    read_s: float = 30.0
    slowest: float = 1_024.0
    window_s: float = 60.0
    redirects: int = 5


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched.

    Attributes:
        path: the file that holds the body, unpacked.
        url: the address that the body came from in the end; its query may hold a key.
        size: bytes in the file.
        content_type: as the server said, parameters included (``text/csv; charset=…``).
        filename: the name that the server gave the file, without folders.
        etag: to be given to the next `fetch` of the same address.
        last_modified: the same.
    """

    path: Path
    url: str
    size: int
    content_type: str | None
    filename: str | None
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class NotModified:
    """What is there is what was fetched before."""

    url: str


def fetch(
    url: str,
    into: Path,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    limits: Limits = USUAL,
) -> Fetched | NotModified:
    """Fetch *url* into the file *into*, which appears when it is whole, or not at all.

    Args:
        url: http or https, on the public internet or on a host in ``FEED_PRIVATE_HOSTS``.
        into: a path in a folder that exists; a file there is replaced.
        etag: as the last `Fetched` of this address had it.
        last_modified: the same.
        limits: what the fetch may cost.

    Raises:
        InvalidInputError: the address, or what is there, is not to be had or not allowed.
        RetryLaterError: the server is busy, out of reach, too slow, or broke off.
    """
    address = parse(url)
    wishes = _wishes(etag, last_modified)
    guard = Guard(Deadline(limits.total_s), limits.connect_s, limits.read_s)
    with httpcore.ConnectionPool(network_backend=guard) as pool:
        for _ in range(limits.redirects + 1):
            with _plain_faults(address), _asked(pool, address, wishes) as answer:
                if answer.status not in _REDIRECTS:
                    if answer.status == _NOT_MODIFIED and wishes:
                        return NotModified(str(address))
                    return _taken(answer, address, into, limits)
                address = _led_on(address, answer)
    raise InvalidInputError(f"{shown(parse(url))} leads on more than {limits.redirects} times")


def _wishes(etag: str | None, last_modified: str | None) -> list[tuple[str, str]]:
    wishes = [("If-None-Match", etag), ("If-Modified-Since", last_modified)]
    return [(name, value) for name, value in wishes if value and _is_plain(value)]


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


@contextmanager
def _asked(
    pool: httpcore.ConnectionPool, url: httpx.URL, wishes: list[tuple[str, str]]
) -> Iterator[httpcore.Response]:
    headers = [
        ("Host", url.netloc.decode("ascii")),
        ("User-Agent", "TravelBuddy"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
        *wishes,
    ]
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=port_of(url), target=url.raw_path
    )
    with pool.stream("GET", target, headers=headers) as answer:
        yield answer


@contextmanager
def _plain_faults(url: httpx.URL) -> Iterator[None]:
    """Say what went wrong on the way in one line, without the query of *url*."""
    try:
        yield
    except httpcore.TimeoutException:
        raise RetryLaterError(f"{shown(url)} does not answer in time") from None
    except httpcore.ConnectError as error:
        _say_why_unconnected(url, error)
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise RetryLaterError(f"{shown(url)}: the connection broke off") from None


def _say_why_unconnected(url: httpx.URL, error: httpcore.ConnectError) -> NoReturn:
    cause = error.args[0] if error.args else None  # the pool forgets the chain of exceptions
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = f"{shown(url)}: its certificate is not valid: {cause.verify_message}"
        raise InvalidInputError(reason) from None
    if isinstance(cause, ssl.SSLError):
        raise InvalidInputError(f"{shown(url)}: there is no HTTPS at this address") from None
    raise RetryLaterError(f"{shown(url)} cannot be reached") from None


def _led_on(url: httpx.URL, answer: httpcore.Response) -> httpx.URL:
    """Return the address that *answer* leads to; where it may lead is the guard's to say."""
    try:
        there = insist_on_web(url.join(_header(answer, b"location") or "about:blank"))
    except (httpx.InvalidURL, UnicodeError):
        raise InvalidInputError(f"{shown(url)} leads to no web address") from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{shown(url)} leads on: {error.message}") from None
    if url.scheme == "https" and there.scheme == "http":
        raise InvalidInputError(f"{shown(url)} leads from https to http, which anybody can read")
    return there


def _taken(answer: httpcore.Response, url: httpx.URL, into: Path, limits: Limits) -> Fetched:
    if answer.status != _OK:
        raise _refusal(answer, url)
    return Fetched(
        path=into,
        url=str(url),
        size=_save(answer, url, into, limits),
        content_type=_header(answer, b"content-type"),
        filename=_filename(_header(answer, b"content-disposition")),
        etag=_header(answer, b"etag"),
        last_modified=_header(answer, b"last-modified"),
    )


def _refusal(answer: httpcore.Response, url: httpx.URL) -> TravelBuddyError:
    status = answer.status
    if status in _BUSY or status >= _SERVER_ERROR:
        after_s = _seconds_until(_header(answer, b"retry-after") or "")
        return RetryLaterError(f"{shown(url)} is not available now ({status})", after_s)
    reason = _REFUSALS.get(status, f"answers {status} where 200 is expected")
    return InvalidInputError(f"{shown(url)} {reason}")


def _seconds_until(retry_after: str) -> float | None:
    """Read a Retry-After header: seconds, or a date."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after):
        return float(retry_after)
    try:
        when = email.utils.parsedate_to_datetime(retry_after)
    except (TypeError, ValueError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds())


def _header(answer: httpcore.Response, name: bytes) -> str | None:
    """Return a header's text; one too long to be meant, or unprintable, counts as missing."""
    for each, value in answer.headers:
        if each.lower() == name:
            text = value.decode("utf-8", "replace").strip()
            return text if len(text) <= _LONGEST_HEADER and text.isprintable() else None
    return None


def _filename(disposition: str | None) -> str | None:
    """Return the file's name out of a Content-Disposition header."""
    found = re.search(r'filename="?([^";]{1,200})', disposition or "")
    name = Path(found[1].replace("\\", "/")).name if found else ""
    return name or None


def _save(answer: httpcore.Response, url: httpx.URL, into: Path, limits: Limits) -> int:
    """Write the body to *into* and return its size."""
    part = into.with_name(f"{into.name}.part")
    size = 0
    try:
        with part.open("wb") as file:
            for piece in _body(answer, url, limits):
                size += len(piece)
                _insist_on_size(size, url, limits)
                file.write(piece)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
    return size


def _insist_on_size(size: float, url: httpx.URL, limits: Limits) -> None:
    if size > limits.largest:
        raise InvalidInputError(f"{shown(url)} holds more than {limits.largest:,} bytes")


def _body(answer: httpcore.Response, url: httpx.URL, limits: Limits) -> Iterator[bytes]:
    """Return the pieces of the body, unpacked."""
    announced = _header(answer, b"content-length") or ""
    _insist_on_size(float(announced) if announced.isdecimal() else 0, url, limits)
    pieces = _steady(answer.iter_stream(), url, limits)
    packing = (_header(answer, b"content-encoding") or "identity").lower()
    if packing == "identity":
        return pieces
    if packing in {"gzip", "x-gzip"}:
        return _unpacked(pieces, url)
    raise InvalidInputError(f"{shown(url)} is packed in a way that was not asked for")


def _steady(pieces: Iterable[bytes], url: httpx.URL, limits: Limits) -> Iterator[bytes]:
    """Yield *pieces* for as long as they come fast enough and are not too many."""
    since, came, before = time.monotonic(), 0, 0
    for piece in pieces:
        came += len(piece)
        _insist_on_size(before + came, url, limits)  # what unpacks to nothing has an end too
        took_s = time.monotonic() - since
        if took_s >= limits.window_s:
            if came < limits.slowest * took_s:
                raise RetryLaterError(f"{shown(url)} sends too slowly")
            since, came, before = time.monotonic(), 0, before + came
        yield piece


def _unpacked(pieces: Iterable[bytes], url: httpx.URL) -> Iterator[bytes]:
    """Yield what gzip packed, in pieces of bounded size however densely it is packed."""
    gzip, begun = zlib.decompressobj(_GZIP), False
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if gzip.eof:  # one member after another is one file
                    gzip = zlib.decompressobj(_GZIP)
                begun = True
                yield gzip.decompress(rest, _PIECE)
                rest = gzip.unused_data if gzip.eof else gzip.unconsumed_tail
        yield gzip.flush()
    except zlib.error:
        raise InvalidInputError(f"{shown(url)} says that it is packed (gzip) but is not") from None
    if begun and not gzip.eof:
        raise RetryLaterError(f"{shown(url)}: the connection broke off")
