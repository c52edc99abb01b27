"""The developer's log of HTTP in both directions, with bodies and without secrets."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

MAX_BODY = 8 * 1024
CAP = 500
MASK = "***"
_SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
_READABLE = re.compile(r"json|xml|text|x-www-form-urlencoded", re.IGNORECASE)


@dataclass(slots=True)
class Half:
    """A request or an answer: its headers and as much of its body as is kept."""

    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        direction: ``in`` for the bot's requests, ``out`` for webhooks.
        kind: What it was about: an operation of the REST side, "message", or a status.
        note: What went wrong or was made to go wrong, or None.
    """

    at: datetime
    direction: Literal["in", "out"]
    method: str
    url: str
    kind: str
    status: int | None = None
    milliseconds: int = 0
    phone: str | None = None
    sid: str | None = None
    note: str | None = None
    request: Half = field(default_factory=Half)
    response: Half = field(default_factory=Half)
    id: int = 0


class Journal:
    """The latest exchanges of each direction."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]
        self._numbers = itertools.count(1)
        self._kept: dict[str, deque[Exchange]] = {
            "in": deque(maxlen=CAP),
            "out": deque(maxlen=CAP),
        }

    def add(self, exchange: Exchange) -> Exchange:
        """Keep an exchange and number it."""
        exchange.id = next(self._numbers)
        exchange.url = self._masked(exchange.url)
        self._kept[exchange.direction].append(exchange)
        return exchange

    def half(self, headers: Mapping[str, str], body: bytes) -> Half:
        """A request or an answer, fit to be shown."""
        shown = {
            name.lower(): MASK if name.lower() in _SECRET_HEADERS else self._masked(value)
            for name, value in headers.items()
        }
        return Half(shown, self._text(shown.get("content-type", ""), body))

    def find(self, number: int) -> Exchange | None:
        """The exchange with this number, while it is kept."""
        return next((e for kept in self._kept.values() for e in kept if e.id == number), None)

    def outgoing(self, phone: str | None) -> list[Exchange]:
        """Webhook calls, the oldest first; of one phone or, with None, of all."""
        return [e for e in self._kept["out"] if phone in (None, e.phone)]

    def newest(self, direction: str, phone: str | None, most: int) -> list[Exchange]:
        """The latest exchanges first; an empty direction means both."""
        kept = [e for way, some in self._kept.items() if direction in ("", way) for e in some]
        chosen = [e for e in kept if phone in (None, e.phone)]
        return sorted(chosen, key=lambda e: e.id, reverse=True)[:most]

    def clear(self) -> None:
        """Forget everything."""
        for kept in self._kept.values():
            kept.clear()

    def _text(self, content_type: str, body: bytes) -> str:
        if body and not _READABLE.search(content_type or "text"):
            return f"<{len(body)} bytes of {content_type}>"
        text = body[:MAX_BODY].decode("utf-8", "replace")
        cut = f"… ({len(body)} bytes in all)" if len(body) > MAX_BODY else ""
        return self._masked(text) + cut

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


def line(exchange: Exchange) -> dict[str, Any]:
    """An exchange without its bodies."""
    return {
        "id": exchange.id,
        "at": exchange.at.isoformat(timespec="milliseconds"),
        "direction": exchange.direction,
        "kind": exchange.kind,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "milliseconds": exchange.milliseconds,
        "phone": exchange.phone,
        "sid": exchange.sid,
        "note": exchange.note,
    }


def page(exchange: Exchange) -> dict[str, Any]:
    """An exchange with its bodies."""
    return {
        **line(exchange),
        "request": {"headers": exchange.request.headers, "body": exchange.request.body},
        "response": {"headers": exchange.response.headers, "body": exchange.response.body},
    }
