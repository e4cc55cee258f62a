"""Stacked: blocks side by side."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .base import LinearMap
from .dense import Dense


@dataclass(frozen=True, eq=False)
class Stacked(LinearMap):
    """The columns of several blocks, one after the other: X = [X_1 X_2 ...]; at least one block."""

    blocks: tuple[LinearMap, ...]

    @property
    def shape(self) -> tuple[int, int]:
        return self.blocks[0].shape[0], sum(block.shape[1] for block in self.blocks)

    @property
    def coded(self) -> bool:
        return any(block.coded for block in self.blocks)

    def _slices(self):
        ends = np.cumsum([0, *(block.shape[1] for block in self.blocks)])
        return [slice(a, b) for a, b in pairwise(ends)]

    def matvec(self, b: np.ndarray) -> np.ndarray:
        total = np.zeros((self.shape[0], *b.shape[1:]))
        for block, part in zip(self.blocks, self._slices(), strict=True):
            total += block.matvec(b[part])
        return total

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        return np.concatenate([block.rmatvec(v) for block in self.blocks])

    def gram(self, w: np.ndarray | None = None) -> np.ndarray:
        gram = np.empty((self.shape[1], self.shape[1]))
        parts = list(zip(self.blocks, self._slices(), strict=True))
        for i, (left, a) in enumerate(parts):
            gram[a, a] = left.gram(w)
            for right, b in parts[:i]:
                gram[a, b] = left.cross(right, w)
                gram[b, a] = gram[a, b].T
        return gram

    def cross(self, other: LinearMap, w: np.ndarray | None = None) -> np.ndarray:
        return np.concatenate([block.cross(other, w) for block in self.blocks])

    def dense(self, rows: np.ndarray | slice | None = None) -> np.ndarray:
        return np.hstack([block.dense(rows) for block in self.blocks])

    def column(self, j: int) -> np.ndarray:
        for block, part in zip(self.blocks, self._slices(), strict=True):
            if j < part.stop:
                return block.column(j - part.start)
        raise IndexError(f"column {j} of {self.shape[1]}")

    def take(self, rows: np.ndarray | slice) -> "Stacked":
        return Stacked(tuple(block.take(rows) for block in self.blocks))

    def select(self, columns: np.ndarray) -> LinearMap:
        columns, chosen = np.asarray(columns), []
        for block, part in zip(self.blocks, self._slices(), strict=True):
            inside = columns[(columns >= part.start) & (columns < part.stop)] - part.start
            if len(inside):
                chosen.append(block.select(inside))
        if not chosen:
            return Dense(np.empty((self.shape[0], 0)))
        return chosen[0] if len(chosen) == 1 else Stacked(tuple(chosen))
