"""Contrasts between marginal means, adjusted for their number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from .answer import Answer, rendered
from .arguments import coverage, one_of
from .linear_function import Functions
from .multiplicity import ADJUSTMENTS, FamilyOfTests, adjusted_p, half_widths, interval_method
from .plots.interval import intervals
from .scale import Scale
from .table import Summary

ADJUSTED_BY = {
    "tukey": "Tukey's range",
    "sidak": "Sidak",
    "bonferroni": "Bonferroni",
    "holm": "Holm",
    "fdr": "Benjamini and Hochberg's false discovery rate",
    "scheffe": "Scheffe",
    "mvt": "the multivariate t distribution",
}


@dataclass(frozen=True, eq=False, repr=False)
class MeanContrasts(Answer):
    """Contrasts between means, with p-values and intervals that count how many there are.

    Parameters
    ----------
    known : Functions
    estimates : array [r]
        On the scale of the linear predictor.
    labels : DataFrame [r, ...]
        `contrast`, then the groups.
    sizes : tuple of (int, int)
        For each group the number of contrasts and of means.
    adjust : str
    level : float
    ratio : Scale or None
        The scale whose ratios are shown instead of differences.
    formula, said : str
    notes : tuple of str
    """

    known: Functions
    estimates: np.ndarray
    labels: pd.DataFrame
    sizes: tuple[tuple[int, int], ...]
    adjust: str
    level: float
    ratio: Scale | None
    formula: str
    said: str
    notes: tuple[str, ...]

    @property
    def quantity(self) -> str:
        """The name of the estimates."""
        return "estimate" if self.ratio is None else str(self.ratio.ratio)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The labels, then the estimate, se, df, statistic, p, lower, upper; ratios have `null`. Not rounded."""
        estimate, se = self.estimates, self.known.se
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = estimate / se
        p, half = np.full(len(se), np.nan), np.full(len(se), np.nan)
        start = 0
        for count, size in self.sizes:
            rows = slice(start, start + count)
            start += count
            family = self._family(rows, size)
            p[rows] = adjusted_p(self.adjust, statistic[rows], family)
            half[rows] = half_widths(interval_method(self.adjust), self.level, family)
        lower, upper = estimate - half * se, estimate + half * se
        columns = {"estimate": estimate, "se": se, "df": self.known.df}
        if self.ratio is not None:
            value = np.exp(estimate)
            columns = {self.quantity: value, "se": value * se, "df": self.known.df, "null": np.ones(len(se))}
            lower, upper = np.exp(lower), np.exp(upper)
        columns |= {"statistic": statistic, "p": p, "lower": lower, "upper": upper}
        return pd.concat([self.labels, pd.DataFrame(columns)], axis=1)

    def adjusted(self, adjust: str) -> MeanContrasts:
        """Return the same contrasts with another adjustment."""
        return replace(self, adjust=one_of("adjust", adjust, ADJUSTMENTS))

    def confint(self, level: float = 0.95) -> MeanContrasts:
        """Return the same contrasts with intervals of another coverage."""
        return replace(self, level=coverage(level))

    def plot(self, ax: object = None) -> object:
        """Draw the contrasts with their intervals."""
        table = self.table
        labels = [" | ".join(str(v) for v in row) for row in self.labels.itertuples(index=False, name=None)]
        title = f"Contrasts and {100 * self.level:g}% intervals"
        reference = 0.0 if self.ratio is None else 1.0
        values = table[self.quantity]
        return intervals(labels, values, table["lower"], table["upper"], title, self.quantity, ax, reference)

    def summary(self) -> Summary:
        """Return the contrasts as they print."""
        notes = list(self.notes)
        if self.adjust != "none" and self.sizes:
            compared = sorted(
                {size for _, size in self.sizes} if self.adjust == "tukey" else {m for m, _ in self.sizes}
            )
            listed = " and ".join(str(n) for n in compared)
            what = "means" if self.adjust == "tukey" else "contrasts"
            intervals = interval_method(self.adjust)
            by = f"p-values are adjusted by {ADJUSTED_BY[self.adjust]}, for {listed} {what}"
            also = "; intervals too" if intervals == self.adjust else f"; intervals by {ADJUSTED_BY[intervals]}"
            notes.append(f"{by[0].upper()}{by[1:]}{also}.")
        if self.ratio is not None:
            notes.append(f"Tests are on the {self.ratio.what} scale.")
        if (np.isnan(self.known.se) & ~np.isnan(self.known.df)).any():
            notes.append("Some coefficients are infinite; what rests on them has no standard error. See `fit.check()`.")
        elif np.isnan(self.estimates).any():
            notes.append("What is not estimable depends on cells or columns that the data do not tell apart.")
        table = rendered(self.table, self.quantity, self.level)
        lines = (self.said,) if self.said else ()
        return Summary("Contrasts", self.formula, lines, (table,), (), tuple(notes), self.table)

    def _family(self, rows: slice, size: int) -> FamilyOfTests:
        """Return the tests of one group."""
        L = self.known.L[rows]
        finite = np.isfinite(L).all(axis=1)
        rank = int(np.linalg.matrix_rank(L[finite])) if finite.any() else 0
        df = np.where(np.isnan(self.known.se[rows]), np.nan, self.known.df[rows])
        return FamilyOfTests(df, size, rank, self.known.correlation(rows))
