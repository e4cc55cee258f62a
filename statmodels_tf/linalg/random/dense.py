"""A few effects of any pattern: A and M as dense matrices. For tiny problems nothing has less overhead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from scipy.linalg import solve_triangular

from .base import CrossProducts, Factor, effect_slices
from .block import Block


def sparse_rows(blocks: Sequence[Block]) -> sp.csr_array:
    """Return Z [n, q] as compressed rows, with the effects in the layout of `Block`."""
    indices, values, start = [], [], 0
    for block in blocks:
        for a in range(block.effects):
            column = block.column(a)
            indices.append(block.codes.astype(np.int32) + np.int32(start))
            values.append(np.ones(len(block.codes)) if column is None else column)
            start += block.levels
    width, n = len(indices), len(blocks[0].codes)
    pointers = np.arange(0, n * width + 1, width)
    return sp.csr_array((np.stack(values, 1).ravel(), np.stack(indices, 1).ravel(), pointers), shape=(n, start))


class DenseCrossProducts(CrossProducts):
    """Hold A [q, q]."""

    name = "dense"

    def __init__(self, blocks: Sequence[Block], w: np.ndarray | None):
        self.blocks, self.slices = tuple(blocks), effect_slices(blocks)
        Z = sparse_rows(blocks)
        weighted = Z if w is None else Z * w[:, None]
        self.A = np.asarray((Z.T @ weighted).toarray())

    def apply(self, effects: np.ndarray) -> np.ndarray:
        return effects @ self.A

    def diagonal(self, k: int) -> np.ndarray:
        return self._blocks(self.A, k)

    def square_sums(self, k: int, m: int) -> np.ndarray:
        squares = (self.A[self.slices[k], self.slices[m]] ** 2).sum(1)
        return squares.reshape(self.blocks[k].effects, -1).sum(0)

    def factor(self, factors: Sequence[np.ndarray]) -> DenseFactor:
        return DenseFactor(self, tuple(factors))

    def _blocks(self, matrix: np.ndarray, k: int) -> np.ndarray:
        """Return the diagonal blocks of factor `k` of a [q, q] matrix, [l, l, L]."""
        size, levels = self.blocks[k].effects, self.blocks[k].levels
        square = matrix[self.slices[k], self.slices[k]].reshape(size, levels, size, levels)
        return np.einsum("ajbj->abj", square).copy()


class DenseFactor(Factor):
    """Hold N = L^{-1} Lambda' with LL' = M, so that T = N'N."""

    products: DenseCrossProducts

    def __init__(self, products: DenseCrossProducts, factors: tuple[np.ndarray, ...]):
        self.products, self.factors = products, factors
        whole = np.zeros((products.size, products.size))
        for Lambda, block, where in zip(factors, products.blocks, products.slices, strict=True):
            for a, b in zip(*np.nonzero(Lambda), strict=True):
                start, levels = where.start, block.levels
                rows = np.arange(start + a * levels, start + (a + 1) * levels)
                whole[rows, rows + (b - a) * levels] = Lambda[a, b]
        M = whole.T @ products.A @ whole
        M.flat[:: len(M) + 1] += 1.0
        L = np.linalg.cholesky(M)
        self.logdet = float(2.0 * np.log(np.diag(L)).sum())
        self.N = solve_triangular(L, whole.T, lower=True, check_finite=False)
        self.T = self.N.T @ self.N

    def shrink(self, effects: np.ndarray) -> np.ndarray:
        return effects @ self.T

    def traces(self) -> tuple[np.ndarray, ...]:
        half = self.N @ self.products.A
        G = self.products.A - half.T @ half
        return tuple(self.products._blocks(G, k).sum(-1) for k in range(len(self.factors)))

    def covariance(self, k: int) -> np.ndarray:
        return self.products._blocks(self.T, k)

    def draw(self, normals: np.ndarray) -> np.ndarray:
        return normals @ self.N

    def quadratic(self, rows: Sequence[Block]) -> np.ndarray:
        return self._quadratic_by_solving(rows)
