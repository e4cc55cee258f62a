"""MemoryRows: the rows of a design that lie in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from ...linalg import LinearMap
from ...linalg.arrange import Arrangement
from ...linalg.arranged import arranged
from ...model import Model
from ..threads import in_threads
from .passes import chosen, counted
from .rows import Block, Rows, Total

SHARES = 8
"""Into how many shares the blocks are divided, each added up in order by one thread, whatever their number."""

WORTH = 1e9
"""Rows times squared columns from which on threads are worth what they cost: on 1e6 x 20 two of them spent 15 % more
CPU time and ended 10 % sooner."""

LINE = 8
"""Neighbouring rows that a sample takes together: those of one line of the cache."""


@dataclass(frozen=True, eq=False)
class MemoryRows(Rows):
    """Rows held as arrays, taken in blocks that fit the cache."""

    common: Arrangement
    y: np.ndarray
    weights: np.ndarray | None
    offset: np.ndarray | None
    chunk: int

    @property
    def n(self) -> int:
        return self.common.shape[0]

    @property
    def p(self) -> int:
        return self.common.shape[1]

    def total(self, task: Callable[[Block], Total], label: str = "") -> Total:
        if self.n <= self.chunk:
            return task(self.whole)
        return in_shares(lambda start: task(self._block(start)), self, self.chunk)

    @property
    def whole(self) -> Block:
        """All rows as one block."""
        return Block(self.common, self.y, self.weights, self.offset)

    def _block(self, start):
        rows = slice(start, start + self.chunk)
        parts = (None if part is None else part[rows] for part in (self.weights, self.offset))
        return Block(self.common.take(rows), self.y[rows], *parts)

    def sample(self, size: int, seed: int) -> Any:
        lines, wanted = -(-self.n // LINE), -(-size // LINE)
        groups = np.random.default_rng(seed).choice(lines, min(wanted, lines), replace=False)
        rows = (LINE * np.sort(groups)[:, None] + np.arange(LINE)).ravel()
        return SampledRows(self, rows[: np.searchsorted(rows, self.n)])


@dataclass(frozen=True, eq=False)
class SampledRows(Rows):
    """Some of the rows in memory, gathered block by block, never all at once."""

    rows: MemoryRows
    positions: np.ndarray

    @property
    def n(self) -> int:
        return len(self.positions)

    @property
    def p(self) -> int:
        return self.rows.p

    def total(self, task: Callable[[Block], Total], label: str = "") -> Total:
        whole, chunk = self.rows.whole, self.rows.chunk
        return in_shares(lambda start: task(chosen(whole, self.positions[start : start + chunk])), self, chunk)

    def sample(self, size: int, seed: int) -> Any:
        at = np.sort(np.random.default_rng(seed).choice(self.n, min(size, self.n), replace=False))
        return SampledRows(self.rows, self.positions[at])


def in_shares(task: Callable[[int], Total], rows: Rows, chunk: int) -> Total:
    """Return the sum of a task over the starts of all blocks, by threads, always added in the same order."""
    shares = [part.tolist() for part in np.array_split(np.arange(0, max(rows.n, 1), chunk), SHARES) if len(part)]
    most = None if rows.n * float(rows.p) ** 2 > WORTH else 1
    return reduce(add, in_threads(lambda share: reduce(add, map(task, share)), shares, most))


def memory_rows(
    columns: LinearMap, y: np.ndarray, weights: np.ndarray | None, offset: np.ndarray | None, chunk: int | None = None
) -> MemoryRows:
    """Return the rows of a design, those of weight zero left out, arranged once for all passes."""
    block = counted(Block(columns, y, weights, offset))
    rows = arranged(block.common)
    return MemoryRows(rows, block.y, block.weights, block.offset, chunk or rows.chunk)


def model_rows(model: Model) -> MemoryRows:
    """Return the rows of a model whose data lie in memory."""
    design, family = model.design, model.family
    y, a = family.observations(family.data(design.response, design.weights))
    return memory_rows(design.common, y, a, design.offset)
