"""The columns of one grouping factor: which level each row belongs to, and what multiplies its effects.

A block stands for the matrix Z of n rows and l L columns in which row i holds `columns[i]` at the l places of level
`codes[i]` and zeros elsewhere. It is never formed. Effects are laid out effect by effect, level last: the effect
`a` of level `j` is at position `a L + j`, so that each of the l x l pieces of Z'WZ is one contiguous vector over
the levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True, eq=False)
class Block:
    """Hold the codes of one grouping factor and the values of its effects.

    Parameters
    ----------
    codes : int array [n]
        Level of each row, in 0..levels-1.
    levels : int
        Number of levels L; some may have no row.
    columns : array [n, l] or None
        What multiplies the effects, row by row; None stands for one column of ones.
    """

    codes: np.ndarray
    levels: int
    columns: np.ndarray | None = None

    @property
    def effects(self) -> int:
        """Return l, the number of effects of each level."""
        return 1 if self.columns is None else self.columns.shape[1]

    @property
    def size(self) -> int:
        """Return l L, the number of effects in all."""
        return self.effects * self.levels

    @cached_property
    def _pointers(self) -> np.ndarray:
        return np.arange(len(self.codes) + 1, dtype=np.int32)

    @cached_property
    def _index(self) -> np.ndarray:
        return np.ascontiguousarray(self.codes, dtype=np.int32)

    def column(self, a: int) -> np.ndarray | None:
        """Return what multiplies effect `a` [n], or None for ones."""
        return None if self.columns is None else self.columns[:, a]

    def indicator(self, values: np.ndarray | None = None) -> sp.csr_array:
        """Return the sparse [n, L] matrix with `values` (default ones) at each row's level."""
        data = np.ones(len(self.codes)) if values is None else np.ascontiguousarray(values, dtype=float)
        return sp.csr_array((data, self._index, self._pointers), shape=(len(self.codes), self.levels))

    def segment_sums(self, values: np.ndarray, multiplier: np.ndarray | None = None) -> np.ndarray:
        """Return the sums over the rows of each level of multiplier x values, [L] or [L, m].

        A compressed-row product adds all m columns in one pass: 3 to 8 times faster than m calls of `bincount`.
        """
        if values.ndim == 1:
            weights = values if multiplier is None else values * multiplier
            return np.bincount(self.codes, weights, self.levels)
        return self.indicator(multiplier).T @ values

    def rmatvec(self, values: np.ndarray, w: np.ndarray | None = None) -> np.ndarray:
        """Return Z'WV, laid out [m, l L].

        Parameters
        ----------
        values : array [n, m]
        w : array [n] or None
            Weights of the rows.
        """
        out = np.empty((values.shape[1], self.effects, self.levels))
        for a in range(self.effects):
            out[:, a] = self.segment_sums(values, _product(self.column(a), w)).T
        return out.reshape(values.shape[1], self.size)

    def matvec(self, effects: np.ndarray) -> np.ndarray:
        """Return Z b [n] for effects laid out [l L]."""
        b = effects.reshape(self.effects, self.levels)
        if self.columns is None:
            return b[0][self.codes]
        return np.einsum("na,an->n", self.columns, b[:, self.codes])

    def gram(self, w: np.ndarray | None = None) -> np.ndarray:
        """Return the diagonal blocks Z_j'WZ_j, [l, l, L]."""
        size = self.effects
        out = np.empty((size, size, self.levels))
        if self.columns is None:
            out[0, 0] = np.bincount(self.codes, w, self.levels)
            return out
        for a in range(size):
            weighted = _product(self.columns[:, a], w)
            for b in range(a + 1):
                out[a, b] = out[b, a] = np.bincount(self.codes, weighted * self.columns[:, b], self.levels)
        return out


def parents(fine: Block, coarse: Block) -> np.ndarray | None:
    """Return the level of `coarse` that holds each level of `fine` [L_fine], or None if they are not nested.

    Levels without rows get parent 0: nothing is known of them and nothing flows through them.
    """
    if coarse.levels > fine.levels:
        return None
    parent = np.zeros(fine.levels, dtype=np.intp)
    parent[fine.codes] = coarse.codes
    return parent if np.array_equal(parent[fine.codes], coarse.codes) else None


def _product(values: np.ndarray | None, w: np.ndarray | None) -> np.ndarray | None:
    if values is None:
        return w
    return values if w is None else values * w
