"""Estimates with random effects: the effects of each level, and the variances between levels."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from . import effects
from .estimate import Estimate


@dataclass(frozen=True, eq=False, repr=False)
class GroupedEstimate(Estimate):
    """An estimate of a model with group terms, b_k ~ N(0, sigma^2 Lambda_k Lambda_k').

    Parameters
    ----------
    factors : tuple of array [l, l]
        Lambda_k, the relative Cholesky factor of each group term, in the order of `model.design.groups`.
    modes : tuple of array [L, l]
        b_k, the conditional modes of the random effects, in the units of the linear predictor.
    """

    factors: tuple[np.ndarray, ...]
    modes: tuple[np.ndarray, ...]

    @abstractmethod
    def conditional_covariance(self, k: int) -> np.ndarray:
        """Return the covariance [L, l, l] of the effects of group term `k`, given the response and theta."""

    @property
    def singular(self) -> bool:
        """Whether some combination of random effects has no variance (lme4's `isSingular`)."""
        return any(bool(np.any(np.diag(f) < 1e-4)) for f in self.factors)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The order in which lme4 would keep the group terms."""
        return tuple(effects.lme4_order([len(block.levels) for block in self.model.design.groups]))

    @property
    def theta(self) -> np.ndarray:
        """The relative covariance parameters, in lme4's order."""
        return effects.theta([self.factors[k] for k in self.order])

    def group_covariance(self, k: int) -> np.ndarray:
        """Return the covariance matrix [l, l] of the effects of group term `k`, in the formula's order."""
        return self.sigma**2 * self.factors[k] @ self.factors[k].T

    def fixef(self) -> pd.Series:
        """Return `coef()`."""
        return self.coef()

    def ranef(self, se: bool = False) -> dict[str, pd.DataFrame]:
        """Return the conditional modes of the random effects.

        Parameters
        ----------
        se : bool
            Give their conditional standard deviations too.

        Returns
        -------
        dict of str to DataFrame
            For each grouping factor a table [levels, effects]; with `se=True` also columns `se(Intercept)` and so on.
        """
        return effects.ranef(self, se)

    def coef_by(self, group: str) -> pd.DataFrame:
        """Return the coefficients of each level of a grouping factor [levels, coefficients], as lme4's `coef`."""
        return effects.coef_by(self, group)

    def varcorr(self) -> pd.DataFrame:
        """Return variances and covariances (`vcov`), standard deviations and correlations (`sdcor`), as lme4's VarCorr.

        Returns
        -------
        DataFrame
            group, term1, term2 (None for a variance), vcov, sdcor; the residual last.
        """
        return effects.varcorr(self)

    @property
    def random_effects(self) -> dict[str, pd.DataFrame]:
        """`ranef()`, by statsmodels' name."""
        return self.ranef()

    @property
    def cov_re(self) -> pd.DataFrame:
        """`varcorr()`, by statsmodels' name."""
        return self.varcorr()
