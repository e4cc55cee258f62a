"""Marginal means and the contrasts between them, as they are asked and as they print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..answer import Answer, rendered, unknown
from ..arguments import coverage, one_of
from ..hypotheses.linear_function import Functions, functions, joint_test
from ..plots.interval import intervals, labelled_rows
from ..regression.determined import endless, estimable_part, value_of
from ..regression.modelled import mean_name
from ..table import Summary, Table
from ..words import spoken
from .joint_tests import JointTests, interaction
from .mean_contrasts import ADJUSTED_BY, MeanContrasts, contrasts_of, groups_of
from .multiplicity import ADJUSTMENTS, FamilyOfTests, half_widths, interval_method
from .scale import Scale


@dataclass(frozen=True, eq=False, repr=False)
class MarginalMeans(Answer):
    """Linear functions of the coefficients with labels: what `emmeans` and `emtrends` return.

    Parameters
    ----------
    fit : Estimate
    L : array [m, p]
    offset : array [m]
    labels : DataFrame [m, ...]
        The levels of each mean.
    by : tuple of str
        The columns of `labels` that make groups.
    quantity : str
        The name of the estimates on the scale of the linear predictor.
    type : str
        "link" or "response"; of outcomes one of their scales.
    scale : Scale
    level : float
    vcov, df
        See `Estimate.emmeans`.
    said : str
        What is averaged over and what is held.
    notes : tuple of str
    contrasts : MeanContrasts or None
        Those asked for at once, as in `"pairwise ~ tension"`.
    adjust : str
        Of the intervals.
    """

    fit: Any
    L: np.ndarray
    offset: np.ndarray
    labels: pd.DataFrame
    by: tuple[str, ...]
    quantity: str
    type: str
    scale: Scale
    level: float
    vcov: Any
    df: str | None
    said: str
    notes: tuple[str, ...]
    contrasts: MeanContrasts | None = None
    adjust: str = "none"

    @cached_property
    def known(self) -> Functions:
        """What is known of the linear functions; NaN where one cannot be estimated."""
        return functions(self.fit, self.L, self.vcov, self.df)

    @cached_property
    def estimates(self) -> np.ndarray:
        """The means [m] on the scale of the linear predictor."""
        return value_of(self.fit, self.known.L) + self.offset

    @property
    def title(self) -> str:
        """What they are."""
        return "Marginal slopes" if self.quantity.endswith(".trend") else "Marginal means"

    @property
    def back(self) -> bool:
        """Whether the table is on the scale of the response."""
        return self.type == "response" and not self.scale.identity

    @cached_property
    def table(self) -> pd.DataFrame:
        """The labels, then the estimate, se, df, lower, upper; not rounded."""
        eta, se = self.estimates, self.known.se
        half = np.full(len(eta), np.nan)
        for rows in self.groups():
            family = FamilyOfTests(self.known.df[rows], len(rows), len(rows), self.known.correlation(rows))
            half[rows] = half_widths(self.adjust, self.level, family)
        half = half * se
        value, lower, upper = eta, eta - half, eta + half
        name = self.quantity
        if self.back:
            se = se * np.abs(self.scale.slope(eta))
            value = self.scale.mean(eta)
            ends = np.array([self.scale.mean(lower), self.scale.mean(upper)])
            lower, upper = np.minimum(*ends), np.maximum(*ends)
            name = self.scale.name
        columns = {name: value, "se": se, "df": self.known.df, "lower": lower, "upper": upper}
        return pd.concat([self.labels, pd.DataFrame(columns, index=self.labels.index)], axis=1)

    def groups(self, by: tuple[str, ...] | None = None) -> list[np.ndarray]:
        """Return the rows of each group of means that are compared with one another."""
        return groups_of(self.labels, self.by if by is None else by)

    @spoken
    def contrast(
        self,
        method: str | Mapping[str, Any] = "eff",
        *,
        adjust: str | None = None,
        by: Any = None,
        ref: Any = None,
        level: float | None = None,
    ) -> MeanContrasts:
        """Return contrasts between the means of each group.

        Parameters
        ----------
        method : str or mapping
            "pairwise", "revpairwise", "trt.vs.ctrl" (each with the first, or with `ref`), "trt.vs.ctrlk" (with the
            last), "consec", "eff" (each less the mean), "del.eff" (less the mean of the others), "mean_chg", "poly",
            "identity"; or a dict of label to coefficients, a list or by name.
        adjust : str, optional
            "tukey", "sidak", "bonferroni", "holm", "fdr", "scheffe", "mvt", "none"; what suits the method if left
            out: "tukey" for pairs, "mvt" for comparisons with a control and consecutive ones, "fdr" for "eff". "mvt" is
            exact; for comparisons with a control emmeans takes an approximation of it, "dunnettx".
        by : str or list, optional
            Other groups; `[]` for none.
        ref : str or int, optional
            The control.
        level : float, optional
            Coverage of the intervals, simultaneous by the same adjustment.

        Returns
        -------
        MeanContrasts
            `.table`: contrast, the groups, estimate (`ratio`, `odds.ratio` for log and logit links on the response
            scale), se, df, statistic, p, lower, upper.
        """
        return contrasts_of(self, method, adjust, by, ref, level)

    @spoken
    def pairs(self, *, adjust: str = "tukey", by: Any = None, reverse: bool = False) -> MeanContrasts:
        """Return all differences between two means of each group; `reverse` turns them round. See `contrast`."""
        return self.contrast("revpairwise" if reverse else "pairwise", adjust=adjust, by=by)

    def with_contrasts(self, method: str) -> MarginalMeans:
        """Return these means with contrasts that print with them."""
        return replace(self, contrasts=self.contrast(method))

    def confint(self, level: float = 0.95, adjust: str = "none") -> MarginalMeans:
        """Return the same means with intervals of another coverage, or simultaneous ones.

        `adjust="tukey"` is of pairs and becomes "sidak", as in emmeans.
        """
        one_of("adjust", adjust, ADJUSTMENTS)
        chosen = "sidak" if adjust == "tukey" else interval_method(adjust)
        return replace(self, level=coverage(level), adjust=chosen)

    def joint_tests(self) -> JointTests:
        """Return for each factor shown, and each interaction of them, the test that its contrasts are all zero.

        In each group of `by`, on the scale of the linear predictor. For balanced averages these are tests of type III.
        """
        if self.type not in ("link", "response", "latent"):
            raise ModelError(
                'joint tests are of differences on the latent scale: leave `type=` out, or write "latent".'
            )
        factors = [name for name in self.labels.columns if name not in self.by]
        rows = []
        for group in self.groups():
            inside = self.labels.loc[group]
            for size in range(1, len(factors) + 1):
                for term in combinations(factors, size):
                    L = estimable_part(self.fit, interaction(inside, factors, term) @ self.L[group])
                    if len(L):
                        test = joint_test(self.fit, L, value_of(self.fit, L), self.vcov, self.df)
                        label = dict(zip(self.by, inside[list(self.by)].iloc[0], strict=True))
                        rows.append({**label, "term": ":".join(term), **test})
        return JointTests(pd.DataFrame(rows), str(self.fit.formula), self.said)

    def plot(self, ax: Any = None) -> Any:
        """Draw the means with their intervals; groups one below the other, each under its name."""
        table = self.table
        name = self.scale.name if self.back else self.quantity
        rest = [column for column in self.labels.columns if column not in self.by]
        labels, groups = labelled_rows(self.labels, rest), labelled_rows(self.labels, self.by)
        if labels is None:  # one mean in each group
            labels, groups = groups or [], None
        what = name
        if not self.quantity.endswith(".trend"):
            mean = mean_name(self.fit) if self.fit.family.has_mean else name
            what = mean if self.back or self.scale.identity else f"{self.scale.what} of {mean}"
        title = f"{self.title} and {100 * self.level:g}% intervals"
        return intervals(labels, table[name], table["lower"], table["upper"], title, what, ax, groups=groups)

    @spoken
    def summary(self) -> Summary:
        """Return the means as they print."""
        lines = [self.said] if self.said else []
        if not self.scale.identity:
            shown = "the response, intervals from the" if self.back else "the linear predictor:"
            lines.append(f"on the scale of {shown} {self.scale.what}")
        name = self.scale.name if self.back else self.quantity
        notes = list(self.notes)
        if self.adjust != "none":
            notes.append(f"Intervals hold together, by {ADJUSTED_BY[self.adjust]}.")
        notes += unknown(bool(endless(self.fit, self.L).any()), bool(np.isnan(self.table[name]).any()))
        tables: tuple[Table, ...] = (rendered(self.table, name, self.level),)
        if self.contrasts is not None:
            tables, notes = (*tables, *self.contrasts.summary().tables), [*notes, *self.contrasts.summary().notes]
        return Summary(self.title, str(self.fit.formula), tuple(lines), tables, (), tuple(notes), self.table)
