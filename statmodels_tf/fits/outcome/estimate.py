"""Estimates of responses in categories, and the questions they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from ...errors import ModelError
from .. import plots
from ..anova import compare, stepwise
from ..arguments import count_of, file_path, flag, generator, one_of
from ..broom import broomed
from ..check import Findings
from ..frame import headed
from ..stored.storage import save_fit
from ..table import Summary
from ..words import spoken
from . import tests as outcome_tests
from .base import OutcomeFigures
from .check import outcome_findings
from .predict import predict_outcomes
from .summary import outcome_summary


@dataclass(frozen=True, eq=False, repr=False)
class OutcomeEstimate(OutcomeFigures):
    """An estimate of the probabilities of a response in categories, and the questions it answers."""

    def fitted(self) -> pd.Series:
        """Return the fitted probability of each row's own outcome, as `fitted` of R's clm."""
        y = self.data["y"]
        chosen = np.take_along_axis(self.means, np.maximum(y, 0)[:, None], axis=1)[:, 0]
        return self.by_row(np.where(y < 0, np.nan, chosen), "fitted")

    @spoken
    def residuals(self, type: str = "quantile", *, seed: int = 0) -> pd.Series:
        """Return the residuals, on the data's index.

        Parameters
        ----------
        type : {"quantile", "surrogate", "deviance", "pearson"}
            "quantile" are standard normal where the model is right, outcomes taken in their order: a uniform draw
            between the probabilities below and up to the outcome (Dunn & Smyth 1996). "surrogate" maps the same draw to
            the latent scale of an ordinal model (Liu & Zhang 2018, doi:10.1080/01621459.2017.1292915). "deviance" is
            sqrt(-2 w log p), p the probability of the outcome, and "pearson" sqrt(w (1 - p) / p).
        seed : int
            Of the draws.
        """
        one_of("type", type, ("quantile", "surrogate", "deviance", "pearson"))
        questions: dict[str, Callable[..., np.ndarray]] = {
            "deviance": self.family.deviance_residuals,
            "pearson": self.family.pearson_residuals,
        }
        with np.errstate(divide="ignore", invalid="ignore"):
            if type in questions:
                return self.by_row(questions[type](self.means, {}, self.data), "residual")
            drawn = self.family.quantile_residuals(self.means, {}, self.data, generator(seed))
        return self.by_row(self.surrogate(drawn) if type == "surrogate" else drawn, "residual")

    @spoken
    def predict(
        self,
        newdata: Any = None,
        type: str = "prob",
        *,
        se: bool = False,
        interval: str | None = None,
        level: float = 0.95,
    ) -> Any:
        """Return predictions for each row, by outcome.

        Parameters
        ----------
        newdata : table, optional
            Rows to predict; the data of the fit if left out. A row that lacks a value is predicted NaN.
        type : {"prob", "class", "cum.prob", "linear.predictor"}
            The probability of each outcome, the likeliest one, the probability of each outcome or an earlier one, or
            the linear predictor: of a cumulative model the location, which thresholds are compared with.
        se : bool
            Give standard errors, by the delta method.
        interval : {None, "confidence"}
            Those of probabilities are made on the logit scale, as `ordinal` does.
        level : float
            Coverage.

        Returns
        -------
        DataFrame with a column for each outcome (Series for "class"); with se or interval, columns (mean, outcome),
        (se, outcome), (lower, outcome), (upper, outcome)
        """
        return predict_outcomes(self, newdata, type, se=se, interval=interval, level=level)

    @spoken
    def simulate(self, n: int = 1, seed: int | np.random.Generator | None = None) -> pd.DataFrame:
        """Return outcomes drawn from the fitted model [rows, n], as ordered or plain categories."""
        count, rng = count_of("simulate", "n", n), generator(seed)
        below = np.cumsum(self.means, axis=1)
        below[:, -1] = np.inf
        columns = {}
        for j in range(count):
            codes = (rng.random(len(below))[:, None] > below).sum(axis=1)
            columns[f"sim_{j + 1}"] = pd.Categorical.from_codes(codes, pd.Index(self.outcomes))
        return pd.DataFrame(columns, index=self.model.design.index)

    @spoken
    def confint(self, level: float = 0.95, method: str = "wald") -> pd.DataFrame:
        """Return confidence intervals of the coefficients: lower, upper; "wald", or "profile" by the likelihood."""
        one_of("method", method, ("wald", "profile"))
        if method == "profile":
            return outcome_tests.profile_intervals(self, level)
        return headed(self.coef_table(level)[["lower", "upper"]], f"{100 * level:g}% intervals")

    @spoken
    def anova(self, *others: Any, test: str | None = None) -> pd.DataFrame:
        """Return likelihood-ratio tests of the terms, one after the other, or against other fits of the same rows.

        The tests of one fit are sequential, "type I"; those of each term last are `drop1()`.
        """
        one_of("test", test or "Chisq", ("Chisq",))
        if not others:
            return outcome_tests.sequential(self)
        return compare.likelihood_ratio([self, *others])

    @spoken
    def drop1(self, test: str | None = "Chisq", *, scope: Any = None) -> pd.DataFrame:
        """Return a likelihood-ratio test of each term that stands in no higher one: Df, logLik, AIC, LRT, Pr(>Chi).

        Parameters
        ----------
        test : {"Chisq", None}
        scope : str or list of str, optional
            Labels of the terms to take out instead.
        """
        if test is not None:
            one_of("test", test, ("Chisq",))
        return outcome_tests.drop1(self, test is not None, scope)

    @spoken
    def add1(self, scope: Any, test: str | None = "Chisq") -> pd.DataFrame:
        """Return a likelihood-ratio test of each term of the scope that the fit lacks, as `drop1`.

        Parameters
        ----------
        scope : str or list of str
            A formula, `"~ . + x + x:a"`, or terms, `["x", "x:a"]`.
        test : {"Chisq", None}
        """
        if test is not None:
            one_of("test", test, ("Chisq",))
        return outcome_tests.add1(self, scope, test is not None)

    @spoken
    def step(
        self, scope: Any = None, *, direction: str | None = None, k: float = 2.0, steps: int = 1000, trace: bool = True
    ) -> Any:
        """Return the fit that a stepwise search by AIC ends at, as R's `step`; it prints its path.

        The terms of the location are searched; those of `nominal=` and `scale=` stay.

        Parameters
        ----------
        scope : str or dict, optional
            The formula of the largest model, or a dict with `lower` and `upper`.
        direction : {"both", "backward", "forward"}
            "both" with a scope and "backward" without one, if left out.
        k : float
            What a parameter costs: 2 for AIC, log(n) for BIC.
        steps : int
            How many changes at most.
        trace : bool
            Whether to print the path.
        """
        known = ("both", "backward", "forward")
        way = one_of("direction", ("backward" if scope is None else "both") if direction is None else direction, known)
        say, most = print if flag("trace", trace) else None, count_of("step", "steps", steps)
        return stepwise.step(
            self, scope, way, k=k, steps=most, say=say, drop=outcome_tests.drop1, add=outcome_tests.add1
        )

    @spoken
    def plot(self, ax: Any = None) -> Any:
        """Draw quantile residuals against the expected position among the outcomes."""
        return plots.outcome_residuals(self, ax)

    @spoken
    def plot_coef(self, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the coefficients with their intervals."""
        return plots.coefficients(self, level, ax)

    @spoken
    def plot_effects(self, x: str, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the probability of each outcome over the column `x`, the others held, with its interval."""
        return plots.outcome_effect(self, x, level, ax)

    @spoken
    def tidy(self, *, level: float = 0.95, exponentiate: bool = False) -> pd.DataFrame:
        """Return one row for each parameter, with broom's columns.

        Parameters
        ----------
        level : float
            Coverage of conf.low to conf.high.
        exponentiate : bool
            Give exp of the estimates and of the ends of their intervals: odds ratios under a logit link.
        """
        kinds = {"thresholds": "intercept", "coefficients": "location", "log scale": "scale"}
        table = broomed(self.parameter_table(level))
        if flag("exponentiate", exponentiate):
            table = table.assign(**{name: np.exp(table[name]) for name in ("estimate", "conf.low", "conf.high")})
        return table.assign(**{"coef.type": table["coef.type"].map(kinds)})

    def glance(self) -> pd.DataFrame:
        """Return one row of fit statistics, with broom's columns."""
        row = {
            "edf": self.df_model,
            "logLik": self.loglik,
            "AIC": self.aic,
            "BIC": self.bic,
            "deviance": self.deviance,
            "df.residual": self.df_residual,
            "nobs": self.nobs,
        }
        return pd.DataFrame([row])

    @spoken
    def augment(self) -> pd.DataFrame:
        """Return the model frame with the likeliest outcome, `.fitted`, its probability, and quantile residuals."""
        likeliest = self.predict(type="class").to_numpy()
        added = {".fitted": likeliest, ".prob": self.means.max(axis=1), ".resid": self.residuals().to_numpy()}
        return self.model_frame().assign(**added)

    @spoken
    def summary(self, level: float = 0.95) -> Summary:
        """Return the summary."""
        return outcome_summary(self, level)

    def check(self) -> Findings:
        """Return in words what is doubtful about this fit, and the remedy.

        Whether the effects of an ordinal model are the same at every threshold is not asked here, since that takes more
        fits: `nominal_test()` does.
        """
        return outcome_findings(self)

    def to_arviz(self) -> NoReturn:
        """Say that there are no draws."""
        raise ModelError(f"a {self.family.name} model is not sampled here, so it has no draws to export.")

    def save(self, path: Any) -> None:
        """Write this fit to one file, without pickle; `statmodels_tf.load(path)` reads it."""
        save_fit(self, file_path("save", path), self.deviance)

    def ranef(self, group: str | None = None, *, se: bool = False) -> NoReturn:
        """Say that the model has no random effects."""
        raise ModelError("the model has no group terms, so it has no random effects.")

    def varcorr(self) -> NoReturn:
        """Say that the model has no random effects."""
        raise ModelError("the model has no group terms, so it has no variances of random effects.")
