"""What a plot of an effect shows: the mean over one column with the others held, and the partial residuals around it.

Numbers are held at their means, factors at their most frequent levels, an offset at its mean. Where the column is in an
interaction with a factor there is a mean for each level of it.

The partial residual of a row is the mean at its own value of the column, the other columns held, plus the residual
y - fitted (random effects included). So points and line differ by residuals only, whatever the other columns do. Where
the link is not the identity that sum may leave the range of the response, and the points are the responses themselves.

References
----------
Fox & Weisberg (2018), Visualizing fit and lack of fit. doi:10.18637/jss.v087.i09
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataWarning, ModelError, did_you_mean
from ..formula.expressions import expression
from .columns import model_columns
from .margins.reference_grid import is_numeric, repeatable, values_of

_ROUNDING = 1e-12
_LEVELS = 8
"""The most levels of an interacting factor that are drawn."""
_POINTS = 50_000
"""The most rows whose points are made: a random sample of more."""


@dataclass(frozen=True, eq=False)
class Series:
    """The mean at one level of an interacting factor, or the only one.

    Parameters
    ----------
    level : value or None
    band : DataFrame
        mean, lower, upper on the grid.
    values : array [m]
        The column in the rows of that level: numbers, or the position in the grid.
    points : array [m]
        Partial residuals, or responses.
    """

    level: Any
    band: pd.DataFrame
    values: np.ndarray
    points: np.ndarray


@dataclass(frozen=True, eq=False)
class EffectData:
    """The figures of one plot.

    Parameters
    ----------
    numeric : bool
    grid : array or list
        The values of the column: points of a line, or levels.
    by : str or None
        The interacting factor whose levels have a series each.
    series : tuple of Series
    cloud : str
        What the points are, in words.
    held : str
        In words what the other columns and the offset are held at.
    """

    numeric: bool
    grid: Any
    by: str | None
    series: tuple[Series, ...]
    cloud: str
    held: str


@dataclass(frozen=True, eq=False)
class Held:
    """Rows in which one column varies and the others are held.

    Parameters
    ----------
    asked : Fit
        What to ask for predictions: the fit, without an offset that was an array.
    frame : DataFrame
        The columns of the data.
    x : str
    numeric : bool
    grid : array or list
    held : mapping of str to value
    by : str or None
        A factor that interacts with the column.
    offset : float or None
        The mean of the offset, where it does not depend on the column and predictions can be moved to it.
    unsaid : frozenset of str
        Columns that only the offset reads.
    """

    asked: Any
    frame: pd.DataFrame
    x: str
    numeric: bool
    grid: Any
    held: dict[str, Any]
    by: str | None
    offset: float | None
    unsaid: frozenset[str]

    def rows(self, values: Any, **changes: Any) -> pd.DataFrame:
        """Return rows that differ only in `x`, with other columns changed."""
        new = self.frame.iloc[np.zeros(len(values), dtype=int)].reset_index(drop=True)
        for name, value in {**self.held, self.x: values, **changes}.items():
            column = self.frame[name]
            new[name] = pd.Series(value, index=new.index, dtype=None if is_numeric(column) else column.dtype)
        return new

    def means(self, values: Any, options: dict[str, Any], **changes: Any) -> Any:
        """Return predictions of such rows, the offset at its mean."""
        rows = self.rows(values, **changes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
            predicted = self.asked.predict(rows, **options)
        if self.offset is None:
            return predicted
        here = self.asked.model.design.on(rows.head(1), groups=False).offset
        shift = self.offset - (0.0 if here is None else float(here[0]))
        link = self.asked.family.link
        return predicted if shift == 0 else link.inverse(link.link(predicted, np) + shift, np)

    def said(self, drawn: str | None = None) -> str:
        """Return in words what is held, but for the column that is drawn."""
        some = {name: value for name, value in self.held.items() if name not in self.unsaid and name != drawn}
        said = [f"{name} {_shown(value, self.frame[name])}" for name, value in some.items()]
        design = self.asked.model.design
        written = design.formula.offsets or design.spec.offset is not None
        if self.offset is None and design.offset is not None and not written:
            said.append("offset 0")
        parts = [f"at {', '.join(said)}"] if said else []
        if self.offset is not None:
            parts.append(f"offset at its mean, {self.offset:.4g}")
        return "; ".join(parts)


def held_over(fit: Any, x: Any) -> Held:
    """Return the rows over the column `x`: 101 points of a number or the levels there are, the others held."""
    design = fit.model.design
    designs, frame = (design, *fit.model.predictors.values()), model_columns(fit.model)
    known = _names(term.variables for each in designs for term in each.formula.common)
    if not isinstance(x, str) or x not in known:
        listed = ", ".join(f"`{name}`" for name in known) or "none"
        raise ModelError(f"no column `{x}` among the common terms.{did_you_mean(str(x), known)} There is {listed}.")
    column, coded = frame[x], set().union(*map(_coded, designs))
    numeric = is_numeric(column) and x not in coded
    grid = np.linspace(column.min(), column.max(), 101) if numeric else values_of(column)
    offsets = [(term.variable,) for term in design.formula.offsets]
    if design.spec.offset is not None:
        offsets.append((expression(design.spec.offset, design.functions),))
    of_offset = _names(offsets)
    fixed = [name for name in dict.fromkeys([*known, *of_offset]) if name != x and name in frame]
    held = {name: _middle(frame[name], name in coded) for name in fixed}
    movable = design.offset is not None and x not in of_offset and fit.family.has_mean
    return Held(
        asked=replace(fit, model=replace(fit.model, design=repeatable(design)[0])),
        frame=frame,
        x=x,
        numeric=numeric,
        grid=grid,
        held=held,
        by=_partner(designs, frame, x, coded),
        offset=float(np.mean(design.offset)) if movable else None,
        unsaid=frozenset(set(of_offset) - set(known)) if movable else frozenset(),
    )


def effect_data(fit: Any, x: Any, level: float) -> EffectData:
    """Return the figures of the effect of the column `x`."""
    shown = held_over(fit, x)
    options: dict[str, Any] = {"random": "exclude"} if fit.model.design.groups else {}
    asked = {"interval": "confidence", "level": level, **options}
    levels = [None] if shown.by is None else values_of(shown.frame[shown.by])
    rows = np.arange(len(shown.frame))
    if len(rows) > _POINTS:
        rows = np.sort(np.random.default_rng(0).choice(len(rows), _POINTS, replace=False))
    frame, partial = shown.frame.iloc[rows], fit.family.link.name == "identity"
    residuals, fitted = fit.residuals("response").to_numpy()[rows], fit.fitted().to_numpy()[rows]
    series = []
    for value in levels:
        change = {} if shown.by is None else {shown.by: value}
        band = shown.means(shown.grid, asked, **change)
        if band["se"].isna().any():
            _warn_of_open(x, change)
        own = slice(None) if shown.by is None else (frame[shown.by] == value).to_numpy()
        column, centre = frame[x][own], fitted[own]
        if partial:
            codes, each = pd.factorize(column)
            centre = np.asarray(shown.means(pd.Series(each), options, **change))[codes]
        place = column.to_numpy(float) if shown.numeric else np.array([shown.grid.index(v) for v in column], float)
        series.append(Series(value, band[["mean", "lower", "upper"]], place, centre + residuals[own]))
    cloud = "partial residuals" if partial else "data"
    return EffectData(shown.numeric, shown.grid, shown.by, tuple(series), cloud, shown.said(shown.by))


def _warn_of_open(x: str, change: dict[str, Any]) -> None:
    where = "".join(f" at {name} {value}" for name, value in change.items())
    warnings.warn(
        f"the mean over `{x}`{where} rests on infinite estimates, so its interval is the whole range where the data "
        "leave it open; see `check()`.",
        DataWarning,
        stacklevel=6,
    )


def _names(variables: Any) -> list[str]:
    """Return the columns that variables read, each once."""
    return list(dict.fromkeys(name for group in variables for v in group for name in v.names))


def _coded(design: Any) -> set[str]:
    """Return the columns that a common term reads as levels: those of `factor(x)` too, though they are numbers."""
    variables = [v for term in design.formula.common for v in term.variables]
    return {name for v in variables if design.spec.variables[v.key].coded for name in v.names}


def _partner(designs: Any, frame: pd.DataFrame, x: str, coded: set[str]) -> str | None:
    """Return the first factor of few levels that a term has together with the column, or None."""
    for design in designs:
        for term in design.formula.common:
            names = _names([term.variables])
            others = [name for name in names if name != x and name in coded] if x in names else []
            for name in others:
                if 2 <= len(values_of(frame[name])) <= _LEVELS:
                    return name
    return None


def _middle(column: pd.Series, coded: bool) -> Any:
    """Return what a column is held at: the mean of numbers, of a factor the first of its most frequent levels."""
    if is_numeric(column) and not coded:
        return float(column.mean())
    counts = column.value_counts()
    return max(values_of(column), key=lambda value: counts[value])


def _shown(value: Any, column: pd.Series) -> str:
    """Return a value held as text; a mean that is nothing but rounding is zero."""
    if not isinstance(value, float):
        return str(value)
    return "0" if abs(value) < _ROUNDING * column.abs().max() else f"{value:.4g}"
