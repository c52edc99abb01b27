"""What every request must pass first: its size, and where it comes from."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.errors import ApiError

MAX_BODY_BYTES = 256 * 1024
MAX_FILE_BYTES = 16 * 1024 * 1024
UPLOADS = "/simulator/media"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Refuses bodies that are too large, and changes asked for by foreign web pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] not in _READING and _foreign(headers):
            await _refuse(403, 20003, "this page may not use the simulator")(scope, receive, send)
            return
        await self._limited(headers, scope, receive, send)

    async def _limited(self, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        length = headers.get("content-length", "0")
        most = MAX_FILE_BYTES if scope["path"] == UPLOADS else MAX_BODY_BYTES
        declared = int(length[:12]) if length.isascii() and length.isdigit() else most + 1
        body = await _read(receive, most) if declared <= most else None
        if body is None:
            text = f"the body is larger than {most} bytes"
            await _refuse(413, 20001, text)(scope, receive, send)
            return
        unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, again, send)


async def _read(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None as soon as it is too large."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            return None
    return bytes(body)


def _foreign(headers: Headers) -> bool:
    """Whether a browser says that another site's page sent this."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _refuse(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message, **ApiError(status, code, message).payload()}, status)
