"""The expected log predictive density of new data: by leave-one-out or WAIC from one fit, or by k-fold from several.

    elpd_loo = sum_i log p(y_i | y_-i),     p(y_i | y_-i) = 1 / E[1 / p(y_i | draw)]

the expectation by Pareto-smoothed importance weights.

References
----------
Vehtari, Gelman & Gabry (2017), Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC.
doi:10.1007/s11222-016-9696-4
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..answer import Answer
from ..check import rows_said
from ..plots.validation import pareto_shapes
from ..table import Heading, Summary, Table, fixed
from ..words import spoken
from .pareto import good_shape, smoothed

_DOUBTFUL = 0.4
"""The variance of a log density beyond which WAIC is off."""
_NAMES = {"loo": "leave-one-out", "waic": "WAIC", "kfold": "k-fold"}


@dataclass(frozen=True, eq=False, repr=False)
class Elpd(Answer):
    """The expected log predictive density, with what each row adds to it.

    Parameters
    ----------
    kind : str
        "loo", "waic" or "kfold".
    pointwise : DataFrame [n, ...]
        `elpd`, `p` (its share of the effective number of parameters) and, of "loo", `pareto_k`; on the data's index.
    formula : str
    draws : int
    notes : tuple of str
    folds : array [n] or None
        The fold of each row, of "kfold".
    """

    kind: str
    pointwise: pd.DataFrame
    formula: str
    draws: int
    notes: tuple[str, ...] = ()
    folds: np.ndarray | None = None

    @property
    def elpd(self) -> float:
        """The expected log predictive density, the sum over the rows."""
        return float(self.pointwise["elpd"].sum())

    @property
    def se(self) -> float:
        """Its standard error, sqrt(n Var(elpd_i))."""
        return _se(self.pointwise["elpd"])

    @property
    def p(self) -> float:
        """The effective number of parameters."""
        return float(self.pointwise["p"].sum())

    @property
    def ic(self) -> float:
        """-2 elpd: looic, waic."""
        return -2 * self.elpd

    @property
    def pareto_k(self) -> pd.Series:
        """The shape of the tail of each row's weights; NaN where there are none."""
        return self.pointwise.get("pareto_k", pd.Series(np.nan, self.pointwise.index, name="pareto_k"))

    @property
    def table(self) -> pd.DataFrame:
        """estimate and se of elpd, p and -2 elpd."""
        ic = {"loo": "looic", "waic": "waic", "kfold": "kfoldic"}[self.kind]
        elpd, p = self.pointwise["elpd"], self.pointwise["p"]
        rows = {f"elpd_{self.kind}": (self.elpd, _se(elpd)), f"p_{self.kind}": (self.p, _se(p)),
                ic: (self.ic, 2 * _se(elpd))}  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "se"])

    @spoken
    def summary(self) -> Summary:
        """Return the figures as they print."""
        found = self.table
        rows = zip(found.index, fixed(found["estimate"].tolist(), 1), fixed(found["se"].tolist(), 1), strict=True)
        tables = [Table((Heading(""), Heading("estimate"), Heading("se")), tuple(rows))]
        notes = list(self.notes)
        if self.kind == "loo":
            tables += shape_table(self.pareto_k.to_numpy(), self.draws)
            notes = [*doubtful_rows(self), *notes]
        said = f"{len(self.pointwise):,} rows · {self.draws:,} draws"
        title = f"Expected log predictive density, {_NAMES[self.kind]}"
        return Summary(title, self.formula, (said,), tuple(tables), (), tuple(notes), found)

    def plot(self, ax: Any = None) -> Any:
        """Draw the Pareto shape of each row, those too large named; return the Axes."""
        return pareto_shapes(self.pareto_k, good_shape(self.draws), ax)


def _se(values: pd.Series) -> float:
    return float(np.sqrt(len(values) * np.var(values, ddof=0)))


