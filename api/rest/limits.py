"""How large a request may be."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MOST_BYTES = 64 * 1024

_TOO_LARGE = 413
_REASON = f"a body of at most {MOST_BYTES // 1024} kB is expected"


class BodyLimit:
    """Refuses bodies above 64 kB, announced or not, but for addresses with limits of their own.

    Args:
        app: what to protect.
        without: beginnings of paths that see to it themselves.
    """

    def __init__(
        self, app: ASGIApp, without: Collection[str] = ("/webhooks/", "/api/feeds/")
    ) -> None:
        self._app, self._without = app, tuple(without)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(self._without):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and float(announced) > MOST_BYTES:
            await problem(_TOO_LARGE, _REASON)(scope, receive, send)
            return
        await self._app(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    """Return *receive* for a body whose length nobody has announced, or not truly."""
    taken = 0

    async def receive_so_much() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise HTTPException(_TOO_LARGE, _REASON)
        return message

    return receive_so_much
