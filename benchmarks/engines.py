"""Our end of an engine that runs in a process of its own."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.peers.base import THREADS, Entry
from core.errors import ConfigurationError
from core.settings import ROOT

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS",
)  # fmt: skip
_LEAVE_S = 60


class Engine:
    """An engine that has been started; a context manager that ends it.

    Args:
        entry: which engine.
        python: the Python that runs it.
        job_folder: where the job was saved.
        memory: bytes that it may take; with more it fails, and the others live.

    Attributes:
        name: the engine's name.
        ways: the ways of asking it, by name, and how each is configured; empty before `build`.
        build_s: seconds that building took.
    """

    def __init__(
        self, entry: Entry, python: Path, job_folder: Path, memory: int = 8 * 10**9
    ) -> None:
        self.name = entry.name
        self.ways: Mapping[str, str] = {}
        self.build_s = 0.0
        self._folder = tempfile.TemporaryDirectory(prefix="travelbuddy-peer-")
        own = Path(self._folder.name) / "data"
        own.mkdir()
        self._log = Path(self._folder.name) / "log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [
                    str(python), "-m", "benchmarks.worker",
                    entry.target, str(job_folder), str(own), str(memory),
                ],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
                env={**os.environ, **dict.fromkeys(_THREAD_VARIABLES, str(THREADS))},
            )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._ask({"do": "close"})
            self._process.communicate(timeout=_LEAVE_S)
        except (ConfigurationError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()

    def build(self) -> None:
        """Have it take in all packages.

        Raises:
            ConfigurationError: it failed; the message is the last line that it wrote. So do the
                other methods.
        """
        built = self._ask({"do": "build"})
        self.ways, self.build_s = built["ways"], built["seconds"]

    def warm_up(self, way: str, limit: int) -> None:
        """Have it answer some wishes that do not count."""
        self._ask({"do": "warm_up", "way": way, "limit": limit})

    def search(
        self, way: str, wishes: Sequence[int], limit: int
    ) -> tuple[list[float], list[list[int]]]:
        """Return for each wish the seconds that it took, and the packages found."""
        request = {"do": "search", "way": way, "wishes": list(wishes), "limit": limit}
        answer = self._ask(request)
        return answer["seconds"], answer["found"]

    def weigh(self) -> tuple[int, int]:
        """Return the bytes that it takes in memory and on disk."""
        answer = self._ask({"do": "weigh"})
        return answer["memory"], answer["stored"]

    def _ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise ConfigurationError(f"{self.name} has no pipes")
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise ConfigurationError(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else f"ended with status {self._process.poll()}"
