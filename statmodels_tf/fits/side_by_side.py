"""Estimates of several fits side by side: maximum likelihood beside the posterior, one model beside another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import ModelError
from .answer import Answer
from .arguments import coverage
from .plots.side_by_side import side_by_side
from .posterior import tables
from .posterior.base import Drawn
from .table import Heading, Summary, Table, column_format
from .words import spoken

if TYPE_CHECKING:
    from .base import Fit

_FIGURES = ["estimate", "se", "lower", "upper"]


@dataclass(frozen=True, eq=False, repr=False)
class SideBySide(Answer):
    """Parameters of several fits in one table.

    Parameters
    ----------
    figures : DataFrame [parameters, (fit, figure)]
        estimate, se, lower, upper of each fit; NaN where a fit has no such parameter, or no such figure of it.
    formula : str
    level : float
    notes : tuple of str
    """

    figures: pd.DataFrame
    formula: str
    level: float
    notes: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The figures, not rounded."""
        return self.figures

    @property
    def fits(self) -> list[str]:
        """The names of the fits."""
        return list(dict.fromkeys(self.figures.columns.get_level_values(0)))

    @property
    def shift(self) -> pd.DataFrame:
        """How far each other fit lies from the first, in standard errors of the first."""
        first, *others = self.fits
        own = self.figures[first]
        return pd.DataFrame({name: (self.figures[name]["estimate"] - own["estimate"]) / own["se"] for name in others})

    @spoken
    def summary(self) -> Summary:
        """Return the table as it prints: each fit's estimates, with standard errors in brackets."""
        found: Any = self.figures
        names = self.fits
        headings, columns = [Heading("")], [list(map(str, found.index))]
        spread = found.xs("se", axis=1, level=1).min(axis=1)
        sizes = found.xs("estimate", axis=1, level=1).bfill(axis=1).iloc[:, 0].abs()
        units = np.where(np.isfinite(spread), spread, np.where(sizes > 0, sizes / 100, 1.0))
        rows = [column_format([unit]) for unit in units]
        for name in names:
            value, se = found[name]["estimate"], found[name]["se"]
            headings.append(Heading(name, span=2))
            columns.append([_shown(show, v) for show, v in zip(rows, value, strict=True)])
            columns.append([f"({_shown(show, s)})" if np.isfinite(s) else "" for show, s in zip(rows, se, strict=True)])
        if len(names) == 2:
            headings.append(Heading("shift"))
            columns.append(["" if v != v else f"{v:.2f}" for v in self.shift.iloc[:, 0]])
        table = Table(tuple(headings), tuple(zip(*columns, strict=True)))
        return Summary("Estimates side by side", self.formula, (), (table,), (), self.notes, found)

    def plot(self) -> Any:
        """Draw a panel for each parameter, with the estimate and interval of each fit; return the Axes."""
        return side_by_side(self.figures, self.fits, self.level)


def compared_estimates(fits: Any, names: Sequence[str] | None, level: float) -> SideBySide:
    """Return fits side by side; see `st.compare_estimates`."""
    level = coverage(level)
    if isinstance(fits, Mapping):
        named = {str(name): fit for name, fit in fits.items()}
    else:
        listed = list(fits)
        if names is not None and (len(names) != len(listed) or len(set(names)) != len(names)):
            raise ModelError(f"`names=` has to be {len(listed)} different names, one for each fit.")
        named = dict(zip(_told(listed) if names is None else map(str, names), listed, strict=True))
    if len(named) < 2:
        raise ModelError(
            "`compare_estimates()` takes two fits at least, as in `st.compare_estimates(fit, fit.bayes())`."
        )
    parts = {name: _figures(fit, level) for name, fit in named.items()}
    rows = list(dict.fromkeys(label for part in parts.values() for label in part.index))
    spreads = [row for row in rows if row.startswith(("sd(", "cor(")) or row == "sigma"]
    rows = [row for row in rows if row not in spreads] + spreads
    table = pd.concat({name: part.reindex(rows) for name, part in parts.items()}, axis=1)
    formulas = list(dict.fromkeys(str(fit.formula) for fit in named.values()))
    return SideBySide(table, formulas[0] if len(formulas) == 1 else "", level, _notes(named, table))


def _notes(named: Mapping[str, Fit], table: pd.DataFrame) -> tuple[str, ...]:
    drawn = [name for name, fit in named.items() if isinstance(fit, Drawn)]
    said = []
    if drawn:
        said.append(f"Of {', '.join(drawn)}: means and standard deviations of the draws.")
    if len(named) == 2:
        said.append("shift: the second less the first, in standard errors of the first.")
    unsure = [name for name, fit in named.items() if not isinstance(fit, Drawn) and fit.model.groups]
    if unsure and table[unsure[0]]["se"].isna().any():
        said.append(f"{unsure[0]} gives standard deviations no standard error; `confint` profiles them.")
    return tuple(said)


def _figures(fit: Any, level: float) -> pd.DataFrame:
    """Return estimate, se, lower and upper by parameter."""
    if isinstance(fit, Drawn):
        names = [*fit.coefficient_names, *(name for name in fit.names if name not in fit.coefficient_names)]
        whole: Any = fit
        found = tables.table(whole, names, level, "eti").rename(columns={"mean": "estimate", "sd": "se"})
        return found[_FIGURES]
    found = pd.DataFrame(fit.coef_table(level)).reindex(columns=_FIGURES)
    more = {}
    if fit.model.design.groups:
        labels = [name for effect in fit.model.groups for name in effect.covariance_names()]
        more = dict(zip(labels, fit.varcorr()["sdcor"], strict=False))
    if fit.family.scale is not None:
        more[fit.family.scale] = float(fit.sigma)
    return pd.concat([found, pd.DataFrame({"estimate": pd.Series(more, dtype=float)}).reindex(columns=_FIGURES)])


def _told(fits: Sequence[Any]) -> list[str]:
    """Return a name for each fit: its engine, or its formula, or both."""
    engines = [getattr(fit.engine, "name", "draws") for fit in fits]
    if len(set(engines)) == len(fits):
        return engines
    formulas = [str(fit.formula) for fit in fits]
    if len(set(formulas)) == len(fits):
        return formulas
    both = [f"{formula}, {engine}" for formula, engine in zip(formulas, engines, strict=True)]
    return both if len(set(both)) == len(fits) else [f"fit {k + 1}" for k in range(len(fits))]


def _shown(show: Any, value: float) -> str:
    return "" if value != value else show([value])[0]
