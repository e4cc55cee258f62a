"""Systems: the information of a fit, factored, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_solve, solve_triangular

from ...linalg import LinearMap
from ...linalg.arranged import arranged
from ...linalg.split import SplitNormal, SplitRows

ELEMENTS = 1 << 22
"""Numbers of a matrix of rows made at a time."""


@dataclass(frozen=True, eq=False)
class CholeskySystem:
    """X'WX = L L' of the estimable columns; a `RegressionSystem`.

    Parameters
    ----------
    estimable : int array [r]
    lower : array [r, r]
    """

    estimable: np.ndarray
    lower: np.ndarray

    @cached_property
    def covariance(self) -> np.ndarray:
        """The inverse of X'WX [r, r]."""
        half = self._half(np.eye(len(self.lower)))
        return half.T @ half

    @cached_property
    def variances(self) -> np.ndarray:
        """The diagonal [r] of the inverse."""
        half = self._half(np.eye(len(self.lower)))
        return np.einsum("ij,ij->j", half, half)

    def solve(self, b: np.ndarray) -> np.ndarray:
        """Return the inverse of X'WX times b [r] or [r, m]."""
        return cho_solve((self.lower, True), b) if len(self.lower) else np.zeros_like(b)

    def prediction_variance(self, matrix: LinearMap) -> np.ndarray:
        """Return the diagonal [m] of X (X'WX)^-1 X' for rows X [m, p]."""
        out = np.empty(matrix.shape[0])
        size = max(ELEMENTS // max(matrix.shape[1], 1), 1)
        for start in range(0, len(out), size):
            rows = slice(start, start + size)
            half = self._half(matrix.dense(rows)[:, self.estimable].T)
            out[rows] = np.einsum("ij,ij->j", half, half)
        return out

    def _half(self, b):
        return solve_triangular(self.lower, b, lower=True) if len(self.lower) else np.zeros_like(b)


@dataclass(frozen=True, eq=False)
class SchurSystem:
    """X'WX with one large factor eliminated; a `RegressionSystem`. Nothing of size [p, p] is formed unless asked for.

    With internal coefficients (effects of all L levels, the rest), the inverse is

        [ D⁻¹ + P S⁻¹ P'   -P S⁻¹ ]
        [ -S⁻¹ P'             S⁻¹ ],   P = D⁻¹B,

    and K turns effects into the user's coefficients.

    Parameters
    ----------
    normal : SplitNormal
    lower : array [r, r]
        S = lower lower'.
    """

    normal: SplitNormal
    lower: np.ndarray

    @property
    def estimable(self) -> np.ndarray:
        """All columns: a factor is eliminated only where the columns are independent."""
        return np.arange(self.normal.plan.p)

    @cached_property
    def _slopes(self):
        return self.normal.between / self.normal.diagonal[:, None]

    @cached_property
    def _half_slopes(self):
        return solve_triangular(self.lower, self._slopes.T, lower=True).T if len(self.lower) else self._slopes

    @cached_property
    def variances(self) -> np.ndarray:
        """The diagonal [p] of the inverse."""
        plan, out = self.normal.plan, np.empty(self.normal.plan.p)
        half = solve_triangular(self.lower, np.eye(len(self.lower)), lower=True)
        out[plan.rest] = np.einsum("ij,ij->j", half, half)
        turn = plan.to_coefficients
        moved = turn @ self._half_slopes
        out[plan.spanned] = (turn * turn) @ (1 / self.normal.diagonal) + np.einsum("ij,ij->i", moved, moved)
        return out

    @cached_property
    def covariance(self) -> np.ndarray:
        """The inverse of X'WX [p, p]."""
        return self.solve(np.eye(self.normal.plan.p))

    def solve(self, b: np.ndarray) -> np.ndarray:
        """Return the inverse of X'WX times b [p] or [p, m]."""
        plan = self.normal.plan
        effects, rest = self.internal(plan.to_coefficients.T @ b[plan.spanned], b[plan.rest])
        out = np.empty(b.shape)
        out[plan.spanned], out[plan.rest] = plan.to_coefficients @ effects, rest
        return out

    def internal(self, levels: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return effects of levels and other coefficients that solve the equations for this right side."""
        scaled = (levels.T / self.normal.diagonal).T
        reduced = others - self.normal.between.T @ scaled
        rest = cho_solve((self.lower, True), reduced) if len(self.lower) else reduced
        return scaled - self._slopes @ rest, rest

    def prediction_variance(self, matrix: LinearMap) -> np.ndarray:
        """Return the diagonal [m] of X (X'WX)^-1 X' for rows X [m, p]."""
        rows = arranged(matrix)
        out = np.empty(matrix.shape[0])
        apart = isinstance(rows, SplitRows) and rows.plan.levels == self.normal.plan.levels
        size = max(ELEMENTS // (len(self.lower) + 1 if apart else matrix.shape[1]), 1)
        for start in range(0, len(out), size):
            part = slice(start, start + size)
            if apart:
                block = rows.take(part)
                difference = block.others() - self._slopes[block.codes]
                half = solve_triangular(self.lower, difference.T, lower=True) if len(self.lower) else difference.T
                out[part] = 1 / self.normal.diagonal[block.codes] + np.einsum("ij,ij->j", half, half)
            else:
                dense = matrix.dense(part)
                out[part] = np.einsum("ij,ji->i", dense, self.solve(dense.T))
        return out


@dataclass(frozen=True, eq=False)
class Narrow:
    """A system of some of the columns only; a `RegressionSystem` of all.

    Parameters
    ----------
    system : CholeskySystem or SchurSystem
    held : int array [r]
        Its columns, among all.
    """

    system: CholeskySystem | SchurSystem
    held: np.ndarray

    @property
    def estimable(self) -> np.ndarray:
        """The positions of the estimable columns among the design's."""
        return self.held[self.system.estimable]

    @property
    def covariance(self) -> np.ndarray:
        """The inverse of X'WX [r, r]."""
        return self.system.covariance

    @property
    def variances(self) -> np.ndarray:
        """The diagonal [r] of the inverse."""
        return self.system.variances

    def solve(self, b: np.ndarray) -> np.ndarray:
        """Return the inverse of X'WX times b [r] or [r, m]."""
        return self.system.solve(b)

    def prediction_variance(self, matrix: LinearMap) -> np.ndarray:
        """Return the diagonal [m] of X (X'WX)^-1 X' for rows X [m, p]."""
        return self.system.prediction_variance(matrix.select(self.held))
