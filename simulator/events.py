"""Tells open phone pages and waiting clients what happened on a phone, or on all of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

Event = tuple[str, dict[str, Any]]
Queue = asyncio.Queue[Event | None]
EVERYTHING = "*"
BACKLOG = 256
MAX_LISTENERS = 64


class Events:
    """Fan-out of events to whoever listens to a phone, or to everything."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Queue]] = {}
        self._viewers: Counter[str] = Counter()

    def viewers(self, identity: str) -> int:
        """How many pages have this phone open."""
        return self._viewers[identity]

    def full(self, identity: str) -> bool:
        """Whether this phone has as many listeners as it may have."""
        return len(self._listeners.get(identity, ())) >= MAX_LISTENERS

    def heard(self, identity: str) -> bool:
        """Whether anybody would get this phone's events."""
        return identity in self._listeners or EVERYTHING in self._listeners

    def publish(self, identity: str, name: str, data: dict[str, Any]) -> None:
        """Hand an event to every listener of a phone; one that fell behind is let go."""
        for channel in (identity, EVERYTHING):
            for queue in list(self._listeners.get(channel, ())):
                self._hand(channel, queue, (name, data))

    def announce(self, name: str, data: dict[str, Any]) -> None:
        """Hand an event that is about no phone to those who listen to everything."""
        for queue in list(self._listeners.get(EVERYTHING, ())):
            self._hand(EVERYTHING, queue, (name, data))

    @asynccontextmanager
    async def listen(self, channel: str, *, viewing: Collection[str] = ()) -> AsyncIterator[Queue]:
        """Receive events while the block runs; None means: start over.

        Args:
            channel: The phone, or ``EVERYTHING``.
            viewing: Phones that a page has open, whose owner decides when a message is read.
        """
        queue: Queue = asyncio.Queue(BACKLOG)
        self._listeners.setdefault(channel, set()).add(queue)
        self._viewers.update(viewing)
        try:
            yield queue
        finally:
            self._let_go(channel, queue)
            self._viewers.subtract(viewing)
            self._viewers += Counter()  # drop the zeros: phones come and go

    def close(self) -> None:
        """Tell every listener to go, so that the server can stop."""
        for channel, queues in list(self._listeners.items()):
            for queue in list(queues):
                self._send_home(channel, queue)

    def _hand(self, channel: str, queue: Queue, event: Event) -> None:
        try:
            queue.put_nowait(event)
        except asyncio.QueueFull:
            self._send_home(channel, queue)

    def _send_home(self, channel: str, queue: Queue) -> None:
        self._let_go(channel, queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

    def _let_go(self, channel: str, queue: Queue) -> None:
        queues = self._listeners.get(channel, set())
        queues.discard(queue)
        if not queues:
            self._listeners.pop(channel, None)
