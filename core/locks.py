"""Locks between processes, let go by the system when a process dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold *path* alone, waiting for whoever has it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class SharedLock:
    """A lock that many may hold, and that tells the last one to leave that it is the last."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("a")

    def acquire(self) -> None:
        """Hold the lock together with others."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> bool:
        """Let go; return True when nobody else holds the lock."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            alone = False
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._file.close()
        return alone
