"""Estimates with random effects: the effects of each level, and the variances between levels."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .. import plots
from ..arguments import flag, one_of
from ..estimate import Estimate
from ..frame import headed
from ..words import spoken
from . import random_effects as effects
from .bootstrap import bootstrap_intervals


@dataclass(frozen=True, eq=False, repr=False)
class GroupedEstimate(Estimate):
    """An estimate of a model with group terms, b_k ~ N(0, sigma^2 Lambda_k Lambda_k').

    Parameters
    ----------
    covariance : array [p, p]
        Of the coefficients; NaN rows and columns where aliased.
    factors : tuple of array [l, l]
        Lambda_k, the relative Cholesky factor of each group term, in the order of `model.design.groups`.
    modes : tuple of array [L, l]
        b_k, the conditional modes of the random effects, in the units of the linear predictor.
    """

    covariance: np.ndarray
    factors: tuple[np.ndarray, ...]
    modes: tuple[np.ndarray, ...]

    @abstractmethod
    def conditional_covariance(self, k: int) -> np.ndarray:
        """Return the covariance [L, l, l] of the effects of group term `k`, given the response and theta."""

    @property
    def estimates(self) -> np.ndarray:
        """The coefficients [p]; NaN where aliased."""
        return self.beta

    @property
    def variances(self) -> np.ndarray:
        """The variances [p] of the coefficients; NaN where aliased."""
        return np.diag(self.covariance)

    def covariance_matrix(self) -> np.ndarray:
        """Return the covariance [p, p] of the coefficients; NaN rows and columns where aliased."""
        return self.covariance

    @property
    def df_residual(self) -> int:
        """Observations less estimated parameters, as R's `df.residual`."""
        return self.nobs - self.df_model

    @property
    def default_df(self) -> str:
        """Satterthwaite's degrees of freedom."""
        return "satterthwaite"

    @property
    def singular(self) -> bool:
        """Whether some combination of random effects has no variance (lme4's `isSingular`), in units of its column."""
        said = self.diagnostics.get("singular")
        return any(effects.flat_directions(self)) if said is None else bool(said)

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

    @spoken
    def ranef(self, group: str | None = None, *, se: bool = False) -> Any:
        """Return the conditional modes of the random effects.

        Parameters
        ----------
        group : str, optional
            A grouping factor; all of them if left out.
        se : bool
            Give their conditional standard deviations too.

        Returns
        -------
        dict of str to DataFrame, or the DataFrame of `group`
            For each grouping factor a table [levels, effects]; with `se=True` also columns `se(Intercept)` and so on.
        """
        return effects.picked(effects.ranef(self, flag("se", se)), group)

    @spoken
    def coef_by(self, group: str | None = None) -> Any:
        """Return the coefficients of each level of a grouping factor [levels, coefficients], as lme4's `coef`.

        Parameters
        ----------
        group : str, optional
            If left out, the only grouping factor; a dict of tables by grouping factor where there are several.
        """
        tables = effects.coef_by(self)
        return next(iter(tables.values())) if group is None and len(tables) == 1 else effects.picked(tables, group)

    @spoken
    def confint(self, level: float = 0.95, method: str = "wald", *, nsim: int = 500, seed: Any = None) -> pd.DataFrame:
        """Return confidence intervals of the coefficients, or by the bootstrap of all parameters.

        Parameters
        ----------
        level : float
            Coverage.
        method : {"wald", "satterthwaite", "boot"}
            "wald" uses the normal distribution, as R's `confint(fit, method = "Wald")`; "satterthwaite" the t
            distribution, as `coef_table()` and `summary()` do; "boot" the parametric bootstrap's quantiles, as lme4's
            `method = "boot"`: standard deviations, correlations and sigma have intervals too.
        nsim, seed : int
            Of the bootstrap: how many responses are drawn and fitted, and the seed of the draws.

        Returns
        -------
        DataFrame
            lower, upper.
        """
        word = method.lower() if isinstance(method, str) else method
        hint = ' Intervals by profiling the likelihood are not available; "boot" needs no normality of the estimates.'
        one_of("method", word, ("wald", "satterthwaite", "boot"), hint if word == "profile" else "")
        if word == "boot":
            return bootstrap_intervals(self, level, nsim=nsim, seed=seed)
        table = self.coef_table(level, df="none" if word == "wald" else word)
        return headed(table[["lower", "upper"]], f"{100 * level:g}% intervals, {word.capitalize()}")

    @spoken
    def varcorr(self) -> pd.DataFrame:
        """Return variances and covariances (`vcov`), standard deviations and correlations (`sdcor`), as lme4's VarCorr.

        Returns
        -------
        DataFrame
            group, term1, term2 (None for a variance), vcov, sdcor; the residual last.
        """
        return effects.varcorr(self)

    @spoken
    def plot(self, ax: Any = None) -> Any:
        """Draw residuals against fitted values; return the Axes."""
        return plots.residuals_fitted(self, ax)

    @spoken
    def plot_coef(self, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the coefficients, the intercept left out, with their intervals; return the Axes."""
        return plots.coefficients(self, level, ax)

    @spoken
    def plot_diagnostics(self) -> Any:
        """Draw residuals, their quantiles, their scale and the random effects' quantiles; return the Axes [2, 2]."""
        return plots.mixed_diagnostics(self)

    @spoken
    def plot_ranef(self, group: str | None = None, level: float = 0.95) -> Any:
        """Draw the random effects of a group in order of size, with intervals; return the Axes [effects]."""
        return plots.caterpillar(self, group, level)

    @spoken
    def plot_effects(self, x: str, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the predicted mean over the column `x`, with its interval and the data; return the Axes."""
        return plots.effect(self, x, level, ax)
