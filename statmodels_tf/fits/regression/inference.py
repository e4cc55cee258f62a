"""What can be asked of a regression beyond its figures: tests of terms, other models, intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from ...errors import ModelError
from ..anova import models as anova_models
from ..anova import stepwise
from ..anova import terms as anova_terms
from ..anova.score_test import score_table
from ..arguments import count_of, flag, one_of
from ..frame import headed
from ..uncertainty.bootstrap import bootstrap, bootstrap_confint
from ..uncertainty.profile import profile_intervals, profiled
from ..uncertainty.profiled import Profiled
from ..words import spoken
from .base import Regression


@dataclass(frozen=True, eq=False, repr=False)
class RegressionInference(Regression):
    """A regression that answers for its uncertainty.

    Attributes
    ----------
    least_squares : bool
        Whether it is a linear model, with analysis of variance rather than of deviance.
    """

    unrobust = ""
    by_deviance = True
    least_squares: ClassVar[bool] = False

    @spoken
    def confint(
        self,
        level: float = 0.95,
        method: str = "wald",
        *,
        vcov: Any = None,
        nsim: int | None = None,
        seed: Any = None,
        kind: str | None = None,
        interval: str | None = None,
        cluster: Any = None,
    ) -> pd.DataFrame:
        """Return confidence intervals of the coefficients: lower, upper.

        Parameters
        ----------
        level : float
            Coverage.
        method : {"wald", "profile", "boot"}
            "wald" is the interval of `coef_table`, which of a linear model is exact and its profile interval too.
            "profile" inverts the likelihood-ratio test, as R's `confint(glm)`; an end is infinite where the likelihood
            never falls far enough. "boot" takes quantiles of refits.
        vcov : str, mapping or matrix
            Of "wald": another covariance, as in `coef_table`.
        nsim, seed : int
            Of "boot": how many replicates, 2,000 if left out, and the seed of the draws.
        kind : {"pairs", "parametric", "residual"}
            Of "boot": draw rows, as if left out, responses from the fitted family, or (`lm`) residuals.
        interval : {"percentile", "basic", "normal", "bca"}
            Of "boot", as R's `boot.ci`; "percentile" if left out.
        cluster : str or array
            Of "boot" by "pairs": draw whole clusters.
        """
        one_of("method", method, ("wald", "profile", "boot"))
        if vcov is not None and method != "wald":
            raise ModelError(f'`vcov=` is of `method="wald"`, and the method is "{method}".')
        asked = {"nsim": nsim, "seed": seed, "kind": kind, "interval": interval, "cluster": cluster}
        asked = {name: value for name, value in asked.items() if value is not None}
        if method == "boot":
            defaults = {"nsim": 2000, "seed": None, "kind": "pairs", "interval": "percentile", "cluster": None}
            return bootstrap_confint(self, level, **{**defaults, **asked})
        if asked:
            name = next(iter(asked))
            clustered = f' A covariance by clusters is `vcov={{"cluster": {cluster!r}}}`.' if name == "cluster" else ""
            raise ModelError(f'`{name}=` is of `method="boot"`, and the method is "{method}".{clustered}')
        if method == "profile" and not self.least_squares:
            return profile_intervals(self, level)
        table = self.coef_table(level, vcov=vcov)
        return headed(table[["lower", "upper"]], f"{100 * level:g}% intervals")

    @spoken
    def bootstrap(
        self, nsim: int = 2000, seed: Any = None, *, kind: str = "pairs", cluster: Any = None
    ) -> pd.DataFrame:
        """Return the coefficients of bootstrap replicates [nsim, coefficients]; see `confint` for the arguments.

        Infinite where a replicate is separated, NaN where it cannot be fitted; `attrs` count both.
        """
        return bootstrap(self, nsim, seed, kind=kind, cluster=cluster)

    @spoken
    def profile(self, level: float = 0.95, points: int = 10) -> Profiled:
        """Return the profile of the deviance over each coefficient; `.plot()` draws it.

        Parameters
        ----------
        level : float
            Out to the ends of the profile interval of this coverage, which is printed and drawn.
        points : int
            On each side of the estimate.

        Returns
        -------
        Profiled
            In `.table` term, value, z (the signed root of the deviance added, over the dispersion's), deviance.
        """
        return profiled(self, level, count_of("profile", "points", points))

    @spoken
    def anova(self, *others: Any, test: str | bool | None = None, type: str | int | None = None) -> pd.DataFrame:
        """Return the analysis of variance (`lm`) or deviance (`glm`) of the terms, or a comparison with other fits.

        Parameters
        ----------
        *others : Estimate
            Fits of the same rows, compared in the order given, as R's `anova(m1, m2)`. With a mixed model among them,
            by likelihood ratios. Negative binomial fits that estimate theta are compared as MASS does.
        test : {None, "F", "Chisq", "LRT", "Rao", "Cp", False}
            None is "F" where a dispersion is estimated and "Chisq" elsewhere; False leaves the test out.
        type : {"I", "II", "III"}
            "I", if left out, tests each term after those before it, as R's `anova`; "II" each term given all that do
            not contain it, "III" given all others, both as car's `Anova`. "III" tests the columns as they are coded:
            it is of use with contrasts that sum to zero (`contrasts={"a": "contr.sum"}`).
        """
        if others:
            if type is not None:
                raise ModelError(f"`type={type!r}` is of the terms of one fit, and others are given too.")
            return anova_models.compared([self, *others], test)
        kind = "I" if type is None else type
        return (anova_terms.variance_table if self.least_squares else anova_terms.deviance_table)(self, test, kind)

    @spoken
    def drop1(self, test: str | None = None, *, scope: Any = None) -> pd.DataFrame:
        """Return the fit without each term that stands in no other, as R's `drop1`.

        Rows of weight 0 are no part of n in the AIC of a linear model, n log(RSS / n) + 2 p; R's counts them.

        Parameters
        ----------
        test : {None, "F", "Chisq", "LRT", "Rao"}
        scope : str or list of str, optional
            Labels of the terms to take out instead.
        """
        return stepwise.drop1(self, test, scope)

    @spoken
    def add1(self, scope: Any, test: str | None = None) -> pd.DataFrame:
        """Return the fit with each further term of `scope`, `"~ . + x + x:a"` or `["x", "x:a"]`, as R's `add1`."""
        return stepwise.add1(self, scope, test)

    @spoken
    def step(
        self, scope: Any = None, *, direction: str | None = None, k: float = 2.0, steps: int = 1000, trace: bool = True
    ) -> Any:
        """Return the fit that a stepwise search by AIC ends at, as R's `step`; it prints its path.

        Parameters
        ----------
        scope : str or dict, optional
            The formula of the largest model, or a dict with `lower` and `upper`.
        direction : {"both", "backward", "forward"}
            "both" with a scope and "backward" without one, if left out.
        k : float
            What a coefficient costs: 2 for AIC, log(n) for BIC.
        steps : int
            How many changes at most.
        trace : bool
            Whether to print the path.
        """
        known = ("both", "backward", "forward")
        way = one_of("direction", ("backward" if scope is None else "both") if direction is None else direction, known)
        say = print if flag("trace", trace) else None
        return stepwise.step(self, scope, way, k=k, steps=count_of("step", "steps", steps), say=say)

    @spoken
    def score_test(self, *terms: str) -> pd.DataFrame:
        """Return Rao's score test of terms that the fit lacks, one at a time and all together.

        Nothing is fitted again: `fit.score_test("x", "x:a")`.
        """
        return score_table(self, terms)
