"""What an engine keeps of a model so that its fit can be asked more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..linalg import LinearMap


class MixedSystem(Protocol):
    """The mixed model equations at the optimum: what an engine keeps so that a fit can answer for its uncertainty.

    `p` counts the estimable common columns, `l` the effects and `L` the levels of a group term. All variances include
    sigma^2.
    """

    @property
    def estimable(self) -> np.ndarray:
        """The positions of the estimable columns among the design's."""

    def conditional_covariance(self, k: int) -> np.ndarray:
        """Return the covariance [L, l, l] of the effects of group term `k`, given the response and theta."""

    def prediction_variance(self, X: np.ndarray, groups: Sequence[tuple[np.ndarray, np.ndarray | None]]) -> np.ndarray:
        """Return the variance [m] of x'beta_hat + z'(b_hat - b); code -1 stands for a level not seen."""

    @property
    def logdet_X(self) -> float:
        """Return log|X'V^-1 X| of the estimable columns, V the covariance of the response over sigma^2."""

    def contrast_root(self, X: np.ndarray) -> np.ndarray:
        """Return R [p, m] with R'R the covariance of X beta_hat, for rows X [m, p]; right for shifted columns too."""

    def coefficient_variance(self, X: np.ndarray) -> np.ndarray:
        """Return the variance [m] of x'beta_hat for rows X [m, p]."""

    def satterthwaite(self, contrasts: np.ndarray) -> np.ndarray:
        """Return Satterthwaite's degrees of freedom [r] of the contrasts [r, p] of the coefficients."""

    def draw(self, rng: np.random.Generator, size: int, vary_theta: bool = False) -> dict[str, Any]:
        """Return draws given the data: `beta` [size, p], `b` (a tuple of [size, L, l]), `sigma` [size], `factors`."""


class RegressionSystem(Protocol):
    """The information X'WX of a fit without group terms, and what follows from it; dispersion left out everywhere.

    `r` counts the estimable columns. Nothing of size [r, r] is formed unless `covariance` is asked for.
    """

    @property
    def estimable(self) -> np.ndarray:
        """The positions [r] of the estimable columns among the design's."""

    @property
    def covariance(self) -> np.ndarray:
        """The inverse of X'WX [r, r]."""

    @property
    def variances(self) -> np.ndarray:
        """The diagonal [r] of `covariance`."""

    def solve(self, b: np.ndarray) -> np.ndarray:
        """Return the inverse of X'WX times b [r] or [r, m]."""

    def prediction_variance(self, matrix: LinearMap) -> np.ndarray:
        """Return the diagonal [m] of X (X'WX)^-1 X' for rows X [m, p] with all columns of the design, in chunks."""
