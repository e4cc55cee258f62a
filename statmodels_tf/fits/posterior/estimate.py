"""Posterior: a fit as draws; it answers what an estimate answers, and gives the draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from .. import plots
from ..arguments import count_of, coverage, flag, generator, one_of
from ..arviz import GROUPS, export
from ..check import Findings
from ..frame import Frame, headed
from ..mixed.random_effects import picked
from ..table import Summary
from ..words import spoken
from . import outcomes as posterior_outcomes
from . import tables as posterior_tables
from .draws import log_densities, new_responses, size_of
from .findings import posterior_findings
from .predict import DRAWS, SUMMARIES, Question, fitted_mean, predict_draws, predict_posterior
from .prior import PRIOR_DRAWS, prior_shown
from .questioned import QuestionedDraws
from .refined import refined
from .summary import posterior_problems, posterior_summary
from .validated import Validated


@dataclass(frozen=True, eq=False, repr=False)
class Posterior(QuestionedDraws, Validated):
    """Draws from the posterior distribution of a model."""

    @spoken
    def draws(self, names: str | Iterable[str] | None = None) -> pd.DataFrame:
        """Return draws as a table, one row for each chain and draw.

        Parameters
        ----------
        names : str or list of str, optional
            Single numbers, or effects by level such as `1|Subject`, which make a column for each level; all single
            numbers if left out.
        """
        wanted = self.names if names is None else [names] if isinstance(names, str) else list(names)
        return posterior_tables.draws(self, wanted)

    def coef(self) -> pd.Series:
        """Return the posterior means of the coefficients; NaN where a column is aliased."""
        return posterior_tables.by_column(self, np.mean, "mean")

    def se(self) -> pd.Series:
        """Return the posterior standard deviations of the coefficients."""
        return posterior_tables.by_column(self, lambda x: np.std(x, ddof=1), "sd")

    def vcov(self) -> pd.DataFrame:
        """Return the posterior covariance matrix of the coefficients."""
        return posterior_tables.covariance(self)

    @spoken
    def coef_table(self, level: float = 0.95, method: str = "eti") -> pd.DataFrame:
        """Return the table of coefficients: mean, sd, lower, upper, ess, r_hat.

        Parameters
        ----------
        level : float
            Probability of the interval.
        method : {"eti", "hdi"}
            Equal tails, or the shortest interval.
        """
        return Frame(posterior_tables.table(self, list(self.coefficient_names), level, method))

    @spoken
    def confint(self, level: float = 0.95, method: str = "eti") -> pd.DataFrame:
        """Return credible intervals of the coefficients: lower, upper; see `coef_table`."""
        table = self.coef_table(level, method)[["lower", "upper"]]
        return headed(table, f"{100 * level:g}% credible intervals, {method}")

    @property
    def sigma(self) -> float:
        """The posterior mean of the residual standard deviation."""
        if self.model.family.scale is None:
            raise ModelError(f"the {self.model.family.name} family has no residual standard deviation.")
        return float(np.mean(self.values[self.model.family.scale]))

    @spoken
    def ranef(self, group: str | None = None, *, se: bool = False) -> Any:
        """Return the posterior means of the effects of each level; with `se=True` also their standard deviations.

        Parameters
        ----------
        group : str, optional
            A grouping factor; all of them if left out.
        se : bool

        Returns
        -------
        dict of str to DataFrame, or the DataFrame of `group`
            For each grouping factor a table [levels, effects], and columns `se(Intercept)` and so on.
        """
        return picked(posterior_tables.ranef(self, flag("se", se)), group)

    @spoken
    def varcorr(self) -> pd.DataFrame:
        """Return posterior means of variances and covariances (`vcov`), standard deviations and correlations (`sdcor`).

        Returns
        -------
        DataFrame
            group, term1, term2 (None for a variance), vcov, sdcor; the residual last.
        """
        return posterior_tables.varcorr(self)

    def fitted(self) -> Any:
        """Return the posterior mean of each row's mean, on the data's index; of outcomes the probability of its own."""
        if not self.family.has_mean:
            return posterior_outcomes.fitted(self, self._fitted)
        return pd.Series(self._fitted, index=self.model.design.index, name="fitted")

    @spoken
    def residuals(self, type: str = "response") -> pd.Series:
        """Return the residuals from `fitted()`, on the data's index.

        Parameters
        ----------
        type : {"response", "working", "pearson", "deviance", "quantile"}
            As those of an estimate; of outcomes quantile residuals, if left out.
        """
        if not self.family.has_mean:
            found = posterior_outcomes.residuals(self, self._fitted, type)
            return pd.Series(found, index=self.model.design.index, name="residual")
        one_of("type", type, ("response", "working", "pearson", "deviance", "quantile"))
        return pd.Series(posterior_tables.residuals(self, type), index=self.model.design.index, name="residual")

    def log_likelihood(self) -> np.ndarray:
        """Return the log density of each response at each draw [chains, draws, nobs]."""
        return log_densities(self.model, self.shown)

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
        seed: int = 0,
    ) -> pd.Series | pd.DataFrame:
        """Return predicted means, with posterior standard deviations and intervals if asked, or the draws themselves.

        Parameters
        ----------
        newdata : table, optional
            Rows to predict; the data of the fit if left out. A row that lacks a value is predicted NaN.
        type : {"response", "link", "epred", "linpred", "observations", "draws"}
            A figure for each row on either scale; or a table of draws, chains and draws by rows: of each row's mean
            ("epred", also "draws"), of its linear predictor, or of new observations. Of outcomes the figures are
            "prob" (if left out), "class", "cum.prob" and "linear.predictor", a column for each outcome.
        random : {"include", "exclude"}
            Add the effects of the row's levels, or predict for the average level.
        new_levels : {"error", "population"}
            A level not seen is an error, or is drawn from the distribution of levels.
        se : bool
        interval : {None, "confidence", "prediction"}
            An interval for the mean, or for a new observation (with `random="exclude"` of a level not seen).
        level : float
        seed : int
            Of levels not seen and of new observations.

        Returns
        -------
        Series, or DataFrame with mean, se (and lower, upper)
        """
        asked = Question(newdata, random, new_levels, interval, seed)
        if not self.family.has_mean:
            return posterior_outcomes.predict(self, asked, type, se=flag("se", se), level=coverage(level))
        one_of("type", type, (*SUMMARIES, *DRAWS))
        if type in DRAWS:
            return predict_draws(self, asked, type)
        return predict_posterior(self, asked, link=type == "link", se=flag("se", se), level=coverage(level))

    @spoken
    def simulate(self, n: int = 1, seed: int = 0) -> pd.DataFrame:
        """Return responses [nobs, n] drawn from the posterior predictive distribution, each at a draw of its own."""
        n, rng = count_of("simulate", "n", n), generator(seed)
        total = int(np.prod(size_of(self.shown)))
        picked = rng.choice(total, size=n, replace=n > total)
        some = {k: v.reshape(1, total, *v.shape[2:])[:, picked] for k, v in self.shown.items()}
        simulated = new_responses(self.model, some, rng)[0]
        if not self.family.has_mean:
            return posterior_outcomes.simulated(self, simulated)
        return pd.DataFrame(simulated.T, index=self.model.design.index, columns=[f"sim_{k + 1}" for k in range(n)])

    @spoken
    def summary(self, level: float = 0.95) -> Summary:
        """Return the summary, priors and sampler included."""
        return posterior_summary(self, level)

    def check(self) -> Findings:
        """Return in words what is doubtful about this sample, and the remedy."""
        return Findings((*posterior_problems(self, sampling=False), *posterior_findings(self)))

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row for each coefficient, standard deviation and correlation, with broom.mixed's columns."""
        return posterior_tables.tidy(self, level)

    def glance(self) -> pd.DataFrame:
        """Return one row: nobs, sigma, draws, divergences, the largest R-hat and the smallest effective sample size."""
        return posterior_tables.glance(self)

    @spoken
    def refine(self, seed: int = 0) -> Posterior:
        """Return the posterior of which the draws of an approximation are made by importance resampling.

        The Pareto k of the weights in `diagnostics` says whether they can be trusted: below 0.7.

        Parameters
        ----------
        seed : int

        References
        ----------
        Vehtari, Simpson, Gelman, Yao & Gabry (2024), Pareto smoothed importance sampling, JMLR 25.
        """
        return refined(self, seed)

    @spoken
    def to_arviz(self, seed: int = 0, *, groups: str | Iterable[str] = GROUPS) -> Any:
        """Return the draws as ArviZ data, of ArviZ 0.x or 1.x, whichever is installed.

        Parameters
        ----------
        seed : int
            Of predictive draws, and of those of the prior.
        groups : str or list of str
            All that there are if left out: "posterior", "posterior_predictive", "log_likelihood", "log_prior", "prior",
            "prior_predictive", "sample_stats", "observed_data", "constant_data". Those with a number for each draw and
            row take longest. An improper prior has no draws.
        """
        wanted = [groups] if isinstance(groups, str) else list(groups)
        chains, count = size_of(self.shown)
        before = any(name.startswith("prior") for name in wanted)
        return export(
            self.model,
            self.shown,
            self.stats,
            log_prior=self.model.log_prior_terms(self.values) if "log_prior" in wanted else None,
            prior=prior_shown(self.model, seed, min(chains * count, PRIOR_DRAWS)) if before else None,
            attrs={"inference_method": str(self.diagnostics.get("engine", "")), "converged": int(self.converged)},
            seed=seed,
            groups=wanted,
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw residuals against fitted values; return the Axes."""
        return plots.residuals_fitted(self, ax)

    def plot_coef(self, level: float = 0.95, ax: Any = None) -> Any:
        """Draw posterior means and intervals of the coefficients; return the Axes."""
        return plots.coefficients(self, level, ax)

    def plot_diagnostics(self) -> Any:
        """Draw residuals, their quantiles, their scale and the random effects' quantiles; return the Axes [2, 2]."""
        return plots.mixed_diagnostics(self)

    @spoken
    def plot_ranef(self, group: str | None = None, level: float = 0.95) -> Any:
        """Draw the effects of a group's levels in order of size, with intervals; return the Axes [effects]."""
        return plots.caterpillar(self, group, level)

    @spoken
    def plot_effects(self, x: str, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the predicted mean over the column `x`, with its interval and the data; return the Axes."""
        return plots.effect(self, x, level, ax)

    @cached_property
    def _fitted(self) -> np.ndarray:
        return fitted_mean(self)
