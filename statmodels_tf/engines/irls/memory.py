"""MemoryRows: the rows of a design that lie in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...linalg import LinearMap
from .rows import Block, Rows, Total


@dataclass(frozen=True, eq=False)
class MemoryRows(Rows):
    """Rows held as arrays, one block of them all."""

    common: LinearMap
    y: np.ndarray
    weights: np.ndarray | None
    offset: np.ndarray | None

    @property
    def n(self) -> int:
        return self.common.shape[0]

    @property
    def p(self) -> int:
        return self.common.shape[1]

    def total(self, task: Callable[[Block], Total], label: str = "") -> Total:
        return task(Block(self.common, self.y, self.weights, self.offset))

    def sample(self, size: int, seed: int) -> Any:
        chosen = np.sort(np.random.default_rng(seed).choice(self.n, min(size, self.n), replace=False))
        parts = (None if part is None else part[chosen] for part in (self.weights, self.offset))
        return MemoryRows(self.common.take(chosen), self.y[chosen], *parts)
