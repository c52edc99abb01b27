"""The demo's child processes: started together, watched, and ended together."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import ConfigurationError

_PATIENCE_S = 12.0
_POLL_S = 0.05


class Children:
    """Child processes that end when the block ends, or when we are killed.

    Args:
        log_dir: where each child's output goes, in a file of its own.
    """

    def __init__(self, log_dir: Path) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._log_dir = log_dir
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        """Start *command*, a Python module and its arguments, under *name*."""
        with (self._log_dir / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, "-m", "cli.leash", sys.executable, "-m", *command],
                stdin=subprocess.PIPE, stdout=log, stderr=log,
                env={**os.environ, **environment},
            )  # fmt: skip

    def wait_until(self, name: str, ready: Callable[[], bool], timeout_s: float) -> None:
        """Wait until *ready* says that the child called *name* is.

        Raises:
            ConfigurationError: it ended, or took too long; the message shows its last words.
        """
        deadline = time.monotonic() + timeout_s
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ConfigurationError(f"{name} is not ready: {self._last_words(name)}")
            time.sleep(_POLL_S)

    def check(self) -> None:
        """Make sure that all children are alive.

        Raises:
            ConfigurationError: one has ended; the message shows its last words.
        """
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise ConfigurationError(f"{name} has ended: {self._last_words(name)}")

    def stop(self) -> None:
        """Let every child go and wait for it."""
        for process in self._processes.values():
            if process.stdin:
                process.stdin.close()
        for process in self._processes.values():
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def _last_words(self, name: str) -> str:
        path = self._log_dir / f"{name}.log"
        lines = path.read_text("utf-8", "replace").strip().splitlines()
        return f"{lines[-1] if lines else 'no output'} (all of it in {path})"
