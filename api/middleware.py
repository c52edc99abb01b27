"""What every request goes through."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CLIENT_ERROR = 400

log = structlog.get_logger(__name__)

_HEADERS = tuple(
    (name.lower().encode(), value.encode())
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }.items()
)


class SecurityHeaders:
    """Adds the headers that keep browsers from harm; a page may set stricter or looser ones.

    No browser calls a webhook, whose answers go without.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["path"].startswith("/webhooks/"):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                set_already = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in _HEADERS if header[0] not in set_already),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class AccessLog:
    """Logs each request: the route, not the address, which may name a person."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            took_ms = round((time.perf_counter() - started) * 1000, 1)
            note = log.debug if _is_routine(scope, status) else log.info
            note("request", method=scope["method"], route=_route(scope), status=status, ms=took_ms)


def _is_routine(scope: Scope, status: int) -> bool:
    """Tell whether a line would say nothing that the channel's own lines do not."""
    return status < _CLIENT_ERROR and scope["path"].startswith("/webhooks/")


def _route(scope: Scope) -> str:
    """Return the pattern that matched (``/tours/{id}``), never what stood in its place."""
    return str(getattr(scope.get("route"), "path", "(none)"))
