"""The parts that every service of one simulator shares."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import httpx

from simulator.callbacks import Courier
from simulator.clock import Clock
from simulator.events import Events
from simulator.faults import Faults
from simulator.settings import Settings
from simulator.state import Message, Phone, State
from simulator.views import message_view, phone_view

logger = logging.getLogger("simulator")


class World:
    """State, clock, faults, events, the courier, and the work that goes on in the background."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.faults = Faults()
        self.events = Events()
        self.state = State(settings.profile_name, settings.message_cap, settings.phone_cap)
        # The bot is asked directly: a proxy of the developer's shell is meant for the internet.
        self.client = httpx.AsyncClient(trust_env=False, follow_redirects=False)
        self.courier = Courier(
            self.client, settings, self.state, self.events, self.clock, self.faults
        )
        self.closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background, to be cancelled when the server stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def show_message(self, message: Message) -> None:
        """Tell the phone's listeners that a message is new or has changed."""
        self.events.publish(message.identity, "message", message_view(message))

    def show_phone(self, phone: Phone) -> None:
        """Tell the phone's listeners how it stands with the business."""
        self.events.publish(phone.identity, "phone", phone_view(phone, self.clock.now()))

    async def reset(self) -> None:
        """Forget everything, drop what is under way, and set the clock and the faults right."""
        await self._stop_background()
        self.state.clear()
        self.faults.clear()
        self.clock.reset()

    def end_streams(self) -> None:
        """Let go of whoever waits for an event or for an answer that is held back."""
        self.closing.set()
        self.events.close()

    async def close(self) -> None:
        """Stop everything in the background."""
        await self._stop_background()
        await self.client.aclose()

    async def _stop_background(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("background work failed: %r", error)
