"""Who may run a batch next, where several threads embed at the same time."""

import threading
from collections.abc import Iterable
from typing import Any


class Requests:
    """Inference requests that are idle, for which threads wait in line.

    A thread with many batches asks whether one is idle before each of them, and is told no as long
    as others wait; without any that runs for it, it joins the line itself.

    Args:
        idle: all of them.
    """

    def __init__(self, idle: Iterable[Any]) -> None:
        self._idle = list(idle)
        self._line: list[object] = []
        self._changed = threading.Condition()

    def take_if_idle(self) -> Any:
        """Return a request, or None if others wait for it or none is idle."""
        with self._changed:
            return self._idle.pop() if self._idle and not self._line else None

    def take(self) -> Any:
        """Return a request, once it is this thread's turn."""
        place = object()
        with self._changed:
            self._line.append(place)
            try:
                self._changed.wait_for(lambda: self._idle and self._line[0] is place)
                return self._idle.pop()
            finally:
                self._line.remove(place)
                self._changed.notify_all()

    def give_back(self, request: Any) -> None:
        """Let others have a request, which is idle again."""
        with self._changed:
            self._idle.append(request)
            self._changed.notify_all()
