"""What an estimate of a response in categories holds, and the figures that follow from it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..arguments import one_of
from ..estimate import Estimate
from ..frame import Frame
from ..student import wald_columns
from ..words import spoken
from .predict import OutcomeRows, own_rows


@dataclass(frozen=True, eq=False, repr=False)
class OutcomeFigures(Estimate):
    """An estimate of the probabilities of a response in categories.

    `beta` are those of the common terms; `parameters` are all that were estimated.

    Parameters
    ----------
    parameters : array [P]
        Where the iterations ended; NaN where aliased.
    covariance : array [P, P]
        The inverse of the observed information; NaN where aliased, infinite or flat.
    infinite : int array [P]
        -1, 0, 1: whether an estimate is minus infinity, finite, or infinity.
    flat : bool array [P]
        Whether the log-likelihood does not depend on a parameter.
    maximum : float
        The log-likelihood.
    """

    unrobust = (
        "Robust covariances do not exist for responses in categories here. Resample whole rows or clusters of the data "
        "and fit again, or fit one threshold by a binomial model, which has them."
    )

    parameters: np.ndarray
    covariance: np.ndarray
    infinite: np.ndarray
    flat: np.ndarray
    maximum: float

    @property
    @abstractmethod
    def title(self) -> str:
        """What was fitted, as the summary says it."""

    @property
    @abstractmethod
    def parts(self) -> dict[str, slice]:
        """The parameters by what they are of, in order: thresholds, coefficients, log scale."""

    @property
    @abstractmethod
    def parameter_names(self) -> tuple[str, ...]:
        """The names of all parameters, in order."""

    @abstractmethod
    def probabilities(self, rows: OutcomeRows, gradient: bool) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the probabilities [m, K] of the outcomes on some rows, and their gradients [m, K, P] if asked."""

    @abstractmethod
    def predictors(self, rows: OutcomeRows) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """Return the linear predictors [m, L] on some rows, their gradients [m, L, P], and what they are called."""

    @abstractmethod
    def surrogate(self, normal: np.ndarray) -> np.ndarray:
        """Return quantile residuals [n] on the scale of the latent variable."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes, in order."""
        design = self.model.design
        return self.family.outcomes(design.response, design.weights)

    @cached_property
    def data(self) -> dict[str, np.ndarray]:
        """The observations as the family's functions take them."""
        design = self.model.design
        return self.family.data(design.response, design.weights)

    @property
    def separated(self) -> bool:
        """Whether some estimate is infinite."""
        return bool(np.any(self.infinite))

    @property
    def reported(self) -> np.ndarray:
        """All parameters [P] as reported: NaN where aliased, infinite where the likelihood has no maximum."""
        return np.where(self.infinite == 0, self.parameters, np.where(self.infinite > 0, np.inf, -np.inf))

    @property
    def estimates(self) -> np.ndarray:
        """The coefficients [p] as reported."""
        return self.reported[self.parts["coefficients"]]

    @property
    def variances(self) -> np.ndarray:
        """The variances [p] of the coefficients; NaN where aliased or infinite."""
        return np.diag(self.covariance)[self.parts["coefficients"]]

    def covariance_matrix(self) -> np.ndarray:
        """Return the covariance [p, p] of the coefficients."""
        at = self.parts["coefficients"]
        return self.covariance[at, at]

    @property
    def default_df(self) -> str:
        """None: statistics are normal."""
        return "none"

    def degrees_of_freedom(self, method: str) -> np.ndarray:
        """Return infinite degrees of freedom [p], NaN where aliased."""
        one_of("df", method, ("none",))
        return np.where(np.isnan(self.beta), np.nan, np.inf)

    @property
    def loglik(self) -> float:
        """The maximised log-likelihood."""
        return self.maximum

    @property
    def deviance(self) -> float:
        """-2 log-likelihood, as `polr` and `multinom` have it."""
        return -2 * self.maximum

    @property
    def df_model(self) -> int:
        """The number of estimated parameters."""
        return int(np.count_nonzero(~np.isnan(self.parameters)))

    @property
    def df_residual(self) -> int:
        """Observations less estimated parameters, as R's `df.residual`."""
        return self.nobs - self.df_model

    def parameter_vcov(self) -> pd.DataFrame:
        """Return the covariance of all parameters, thresholds first, as `vcov` of R's clm."""
        names = list(self.parameter_names)
        return pd.DataFrame(self.covariance, index=names, columns=names)

    @spoken
    def parameter_table(self, level: float = 0.95) -> pd.DataFrame:
        """Return the table of all parameters: part, estimate, se, statistic, p, lower, upper."""
        se = np.sqrt(np.diag(self.covariance))
        columns = wald_columns(self.reported, se, df=np.full(len(se), np.inf), level=level)
        del columns["df"]
        part = [name for name, at in self.parts.items() for _ in range(at.stop - at.start)]
        return Frame(pd.DataFrame({"part": part, **columns}, index=list(self.parameter_names)))

    @cached_property
    def means(self) -> np.ndarray:
        """The fitted probabilities [n, K]."""
        return self.probabilities(own_rows(self), False)[0]

    def by_row(self, values: np.ndarray, name: str) -> pd.Series:
        """Return values [n] on the data's index."""
        return pd.Series(values, index=self.model.design.index, name=name)
