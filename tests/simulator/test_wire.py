"""The client that carries webhooks: answers whole, connections kept, and nothing believed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from simulator.wire import MOST_BYTES, Answer, NoAnswerError, NotConnectedError, Wire

Use = Callable[[Wire, str], Awaitable[object]]


def _talk(raw: list[bytes], use: Use) -> tuple[object, list[bytes]]:
    """Use a client with a server that says these bytes; its outcome, and what each call heard."""
    heard: list[bytes] = []
    served: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(b"(connected)")
        served.append(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError):  # the client has hung up
            while raw:
                head = await reader.readuntil(b"\r\n\r\n")
                heard.append(head + await reader.readexactly(2))
                answer = raw.pop(0)
                writer.write(answer)
                if b"close" in answer or not answer:
                    break
        writer.close()

    async def run() -> object:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        wire = Wire()
        try:
            return await use(wire, f"http://127.0.0.1:{port}/hook")
        finally:
            await wire.close()
            await asyncio.gather(*(task for task in served if task))
            server.close()
            await server.wait_closed()

    return asyncio.run(run()), heard


async def _post(wire: Wire, url: str) -> Answer:
    return await wire.post(url, b"ok", {"X-A": "b"}, connect_seconds=2, read_seconds=2)


def test_a_chunked_answer_is_put_together() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
    answer, heard = _talk([raw], _post)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, b"hello")
    assert heard[1].startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"content-length: 2\r\n" in heard[1].lower()


def test_a_connection_is_used_again_unless_the_server_hangs_up() -> None:
    keep = b"HTTP/1.1 204 No Content\r\n\r\n"
    leave = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    async def thrice(wire: Wire, url: str) -> list[int]:
        return [(await _post(wire, url)).status for _ in range(3)]

    statuses, heard = _talk([keep, leave, keep], thrice)
    assert statuses == [204, 200, 204]
    assert [line == b"(connected)" for line in heard] == [True, False, False, True, False]


def test_letters_beyond_ascii_in_a_path_are_encoded() -> None:
    async def post(wire: Wire, url: str) -> Answer:
        return await _post(wire, f"{url}/huế?x=%20&y=ă")

    _, heard = _talk([b"HTTP/1.1 204 x\r\n\r\n"], post)
    assert heard[1].startswith(b"POST /hook/hu%E1%BA%BF?x=%20&y=%C4%83 HTTP")


def test_an_answer_without_end_is_cut() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * (2 * MOST_BYTES)
    answer, _ = _talk([raw], _post)
    assert isinstance(answer, Answer)
    assert len(answer.body) == MOST_BYTES + 1


@pytest.mark.parametrize(
    "raw", [b"", b"SSH-2.0-x close\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nclose"]
)
def test_half_an_answer_is_none(raw: bytes) -> None:
    with pytest.raises(NoAnswerError):
        _talk([raw], _post)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a/b", "http://", "http://[", "http://127.0.0.1:1/", "http://a:99999/", "http://ă/"],
)
def test_an_address_where_nobody_is_is_not_connected(url: str) -> None:
    with pytest.raises(NotConnectedError):
        asyncio.run(_post(Wire(), url))


def test_patience_has_an_end() -> None:
    async def hasty(wire: Wire, url: str) -> Answer:
        return await wire.post(url, b"ok", {}, connect_seconds=2, read_seconds=0.05)

    half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    with pytest.raises(TimeoutError):
        _talk([half, b"never asked for"], hasty)
