"""Runner: where the pieces of the data are worked on: here, one after another or by threads, or on a cluster."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Any

from ..errors import EngineError
from .base import Fragment
from .partitions import FrameFragment, PartitionFragment

Work = Callable[[Fragment], Any]

MOST_THREADS = 4
"""More are of little use: reading and summing then wait for memory."""

RETRIES = 5
"""How often a piece may fail on a cluster, as when a worker dies."""


class Runner(ABC):
    """A way to work through pieces of data."""

    @abstractmethod
    def results(self, work: Work, fragments: Iterable[Fragment]) -> Iterator[Any]:
        """Yield what `work` makes of each piece, in their order whatever is ready first."""


@dataclass(frozen=True)
class Serial(Runner):
    """One piece after another."""

    def results(self, work: Work, fragments: Iterable[Fragment]) -> Iterator[Any]:
        return map(work, fragments)


@dataclass(frozen=True)
class Threads(Runner):
    """Several threads of this process, each on a piece of its own."""

    workers: int

    def results(self, work: Work, fragments: Iterable[Fragment]) -> Iterator[Any]:
        with ThreadPoolExecutor(self.workers) as pool:
            yield from _in_order((pool.submit(work, fragment) for fragment in fragments), 2 * self.workers)


@dataclass(frozen=True)
class Cluster(Runner):
    """The workers of a Dask cluster; Dask does the work of one that dies again.

    Attributes
    ----------
    client : distributed.Client
    """

    client: Any

    def results(self, work: Work, fragments: Iterable[Fragment]) -> Iterator[Any]:
        ahead = 2 * max(1, sum(self.client.nthreads().values()))
        yield from _in_order((self._submitted(work, fragment) for fragment in fragments), ahead)

    def _submitted(self, work, fragment):
        if isinstance(fragment, PartitionFragment):
            return self.client.compute(_later(work, fragment.delayed), retries=RETRIES)
        return self.client.submit(work, fragment, pure=False, retries=RETRIES)


def _later(work, delayed):
    """Return Dask's promise of the work on a partition."""
    from dask import delayed as promise

    return promise(_on_frame, pure=False)(work, delayed)


def _on_frame(work, frame):
    return work(FrameFragment(frame))


def _in_order(futures, ahead):
    """Yield the results of futures in order, at most `ahead` of them begun and not yet taken."""
    waiting: deque = deque()
    try:
        for future in futures:
            waiting.append(future)
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def as_runner(runner: Any) -> Runner:
    """Return the runner that an argument names: None or "threads", "serial", a number of threads, or a Dask client."""
    if isinstance(runner, Runner):
        return runner
    if runner is None or runner == "threads":
        return Threads(max(1, min(MOST_THREADS, cpu_count() or 1)))
    if runner == "serial":
        return Serial()
    if isinstance(runner, int) and not isinstance(runner, bool) and runner >= 1:
        return Threads(runner)
    if type(runner).__module__.partition(".")[0] == "distributed" and hasattr(runner, "submit"):
        return Cluster(runner)
    raise EngineError(
        f'`runner={runner!r}` is no runner. There is "threads", "serial", a number of threads, and a '
        "`distributed.Client`."
    )
