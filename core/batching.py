"""Doing together what comes at the same time: one transaction for many small requests."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Hands items that wait at the same time to one call, in the order in which they came.

    An item that comes alone is handled at once; while a call runs, those that come meanwhile
    gather for the next. Where a call fails, its items are handled one by one, so that one of
    them cannot spoil the others.

    Args:
        handle: takes items and returns one result for each; nothing may remain of a call that
            raises.
        most: items in one call.
        name: of the thread that makes the calls.
    """

    def __init__(
        self, handle: Callable[[Sequence[Item]], Sequence[Result]], most: int, name: str
    ) -> None:
        self._handle = handle
        self._most = most
        self._name = name
        self._waiting: SimpleQueue[tuple[Item, Future[Result]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    async def submit(self, item: Item) -> Result:
        """Return what becomes of *item*, once the call that it was part of has ended.

        Raises:
            Exception: whatever handling this item raised.
        """
        promise: Future[Result] = Future()
        self._waiting.put((item, promise))
        self._start()
        return await asyncio.wrap_future(promise)

    def _start(self) -> None:
        if self._thread is not None:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            self._settle(self._gathered())

    def _gathered(self) -> list[tuple[Item, Future[Result]]]:
        batch = [self._waiting.get()]
        with suppress(Empty):
            while len(batch) < self._most:
                batch.append(self._waiting.get_nowait())
        # Nobody may wait for it any more, who went away; it is handled all the same.
        return [(item, _promised(promise)) for item, promise in batch]

    def _settle(self, batch: Sequence[tuple[Item, Future[Result]]]) -> None:
        try:
            results = self._handle([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - it belongs to whoever submitted the item
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for each in batch:
                self._settle([each])
            return
        for (_, promise), result in zip(batch, results, strict=True):
            promise.set_result(result)


def _promised(promise: Future[Result]) -> Future[Result]:
    """Return *promise* so that it can no longer be cancelled, or another where it was."""
    return promise if promise.set_running_or_notify_cancel() else Future()
