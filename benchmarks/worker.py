"""One engine in a process of its own: `python -m benchmarks.worker TARGET JOB OWN_FOLDER MEMORY`.

It answers requests, one JSON object a line, on what was standard output; anything that the engine
itself prints goes to standard error. An engine that crashes or swallows memory harms no other,
what it takes can be told, and one that needs other versions of our libraries runs all the same.
"""

import gc
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from benchmarks.job import Job, load
from benchmarks.memory import resident_bytes
from benchmarks.peers.base import THREADS, Peer

Answer = dict[str, Any]


class Desk:
    """Takes requests for one engine.

    Args:
        job: packages and wishes.
        target: `module:class` of the engine.
        folder: an empty folder for it.
    """

    def __init__(self, job: Job, target: str, folder: Path) -> None:
        self._job = job
        self._before = resident_bytes()
        module, name = target.split(":")
        self._peer: Peer = getattr(importlib.import_module(module), name)(folder)

    def answer(self, request: Mapping[str, Any]) -> Answer:
        """Do what is asked: build, search, weigh or close."""
        match request["do"]:
            case "build":
                return self._build()
            case "search":
                return self._search(request["way"], request["wishes"], request["limit"])
            case "warm_up":
                return self._warm_up(request["way"], request["limit"])
            case "weigh":
                return self._weigh()
            case _:
                self._peer.close()
                return {}

    def _build(self) -> Answer:
        started = time.perf_counter()
        self._peer.build(self._job)
        return {"seconds": time.perf_counter() - started, "ways": dict(self._peer.ways)}

    def _warm_up(self, way: str, limit: int) -> Answer:
        for wish in self._job.warm_up:
            self._peer.search(way, wish, limit)
        return {}

    def _search(self, way: str, wishes: list[int], limit: int) -> Answer:
        seconds, found = [], []
        for number in wishes:
            wish = self._job.wishes[number]
            started = time.perf_counter()
            rows = self._peer.search(way, wish, limit)
            seconds.append(time.perf_counter() - started)
            found.append(rows)
        return {"seconds": seconds, "found": found}

    def _weigh(self) -> Answer:
        gc.collect()
        memory = resident_bytes() - self._before
        return {"memory": max(memory, 0), "stored": self._peer.stored_bytes()}


def main(target: str, job_folder: str, own_folder: str, memory: str) -> None:
    """Serve until the other side closes its end.

    Args:
        target: `module:class` of the engine.
        job_folder: where the job was saved.
        own_folder: an empty folder for the engine.
        memory: bytes that the engine may take.
    """
    answers = _take_over_output()
    _keep_within(int(memory))
    desk = Desk(load(Path(job_folder)), target, Path(own_folder))
    for line in sys.stdin:
        print(json.dumps(desk.answer(json.loads(line))), file=answers, flush=True)


def _take_over_output() -> TextIO:
    """Keep standard output for the answers, and send what libraries print to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _keep_within(memory: int) -> None:
    """Hold the process to two cores, where the system lets us, and to some memory.

    Engines start threads at will, and one that eats up the memory would take the others with it.
    """
    if sys.platform == "linux":
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
        # Data, not address space: files that are only mapped cost nothing.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


if __name__ == "__main__":
    main(*sys.argv[1:])
