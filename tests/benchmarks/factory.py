"""A small job of random vectors, and engines that misbehave."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np

from benchmarks.drawing import draw_job
from benchmarks.job import Floats, Job, Wish
from recommender.schemas import Criterion


def unit_vectors(count: int, dimensions: int = 16, seed: int = 1) -> Floats:
    vectors = np.random.default_rng(seed).standard_normal((count, dimensions))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def small_job(packages: int = 400, wishes: int = 127, *, own_values: bool = False) -> Job:
    values = {key: unit_vectors(40, seed=number) for number, key in enumerate(Criterion)}
    wished = {key: unit_vectors(20, seed=100 + number) for number, key in enumerate(Criterion)}
    return draw_job(values, wished, packages, wishes, own_values=own_values)


class Forgetful:
    """An engine that always names the first packages, and dies of the wish after the third."""

    ways: ClassVar[Mapping[str, str]] = {"forgetful": "names the first"}

    def __init__(self, folder: Path) -> None:
        (folder / "notes").write_text("x" * 5_000)
        self._asked = 0

    def build(self, job: Job) -> None:
        os.write(1, b"chatter on standard output that is no answer\n")
        self._allowed = len(job.warm_up) + 3

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        self._asked += 1
        if self._asked > self._allowed:
            raise ValueError("no more")
        return list(range(limit))

    def stored_bytes(self) -> int:
        return 5_000

    def close(self) -> None:
        """Nothing to give back."""
