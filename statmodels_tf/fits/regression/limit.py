"""Limit: the information of a fit some of whose estimates are infinite, and what it says of functions of them.

The rows that are fitted without error say nothing more once the estimate lies at infinity. With N a basis of the c that
have x'c = 0 in all other rows, a function L beta is

- estimated, with a variance, where L N = 0: where the other rows determine it;
- infinite, with a sign, where L N is a combination with weights of one sign of the s x'N of the rows fitted without
  error, whose s x'beta all grow without end;
- not determined by the likelihood otherwise.

References
----------
Geyer (2009), Likelihood inference in exponential families and directions of recession. doi:10.1214/08-EJS349
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import nnls

from ...linalg import LinearMap
from ..system import RegressionSystem

_DETERMINED = 1e-7
_PARALLEL, _INSIDE = 1e-10, 1e-6


@dataclass(frozen=True, eq=False)
class Limit:
    """The system of a fit at infinity; a `RegressionSystem`.

    Parameters
    ----------
    finite : RegressionSystem
        The information of the rows that are not fitted without error.
    open : array [p, q]
        N.
    rays : array [m, q]
        The s x'N, of length one, of rows that are fitted without error.
    centre : array [q]
        Where all of these have positive products with.
    leaving : callable
        The columns of rows [n, p] -> -1, 0 or 1 for each: to which edge it goes.
    """

    finite: RegressionSystem
    open: np.ndarray
    rays: np.ndarray
    centre: np.ndarray
    leaving: Callable[[Any], np.ndarray]

    @property
    def estimable(self) -> np.ndarray:
        """The positions [r] of columns that the other rows tell apart."""
        return self.finite.estimable

    @property
    def covariance(self) -> np.ndarray:
        """The inverse of X'WX [r, r]; it is that of determined functions."""
        return self.finite.covariance

    @property
    def variances(self) -> np.ndarray:
        """The diagonal [r] of `covariance`."""
        return self.finite.variances

    def solve(self, b: np.ndarray) -> np.ndarray:
        """Return the inverse of X'WX times b [r] or [r, m]."""
        return self.finite.solve(b)

    def prediction_variance(self, matrix: LinearMap) -> np.ndarray:
        """Return the diagonal [m] of X (X'WX)^-1 X' for rows X [m, p]; it means something where determined."""
        return self.finite.prediction_variance(matrix)

    def determined(self, L: np.ndarray) -> np.ndarray:
        """Return whether each row of L [m, p] is a function that has an estimate."""
        return (np.abs(L @ self.open) <= _DETERMINED * (np.abs(L) @ np.abs(self.open))).all(axis=1)

    def side(self, L: np.ndarray) -> np.ndarray:
        """Return -1 or 1 for each row of L [m, p] whose function is infinite, else 0."""
        out, there = np.zeros(len(L), dtype=int), np.flatnonzero(~self.determined(L))
        if not len(there):
            return out
        moved = L[there] @ self.open
        toward = np.sign(moved @ self.centre)
        moved *= (toward / np.linalg.norm(moved, axis=1))[:, None]
        distinct, place = np.unique(np.round(moved, 10), axis=0, return_inverse=True)
        inside = np.array([self._grows(row) for row in distinct])
        out[there] = np.where(inside[place.ravel()], toward, 0)
        return out

    def reached(self, L: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return where L beta lies for L [m, p]: at `values` [m] where determined, else at infinity, or NaN."""
        side = self.side(L)
        return np.where(self.determined(L), values, np.where(side == 0, np.nan, np.copysign(np.inf, side)))

    def _grows(self, row):
        """Return whether row [q], of length one, is a combination of the rays with weights that are not negative."""
        if (self.rays @ row).max(initial=0.0) >= 1 - _PARALLEL:
            return True
        return bool(row.any()) and nnls(self.rays.T, row)[1] < _INSIDE


def limit_of(fit: Any) -> Limit | None:
    """Return the limit that a fit lies at, or None where its estimates are finite."""
    system = getattr(fit, "system", None)
    return system if isinstance(system, Limit) else None
