"""The processes that a conversation runs through, and a phone to hold it with."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ACCOUNT = "AC" + "0" * 32
TOKEN = "a-token-for-tests"
BUSINESS = "+14155238886"
ROOT = Path(__file__).resolve().parents[2]

_PATIENCE_S = 30.0
_numbers = itertools.count(10_001)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], what: str, patience_s: float = _PATIENCE_S) -> Any:
    """Return the condition's first true value."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {patience_s} s in vain: {what}")


@contextmanager
def process(
    *arguments: str, environment: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a Python module beside the test, in a process group that goes with it."""
    with log.open("ab") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield running
    finally:
        kill(running)


def kill(running: "subprocess.Popen[bytes]") -> None:
    """End a process and its children at once, as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


@dataclass
class Simulator:
    """The WhatsApp stand-in, as the tests steer it."""

    url: str

    def phone(self) -> "Phone":
        """A phone that nobody has used before."""
        return Phone(self, f"+8490{next(_numbers)}00")

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Use the control API."""
        with httpx.Client(base_url=f"{self.url}/simulator", trust_env=False, timeout=35) as client:
            answer = client.request(method, path, json=body or None)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def fail_next(self, **fault: Any) -> None:
        self.call("POST", "/faults", fail_next=fault)

    def hold_next(self, hold_seconds: float, count: int = 1) -> None:
        """Accept the next sends but answer late."""
        fault = {"count": count, "hold_seconds": hold_seconds}
        self.call("POST", "/faults", timeout_after_accepting=fault)

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/simulator/health", trust_env=False).is_success
        except httpx.TransportError:
            return False


@dataclass
class Phone:
    """A traveller's phone."""

    simulator: Simulator
    number: str

    def says(self, text: str) -> str:
        return self.does(text=text)

    def does(self, **act: Any) -> str:
        """Send what *act* describes; return the sid."""
        sent = self.simulator.call("POST", f"/phones/{self.number}/messages", **act)
        return str(sent["sid"])

    def thread(self) -> list[dict[str, Any]]:
        """Everything on the screen, in order."""
        shown = self.simulator.call("GET", f"/phones/{self.number}/messages")
        return list(shown["messages"])

    def received(self) -> list[dict[str, Any]]:
        return [message for message in self.thread() if message["direction"] == "outbound"]

    def waits_for(self, count: int, patience_s: float = _PATIENCE_S) -> list[dict[str, Any]]:
        """Return what was received once it is *count* messages or more."""
        return list(
            wait_until(
                lambda: received if len(received := self.received()) >= count else None,
                f"{count} messages",
                patience_s,
            )
        )

    def changes(self, **fields: Any) -> None:
        self.simulator.call("PATCH", f"/phones/{self.number}", **fields)


@contextmanager
def simulator(
    log: Path, webhook_url: str, port: int | None = None, **variables: str
) -> Iterator[Simulator]:
    """Run a simulator that calls *webhook_url*; *variables* are its further settings."""
    port = port or free_port()
    arguments = [
        "simulator", "--port", str(port), "--webhook-url", webhook_url,
        "--account-sid", ACCOUNT, "--business-number", BUSINESS,
        "--status-delay", "0.01", "--read-delay", "0.05", "--no-opt-out",
    ]  # fmt: skip
    with process(*arguments, environment={"SIMULATOR_AUTH_TOKEN": TOKEN, **variables}, log=log):
        running = Simulator(f"http://127.0.0.1:{port}")
        wait_until(running.is_up, f"the simulator; see {log}")
        yield running
