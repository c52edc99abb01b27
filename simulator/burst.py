"""Load on demand: many phones that write to the bot at a steady rate."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import statistics
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from simulator.inbound import Person
from simulator.schemas_control import BurstRequest, PersonSends
from simulator.state import Message
from simulator.world import World

FIRST_NUMBER = 84_910_000_000
KEPT = 20
SAMPLES = 10_000
POLL_SECONDS = 0.02


@dataclass(slots=True)
class Burst:
    """One burst and how far it is.

    ``posted`` messages have left, of which ``answered`` were taken by the bot's webhook.
    """

    id: str
    asked: int
    posted: int = 0
    answered: int = 0
    failed: int = 0
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    milliseconds: deque[int] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    task: asyncio.Task[None] | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is under way any more."""
        return self.task is None or self.task.done()

    def conclude(self, message: Message) -> None:
        """Count a message whose way to the bot has ended."""
        delivery = message.delivery
        self.answered += bool(delivery and delivery.ok)
        self.failed += not (delivery and delivery.ok)
        self.milliseconds.append(delivery.milliseconds if delivery else 0)


class Bursts:
    """The latest bursts of one simulator."""

    def __init__(self, world: World, person: Person) -> None:
        self._world = world
        self._person = person
        self._kept: dict[str, Burst] = {}

    def start(self, request: BurstRequest) -> Burst:
        """Begin to write."""
        burst = Burst(secrets.token_hex(8), request.phones * request.messages)
        self._kept[burst.id] = burst
        while len(self._kept) > KEPT:
            self.stop(next(iter(self._kept)))
        burst.task = self._world.spawn(self._run(burst, request))
        return burst

    def find(self, burst_id: str) -> Burst | None:
        """The burst with this id, while it is kept."""
        return self._kept.get(burst_id)

    def stop(self, burst_id: str) -> bool:
        """End a burst and forget it. False: there is no such one."""
        burst = self._kept.pop(burst_id, None)
        if burst and burst.task:
            burst.task.cancel()
        return burst is not None

    async def _run(self, burst: Burst, request: BurstRequest) -> None:
        waiting: deque[Message] = deque()
        order = itertools.product(range(request.messages), range(request.phones))
        for number, (_, phone) in enumerate(order):
            due = burst.started + number / request.per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            waiting.append(self._write(phone, request.text, number + 1))
            burst.posted += 1
            _settle(burst, waiting)
        while waiting:
            await asyncio.sleep(POLL_SECONDS)
            _settle(burst, waiting)
        burst.seconds = time.monotonic() - burst.started

    def _write(self, phone: int, text: str, number: int) -> Message:
        sends = PersonSends(text=text.replace("{n}", str(number)))
        address = f"+{FIRST_NUMBER + phone}"
        return self._person.send(self._world.state.phone(address), sends)[0]


def _settle(burst: Burst, waiting: deque[Message]) -> None:
    """Count the messages at the head that have come to an end."""
    while waiting and waiting[0].delivery is not None:
        burst.conclude(waiting.popleft())
    burst.seconds = time.monotonic() - burst.started


def burst_view(burst: Burst) -> dict[str, Any]:
    """How far a burst is, as JSON."""
    times = sorted(burst.milliseconds)
    return {
        "id": burst.id,
        "asked": burst.asked,
        "posted": burst.posted,
        "answered": burst.answered,
        "failed": burst.failed,
        "seconds": round(burst.seconds, 3),
        "per_second": round(burst.posted / burst.seconds, 1) if burst.seconds else 0.0,
        "milliseconds": {
            "median": round(statistics.median(times)) if times else 0,
            "p95": times[int(len(times) * 0.95)] if times else 0,
            "most": times[-1] if times else 0,
        },
        "done": burst.done,
    }
