r"""Crossed grouping factors: the largest is eliminated level by level, the rest is one dense matrix.

The cross-products here; their factorisation in `crossed_factor`.

References
----------
Bates, Maechler, Bolker & Walker (2015), Journal of Statistical Software 67(1), section 3.4.
doi:10.18637/jss.v067.i01
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from ...errors import EngineError
from .base import CrossProducts, effect_slices
from .block import Block
from .crossed_factor import CrossedFactor
from .dense import sparse_rows
from .fill import Coupling, choose_fill
from .kernel import multiply

REST_LIMIT = 6000  # effects of the dense rest: 9 s and 0.9 GB an evaluation there


class CrossedCrossProducts(CrossProducts):
    """Hold A_1 [l, l, L], C as a `Coupling` and R [r, r] as a sparse matrix."""

    name = "crossed"

    def __init__(self, blocks: Sequence[Block], w: np.ndarray | None):
        self.blocks, self.slices = tuple(blocks), effect_slices(blocks)
        self.first = max(range(len(blocks)), key=lambda k: (blocks[k].size, -k))
        self.rest = [k for k in range(len(blocks)) if k != self.first]
        width = sum(blocks[k].size for k in self.rest)
        if width > REST_LIMIT:
            names = f"{blocks[self.first].size:,} effects of the largest grouping factor and {width:,} of the others"
            raise EngineError(
                f"crossed grouping factors with {names}: after the largest is eliminated, the others need dense"
                f" {width:,} x {width:,} matrices, about {4 * 8 * width**2 / 1e9:.0f} GB, and"
                f" {(width / 1128) ** 3 * 0.04:.0f} s an evaluation. This engine goes to {REST_LIMIT:,}. Use fewer"
                " grouping factors or fewer levels, or nest them."
            )
        self.A1 = blocks[self.first].gram(w)
        Z = sparse_rows([blocks[k] for k in self.rest])
        weighted = Z if w is None else sp.csr_array(Z * w[:, None])
        self.R = sp.csr_array(Z.T @ weighted)
        self.coupling = _couple(blocks[self.first], weighted)
        self.fill = choose_fill(self.coupling)
        lower = sp.tril(self.R, format="coo")
        self.R_lower = lower.row.astype(np.int64) * width + lower.col, lower.data

    def split(self, effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the effects of the eliminated factor [m, l, L] and those of the rest [m, r]."""
        first = self.parts(effects)[self.first]
        return first, np.concatenate([effects[:, self.slices[k]] for k in self.rest], axis=1)

    def join(self, first: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """Undo `split`."""
        out = np.empty((len(rest), self.size))
        out[:, self.slices[self.first]] = first.reshape(len(rest), -1)
        for k, where in zip(self.rest, self.rest_slices, strict=True):
            out[:, self.slices[k]] = rest[:, where]
        return out

    @property
    def rest_slices(self) -> tuple[slice, ...]:
        """Return where each factor of the rest lies among the rest."""
        return effect_slices([self.blocks[k] for k in self.rest])

    def apply(self, effects: np.ndarray) -> np.ndarray:
        first, rest = self.split(effects)
        top = multiply(self.A1, first) + self.coupling.times(rest)
        bottom = self.coupling.transposed_times(first) + (self.R @ np.ascontiguousarray(rest.T)).T
        return self.join(top, bottom)

    def diagonal(self, k: int) -> np.ndarray:
        if k == self.first:
            return self.A1
        block, where = self.blocks[k], self.rest_slices[self.rest.index(k)]
        return _block_diagonal(self.R[where, where], block.effects, block.levels)

    def square_sums(self, k: int, m: int) -> np.ndarray:
        if k == self.first:
            if m == self.first:
                return np.einsum("abL,abL->L", self.A1, self.A1)
            where = self.rest_slices[self.rest.index(m)]
            indicator = np.zeros(self.coupling.width)
            indicator[where] = 1.0
            return sum((C * C) @ indicator for C in self.coupling.matrices)
        where, size = self.rest_slices[self.rest.index(k)], self.blocks[k].effects
        if m == self.first:
            sums = sum((C * C).sum(axis=0) for C in self.coupling.matrices)[where]
        else:
            own = self.R[where, self.rest_slices[self.rest.index(m)]]
            sums = (own * own).sum(axis=1)
        return np.asarray(sums).reshape(size, -1).sum(0)

    def factor(self, factors: Sequence[np.ndarray]) -> CrossedFactor:
        return CrossedFactor(self, tuple(factors))


def _couple(first: Block, weighted: sp.csr_array) -> Coupling:
    """Return C from the eliminated block and the weighted rows of the rest."""
    rows = np.repeat(first.codes.astype(np.int32), np.diff(weighted.indptr))
    data = []
    for a in range(first.effects):
        column = first.column(a)
        values = weighted.data if column is None else weighted.data * np.repeat(column, np.diff(weighted.indptr))
        pattern = sp.coo_array((values, (rows, weighted.indices)), shape=(first.levels, weighted.shape[1])).tocsr()
        data.append(pattern.data)
    return Coupling(np.stack(data), pattern.indices, pattern.indptr, weighted.shape[1])


def _block_diagonal(matrix: sp.csr_array, size: int, levels: int) -> np.ndarray:
    out = np.zeros((size, size, levels))
    for a in range(size):
        for b in range(size):
            out[a, b] = matrix[a * levels : (a + 1) * levels, b * levels : (b + 1) * levels].diagonal()
    return out
