"""What a plot of an effect shows: the mean over one column with the others held, and the partial residuals around it.

The partial residual of a row is the mean at its own value of the column, the other columns held, plus the residual
y - fitted (random effects included). So points and line differ by residuals only, whatever the other columns do. Where
the link is not the identity that sum may leave the range of the response, and the points are the responses themselves.

References
----------
Fox & Weisberg (2018), Visualizing fit and lack of fit. doi:10.18637/jss.v087.i09
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ModelError, did_you_mean
from ..formula.expressions import expression
from .columns import model_columns

_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class EffectData:
    """The figures of one plot.

    Parameters
    ----------
    numeric : bool
    grid : array or list
        The values of the column: points of a line, or levels.
    band : DataFrame
        mean, lower, upper on the grid.
    values : array [n]
        The column in the data: numbers, or the position in the grid.
    points : array [n]
        Partial residuals, or responses.
    cloud : str
        Which of the two, in words.
    held : str
        In words what the other columns and the offset are held at.
    """

    numeric: bool
    grid: Any
    band: pd.DataFrame
    values: np.ndarray
    points: np.ndarray
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
    shift : float
        The mean of an offset that was an array.
    """

    asked: Any
    frame: pd.DataFrame
    x: str
    numeric: bool
    grid: Any
    held: dict[str, Any]
    shift: float

    def rows(self, values: Any) -> pd.DataFrame:
        """Return rows that differ only in `x`."""
        return _rows(self.frame, self.x, values, self.held)

    @property
    def said(self) -> str:
        """In words what is held."""
        said = [f"{name} {_shown(value, self.frame[name])}" for name, value in self.held.items()]
        if self.shift:
            said.append(f"offset {self.shift:.4g}" if self.asked.family.has_mean else "offset 0")
        return f"at {', '.join(said)}" if said else ""


def held_over(fit: Any, x: Any) -> Held:
    """Return the rows over the column `x`: 101 points of a number or the levels there are, the others held."""
    designs, frame = (fit.model.design, *fit.model.predictors.values()), model_columns(fit.model)
    known = _names(term.variables for design in designs for term in design.formula.common)
    if not isinstance(x, str) or x not in known:
        listed = ", ".join(f"`{name}`" for name in known) or "none"
        raise ModelError(f"no column `{x}` among the common terms.{did_you_mean(str(x), known)} There is {listed}.")
    column, coded = frame[x], set().union(*map(_coded, designs))
    numeric = _is_number(column) and x not in coded
    if numeric:
        grid: Any = np.linspace(column.min(), column.max(), 101)
    else:
        grid = [value for value in _levels_of(column) if (column == value).any()]
    design = fit.model.design
    offsets = [(term.variable,) for term in design.formula.offsets]
    if design.spec.offset is not None:
        offsets.append((expression(design.spec.offset, design.functions),))
    fixed = [name for name in dict.fromkeys([*known, *_names(offsets)]) if name != x and name in frame]
    held = {name: _middle(frame[name], name in coded) for name in fixed}
    asked, shift = _without_array_offset(fit)
    return Held(asked, frame, x, numeric, grid, held, shift)


def effect_data(fit: Any, x: Any, level: float) -> EffectData:
    """Return the figures of the effect of the column `x`."""
    shown, design = held_over(fit, x), fit.model.design
    asked, shift, grid, column = shown.asked, shown.shift, shown.grid, shown.frame[x]
    place = {value: i for i, value in enumerate(grid)}
    values = column.to_numpy(float) if shown.numeric else np.array([place[value] for value in column], dtype=float)
    population = {"random": "exclude"} if design.groups else {}
    band = asked.predict(shown.rows(grid), interval="confidence", level=level, **population)
    band = _shifted(fit, band[["mean", "lower", "upper"]], shift)
    each = pd.Series(column.unique())
    at = asked.predict(shown.rows(each), **population)
    own = dict(zip(each, _shifted(fit, at, shift), strict=True))
    partial = fit.family.link.name == "identity"
    residuals = fit.residuals("response").to_numpy()
    points = np.array([own[value] for value in column]) + residuals if partial else fit.fitted().to_numpy() + residuals
    cloud = "partial residuals" if partial else "data"
    return EffectData(shown.numeric, grid, band, values, points, cloud, shown.said)


def _names(variables: Any) -> list[str]:
    """Return the columns that variables read, each once."""
    return list(dict.fromkeys(name for group in variables for v in group for name in v.names))


def _coded(design: Any) -> set[str]:
    """Return the columns that a common term reads as levels: those of `factor(x)` too, though they are numbers."""
    variables = [v for term in design.formula.common for v in term.variables]
    return {name for v in variables if design.spec.variables[v.key].coded for name in v.names}


def _is_number(column: pd.Series) -> bool:
    """Return whether a column holds numbers, truth values left out."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _middle(column: pd.Series, coded: bool) -> Any:
    """Return what a column is held at: the mean of numbers, the first level of a factor."""
    if _is_number(column) and not coded:
        return float(column.mean())
    return _levels_of(column)[0]


def _rows(frame: pd.DataFrame, x: str, values: Any, held: dict[str, Any]) -> pd.DataFrame:
    """Return rows that differ only in `x`."""
    new = frame.iloc[np.zeros(len(values), dtype=int)].reset_index(drop=True)
    for name, value in {**held, x: values}.items():
        column = frame[name]
        new[name] = pd.Series(value, index=new.index, dtype=None if _is_number(column) else column.dtype)
    return new


def _without_array_offset(fit: Any) -> tuple[Any, float]:
    """Return the fit to ask, and the mean of an offset that was an array and that new rows cannot have."""
    design = fit.model.design
    if not design.spec.offset_given:
        return fit, 0.0
    bare = replace(design, spec=replace(design.spec, offset_given=False))
    return replace(fit, model=replace(fit.model, design=bare)), float(np.mean(design.offset))


def _shown(value: Any, column: pd.Series) -> str:
    """Return a value held as text; a mean that is nothing but rounding is zero."""
    if not isinstance(value, float):
        return str(value)
    return "0" if abs(value) < _ROUNDING * column.abs().max() else f"{value:.4g}"


def _shifted(fit: Any, mean: Any, shift: float) -> Any:
    """Return means with the offset added to their linear predictor."""
    if not shift:
        return mean
    link = fit.family.link
    return link.inverse(link.link(mean, np) + shift, np)


def _levels_of(column: pd.Series) -> list[Any]:
    """Return the values of a factor in their order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    return sorted(column.dropna().unique())
