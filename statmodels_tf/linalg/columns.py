"""Columns: a block of columns that lie where they were found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .base import LinearMap
from .dense import Dense
from .symmetric import rows_at_once, weighted_gram

SCATTERED = 4
"""Columns of a run, on average, below which rows are gathered before they are multiplied."""


@dataclass(frozen=True, eq=False)
class Columns(LinearMap):
    """Columns held in several arrays, so that those of the data need not be copied.

    Parameters
    ----------
    runs : tuple of float64 array [n, k]
        Neighbouring columns that lie at equal distances.
    owners : tuple
        What must live for the arrays to stay as they are: Series of pandas, which copy shared memory before they write.
    """

    runs: tuple[np.ndarray, ...]
    owners: tuple[Any, ...] = field(default=(), repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return Columns, (self.runs,)  # what is read back is a copy, and shares with no one

    @cached_property
    def _slices(self) -> list[slice]:
        ends = np.cumsum([0, *(run.shape[1] for run in self.runs)]).tolist()
        return [slice(a, b) for a, b in pairwise(ends)]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.runs[0]), self._slices[-1].stop

    @property
    def coded(self) -> bool:
        return False

    @property
    def scattered(self) -> bool:
        """Whether products are faster of rows gathered into one array."""
        return len(self.runs) > 2 and self.shape[1] < SCATTERED * len(self.runs)

    def _blocks(self) -> Iterator[tuple[slice, Dense]]:
        """Return the rows some at a time, as arrays."""
        n, p = self.shape
        size = rows_at_once(p)
        for start in range(0, n, size):
            rows = slice(start, min(start + size, n))
            yield rows, Dense(self.dense(rows))

    def matvec(self, b: np.ndarray) -> np.ndarray:
        if self.scattered:
            out = np.empty((self.shape[0], *b.shape[1:]))
            for rows, block in self._blocks():
                out[rows] = block.matvec(b)
            return out
        # One column of ones, whose rows are one number in memory, is added last, and as a number.
        order = sorted(zip(self.runs, self._slices, strict=True), key=lambda part: part[0].strides[0] == 0)
        total = order[0][0] @ b[order[0][1]]
        for run, at in order[1:]:
            total += run[0] @ b[at] if run.strides[0] == 0 and len(run) else run @ b[at]
        return total

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        if not self.scattered:
            return np.concatenate([run.T @ v for run in self.runs])
        total = np.zeros((self.shape[1], *v.shape[1:]))
        for rows, block in self._blocks():
            total += block.rmatvec(v[rows])
        return total

    def gram(self, w: np.ndarray | None = None) -> np.ndarray:
        if w is None or not (w < 0).any():
            return weighted_gram(self.runs, w)
        return self.cross(self, w)

    def cross(self, other: LinearMap, w: np.ndarray | None = None) -> np.ndarray:
        total = np.zeros((self.shape[1], other.shape[1]))
        for rows, block in self._blocks():
            total += block.cross(other.take(rows), None if w is None else w[rows])
        return total

    def dense(self, rows: np.ndarray | slice | None = None) -> np.ndarray:
        chosen = slice(None) if rows is None else rows
        if not isinstance(chosen, slice) and chosen.dtype.kind == "b":
            chosen = np.flatnonzero(chosen)
        m = len(range(self.shape[0])[chosen]) if isinstance(chosen, slice) else len(chosen)
        out = np.empty((self.shape[1], m)).T
        for run, at in zip(self.runs, self._slices, strict=True):
            if isinstance(chosen, slice):
                out[:, at] = run[chosen]
            elif run.strides[0] == 0:
                out[:, at] = run[:1]
            else:
                for j in range(run.shape[1]):
                    out[:, at.start + j] = run[:, j].take(chosen)
        return out

    def column(self, j: int) -> np.ndarray:
        at = next(i for i, part in enumerate(self._slices) if j < part.stop)
        return self.runs[at][:, j - self._slices[at].start]

    def take(self, rows: np.ndarray | slice) -> LinearMap:
        if isinstance(rows, slice):
            return Columns(tuple(run[rows] for run in self.runs), self.owners)
        return Dense(self.dense(rows))

    def select(self, columns: np.ndarray) -> LinearMap:
        chosen = np.arange(self.shape[1])[columns].tolist()
        if not chosen:
            return Dense(np.empty((self.shape[0], 0)))
        return Columns(in_runs([self.column(j) for j in chosen]), self.owners)


def in_runs(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Return columns [n] as arrays [n, k]: together those of one array that follow each other at equal distances."""
    groups: list[list[np.ndarray]] = []
    for column in columns:
        if groups and _follows(column, groups[-1]):
            groups[-1].append(column)
        else:
            groups.append([column])
    return tuple(_together(group) for group in groups)


def _place(column):
    return column.__array_interface__["data"][0]


def _follows(column, group):
    """Return whether a column continues a group, each after the last where BLAS takes them for one matrix."""
    last, step = group[-1], column.itemsize
    if column.base is None or column.base is not last.base or column.strides != (step,) or last.strides != (step,):
        return False
    distance = _place(column) - _place(last)
    if distance < step * len(column) or distance % step:
        return False
    return len(group) == 1 or distance == _place(last) - _place(group[-2])


def _together(group):
    first = group[0]
    if len(group) == 1:
        return first[:, None]
    strides = (first.itemsize, _place(group[1]) - _place(first))
    return as_strided(first, (len(first), len(group)), strides, writeable=False)
