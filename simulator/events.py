"""Tells open phone pages and waiting clients what happened on a phone."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

Event = tuple[str, dict[str, Any]]
BACKLOG = 256
MAX_LISTENERS = 64


class Events:
    """Fan-out of events to whoever listens to a phone."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[Event | None]]] = defaultdict(set)
        self._viewers: dict[str, int] = defaultdict(int)

    def viewers(self, identity: str) -> int:
        """How many phone pages are open for this phone."""
        return self._viewers[identity]

    def full(self, identity: str) -> bool:
        """Whether this phone has as many listeners as it may have."""
        return len(self._listeners[identity]) >= MAX_LISTENERS

    def publish(self, identity: str, name: str, data: dict[str, Any]) -> None:
        """Hand an event to every listener; one that fell behind is let go."""
        for queue in list(self._listeners[identity]):
            try:
                queue.put_nowait((name, data))
            except asyncio.QueueFull:
                self._let_go(identity, queue)

    @asynccontextmanager
    async def listen(
        self, identity: str, *, viewer: bool = False
    ) -> AsyncIterator[asyncio.Queue[Event | None]]:
        """Receive a phone's events while the block runs; None means: start over.

        Args:
            identity: The phone.
            viewer: True for a phone page, whose owner decides when a message is read.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue(BACKLOG)
        self._listeners[identity].add(queue)
        self._viewers[identity] += viewer
        try:
            yield queue
        finally:
            self._listeners[identity].discard(queue)
            self._viewers[identity] -= viewer

    def close(self) -> None:
        """Tell every listener to go, so that the server can stop."""
        for identity, queues in self._listeners.items():
            for queue in list(queues):
                self._let_go(identity, queue)

    def _let_go(self, identity: str, queue: asyncio.Queue[Event | None]) -> None:
        self._listeners[identity].discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
