"""HTTP requests to the bot: few, quick parts, for hundreds of webhooks a second."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import h11

MOST_BYTES = 64 * 1024
IDLE_KEPT = 100
CHUNK = 64 * 1024
AS_IT_IS = "!$%&'()*+,/:;=?@[]~"  # letters beyond ASCII are encoded, nothing else


class NotConnectedError(Exception):
    """Nobody could be reached at the address, or it is none."""


class NoAnswerError(Exception):
    """Somebody was reached, but the connection ended without a whole answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said; a body beyond ``MOST_BYTES`` is cut after the first byte too many."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a connection leads."""

    host: str
    port: int
    secure: bool


@dataclass(eq=False, slots=True)
class _Line:
    """One connection, used for one request after the other."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection

    @property
    def fresh(self) -> bool:
        """Whether another request may go this way."""
        over = self.reader.at_eof() or self.writer.is_closing()
        return not over and self.state.our_state is h11.IDLE


class Wire:
    """A client that keeps connections open and follows no redirects."""

    def __init__(self) -> None:
        self._idle: dict[_Place, list[_Line]] = {}
        self._trusted: ssl.SSLContext | None = None

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        connect_seconds: float,
        read_seconds: float,
    ) -> Answer:
        """Post a body.

        Args:
            url: An http or https address.
            body: The bytes.
            headers: Headers besides Host and Content-Length.
            connect_seconds: Patience for the connection.
            read_seconds: Patience for the whole answer.

        Raises:
            NotConnectedError: Nobody was reached; nothing was posted.
            NoAnswerError: The connection broke, or what came is no HTTP.
            TimeoutError: The answer took too long.
        """
        place, target, host = _parts(url)
        line = await self._line(place, connect_seconds)
        whole = [("Host", host), ("Content-Length", str(len(body))), *headers.items()]
        try:
            async with asyncio.timeout(read_seconds):
                return await self._exchange(place, line, target, whole, body)
        except (OSError, h11.ProtocolError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise NoAnswerError(str(error) or type(error).__name__) from None
        finally:
            if line not in self._idle.get(place, ()):
                line.writer.close()

    async def close(self) -> None:
        """Hang up everywhere."""
        lines = [line for idle in self._idle.values() for line in idle]
        self._idle.clear()
        for line in lines:
            line.writer.close()
            with contextlib.suppress(OSError):
                await line.writer.wait_closed()

    async def _line(self, place: _Place, seconds: float) -> _Line:
        idle = self._idle.get(place, [])
        while idle:
            line = idle.pop()
            if line.fresh:
                return line
            line.writer.close()
        try:
            async with asyncio.timeout(seconds):
                reader, writer = await asyncio.open_connection(
                    place.host, place.port, ssl=self._security(place)
                )
        except (OSError, ValueError) as error:
            raise NotConnectedError(str(error) or "no connection in time") from None
        return _Line(reader, writer, h11.Connection(h11.CLIENT))

    def _security(self, place: _Place) -> ssl.SSLContext | None:
        if not place.secure:
            return None
        if self._trusted is None:
            self._trusted = ssl.create_default_context()
        return self._trusted

    async def _exchange(
        self,
        place: _Place,
        line: _Line,
        target: str,
        headers: list[tuple[str, str]],
        body: bytes,
    ) -> Answer:
        state = line.state
        head = state.send(h11.Request(method="POST", target=target, headers=headers)) or b""
        line.writer.write(head + (state.send(h11.Data(body)) or b""))
        state.send(h11.EndOfMessage())
        await line.writer.drain()
        answer = await _read(line)
        if state.our_state is h11.DONE and state.their_state is h11.DONE:
            state.start_next_cycle()
            idle = self._idle.setdefault(place, [])
            if len(idle) < IDLE_KEPT:
                idle.append(line)
        return answer


async def _read(line: _Line) -> Answer:
    status, headers, body = 0, dict[str, str](), bytearray()
    while True:
        event = line.state.next_event()
        if event is h11.NEED_DATA:
            line.state.receive_data(await line.reader.read(CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in event.headers}
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_BYTES:
                return Answer(status, headers, bytes(body[: MOST_BYTES + 1]))
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, headers, bytes(body))
        elif not isinstance(event, h11.InformationalResponse):
            raise NoAnswerError("the connection was closed without an answer")


def _parts(url: str) -> tuple[_Place, str, str]:
    """Where an address leads, what to ask for there, and the Host to name."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotConnectedError(f"no address: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not parts.netloc.isascii():
        raise NotConnectedError("no http or https address")
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    place = _Place(parts.hostname, port or (443 if secure else 80), secure)
    return place, quote(target, safe=AS_IT_IS), host
