"""Estimates of models without group terms: what `lm` and `glm` return."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .arguments import one_of
from .estimate import Estimate
from .predict import common_part
from .system import RegressionSystem
from .words import spoken


@dataclass(frozen=True)
class Totals:
    """What a fit adds up over its rows.

    Attributes
    ----------
    deviance, null_deviance : float
        Of the fit, and of the model with an intercept (if it has one) and the offset only.
    loglik : float
        As R's `logLik`; NaN of a quasi-likelihood.
    pearson : float
        The sum of squared Pearson residuals.
    """

    deviance: float
    null_deviance: float
    loglik: float
    pearson: float


@dataclass(frozen=True, eq=False, repr=False)
class RegressionEstimate(Estimate):
    """An estimate of a model without group terms.

    `coefficients` are where the iterations stopped; where `infinite` is not 0 the likelihood still grows towards that
    side without end, and `coef()` says so.

    Parameters
    ----------
    system : RegressionSystem
        The information at the estimate, dispersion left out.
    totals : Totals
    infinite : int array [p]
        -1, 0, 1: whether the estimate of a coefficient is minus infinity, finite, or infinity.
    """

    system: RegressionSystem
    totals: Totals
    infinite: np.ndarray

    @property
    def variances(self) -> np.ndarray:
        """The variances [p] of the coefficients; NaN where aliased."""
        out = np.full(len(self.coefficients), np.nan)
        out[self.system.estimable] = self.dispersion * self.system.variances
        return out

    def covariance_matrix(self) -> np.ndarray:
        """Return the covariance [p, p] of the coefficients; NaN rows and columns where aliased."""
        out = np.full((len(self.coefficients),) * 2, np.nan)
        keep = self.system.estimable
        out[np.ix_(keep, keep)] = self.dispersion * self.system.covariance
        return out

    @property
    def default_df(self) -> str:
        """The residual degrees of freedom, where the dispersion is estimated; else none."""
        return "residual"

    def degrees_of_freedom(self, method: str) -> np.ndarray:
        """Return the degrees of freedom [p]: of the residuals, or infinite for "none" and for a known dispersion."""
        one_of("df", method, ("residual", "none"))
        known = method == "none" or self.family.known_dispersion is not None
        return np.where(np.isnan(self.coefficients), np.nan, np.inf if known else self.df_residual)

    @property
    def loglik(self) -> float:
        """The maximised log-likelihood; NaN of a quasi-likelihood."""
        return self.totals.loglik

    @property
    def deviance(self) -> float:
        """The deviance; the residual sum of squares of a linear model."""
        return self.totals.deviance

    @property
    def null_deviance(self) -> float:
        """The deviance of the model with an intercept (if there is one) and the offset only."""
        return self.totals.null_deviance

    @property
    def df_model(self) -> int:
        """The number of estimated parameters: coefficients, the family's own, and a dispersion that is estimated."""
        return self.rank + len(self.family.own) + (self.family.known_dispersion is None)

    @property
    def df_residual(self) -> int:
        """Observations less estimated coefficients."""
        return self.nobs - self.rank

    @cached_property
    def linear_predictor(self) -> np.ndarray:
        """X beta plus the offset [n]."""
        design = self.model.design
        return common_part(design.common, self.coefficients, design.offset)

    def fitted(self) -> pd.Series:
        """Return the fitted means, on the data's index."""
        mu = self.family.link.inverse(self.linear_predictor, np)
        return pd.Series(mu, index=self.model.design.index, name="fitted")

    @spoken
    def residuals(self, type: str = "deviance", *, scaled: bool = False) -> pd.Series:
        raise NotImplementedError

    def confint(self, level: float = 0.95, method: str = "wald") -> pd.DataFrame:
        return self.coef_table(level)[["lower", "upper"]]

    def ranef(self, group: str | None = None, *, se: bool = False) -> Any:
        raise NotImplementedError

    def varcorr(self) -> pd.DataFrame:
        raise NotImplementedError

    def predict(
        self,
        newdata: Any = None,
        type: str = "response",
        *,
        random: str = "include",
        new_levels: str = "error",
        se: bool = False,
        interval: str | None = None,
        level: float = 0.95,
    ) -> Any:
        raise NotImplementedError

    def tidy(self, *, level: float = 0.95) -> pd.DataFrame:
        raise NotImplementedError

    def glance(self) -> pd.DataFrame:
        raise NotImplementedError

    def to_arviz(self) -> Any:
        raise NotImplementedError

    def summary(self) -> Any:
        return self.coef_table()

    def check(self) -> Any:
        return ()


@dataclass(frozen=True, eq=False, repr=False)
class LinearEstimate(RegressionEstimate):
    """A linear model fitted by least squares: what `lm` returns."""


@dataclass(frozen=True, eq=False, repr=False)
class GLMEstimate(RegressionEstimate):
    """A generalized linear model fitted by maximum likelihood: what `glm` returns."""
