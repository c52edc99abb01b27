"""The parts that every service of one simulator shares."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import httpx

from simulator import behaviour
from simulator.callbacks import Courier
from simulator.clock import Clock
from simulator.events import Events
from simulator.facebook.state import Memory
from simulator.faults import Faults
from simulator.journal import Exchange, Journal, line
from simulator.limits import Limits, Meter
from simulator.media import Files
from simulator.rates import Rates
from simulator.settings import Settings
from simulator.state import Message, Phone, State
from simulator.views import call_view, message_view, phone_view
from simulator.wire import Wire

logger = logging.getLogger("simulator")


class World:
    """What one simulator knows and is told, and the work that goes on in the background.

    Attributes:
        base_url: Where the bot reaches this simulator; empty until that is known.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.base_url = settings.public_url.rstrip("/")
        self.clock = Clock()
        self.faults = Faults()
        self.events = Events()
        self.rates = Rates()
        self.files = Files(settings.media_cap)
        self.journal = Journal([settings.auth_token])
        self.facebook = Memory(self.clock)
        self.state = State(
            settings.profile_name, settings.message_cap, settings.phone_cap, settings.total_cap
        )
        self._start_over()
        self.wire = Wire()
        # Files are fetched directly: a proxy of the developer's shell is meant for the internet.
        self.client = httpx.AsyncClient(trust_env=False, follow_redirects=False)
        self.courier = Courier(self.wire, settings, self.clock, self.faults, self)
        self.closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something in the background, to be cancelled when the server stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def show_message(self, message: Message) -> None:
        """Tell the phone's listeners that a message is new or has changed."""
        if self.events.heard(message.identity):
            self.events.publish(message.identity, "message", message_view(message))

    def show_phone(self, phone: Phone) -> None:
        """Tell the phone's listeners how it stands with the business."""
        if self.events.heard(phone.identity):
            self.events.publish(phone.identity, "phone", self.standing(phone))

    def standing(self, phone: Phone) -> dict[str, Any]:
        """How a phone stands with the business at this moment, as JSON."""
        return phone_view(phone, self.clock.now(), self.limits.window.hours)

    def note(self, exchange: Exchange) -> Exchange:
        """Put a request and its answer into the log, and show them."""
        self.journal.add(exchange)
        if exchange.direction == "out" and exchange.phone:
            self.events.publish(exchange.phone, "webhook", call_view(exchange))
        self.events.announce("http", line(exchange))
        return exchange

    def window_open(self, phone: Phone) -> bool:
        """Whether the business may write to this phone freely now."""
        window = self.limits.window
        return not window.on or phone.window_open(self.clock.now(), window.hours)

    async def wait(self, seconds: float) -> None:
        """Keep somebody waiting in real time, but never the server's own stop."""
        try:
            async with asyncio.timeout(seconds):
                await self.closing.wait()
        except TimeoutError:
            return

    async def reset(self) -> None:
        """Forget everything, drop what is under way, and set every switch as at the start."""
        await self._stop_background()
        for part in (self.state, self.faults, self.files, self.journal, self.rates, self.facebook):
            part.clear()
        self.clock.reset()
        self._start_over()
        self.events.announce("reset", {})

    def end_streams(self) -> None:
        """Let go of whoever waits for an event or for an answer that is held back."""
        self.closing.set()
        self.events.close()

    async def close(self) -> None:
        """Stop everything in the background."""
        await self._stop_background()
        await self.wire.close()
        await self.client.aclose()

    def set_back_limits(self) -> None:
        """Every limit as at the start."""
        self.limits = Limits()
        if not self.settings.limits:
            for part in ("throughput", "pair", "tier", "marketing", "marketing_us"):
                getattr(self.limits, part).on = False

    def _start_over(self) -> None:
        self.set_back_limits()
        self.behaviour = behaviour.of(self.settings)
        self.meter = Meter()

    async def _stop_background(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("background work failed: %r", error)
