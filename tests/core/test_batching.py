"""Handling together what waits at the same time."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from core.batching import Batcher


def together(batcher: "Batcher[int, int]", items: Sequence[int]) -> list[int | BaseException]:
    async def run() -> list[int | BaseException]:
        return await asyncio.gather(*map(batcher.submit, items), return_exceptions=True)

    return asyncio.run(run())


class Doubling:
    """Doubles numbers, and refuses -1; it remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.free = threading.Event()
        self.free.set()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        assert self.free.wait(10)
        if -1 in numbers:
            raise ValueError("no number")
        return [2 * number for number in numbers]


def test_an_item_alone_is_handled_at_once() -> None:
    doubling = Doubling()
    assert together(Batcher(doubling, 10, "test"), [4]) == [8]
    assert doubling.calls == [[4]]


def test_what_waits_is_handled_together_in_its_order_and_never_more_than_allowed() -> None:
    doubling = Doubling()
    batcher = Batcher(doubling, 10, "test")
    doubling.free.clear()

    async def run() -> list[int]:
        first = asyncio.create_task(batcher.submit(0))
        while not doubling.calls:
            await asyncio.sleep(0.001)
        others = [asyncio.create_task(batcher.submit(number)) for number in range(1, 26)]
        await asyncio.sleep(0.05)
        doubling.free.set()
        return await asyncio.gather(first, *others)

    assert asyncio.run(run()) == [2 * number for number in range(26)]
    assert doubling.calls == [[0], list(range(1, 11)), list(range(11, 21)), list(range(21, 26))]


def test_one_that_fails_fails_alone() -> None:
    doubling = Doubling()
    results = together(Batcher(doubling, 10, "test"), [1, -1, 2])
    assert [results[0], results[2]] == [2, 4]
    assert isinstance(results[1], ValueError)


def test_it_serves_several_event_loops_one_after_the_other() -> None:
    batcher = Batcher(Doubling(), 10, "test")
    assert [together(batcher, [number]) for number in range(3)] == [[0], [2], [4]]


def test_somebody_who_stops_waiting_spoils_nothing() -> None:
    doubling = Doubling()
    batcher = Batcher(doubling, 10, "test")

    async def run() -> int:
        doubling.free.clear()
        impatient = asyncio.create_task(batcher.submit(1))
        await asyncio.sleep(0.02)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        doubling.free.set()
        return await batcher.submit(2)

    assert asyncio.run(run()) == 4
