"""What every estimate can be asked about its coefficients and means: hypotheses, marginal means, slopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .base import Fit
from .hypotheses.hypothesis import Hypotheses, wald_tests
from .margins.effect_rows import Asked
from .margins.emmeans import emmeans, emtrends
from .margins.marginal_means import MarginalMeans
from .margins.slopes import Effects, comparisons, predictions, slopes
from .words import spoken


@dataclass(frozen=True, eq=False, repr=False)
class Questioned(Fit):
    """A fit with coefficients and their covariance, from which functions of them follow."""

    @spoken
    def hypothesis(
        self, hypothesis: Any, rhs: Any = None, *, level: float = 0.95, df: str | None = None, vcov: Any = None
    ) -> Hypotheses:
        """Return Wald tests of hypotheses about the coefficients, and of all of them at once.

        Parameters
        ----------
        hypothesis : str, list of str, dict, or matrix
            `"wool[B] + tension[M] = 0"`, with the names of the coefficient table or R's (`woolB`); + - * / ^ and
            functions such as `exp` (the delta method, as car's `deltaMethod`); without `=` the expression is zero.
            Thresholds of an ordinal model have names too, `Low|High`. Of text the left side is estimated, less the
            right side if that names coefficients. A dict gives labels to texts, or weights to coefficients. A matrix
            [r, p] has a column for each coefficient.
        rhs : number or array [r], optional
            What a matrix times the coefficients is said to be; zero if left out.
        level, df, vcov
            As in `coef_table`.

        Returns
        -------
        Hypotheses
            `.table`: estimate, se, statistic, df, p, lower, upper by hypothesis; `.joint`: the F or chi-squared test.
        """
        return wald_tests(self, hypothesis, rhs, level, df, vcov)

    @spoken
    def emmeans(
        self,
        specs: Any = None,
        by: Any = None,
        *,
        at: Mapping[str, Any] | None = None,
        type: str | None = None,
        weights: str = "equal",
        level: float = 0.95,
        vcov: Any = None,
        df: str | None = None,
        offset: float | None = None,
    ) -> MarginalMeans:
        """Return estimated marginal means, as R's emmeans.

        Parameters
        ----------
        specs : str or list of str
            The columns to show, `"tension"` or `["wool", "tension"]`, or emmeans' formulas: `"~ tension | wool"`,
            `"pairwise ~ tension"`.
        by : str or list of str, optional
            The columns whose levels make groups; contrasts are within them.
        at : dict, optional
            Values of columns in place of all levels of a factor and of the mean of a number.
        type : {"link", "response"}
            The scale of the linear predictor, if left out, or means on that of the response, and ratios for log and
            logit links. Of an ordinal model "latent" (the location less the mean threshold), "prob" (a row for each
            outcome), "cum.prob" or "mean.class" (their mean, numbered from 1), as emmeans' `mode`; of a categorical one
            "prob". `"~ Sat | Infl"` names the outcomes by the response.
        weights : {"equal", "proportional", "outer", "cells"}
            How the levels of the other factors are averaged: equally, as often as their combinations are in the data,
            by the product of their frequencies, or as often as each cell is.
        level, vcov
            As in `coef_table`.
        df : str, optional
            As in `coef_table`: "satterthwaite" for mixed models ("none" is emmeans' "asymptotic"; emmeans takes it for
            quasi families, which here have their residual degrees of freedom).
        offset : number, optional
            Where there is an offset, its value on the scale of the linear predictor, such as 0 for a rate per unit;
            the mean over the rows if left out.

        Returns
        -------
        MarginalMeans
            `.table`; `.contrast("pairwise")`, `.pairs()`, `.joint_tests()`, `.confint()`, `.plot()`.
        """
        return emmeans(self, specs, by, at=at, type=type, weights=weights, level=level, vcov=vcov, df=df, offset=offset)

    @spoken
    def emtrends(
        self,
        x: str,
        specs: Any = None,
        by: Any = None,
        *,
        at: Mapping[str, Any] | None = None,
        weights: str = "equal",
        level: float = 0.95,
        vcov: Any = None,
        df: str | None = None,
    ) -> MarginalMeans:
        """Return slopes of the linear predictor in a numeric column for each level, as R's emtrends; see `emmeans`."""
        return emtrends(self, x, specs, by, at=at, weights=weights, level=level, vcov=vcov, df=df)

    @spoken
    def slopes(
        self,
        x: str | Sequence[str] | None = None,
        *,
        by: Any = None,
        newdata: Any = None,
        type: str = "response",
        average: bool = True,
        at: Mapping[str, Any] | None = None,
        weights: Any = None,
        vcov: Any = None,
        df: str | None = None,
        level: float = 0.95,
    ) -> Effects:
        """Return how the mean of the response changes with a column, as marginaleffects' `avg_slopes` and `slopes`.

        The derivative for a number, the difference from the reference level for a factor; random effects are left
        out. Statistics are t where the dispersion is estimated; marginaleffects' are normal, `df="none"`. Of a response
        in categories there is a row for each outcome, on the scale of its probability.

        Parameters
        ----------
        x : str or list of str, optional
            All columns of the common terms if left out.
        by : str or list of str, optional
            Columns in whose groups the average is taken.
        newdata : table or "mean", optional
            Rows in place of the data; "mean" is one row of means and most frequent levels.
        type : {"response", "link"}
        average : bool
            False gives one row for each row of the data.
        at : dict, optional
            Columns set to values, every row once for each combination.
        weights : str or array, optional
            Of the rows in averages.
        vcov, df, level
            As in `coef_table`.

        Returns
        -------
        Effects
            `.table`: term, contrast, the groups, estimate, se, df, statistic, p, lower, upper.
        """
        return slopes(self, x, Asked(by, newdata, type, average, at, weights, vcov, df, level))

    @spoken
    def comparisons(
        self,
        x: str | Sequence[str] | None = None,
        *,
        comparison: str = "difference",
        levels: str = "reference",
        step: Any = 1,
        by: Any = None,
        newdata: Any = None,
        type: str = "response",
        average: bool = True,
        at: Mapping[str, Any] | None = None,
        weights: Any = None,
        vcov: Any = None,
        df: str | None = None,
        level: float = 0.95,
    ) -> Effects:
        """Return the means with a column at one value against another, as marginaleffects' `avg_comparisons`.

        Parameters
        ----------
        x : str or list of str, optional
        comparison : {"difference", "ratio", "lnratio", "oddsratio", "lnoddsratio"}
            Of the two averages. Tests and intervals of ratios are made on their logarithm.
        levels : {"reference", "pairwise", "sequential"}
            Which levels of a factor are compared.
        step : number, "sd", or (low, high)
            How far a numeric column is moved.
        by, newdata, type, average, at, weights, vcov, df, level
            As in `slopes`.
        """
        return comparisons(
            self, x, comparison, levels, step, Asked(by, newdata, type, average, at, weights, vcov, df, level)
        )

    @spoken
    def predictions(
        self,
        *,
        by: Any = None,
        newdata: Any = None,
        type: str = "response",
        average: bool = True,
        at: Mapping[str, Any] | None = None,
        weights: Any = None,
        vcov: Any = None,
        df: str | None = None,
        level: float = 0.95,
    ) -> Effects:
        """Return the average of the predicted means, in groups if asked, as marginaleffects' `avg_predictions`.

        See `slopes` for the arguments. Intervals are symmetric; `emmeans` has those from the linear predictor.
        """
        return predictions(self, Asked(by, newdata, type, average, at, weights, vcov, df, level))
