"""The result of a linear mixed model, y = X beta + Z b + e with b ~ N(0, sigma^2 Lambda Lambda')."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from .. import broom
from ..anova import compare, wald
from ..arguments import count_of, file_path, flag, one_of
from ..arviz_estimate import estimate_to_arviz
from ..check import Findings
from ..counted import counted
from ..predict import Prediction, common_part, predict_mixed, prediction_variance, random_part
from ..simulate import simulate_mixed
from ..stored.storage import save_fit
from ..summary import mixed_summary
from ..system import MixedSystem
from ..table import Summary
from ..words import spoken
from . import terms as mixed_terms
from .check import mixed_findings
from .grouped import GroupedEstimate


@dataclass(frozen=True, eq=False, repr=False)
class MixedEstimate(GroupedEstimate):
    """A linear mixed model fitted by REML or maximum likelihood.

    Parameters
    ----------
    criterion : float
        The REML criterion, or -2 log-likelihood for a fit by ML, at the optimum.
    REML : bool
        Which of the two.
    system : MixedSystem
        The mixed model equations at the optimum.

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4. doi:10.18637/jss.v067.i01
    """

    criterion: float
    REML: bool
    system: MixedSystem

    @property
    def loglik(self) -> float:
        """The maximised log-likelihood; the restricted one for a fit by REML."""
        return -self.criterion / 2

    @property
    def deviance(self) -> float:
        """-2 log-likelihood at theta, the other parameters profiled; what REML minimises is `criterion`.

        With nu = n - p it follows from the REML criterion, log|M| + log|X'V^-1 X| + nu (1 + log 2 pi sigma^2),
        without solving anything.
        """
        if not self.REML:
            return self.criterion
        n, p = self.nobs, self.rank
        nu = n - p
        logdet_m = self.criterion - self.system.logdet_X - nu * (1 + np.log(2 * np.pi * self.sigma**2))
        return float(logdet_m + n * (1 + np.log(2 * np.pi * self.sigma**2 * nu / n)))

    @property
    def df_model(self) -> int:
        """The number of estimated parameters: coefficients, theta and sigma."""
        return self.rank + len(self.theta) + 1

    def conditional_covariance(self, k: int) -> np.ndarray:
        """Return the covariance [L, l, l] of the effects of group term `k`, given the response and theta."""
        return self.system.conditional_covariance(k)

    def fitted(self) -> pd.Series:
        """Return X beta + Z b plus the offset, on the data's index."""
        return pd.Series(self._fitted, index=self.model.design.index, name="fitted")

    @spoken
    def residuals(self, type: str = "response", *, scaled: bool = False) -> pd.Series:
        """Return the residuals, on the data's index.

        Parameters
        ----------
        type : {"response", "working", "pearson", "deviance", "quantile"}
            y - fitted; "pearson" and "deviance" multiply by the square root of the prior weight, and "quantile"
            divides that by sigma.
        scaled : bool
            Divide by sigma, as lme4's `residuals(scaled = TRUE)`; "quantile" residuals are so already.
        """
        one_of("type", type, ("response", "working", "pearson", "deviance", "quantile"))
        design = self.model.design
        values = design.response.values - self._fitted
        if type in ("pearson", "deviance", "quantile") and design.weights is not None:
            values = values * np.sqrt(design.weights)
        if flag("scaled", scaled) or type == "quantile":
            values = values / self.sigma
        return pd.Series(values, index=design.index, name="residual")

    def hatvalues(self) -> pd.Series:
        """Return the diagonal of the matrix that takes y to the fitted values, as lme4's `hatvalues`."""
        design = self.model.design
        weights = 1.0 if design.weights is None else design.weights
        hat = weights * prediction_variance(self, design.common, design.groups) / self.sigma**2
        return pd.Series(hat, index=design.index, name="hat")

    def cooks_distance(self) -> pd.Series:
        """Return Cook's distances with the variances held fixed, as lme4's `cooks.distance`."""
        hat = self.hatvalues()
        scaled = self.residuals("pearson") / (self.sigma * (1 - hat))
        return (scaled**2 * hat / self.rank).rename("cooks_distance")

    @spoken
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
    ) -> pd.Series | pd.DataFrame:
        """Return predicted means, with standard errors and intervals if asked.

        Parameters
        ----------
        newdata : table, optional
            Rows to predict; the data of the fit if left out. A row that lacks a value is predicted NaN.
        type : {"response", "link"}
            The same for this family.
        random : {"include", "exclude"}
            Add the random effects of the row's levels, or predict the population's mean.
        new_levels : {"error", "population"}
            What to do with a level of a grouping factor that was not in the data.
        se : bool
            Give standard errors. They count the uncertainty of the coefficients and of the random effects; for a
            level not seen, the whole variance between levels.
        interval : {None, "confidence", "prediction"}
            An interval for the mean, or for a new observation. With `random="exclude"` the new observation comes
            from levels not seen. Normal quantiles. A new observation has the weight that the column or expression
            of `weights=` gives in `newdata`, and weight one where its columns are not there or weights were an array.
        level : float
            Coverage.

        Returns
        -------
        Series, or DataFrame with mean, se (and lower, upper)
        """
        one_of("type", type, ("response", "link"))
        return predict_mixed(self, newdata, random=random, new_levels=new_levels, se=se, interval=interval, level=level)

    @spoken
    def get_prediction(self, newdata: Any = None, *, random: str = "include", new_levels: str = "error") -> Prediction:
        """Return the prediction by statsmodels' names: `.predicted_mean`, `.se_mean`, `.summary_frame()`."""
        return Prediction(self, newdata, {"random": random, "new_levels": new_levels})

    @spoken
    def simulate(
        self, n: int = 1, seed: int | np.random.Generator | None = None, *, random: str = "draw"
    ) -> pd.DataFrame:
        """Return responses drawn from the fitted model [rows, n]; a row of weight 0 has none.

        Parameters
        ----------
        n : int
            How many.
        seed : int or Generator, optional
        random : {"draw", "include"}
            Draw new random effects, as lme4 does, or keep the conditional modes.
        """
        return simulate_mixed(self, count_of("simulate", "n", n), seed, random)

    def degrees_of_freedom(self, method: str) -> np.ndarray:
        """Return the degrees of freedom [p] of the t statistics: Satterthwaite's, or infinite for "none"."""
        one_of("df", method, ("satterthwaite", "none"))
        return self._satterthwaite if method == "satterthwaite" else np.where(self._estimable, np.inf, np.nan)

    @spoken
    def anova(self, *others: Any, test: str | None = None, type: str | int | None = None) -> pd.DataFrame:
        """Return likelihood-ratio tests against other fits, or F tests of this fit's terms when given none.

        Parameters
        ----------
        *others : MixedEstimate
            Fits of the same rows. Fits by REML are refitted by ML, as in R; the table's heading says so.
        test : {None, "Chisq", "F"}
            None takes the only test there is: "Chisq" between fits, "F" for the terms of one.
        type : {"III", "I"}
            Of the F tests, "III" if left out: each term given all others, averaged over the levels of what it
            interacts with; or each given those before it. Satterthwaite's degrees of freedom. As lmerTest, but for a
            term within an interaction whose other factor has no term of its own, `x + x:a` or `a + a:b`: lmerTest
            tests `x` at the reference level of `a` there, and this averages over the levels.

        Returns
        -------
        DataFrame
            npar, AIC, BIC, logLik, deviance, Chisq, Df, Pr(>Chisq); or Sum Sq, Mean Sq, NumDF, DenDF, F value, Pr(>F).
        """
        if others:
            one_of("test", test or "Chisq", ("Chisq",))
            if type is not None:
                raise ModelError(f"`type={type!r}` is of the F tests of one fit's terms, and others are given too.")
            return compare.likelihood_ratio([self, *others])
        one_of("test", test or "F", ("F",))
        return wald.anova_terms(self, "III" if type is None else type)

    @spoken
    def drop1(self, test: str | None = "Chisq") -> pd.DataFrame:
        """Return a test of each term that may go.

        Parameters
        ----------
        test : {"Chisq", "F", None}
            "Chisq" fits the model without the term, by ML: npar, AIC, LRT, Pr(Chi), as lme4's `drop1`; None leaves the
            test out. "F" tests that the term's coefficients are zero, by Satterthwaite's method, as lmerTest's.
        """
        if test is not None:
            one_of("test", test, ("Chisq", "F"))
        return mixed_terms.drop1(self, test)

    @spoken
    def refit(self, y: Any = None, *, REML: bool | None = None) -> MixedEstimate:
        """Return the same model fitted to another response [rows], or by the other criterion."""
        return mixed_terms.refit(self, y, REML)

    @spoken
    def tidy(self, effects: Sequence[str] = ("fixed", "ran_pars"), *, level: float = 0.95) -> pd.DataFrame:
        """Return one row for each parameter, with broom.mixed's columns; `effects` may hold "ran_vals" too."""
        return broom.tidy(self, effects, level)

    def glance(self) -> pd.DataFrame:
        """Return one row of fit statistics, with broom.mixed's columns."""
        return broom.glance(self)

    @spoken
    def augment(self) -> pd.DataFrame:
        """Return the model frame with .fitted, .resid, .fixed, .hat and .cooksd, as broom.mixed.

        A response that is no column of the data, such as `log(y)`, comes first; .offset and .weights if there are any.
        """
        return broom.augment(self)

    @spoken
    def summary(self, level: float = 0.95, df: str = "satterthwaite") -> Summary:
        """Return the summary; see `coef_table` for the arguments."""
        return mixed_summary(self, level, df)

    def check(self) -> Findings:
        """Return in words what is doubtful about this fit, and the remedy."""
        return mixed_findings(self)

    @spoken
    def to_arviz(self, draws: int | None = None, seed: int = 0) -> Any:
        """Return ArviZ data with `draws` draws of the normal approximation; `attrs` say that it is one.

        Rows of weight 0 have no density and are left out.
        """
        if draws is None:
            raise ModelError(
                "an estimate has no draws. Write `to_arviz(draws=1000)` for draws of its normal approximation, "
                'or sample the model with `engine="nuts"`.'
            )
        return estimate_to_arviz(replace(self, model=counted(self.model)), draws, seed)

    def save(self, path: Any) -> None:
        """Write this fit to one file, without pickle; `statmodels_tf.load(path)` reads it."""
        save_fit(self, file_path("save", path), self.criterion, self.factors)

    @cached_property
    def _fitted(self) -> np.ndarray:
        design = self.model.design
        mean = common_part(design.common, self.beta, design.offset)
        return mean + random_part(design.groups, self.modes, design.n)

    @cached_property
    def _estimable(self) -> np.ndarray:
        return ~np.isnan(self.beta)

    @cached_property
    def _satterthwaite(self) -> np.ndarray:
        freedom = np.full(len(self.beta), np.nan)
        freedom[self._estimable] = self.system.satterthwaite(np.eye(self.rank))
        return freedom
