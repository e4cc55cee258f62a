r"""The factorisation for crossed grouping factors: one eliminated, the rest one dense matrix.

With A = [A_1 C; C' R], Sigma = blockdiag(Sigma_1, Sigma_r) and W_i = (A_1i + Sigma_1^{-1})^{-1},

    S = R - sum_i C_i'W_i C_i,
    K = T_rr = (S + Sigma_r^{-1})^{-1} = Lambda_r (Lambda_r' S Lambda_r + I)^{-1} Lambda_r'
    T_11 = W + W C K C'W,             T_1r = -W C K,
    log|M| = sum_i log|Lambda_1'A_1i Lambda_1 + I| + log|Lambda_r' S Lambda_r + I|.

The first form of K needs no scaling of S and is used while Lambda_r is far from singular, the second at and near
singular ones. C_i K C_i' is wanted on the pattern of C only, so K is the only dense inverse.

References
----------
Bates, Maechler, Bolker & Walker (2015), Journal of Statistical Software 67(1), section 3.4.
doi:10.18637/jss.v067.i01
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import blas, lapack

from .base import Factor
from .block import Block
from .kernel import matmul, multiply, posterior, root, sandwich
from .single import level_quadratic

if TYPE_CHECKING:
    from .crossed import CrossedCrossProducts

_SINGULAR = 1e-4  # smallest singular value of Lambda_k for which Sigma_k is inverted
_CHUNK = 1 << 22


class CrossedFactor(Factor):
    """Hold W [l, l, L] and either the Cholesky factor of S + Sigma_r^{-1} or, once asked for, its inverse K."""

    products: CrossedCrossProducts

    def __init__(self, products: CrossedCrossProducts, factors: tuple[np.ndarray, ...]):
        self.products, self.factors = products, factors
        self.W, self.logdet = posterior(products.A1, factors[products.first])
        self.rest = [factors[k] for k in products.rest]
        S = products.fill.product(-self.W)
        flat, values = products.R_lower
        S.reshape(-1)[flat] += values
        self.regular = [np.linalg.svd(Lambda, compute_uv=False)[-1] > _SINGULAR for Lambda in self.rest]
        self.S = None
        if all(self.regular):
            self._add_precision(S)
            self.logdet += 2.0 * sum(
                products.blocks[k].levels * np.log(np.abs(np.diag(Lambda))).sum()
                for k, Lambda in zip(products.rest, self.rest, strict=True)
            )
        else:
            self.S = np.tril(S) + np.tril(S, -1).T
            S = self._scale(self._scale(self.S, transpose=True).T, transpose=True)
            S.flat[:: len(S) + 1] += 1.0
        # The transpose of a C-ordered array is Fortran-ordered: LAPACK works in place, its upper triangle our lower.
        self._upper, info = lapack.dpotrf(S.T, lower=0, clean=0, overwrite_a=1)
        if info != 0:
            raise np.linalg.LinAlgError("the cross-products of the random effects are not positive definite")
        self.logdet += 2.0 * float(np.log(np.diag(self._upper)).sum())
        self._K: np.ndarray | None = None
        self._CKC: np.ndarray | None = None

    def _add_precision(self, S: np.ndarray) -> None:
        width = len(S)
        for k, where, Lambda in zip(self.products.rest, self.products.rest_slices, self.rest, strict=True):
            half = np.linalg.inv(Lambda)
            precision, levels = half.T @ half, self.products.blocks[k].levels
            for a in range(len(Lambda)):
                for b in range(a + 1):
                    start = (where.start + a * levels) * width + where.start + b * levels
                    S.reshape(-1)[start : start + (levels - 1) * (width + 1) + 1 : width + 1] += precision[a, b]

    def _scale(self, effects: np.ndarray, *, transpose: bool) -> np.ndarray:
        """Return Lambda_r c (or Lambda_r'c) for each row of effects [m, r]."""
        out = np.empty_like(effects)
        for where, Lambda in zip(self.products.rest_slices, self.rest, strict=True):
            part = effects[:, where].reshape(len(effects), len(Lambda), -1)
            out[:, where] = multiply((Lambda.T if transpose else Lambda)[:, :, None], part).reshape(len(effects), -1)
        return out

    @property
    def K(self) -> np.ndarray:
        """Return T_rr [r, r], both triangles; computing it overwrites the Cholesky factor."""
        if self._K is None:
            inverse, _ = lapack.dpotri(self._upper, lower=0, overwrite_c=1)
            lower = inverse.T
            if self.S is not None:
                whole = np.tril(lower) + np.tril(lower, -1).T
                lower = self._scale(self._scale(whole, transpose=False).T, transpose=False)
            self._K = lower
            self._upper = None
            return lower
        return self._K

    @property
    def CKC(self) -> np.ndarray:
        """Return C_i K C_i' [l, l, L]."""
        if self._CKC is None:
            self._CKC = self.products.fill.quadratic(self.K)
        return self._CKC

    def _rest_times(self, rest: np.ndarray) -> np.ndarray:
        """Return K c for each of m vectors [m, r]."""
        if self._K is not None:
            return blas.dsymm(1.0, self._K.T, rest.T, lower=0).T
        if self.S is None:
            return lapack.dpotrs(self._upper, rest.T, lower=0)[0].T
        scaled = lapack.dpotrs(self._upper, self._scale(rest, transpose=True).T, lower=0)[0].T
        return self._scale(scaled, transpose=False)

    def shrink(self, effects: np.ndarray) -> np.ndarray:
        first, rest = self.products.split(effects)
        eliminated = multiply(self.W, first)
        below = self._rest_times(rest - self.products.coupling.transposed_times(eliminated))
        return self.products.join(eliminated - multiply(self.W, self.products.coupling.times(below)), below)

    def traces(self) -> tuple[np.ndarray, ...]:
        products, S = self.products, self.S
        out: list[Any] = [None] * len(self.factors)
        A, levels = products.A1, products.blocks[products.first].levels
        P = np.eye(len(A))[:, :, None] - matmul(A, self.W)
        out[products.first] = (matmul(P, A) - sandwich(P, self.CKC)).sum(-1)
        for k, where, Lambda, regular in zip(products.rest, products.rest_slices, self.rest, self.regular, strict=True):
            levels = products.blocks[k].levels
            if regular or S is None:
                half = np.linalg.inv(Lambda)
                precision = half.T @ half
                out[k] = levels * precision - precision @ self._blocks(self.K, where, levels).sum(-1) @ precision
            else:
                whole = np.tril(self.K) + np.tril(self.K, -1).T
                inner = S[where] @ whole
                blocks = [
                    [
                        (inner[a * levels : (a + 1) * levels] * S[where][b * levels : (b + 1) * levels]).sum()
                        for b in range(len(Lambda))
                    ]
                    for a in range(len(Lambda))
                ]
                out[k] = self._blocks(S, where, levels).sum(-1) - np.array(blocks)
        return tuple(out)

    @staticmethod
    def _blocks(matrix: np.ndarray, where: slice, levels: int) -> np.ndarray:
        """Return the diagonal blocks [l, l, L] of one factor from the lower triangle of a [r, r] matrix."""
        size, own = (where.stop - where.start) // levels, matrix[where, where]
        out = np.empty((size, size, levels))
        for a in range(size):
            for b in range(a + 1):
                out[a, b] = out[b, a] = np.diagonal(own[a * levels : (a + 1) * levels, b * levels : (b + 1) * levels])
        return out

    def covariance(self, k: int) -> np.ndarray:
        products = self.products
        if k == products.first:
            return self.W + sandwich(self.W, self.CKC)
        return self._blocks(self.K, products.rest_slices[products.rest.index(k)], products.blocks[k].levels)

    def draw(self, normals: np.ndarray) -> np.ndarray:
        first, rest = self.products.split(normals)
        if self._upper is None:
            values, vectors = np.linalg.eigh(self.K)  # of the lower triangle
            below = (rest * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        else:
            below = lapack.dtrtrs(self._upper, rest.T, lower=0, trans=0)[0].T
            below = below if self.S is None else self._scale(np.ascontiguousarray(below), transpose=False)
        N = root(self.products.A1, self.factors[self.products.first])
        return self.products.join(multiply(N, first) - multiply(self.W, self.products.coupling.times(below)), below)

    def quadratic(self, rows: Sequence[Block]) -> np.ndarray:
        """Return z'Tz = z_1'W z_1 + r'Kr with r = z_r - C_i'W_i z_1, row by row."""
        products = self.products
        whole = np.tril(self.K) + np.tril(self.K, -1).T
        first, rest = rows[products.first], [rows[k] for k in products.rest]
        out = level_quadratic(self.W, first)
        known = first.codes >= 0
        i = np.where(known, first.codes, 0)
        z1 = np.ones((1, len(i))) if first.columns is None else first.columns.T
        h = np.where(known, multiply(self.W[:, :, i], z1[None])[0], 0.0)
        out += np.einsum("aM,abM,bM->M", h, self.CKC[:, :, i], h)
        columns, values = _entries(rest)
        for s in range(len(columns)):
            for t in range(len(columns)):
                out += values[s] * values[t] * whole[columns[s], columns[t]]
        pointers, coupling = products.coupling.pointers, products.coupling
        counts = np.where(known, np.diff(pointers)[i], 0)
        step = max(1, int(_CHUNK // max(1.0, counts.mean()))) if len(i) else 1
        for start in range(0, len(i), step):
            part = slice(start, start + step)
            repeats = counts[part]
            owner = np.repeat(np.arange(len(repeats)), repeats)
            place = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
            place += np.repeat(pointers[i[part]], repeats)
            weight = sum(h[a, part][owner] * coupling.data[a, place] for a in range(len(h)))
            met = coupling.indices[place]
            for s in range(len(columns)):
                inner = np.bincount(owner, weight * whole[met, columns[s][part][owner]], len(repeats))
                out[part] -= 2.0 * values[s][part] * inner
        return out


def _entries(rows: Sequence[Block]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return place among the rest and value of each effect of the rest, row by row; unknown levels count zero."""
    columns, values, start = [], [], 0
    for block in rows:
        known = block.codes >= 0
        for a in range(block.effects):
            column = block.column(a)
            columns.append(np.where(known, block.codes, 0) + start)
            values.append(np.where(known, 1.0 if column is None else column, 0.0))
            start += block.levels
    return columns, values