def shape_table(shapes: np.ndarray, draws: int) -> list[Table]:
    """Return how many Pareto shapes are good, bad and very bad; nothing where all are good."""
    good = good_shape(draws)
    if np.all(shapes <= good):
        return []
    parts = ((f"to {good:.2f}, good", shapes <= good), ("to 1, bad", (shapes > good) & (shapes <= 1)),
             ("above 1, very bad", shapes > 1))  # fmt: skip
    rows = tuple((name, f"{np.sum(which):,}", f"{100 * np.mean(which):.1f} %") for name, which in parts)
    return [Table((Heading("Pareto k"), Heading("rows"), Heading("share")), rows)]


def doubtful_rows(loo: Elpd) -> list[str]:
    """Return the sentence of rows whose weights have too heavy a tail, and what to do; none where there are none."""
    shapes = loo.pareto_k
    bad = shapes[~(shapes <= good_shape(loo.draws))].sort_values(ascending=False)
    if bad.empty:
        return []
    which, verb = rows_said(bad.index), "has" if len(bad) == 1 else "have"
    return [
        f"Pareto k: {which} {verb} k above {good_shape(loo.draws):.2f}, so leave-one-out is not known there: write "
        "`fit.loo(moment_match=True)`, or `fit.kfold()`; such rows pull at the fit, look at them too."
    ]


Pieces = Iterable[tuple[slice, np.ndarray]]
"""Rows in turn, with the log densities of their responses at the draws of a posterior [draws, m]."""


def loo_of(pieces: Pieces, index: pd.Index, formula: str, r_eff: float = 1.0) -> Elpd:
    """Return the leave-one-out density of n rows; `r_eff` are effective draws over draws."""
    found, draws = [], 0
    for _, density in pieces:
        draws = len(density)
        with np.errstate(invalid="ignore"):
            weights, shapes = smoothed(-density, r_eff)
        # Where a draw gives the response no chance at all, neither does what the others predict.
        elpd = np.where(np.isfinite(density).all(axis=0), log_sum(weights + density), -np.inf)
        found.append(np.column_stack([elpd, within(density) - elpd, shapes]))
    frame = pd.DataFrame(np.concatenate(found), index=index, columns=["elpd", "p", "pareto_k"])
    return Elpd("loo", frame, formula, draws)


def waic_of(pieces: Pieces, index: pd.Index, formula: str) -> Elpd:
    """Return the widely applicable information criterion of n rows.

    References
    ----------
    Watanabe (2010), JMLR 11.
    """
    found, draws = [], 0
    for _, density in pieces:
        draws, p = len(density), np.var(density, axis=0, ddof=1)
        found.append(np.column_stack([within(density) - p, p]))
    frame = pd.DataFrame(np.concatenate(found), index=index, columns=["elpd", "p"])
    many = int(np.sum(frame["p"] > _DOUBTFUL))
    one = "row has" if many == 1 else "rows have"
    notes = (f"{many:,} {one} p above {_DOUBTFUL}, where WAIC cannot be trusted: use `fit.loo()`.",) if many else ()
    return Elpd("waic", frame, formula, draws, notes)


def within(density: np.ndarray) -> np.ndarray:
    """Return the log of the mean density of each row [n] at the draws."""
    with np.errstate(divide="ignore"):
        return log_sum(density) - np.log(len(density))


def log_sum(x: np.ndarray) -> np.ndarray:
    """Return the log of the sum of exp(x) over the first axis; of finite numbers, for which SciPy's takes longer."""
    top = np.maximum(np.max(x, axis=0), np.finfo(float).min)
    return np.log(np.sum(np.exp(x - top), axis=0)) + top


def replaced(loo: Elpd, rows: Mapping[int, tuple[float, float]], notes: tuple[str, ...]) -> Elpd:
    """Return the same with elpd and shape of some rows, by position, as others found them."""
    figures = loo.pointwise[["elpd", "p", "pareto_k"]].to_numpy(copy=True)
    for i, (elpd, shape) in rows.items():
        figures[i] = elpd, figures[i, 1] + figures[i, 0] - elpd, shape
    frame = pd.DataFrame(figures, index=loo.pointwise.index, columns=["elpd", "p", "pareto_k"])
    return replace(loo, pointwise=frame, notes=notes)
