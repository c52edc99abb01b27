"""Doing together what comes at the same time: one transaction for many small requests."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


class Gatherer(Generic[Item]):
    """Hands items that wait at the same time to one call, in the order in which they came.

    An item that comes alone is handled at once; while a call runs, those that come meanwhile
    gather for the next. The calls are made by a thread of its own, which begins with the first
    item; a call that fails is logged.

    Args:
        handle: takes items; what it raises ends nothing but the call.
        most: items in one call.
        name: of the thread.
        linger_s: how long an item that comes alone waits for others.
    """

    def __init__(
        self,
        handle: Callable[[Sequence[Item]], None],
        most: int,
        name: str,
        linger_s: float = 0.0,
    ) -> None:
        self._handle = handle
        self._most = most
        self._name = name
        self._linger_s = linger_s
        self._waiting: SimpleQueue[Item] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, item: Item) -> None:
        """Leave *item* to be handled soon."""
        self._waiting.put(item)
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                thread.start()
                self._thread = thread

    def _work(self) -> None:
        while True:
            items = self._gathered()
            try:
                self._handle(items)
            except Exception:
                log.exception("batch_failed", batch=self._name, items=len(items))

    def _gathered(self) -> list[Item]:
        items = [self._waiting.get()]
        time.sleep(self._linger_s)
        with suppress(Empty):
            while len(items) < self._most:
                items.append(self._waiting.get_nowait())
        return items


class Batcher(Generic[Item, Result]):
    """Handles together what requests bring at the same time, and tells each its own result.

    Where a call fails, its items are handled one by one, so that one of them cannot spoil the
    others.

    Args:
        handle: takes items and returns one result for each; nothing may remain of a call that
            raises.
        most: items in one call.
        name: of the thread that makes the calls.
        linger_s: how long an item that comes alone waits for others.
    """

    def __init__(
        self,
        handle: Callable[[Sequence[Item]], Sequence[Result]],
        most: int,
        name: str,
        linger_s: float = 0.0,
    ) -> None:
        self._handle = handle
        self._gatherer: Gatherer[_Waiting[Item, Result]] = Gatherer(
            self._work_off, most, name, linger_s
        )

    async def submit(self, item: Item) -> Result:
        """Return what becomes of *item*, once the call that it was part of has ended.

        Raises:
            Exception: whatever handling this item raised.
        """
        loop = asyncio.get_running_loop()
        waiting: _Waiting[Item, Result] = _Waiting(item, loop, loop.create_future())
        self._gatherer.put(waiting)
        return await waiting.promise

    def _work_off(self, batch: Sequence["_Waiting[Item, Result]"]) -> None:
        _tell(batch, self._outcomes([each.item for each in batch]))

    def _outcomes(self, items: Sequence[Item]) -> list[Result | Exception]:
        try:
            return [result for _, result in zip(items, self._handle(items), strict=True)]
        except Exception as error:  # noqa: BLE001 - it belongs to whoever submitted the item
            if len(items) == 1:
                return [error]
        return [outcome for item in items for outcome in self._outcomes([item])]


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    loop: asyncio.AbstractEventLoop
    promise: "asyncio.Future[Result]"


def _tell(batch: Sequence[_Waiting[Item, Result]], outcomes: Sequence[Result | Exception]) -> None:
    """Wake each event loop once, however many of the batch wait in it."""
    told = list(zip(batch, outcomes, strict=True))
    for loop in {each.loop for each in batch}:
        here = [(each.promise, outcome) for each, outcome in told if each.loop is loop]
        with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(_settle, here)


def _settle(told: Sequence[tuple["asyncio.Future[Result]", Result | Exception]]) -> None:
    for promise, outcome in told:
        if promise.done():  # whoever waited has gone
            continue
        if isinstance(outcome, Exception):
            promise.set_exception(outcome)
        else:
            promise.set_result(outcome)
