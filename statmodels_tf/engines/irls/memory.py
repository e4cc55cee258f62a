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
        starts = range(0, max(self.n, 1), self.chunk)
        if len(starts) == 1:
            return task(Block(self.common, self.y, self.weights, self.offset))
        shares = [part for part in np.array_split(np.asarray(starts), SHARES) if len(part)]
        return reduce(add, in_threads(lambda share: reduce(add, (task(self._block(i)) for i in share)), shares))

    def _block(self, start):
        rows = slice(int(start), int(start) + self.chunk)
        parts = (None if part is None else part[rows] for part in (self.weights, self.offset))
        return Block(self.common.take(rows), self.y[rows], *parts)

    def sample(self, size: int, seed: int) -> Any:
        rows = np.sort(np.random.default_rng(seed).choice(self.n, min(size, self.n), replace=False))
        block = chosen(Block(self.common, self.y, self.weights, self.offset), rows)
        return MemoryRows(block.common, block.y, block.weights, block.offset, self.chunk)


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
