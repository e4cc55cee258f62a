"""What an estimate of a model without group terms holds, and the figures that follow from it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ...families import rowed
from ..arguments import one_of
from ..estimate import Estimate
from ..predict import common_part
from ..system import RegressionSystem
from .blockwise import in_memory
from .limit import limit_of
from .own import family_values


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
class Regression(Estimate):
    """An estimate of a model without group terms: its fields and its figures.

    `beta` is where the iterations stopped; where `infinite` is not 0 the likelihood still grows towards that
    side without end, and `coef()` says so. Nothing as long as the data is computed before it is asked for.

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

    usual_residuals: ClassVar[str]

    @property
    @abstractmethod
    def title(self) -> str:
        """What was fitted, as the summary says it."""

    @abstractmethod
    def statistics(self, vcov: Any = None) -> tuple[str, ...]:
        """Return the lines under the table of the summary, which uses the covariance `vcov`."""

    @property
    def estimates(self) -> np.ndarray:
        """The coefficients [p] as reported: infinite where the likelihood grows without end.

        NaN where aliased, or where the likelihood does not determine them.
        """
        finite = np.where(self.undetermined, np.nan, self.beta)
        return np.where(self.infinite == 0, finite, np.copysign(np.inf, self.infinite))

    @cached_property
    def undetermined(self) -> np.ndarray:
        """Whether the likelihood leaves a coefficient [p] open: neither finite nor infinite with a sign."""
        limit = limit_of(self)
        none = np.zeros(len(self.beta), dtype=bool)
        return none if limit is None else limit.open.any(axis=1) & (self.infinite == 0)

    @property
    def separated(self) -> bool:
        """Whether the estimate of some function of the coefficients is infinite."""
        return limit_of(self) is not None

    @property
    def variances(self) -> np.ndarray:
        """The variances [p] of the coefficients; NaN where aliased, infinite or not determined."""
        out = np.full(len(self.beta), np.nan)
        out[self.system.estimable] = self.dispersion * self.system.variances
        out[(self.infinite != 0) | self.undetermined] = np.nan
        return out

    def covariance_matrix(self) -> np.ndarray:
        """Return the covariance [p, p] of the coefficients; NaN where aliased, infinite or not determined."""
        out = np.full((len(self.beta),) * 2, np.nan)
        keep = self.system.estimable
        out[np.ix_(keep, keep)] = self.dispersion * self.system.covariance
        open_ = (self.infinite != 0) | self.undetermined
        out[open_] = out[:, open_] = np.nan
        return out

    @property
    def default_df(self) -> str:
        """The residual degrees of freedom, where the dispersion is estimated; else none."""
        return "residual"

    @property
    def t_df(self) -> float:
        """The degrees of freedom of tests and intervals: of the residuals, or infinite with a known dispersion."""
        return np.inf if self.family.known_dispersion is not None else float(self.df_residual)

    def degrees_of_freedom(self, method: str) -> np.ndarray:
        """Return the degrees of freedom [p]: of the residuals, or infinite for "none" and for a known dispersion."""
        one_of("df", method, ("residual", "none"))
        return np.where(np.isnan(self.beta), np.nan, np.inf if method == "none" else self.t_df)

    @property
    def statistic_name(self) -> str:
        """What the statistics of coefficients are called: "t" where the dispersion is estimated, else "z"."""
        return "z" if np.isinf(self.t_df) else "t"

    @property
    def loglik(self) -> float:
        """The maximised log-likelihood; NaN of a quasi-likelihood."""
        return self.totals.loglik

    @property
    def deviance(self) -> float:
        """The deviance; the (weighted) residual sum of squares of a linear model."""
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

    @property
    def has_intercept(self) -> bool:
        """Whether the formula has an intercept."""
        return "Intercept" in self.model.design.columns[:1]

    @property
    def df_null(self) -> int:
        """The residual degrees of freedom of the null model."""
        return self.nobs - self.has_intercept

    @cached_property
    def linear_predictor(self) -> np.ndarray:
        """X beta plus the offset [n]."""
        in_memory(self, "values of each row")
        design = self.model.design
        return common_part(design.common, self.beta, design.offset)

    @cached_property
    def means(self) -> np.ndarray:
        """The fitted means [n]; of rows fitted without error, the edge of the range."""
        limit, eta = limit_of(self), self.linear_predictor
        if limit is None:
            return self.family.link.inverse(eta, np)
        sides = limit.leaving(self.model.design.common)
        with np.errstate(all="ignore"):
            return self.family.link.inverse(np.where(sides == 0, eta, np.copysign(np.inf, sides)), np)

    @cached_property
    def observations(self) -> tuple[np.ndarray, np.ndarray]:
        """The response on the scale of its mean, and the prior weights, both [n]."""
        y, a = self.family.observations(self.data)
        return y, np.ones_like(y) if a is None else a

    @cached_property
    def data(self) -> dict[str, np.ndarray]:
        """The observations as the family's functions take them; rows of weight 0 are among them."""
        design = self.model.design
        return self.family.data(design.response, design.weights)

    @property
    def values(self) -> dict[str, Any]:
        """What the family's functions take besides the means: its parameters at the estimated dispersion."""
        return rowed(family_values(self.family, self.dispersion))

    def by_row(self, values: np.ndarray, name: str) -> pd.Series:
        """Return values [n] on the data's index."""
        return pd.Series(values, index=self.model.design.index, name=name)
