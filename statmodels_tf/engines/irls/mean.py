"""Mean: the weighted mean of the response, as sums over rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .passes import counted
from .rows import Block


@dataclass(frozen=True, eq=False)
class Numbers:
    """Plain sums, added place by place."""

    values: np.ndarray

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(self.values + other.values)


@dataclass(frozen=True, eq=False)
class Mean:
    """The task that adds up prior weights, and those times the response."""

    def __call__(self, block: Block) -> Numbers:
        block = counted(block)
        a = np.ones(len(block.y)) if block.weights is None else block.weights
        return Numbers(np.array([np.sum(a), a @ block.y]))
