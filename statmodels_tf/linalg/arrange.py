"""Arrangement: the rows of a design arranged so that a pass over them is fast.

| columns | arrangement | what a pass adds up |
|---|---|---|
| all numeric | `DenseRows` | X'WX by symmetric updates |
| where they were found | `ColumnRows` | the same |
| factors with few combinations | `CellRows` | sums over the combinations, from which X'WX follows |
| a factor of very many levels | `SplitRows` | its diagonal block, the rest and what lies between |
| others | `MappedRows` | X'WX as the blocks give it |
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .base import LinearMap
from .columns import Columns
from .dense import Dense
from .normal import Normal
from .symmetric import rows_at_once, weighted_gram

__all__ = ["Arrangement", "ColumnRows", "DenseRows", "MappedRows"]


class Arrangement(ABC):
    """Rows of X [n, p], for passes over them.

    Attributes
    ----------
    chunk : int
        How many rows a pass takes at a time.
    """

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    @property
    @abstractmethod
    def chunk(self) -> int:
        """How many rows a pass takes at a time."""

    @abstractmethod
    def matvec(self, b: np.ndarray) -> np.ndarray:
        """Return X b [n]."""

    @abstractmethod
    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        """Return X'v [p]."""

    @abstractmethod
    def normal(self, w: np.ndarray, r: np.ndarray, single: bool = False) -> Any:
        """Return the sums that give X'WX and X'r.

        They add up over rows of one arrangement, and `portable()` ones over any; `collected()` is what all rows give.
        Products may be made in 32 bits if `single`.
        """

    @abstractmethod
    def dense(self) -> np.ndarray:
        """Return the rows as an array [n, p]."""

    @abstractmethod
    def take(self, rows: np.ndarray | slice) -> Arrangement:
        """Return these rows only; a slice is not copied."""


@dataclass(frozen=True, eq=False)
class DenseRows(Arrangement):
    """Columns held as they are."""

    values: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape

    @property
    def chunk(self) -> int:
        return rows_at_once(self.values.shape[1])

    def matvec(self, b: np.ndarray) -> np.ndarray:
        return self.values @ b

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        return self.values.T @ v

    def normal(self, w: np.ndarray, r: np.ndarray, single: bool = False) -> Normal:
        return Normal(weighted_gram(self.values, w, single), self.values.T @ r)

    def dense(self) -> np.ndarray:
        return self.values

    def take(self, rows: np.ndarray | slice) -> DenseRows:
        return DenseRows(self.values[rows] if isinstance(rows, slice) else self.values.T.take(rows, axis=1).T)


@dataclass(frozen=True, eq=False)
class ColumnRows(Arrangement):
    """Columns where they lie; scattered ones are gathered into an array when it is first asked for."""

    columns: Columns

    @property
    def shape(self) -> tuple[int, int]:
        return self.columns.shape

    @property
    def chunk(self) -> int:
        return rows_at_once(self.columns.shape[1])

    @cached_property
    def _within(self) -> LinearMap:
        return Dense(self.columns.dense()) if self.columns.scattered else self.columns

    def matvec(self, b: np.ndarray) -> np.ndarray:
        return self._within.matvec(b)

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        return self._within.rmatvec(v)

    def normal(self, w: np.ndarray, r: np.ndarray, single: bool = False) -> Normal:
        arrays = self._within.dense() if self.columns.scattered else self.columns.runs
        return Normal(weighted_gram(arrays, w, single), self._within.rmatvec(r))

    def dense(self) -> np.ndarray:
        return self._within.dense()

    def take(self, rows: np.ndarray | slice) -> Arrangement:
        if isinstance(rows, slice):
            return ColumnRows(Columns(tuple(run[rows] for run in self.columns.runs)))
        return DenseRows(self.columns.dense(rows))


@dataclass(frozen=True, eq=False)
class MappedRows(Arrangement):
    """Blocks of columns that have no arrangement of their own."""

    columns: LinearMap

    @property
    def shape(self) -> tuple[int, int]:
        return self.columns.shape

    @property
    def chunk(self) -> int:
        return 1 << 17

    def matvec(self, b: np.ndarray) -> np.ndarray:
        return self.columns.matvec(b)

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        return self.columns.rmatvec(v)

    def normal(self, w: np.ndarray, r: np.ndarray, single: bool = False) -> Normal:
        return Normal(self.columns.gram(w), self.columns.rmatvec(r))

    def dense(self) -> np.ndarray:
        return self.columns.dense()

    def take(self, rows: np.ndarray | slice) -> MappedRows:
        return MappedRows(self.columns.take(rows))
