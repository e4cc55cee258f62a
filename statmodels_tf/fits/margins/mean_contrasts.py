"""Contrasts between marginal means, adjusted for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from ...errors import ModelError, did_you_mean
from ..answer import Answer, rendered, unknown
from ..arguments import coverage, one_of
from ..hypotheses.linear_function import Functions, functions
from ..plots.interval import intervals, labelled_rows
from ..regression.determined import value_of
from ..table import Summary
from ..words import spoken
from .contrast_coefficients import DEFAULT_ADJUST, coefficients
from .multiplicity import ADJUSTMENTS, FamilyOfTests, adjusted_p, half_widths, interval_method
from .scale import Scale

if TYPE_CHECKING:
    from .marginal_means import MarginalMeans

_MOST = 300  # the most means to compare in pairs
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
        """Draw the contrasts with their intervals; groups one below the other, each under its name."""
        table = self.table
        labels = [str(contrast) for contrast in self.labels["contrast"]]
        groups = labelled_rows(self.labels, [name for name in self.labels.columns if name != "contrast"])
        title = f"Contrasts and {100 * self.level:g}% intervals"
        reference = 0.0 if self.ratio is None else 1.0
        values = table[self.quantity]
        return intervals(
            labels, values, table["lower"], table["upper"], title, self.quantity, ax, reference, groups=groups
        )

    @spoken
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
        endless = (np.isnan(self.known.se) & ~np.isnan(self.known.df)).any()
        notes += unknown(endless, np.isnan(self.estimates).any())
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


def contrasts_of(
    means: MarginalMeans, method: str | Mapping[str, Any], adjust: str | None, by: Any, ref: Any, level: float | None
) -> MeanContrasts:
    """Return contrasts between the means of each group; see `MarginalMeans.contrast`."""
    if adjust is None:
        adjust = DEFAULT_ADJUST.get(method, "none") if isinstance(method, str) else "none"
    one_of(
        "adjust",
        adjust,
        ADJUSTMENTS,
        ' For "dunnettx" or "dunnett" write "mvt".' if "dunnet" in str(adjust) else "",
    )
    made = rows_of_contrasts(means, method, by, ref)
    C = made.C
    L = _times(C, means.known.L)
    return MeanContrasts(
        functions(means.fit, L, means.vcov, means.df), value_of(means.fit, L) + _times(C, means.offset[:, None])[:, 0],
        made.labels, made.sizes, adjust, means.level if level is None else coverage(level),
        means.scale if made.ratio else None, str(means.fit.formula), means.said, made.notes,
    )  # fmt: skip


class Compared(Protocol):
    """What contrasts read of means, of an estimate or of draws."""

    @property
    def labels(self) -> pd.DataFrame:
        """The levels of each mean."""

    @property
    def by(self) -> tuple[str, ...]:
        """The columns of the labels that make groups."""

    @property
    def scale(self) -> Scale:
        """The scale of the response."""

    @property
    def back(self) -> bool:
        """Whether the table is on the scale of the response."""

    def groups(self, by: tuple[str, ...] | None = None) -> list[np.ndarray]:
        """Return the rows of each group of means that are compared with one another."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Contrasts as rows of coefficients.

    Attributes
    ----------
    C : array [r, m]
    labels : DataFrame [r, ...]
        `contrast`, then the groups.
    sizes : tuple of (int, int)
        For each group the number of contrasts and of means.
    ratio : bool
        Whether they are shown as ratios.
    notes : tuple of str
    """

    C: np.ndarray
    labels: pd.DataFrame
    sizes: tuple[tuple[int, int], ...]
    ratio: bool
    notes: tuple[str, ...]


def rows_of_contrasts(means: Compared, method: str | Mapping[str, Any], by: Any, ref: Any) -> Rows:
    """Return the coefficients of contrasts between the means of each group."""
    names = means.by if by is None else (by,) if isinstance(by, str) else tuple(by)
    known = list(means.labels.columns)
    for name in names:
        if name not in known:
            listed = ", ".join(f"`{k}`" for k in known)
            raise ModelError(
                f"`by=`: the means have no column `{name}`.{did_you_mean(str(name), known)} There is {listed}."
            )
    ratio = means.back and means.scale.ratio is not None
    labels: list[str] = []
    matrix, groups, sizes = [], [], []
    shown = [column for column in known if column not in names]
    for rows in means.groups(names):
        if len(rows) > _MOST and method in ("pairwise", "revpairwise"):
            raise ModelError(
                f"{len(rows):,} means have {len(rows) * (len(rows) - 1) // 2:,} pairs; compare fewer by `at=`, or "
                'all with one by `.contrast("trt.vs.ctrl")`.'
            )
        own = _names(means.labels, rows, shown)
        said, C = coefficients(method, own, ratio, ref)
        full = np.zeros((len(C), len(means.labels)))
        full[:, rows] = C
        labels += said
        matrix.append(full)
        groups += [means.labels.loc[rows[0], list(names)]] * len(C)
        sizes.append((len(C), len(rows)))
    C = np.concatenate(matrix)
    if not len(C):
        raise ModelError(f'"{method}" needs more than one mean to compare, and there is one in each group.')
    groups_table = pd.DataFrame(groups, columns=list(names)).reset_index(drop=True)
    scale_note = () if not means.back or means.scale.ratio else (
        f"Contrasts are on the {means.scale.what} scale: differences there mean nothing on the response's.",
    )  # fmt: skip
    if ratio and np.abs(C.sum(axis=1)).max() > 1e-9:
        ratio, scale_note = False, (f"Contrasts are on the {means.scale.what} scale: they do not sum to zero.",)
    table = pd.concat([pd.DataFrame({"contrast": labels}), groups_table], axis=1)
    return Rows(C, table, tuple(sizes), ratio, scale_note)


def groups_of(labels: pd.DataFrame, by: Sequence[str]) -> list[np.ndarray]:
    """Return the rows of each group of labels; all of them where there is no column to group by."""
    if not by:
        return [np.arange(len(labels))]
    keys = list(labels[list(by)].itertuples(index=False, name=None))
    return [np.array([i for i, key in enumerate(keys) if key == one]) for one in dict.fromkeys(keys)]


def _names(labels: pd.DataFrame, rows: np.ndarray, shown: list[str]) -> list[str]:
    """Return the names of means in contrasts; a factor whose levels are numbers lends them its name."""
    parts = []
    for name in shown:
        texts = [f"{v:.6g}" if isinstance(v, float) else str(v) for v in labels[name]]
        numbers = all(_is_number(text) for text in texts)
        parts.append([f"{name}{texts[i]}" if numbers else texts[i] for i in rows])
    return [" ".join(words) for words in zip(*parts, strict=True)] if parts else [str(i) for i in rows]


def _times(C: np.ndarray, M: np.ndarray) -> np.ndarray:
    """Return C M; a NaN of M counts only where its coefficient is not zero."""
    return np.where(((C != 0).astype(float) @ np.isnan(M)) > 0, np.nan, C @ np.nan_to_num(M, nan=0.0))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
