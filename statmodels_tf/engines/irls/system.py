"""The information of a fit and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_solve, solve_triangular

from ...linalg import LinearMap

_CHUNK = 65_536


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
        return self.solve(np.eye(len(self.lower)))

    @cached_property
    def variances(self) -> np.ndarray:
        return np.diag(self.covariance)

    def solve(self, b: np.ndarray) -> np.ndarray:
        return cho_solve((self.lower, True), b)

    def prediction_variance(self, matrix: LinearMap) -> np.ndarray:
        out = np.empty(matrix.shape[0])
        for start in range(0, len(out), _CHUNK):
            rows = slice(start, start + _CHUNK)
            half = solve_triangular(self.lower, matrix.dense(rows)[:, self.estimable].T, lower=True)
            out[rows] = np.einsum("ij,ij->j", half, half)
        return out
