"""The outer edge of Twilio's REST side: its log, and the faults of requests and answers."""

from __future__ import annotations

import re
import socket
import struct
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.errors import ApiError
from simulator.faults import (
    FailNext,
    GarbleAnswers,
    ResetAfterAccepting,
    ResetBeforeAccepting,
    SlowAnswers,
    TimeoutAfterAccepting,
)
from simulator.journal import Exchange, Half
from simulator.world import World

_OPERATIONS = (
    ("sends", "POST", re.compile(r"/2010-04-01/Accounts/[^/]+/Messages\.json")),
    ("lists", "GET", re.compile(r"/2010-04-01/Accounts/[^/]+/Messages\.json")),
    ("media", "GET", re.compile(r"/2010-04-01/Accounts/[^/]+/Messages/[^/]+/Media(/.*|\.json)")),
    ("media", "GET", re.compile(r"/media/.*")),
    ("messages", "", re.compile(r"/2010-04-01/.*")),
    ("typing", "", re.compile(r"/v2/Indicators/.*")),
    ("contents", "", re.compile(r"/v1/Content.*")),
)
_PAGE_OF_A_GATEWAY = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


def operation(method: str, path: str) -> str | None:
    """What a request asks of the REST side; None: it is not for that side."""
    for name, wanted, pattern in _OPERATIONS:
        if wanted in ("", method) and pattern.fullmatch(path):
            return name
    return None


@dataclass(slots=True)
class _Answer:
    """An answer that is held back until it is known what becomes of it."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name, value) for name, value in message.get("headers", [])]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def give(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


class Edge:
    """Lets requests of the REST side through, unless a fault is planned, and logs them."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        kind = operation(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if kind is None:
            await self._app(scope, receive, send)
            return
        received = await receive()  # whole: the guard before this has read it
        body = received.get("body", b"")
        left: list[Message] = [received]

        async def again() -> Message:
            return left.pop() if left else await receive()

        exchange, started = self._exchange(kind, scope, body), time.monotonic()
        answer = await self._answered(kind, exchange, scope, again)
        if answer is not None:
            exchange.status = answer.status
            exchange.response = self._half(answer)
        exchange.milliseconds = round((time.monotonic() - started) * 1000)
        self._world.note(exchange)
        if answer is None:
            await _sever(scope, again)
        else:
            await answer.give(send)

    async def _answered(
        self, kind: str, exchange: Exchange, scope: Scope, receive: Receive
    ) -> _Answer | None:
        """The answer to a request; None: the connection is to be broken."""
        faults = self._world.faults
        if slow := faults.take(SlowAnswers, kind):
            exchange.note = f"kept waiting for {slow.seconds:g} s, as planned"
            await self._world.wait(slow.seconds)
        if faults.take(ResetBeforeAccepting, kind):
            exchange.note = "connection broken before it was taken, as planned"
            return None
        answer = _Answer()
        if refusal := faults.take(FailNext, kind):
            exchange.note = "refused, as planned"
            await _refused(refusal)(scope, receive, answer.take)
            return answer
        await self._app(scope, receive, answer.take)
        if answer.status >= 400:  # nothing was done, so no answer about it can be lost
            return answer
        _remember(exchange, scope)
        return await self._spoilt(kind, exchange, answer)

    async def _spoilt(self, kind: str, exchange: Exchange, answer: _Answer) -> _Answer | None:
        """What becomes of the answer to a request that was carried out."""
        faults = self._world.faults
        if late := faults.take(TimeoutAfterAccepting, kind):
            exchange.note = f"taken, answered {late.hold_seconds:g} s late, as planned"
            await self._world.wait(late.hold_seconds)
        if faults.take(ResetAfterAccepting, kind):
            exchange.note = "connection broken after it was taken, as planned"
            return None
        if nonsense := faults.take(GarbleAnswers, kind):
            exchange.note = f"taken, answered with nonsense ({nonsense.kind}), as planned"
            return _garbled(answer, nonsense)
        return answer

    def _exchange(self, kind: str, scope: Scope, body: bytes) -> Exchange:
        query = scope["query_string"].decode("latin-1")
        url = scope["path"] + (f"?{query}" if query else "")
        return Exchange(
            at=self._world.clock.now(),
            direction="in",
            method=scope["method"],
            url=url[:2048],
            kind=kind,
            request=self._world.journal.half(dict(Headers(scope=scope)), body),
        )

    def _half(self, answer: _Answer) -> Half:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers
        }
        return self._world.journal.half(headers, answer.body)


def _remember(exchange: Exchange, scope: Scope) -> None:
    """Note the message that a request was about, where its endpoint has told."""
    about = scope.get("state", {}).get("about")
    if about:
        exchange.phone, exchange.sid = about


def _refused(plan: FailNext) -> Response:
    reason = "Too Many Requests" if plan.http_status == 429 else "Simulated failure"
    error = ApiError(plan.http_status, plan.code, reason, plan.retry_after)
    headers = {} if plan.retry_after is None else {"Retry-After": f"{plan.retry_after:g}"}
    return JSONResponse(error.payload(), error.status, headers)


def _garbled(answer: _Answer, plan: GarbleAnswers) -> _Answer:
    bodies = {
        "html": (b"text/html; charset=utf-8", _PAGE_OF_A_GATEWAY),
        "truncated": (b"application/json", answer.body[: len(answer.body) // 2]),
        "empty": (b"application/json", b""),
        "list": (b"application/json", b"[1, 2, 3]"),
    }
    kind, body = bodies[plan.kind]
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    return _Answer(answer.status, headers, body)


async def _sever(scope: Scope, receive: Receive) -> None:
    """Break the connection as a crashed server would: with a reset, and without an answer."""
    transport = scope["state"]["transport"]
    connection = transport.get_extra_info("socket")
    # Lingering for no time makes the operating system send a reset rather than a farewell.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        continue
