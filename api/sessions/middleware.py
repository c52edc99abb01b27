"""Cookies out, and forged requests away, for everything that browsers ask for."""

import datetime as dt
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from api.sessions.visit import Visit, cookie_name, is_secure
from core.settings import settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Visits:
    """Sets the cookies of a visit, and refuses to change anything on another site's behalf."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith("/webhooks/"):
            await self._app(scope, receive, send)
            return
        if scope["method"] not in _SAFE and _is_foreign(Headers(scope=scope)):
            await problem(403, "this request came from another site")(scope, receive, send)
            return

        async def send_with_cookies(message: Message) -> None:
            visit = scope.get("state", {}).get("visit")
            if message["type"] == "http.response.start" and isinstance(visit, Visit):
                message["headers"] = [*message["headers"], *_cookies(visit)]
            await send(message)

        await self._app(scope, receive, send_with_cookies)


def _is_foreign(headers: Headers) -> bool:
    """Tell whether a browser says that another site's page made it send this."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return False
    ours = {headers.get("host", ""), urlsplit(settings().public_base_url).netloc}
    return urlsplit(origin).netloc not in ours - {""}


def _cookies(visit: Visit) -> list[tuple[bytes, bytes]]:
    return [
        (b"set-cookie", _cookie(name, content).encode("latin-1"))
        for name, content in visit.cookies.items()
    ]


def _cookie(name: str, content: tuple[str, dt.timedelta | None] | None) -> str:
    """Return a cookie for this host, out of scripts' reach; without an age it is not kept."""
    value, lasts = content or ("", dt.timedelta())
    jar: SimpleCookie = SimpleCookie()
    full_name = cookie_name(name)
    jar[full_name] = value
    cookie = jar[full_name]
    cookie["path"], cookie["samesite"] = "/", "Lax"
    cookie["httponly"] = True
    if is_secure():
        cookie["secure"] = True
    if lasts is not None:
        cookie["max-age"] = max(0, int(lasts.total_seconds()))
    return cookie.OutputString()
