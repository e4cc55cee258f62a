"""BLAS on one thread while a fit runs.

Its matrices are small to middling: two OpenBLAS threads on a loaded machine took 5-9 s of wall time where one took
0.24 s.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

__all__ = ["in_threads", "one_thread", "processors"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@cache
def _libraries(shared: bool) -> ThreadpoolController:
    """Return the BLAS libraries whose number of threads belongs to the process, or those where to each thread.

    Finding what is loaded takes 5 ms, limiting it 20 microseconds.
    """
    blas = ThreadpoolController().select(user_api="blas")
    paths = [
        library.filepath
        for library in blas.lib_controllers
        if (getattr(library, "threading_layer", None) != "openmp") is shared
    ]
    return blas.select(filepath=paths)


class _Process:
    """The libraries with one number of threads for the process, held to one thread while anyone is inside.

    A fit must not put back what it found when an earlier one, still running, had set it: the first in limits and the
    last out restores.
    """

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), 0
        self._limiter: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limiter = _libraries(shared=True).limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._release()
                self._limiter.restore_original_limits()
                self._release()

    def _release(self) -> None:
        # Recent threadpoolctl lets only the thread that set a limit change it; here another one may be the last out.
        for library in _libraries(shared=True).lib_controllers:
            if hasattr(library, "clear_controlling_thread"):
                library.clear_controlling_thread(force=True)


_PROCESS = _Process()


@contextmanager
def one_thread() -> Iterator[None]:
    """Return a context in which BLAS uses one thread; contexts may overlap, within a thread and between threads."""
    with _libraries(shared=False).limit(limits=1, user_api="blas"), _PROCESS:
        yield


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_threads(task: Callable[[Item], Result], items: Sequence[Item], most: int | None = None) -> list[Result]:
    """Return what the task gives of each item, in order, by as many threads as there are processors (at most `most`).

    BLAS should be held to one thread meanwhile.
    """
    threads = min(len(items), processors())
    threads = threads if most is None else min(threads, most)
    if threads <= 1:
        return [task(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(task, items))
