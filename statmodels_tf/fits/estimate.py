"""Point estimates: coefficients with their covariance, and what every estimate answers alike."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .frame import Frame
from .question import Questioned
from .student import wald_columns
from .uncertainty.covariance import asked_covariance, covariance_kind, covariance_line, implied_kind
from .uncertainty.robust import robust_covariance
from .words import spoken


@dataclass(frozen=True, eq=False, repr=False)
class Estimate(Questioned):
    """A fit by optimisation.

    Parameters
    ----------
    beta : array [p]
        Where the iterations ended, in the order of `model.design.columns`; NaN where a column is aliased.
    sigma : float
        The residual standard deviation.

    Attributes
    ----------
    unrobust : str
        Why it has no robust covariances, and what to do instead; empty where it has.
    by_deviance : bool
        Whether fits of its kind are compared by their deviances, rather than by likelihood ratios only.
    outcome_scales : tuple of str
        The scales on which outcomes have marginal means, the usual one first; none where the response has one mean.
    """

    beta: np.ndarray
    sigma: float

    unrobust: ClassVar[str] = (
        "Robust covariances do not exist for mixed models here: the random effects model the correlation within "
        "groups, and unequal variances are given as `weights=`."
    )
    by_deviance: ClassVar[bool] = False
    outcome_scales: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def estimates(self) -> np.ndarray:
        """The coefficients [p] as reported: NaN where aliased, infinite where the likelihood has no maximum."""

    @property
    @abstractmethod
    def variances(self) -> np.ndarray:
        """The variances [p] of the coefficients; NaN where aliased."""

    @abstractmethod
    def covariance_matrix(self) -> np.ndarray:
        """Return the covariance [p, p] of the coefficients as the model implies it; NaN where aliased."""

    @property
    @abstractmethod
    def default_df(self) -> str:
        """The degrees of freedom that `coef_table` and the summary use if not told."""

    @property
    @abstractmethod
    def loglik(self) -> float:
        """The maximised log-likelihood (restricted, if the fit is by REML)."""

    @property
    @abstractmethod
    def df_model(self) -> int:
        """The number of estimated parameters, variances included."""

    @abstractmethod
    def confint(self, level: float = 0.95, method: str = "wald") -> pd.DataFrame:
        """Return confidence intervals of the coefficients: lower, upper."""

    @abstractmethod
    def degrees_of_freedom(self, method: str) -> np.ndarray:
        """Return for each coefficient the degrees of freedom [p] of its t statistic; infinite for a normal one."""

    def coef(self) -> pd.Series:
        """Return the coefficients of the common terms, by name; NaN where aliased, infinite where separated."""
        return self._by_name(self.estimates, "estimate")

    @spoken
    def se(self, vcov: Any = None) -> pd.Series:
        """Return the standard errors of the coefficients, by name; see `coef_table` for `vcov`."""
        return self._by_name(np.sqrt(self._spread(vcov)[0]), "se")

    @spoken
    def vcov(
        self, type: str | None = None, *, cluster: Any = None, lags: int | None = None, correction: str | None = None
    ) -> pd.DataFrame:
        """Return the covariance matrix of the coefficients.

        Parameters
        ----------
        type : {"model", "HC0", "HC1", "HC2", "HC3", "cluster", "HAC"}
            As the model implies it, or a sandwich that holds where its variances or its independence of rows do not, as
            R's `sandwich`. If left out, "cluster" where `cluster` is given, "HAC" where `lags` is, else "model". Mixed
            models and models of several outcomes have the model's only.
        cluster : str, array, or list of them
            For "cluster": a column or an expression, labels of the rows, or `"~ a + b"` or `["a", "b"]` to cluster in
            two ways. Its t statistics have the number of clusters less one as degrees of freedom.
        lags : int
            For "HAC", floor(4 (n / 100)^(2/9)) if left out; Bartlett's weights, rows in the order of the data.
        correction : {"HC0", "HC1"}
            For "cluster" and "HAC": none, or that for the number of coefficients. Of "cluster" it is "HC1" for `lm` and
            "HC0" for `glm`, of "HAC" "HC0", if left out; "cluster" always counts the clusters, G / (G - 1).
        """
        kind = covariance_kind(implied_kind(type, cluster=cluster, lags=lags, correction=correction), self.unrobust)
        if kind != "model":
            regression: Any = self  # what has robust covariances is one
            return robust_covariance(regression, kind, cluster=cluster, lags=lags, correction=correction)
        names = list(self.names)
        return pd.DataFrame(self.covariance_matrix(), index=names, columns=names)

    @spoken
    def coef_table(self, level: float = 0.95, df: str | None = None, *, vcov: Any = None) -> pd.DataFrame:
        """Return the table of coefficients.

        Parameters
        ----------
        level : float
            Coverage of the interval `lower` to `upper`, which uses the same distribution as the p-value.
        df : str, optional
            Degrees of freedom of the t statistics: "satterthwaite" for mixed models, "residual" for the others, and
            "none", which refers them to the normal distribution. The fit's `default_df` if left out.
        vcov : str, mapping or matrix, optional
            The covariance of the coefficients to use: a type as "HC3", the arguments of `vcov` as
            `{"type": "cluster", "cluster": "firm"}`, or a matrix. The model's if left out.

        Returns
        -------
        DataFrame
            estimate, se, statistic, df, p, lower, upper; one row for each column of the design. An infinite estimate
            has an interval without end on its side, and no standard error.
        """
        variances, attrs = self._spread(vcov)
        freedom = self.degrees_of_freedom(self.default_df if df is None else df)
        freedom = np.where(np.isfinite(freedom), attrs.get("df", freedom), freedom)
        columns = wald_columns(self.estimates, np.sqrt(variances), df=freedom, level=level)
        table = Frame(pd.DataFrame(columns, index=list(self.names)))
        if vcov is not None:
            own = f", t on {attrs['df']:g} df" if "df" in attrs and np.isfinite(freedom).any() else ""
            table.attrs["covariance"] = table.attrs["lines"] = (covariance_line(attrs) + own,)
        return table

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the coefficients: the design's columns, once for each outcome that has its own predictor."""
        design = self.model.design
        if not self.family.by_outcome:
            return design.columns
        outcomes = self.family.outcomes(design.response, design.weights)
        return tuple(f"{outcome}:{column}" for outcome in outcomes[1:] for column in design.columns)

    @property
    def rank(self) -> int:
        """The number of coefficients that can be estimated."""
        return int(np.count_nonzero(~np.isnan(self.beta)))

    @property
    def dispersion(self) -> float:
        """The variance of a row of weight one, `sigma` squared."""
        return self.sigma**2

    @property
    @abstractmethod
    def df_residual(self) -> int:
        """Observations less what was estimated of the mean, as R's `df.residual`."""

    @property
    def aic(self) -> float:
        """Akaike's information criterion, -2 loglik + 2 df_model."""
        return -2 * self.loglik + 2 * self.df_model

    @property
    def bic(self) -> float:
        """The Bayesian information criterion, -2 loglik + log(nobs) df_model."""
        return -2 * self.loglik + float(np.log(self.nobs)) * self.df_model

    @property
    def tvalues(self) -> pd.Series:
        """The `statistic` of `coef_table()`, by statsmodels' name."""
        return self.coef_table()["statistic"]

    @property
    def pvalues(self) -> pd.Series:
        """The `p` of `coef_table()`, by statsmodels' name."""
        return self.coef_table()["p"]

    @property
    def llf(self) -> float:
        """`loglik`, by statsmodels' name."""
        return self.loglik

    @property
    def scale(self) -> float:
        """`dispersion`, by statsmodels' name."""
        return self.dispersion

    @property
    def df_resid(self) -> int:
        """`df_residual`, by statsmodels' name."""
        return self.df_residual

    def _spread(self, vcov: Any) -> tuple[np.ndarray, dict[Any, Any]]:
        """Return the variances [p] by a covariance asked for, NaN where one is negative, and what it says of itself."""
        if vcov is None:
            return self.variances, {}
        table = asked_covariance(self, vcov)
        variances = np.diag(table)
        return np.where(variances < 0, np.nan, variances), table.attrs

    def _by_name(self, values: np.ndarray, name: str) -> pd.Series:
        """Return values in the order of the design's columns as a Series."""
        return pd.Series(values, index=list(self.names), name=name)
