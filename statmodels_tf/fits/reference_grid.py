"""The reference grid: every combination of the levels of the factors, with the numeric columns at their means.

A numeric column counts as a factor where the formula makes one of it (`factor(x)`), and both of its values are used
where it has just two. Whatever the formula computes (`log(x)`, `poly(x, 2)`) is computed at the mean of its
column; an offset is held at its own mean.

References
----------
Searle, Speed & Milliken (1980), Population marginal means in the linear model. doi:10.1080/00031305.1980.10483031
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ModelError, did_you_mean

_FACTOR_CALLS = frozenset({"factor", "as.factor", "ordered", "as.ordered", "C", "relevel", "interaction"})
_MOST_ROWS, _MOST_NUMBERS = 200_000, 100_000_000


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows of the reference grid, the first column fastest.

    Attributes
    ----------
    frame : DataFrame [m, ...]
        All columns of the data that the formula reads.
    levels : dict
        Column -> its values in the grid, where there are several or it is a factor.
    held : dict
        Column -> its single value.
    counts : array [m]
        The number of the data's rows in each cell of the factors.
    nests : dict
        Factor -> the factors that it is nested in.
    """

    frame: pd.DataFrame
    levels: dict[str, list[Any]]
    held: dict[str, Any]
    counts: np.ndarray
    nests: dict[str, tuple[str, ...]]


def is_numeric(column: pd.Series) -> bool:
    """Return whether a column holds numbers; truth values are not."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def few_values(column: pd.Series) -> bool:
    """Return whether a column has two values at most."""
    return column.iloc[:1000].nunique() <= 2 and column.nunique() <= 2


def columns_of(fit: Any) -> list[str]:
    """Return the columns that the common terms read, in order."""
    variables = (v for term in fit.model.design.formula.common for v in term.variables)
    frame = fit.model.design.frame
    return [name for name in dict.fromkeys(name for v in variables for name in v.names) if name in frame]


def coerced(fit: Any) -> set[str]:
    """Return the numeric columns that the formula makes factors of, as `factor(x)`; `x > 3` and `cut(x, 3)` do not."""
    design, out = fit.model.design, set()
    for term in design.formula.common:
        for variable in term.variables:
            node, spec = variable.node, design.spec.variables[variable.key]
            call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FACTOR_CALLS
            if spec.coded and call:
                out.update(variable.names)
    return out


def check_columns(fit: Any, names: Sequence[str], what: str) -> None:
    """Refuse a name that is no column of the common terms, with the nearest one."""
    known = columns_of(fit)
    for name in names:
        if name not in known:
            listed = ", ".join(f"`{k}`" for k in known) or "none"
            raise ModelError(
                f"{what}: no column `{name}` among the common terms.{did_you_mean(name, known)} There is {listed}."
            )


def reference_grid(fit: Any, at: Mapping[str, Any] | None, needed: Sequence[str] = ()) -> Grid:
    """Return the reference grid of a fit.

    Parameters
    ----------
    fit : Estimate
    at : mapping of column to value or values, or None
        What stands in place of a column's levels, or of its mean.
    needed : sequence of str
        Columns whose own values are wanted; numeric ones with more than two must be in `at`.
    """
    at = {} if at is None else at
    if not isinstance(at, Mapping):
        raise ModelError(f'`at={at!r}`: write a dict of columns, such as `at={{"x": [1, 2]}}`.')
    check_columns(fit, list(at), "`at=`")
    check_columns(fit, needed, "emmeans")
    design = fit.model.design
    frame, factors = design.frame, coerced(fit)
    if design.source is not None:
        _all_given(fit, at, factors)
    levels: dict[str, list[Any]] = {}
    held: dict[str, Any] = {}
    for name in columns_of(fit):
        column = frame[name]
        if name in at:
            given = at[name]
            values = list(given) if isinstance(given, (list, tuple, np.ndarray, pd.Series, range)) else [given]
            if not values:
                raise ModelError(f"`at=` gives no value of `{name}`.")
            if not is_numeric(column) or name in factors:
                values = _known_levels(name, values, values_of(column))
            levels[name] = values
        elif not is_numeric(column) or name in factors or few_values(column):
            levels[name] = values_of(column)
        elif name in needed:
            mean = float(column.mean())
            raise ModelError(
                f"`{name}` is numeric, with {column.nunique():,} values. Say at which ones: "
                f'`at={{"{name}": [{mean - column.std():.4g}, {mean + column.std():.4g}]}}`; or write '
                f'`fit.emtrends("{name}")` for its slope, or `factor({name})` in the formula for a mean at each value.'
            )
        else:
            held[name] = float(column.mean())
    if (rows := prod(len(v) for v in levels.values())) > min(_MOST_ROWS, _MOST_NUMBERS // len(design.columns)):
        sizes = ", ".join(f"`{k}` {len(v)}" for k, v in levels.items())
        raise ModelError(f"the reference grid has {rows:,} rows ({sizes}); hold some columns by `at=`.")
    cells = [cell[::-1] for cell in product(*reversed(levels.values()))]
    grid = frame.iloc[np.zeros(len(cells), dtype=int)].reset_index(drop=True)
    for i, name in enumerate(levels):
        values = [cell[i] for cell in cells]
        dtype = None if is_numeric(frame[name]) else frame[name].dtype
        grid[name] = pd.Series(values, index=grid.index, dtype=dtype)
    for name, value in held.items():
        grid[name] = value
    counted = [n for n in levels if n not in at or not is_numeric(frame[n]) or n in factors]
    counts = _counts(frame, cells, list(levels), counted)
    return Grid(grid, levels, held, counts, _nests(fit, [n for n in counted if len(levels[n]) > 1], frame))


def _all_given(fit: Any, at: Mapping[str, Any], factors: set[str]) -> None:
    """Refuse to take a mean of the few rows in memory for that of data that were read block by block."""
    for name in columns_of(fit):
        if is_numeric(fit.model.design.frame[name]) and name not in factors and name not in at:
            raise ModelError(
                f"the data were read block by block, so the mean of `{name}` is not known; write its value, "
                f'`at={{"{name}": ...}}`.'
            )


def grid_design(fit: Any, grid: Grid) -> np.ndarray:
    """Return the columns of the design [m, p] on the grid."""
    return repeatable(fit.model.design)[0].on(grid.frame, groups=False).common.dense()


def mean_offset(fit: Any) -> float:
    """Return the mean of the offset over the rows, zero where there is none."""
    design = fit.model.design
    offset = design.offset
    if design.source is not None and (design.formula.offsets or offset is not None):
        raise ModelError("the data were read block by block, so the mean of the offset is not known; write `offset=`.")
    return 0.0 if offset is None else float(np.mean(offset))


def repeatable(design: Any) -> tuple[Any, float]:
    """Return the design without an offset that was an array, which new rows cannot have, and that offset's mean."""
    if not design.spec.offset_given:
        return design, 0.0
    return replace(design, spec=replace(design.spec, offset_given=False)), float(np.mean(design.offset))


def values_of(column: pd.Series) -> list[Any]:
    """Return the values of a column in their order, those that occur."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.cat.codes.unique())
        return [level for i, level in enumerate(column.cat.categories) if i in present]
    return sorted(v.item() if isinstance(v, np.generic) else v for v in column.dropna().unique())


def _known_levels(name: str, values: list[Any], known: list[Any]) -> list[Any]:
    """Return levels as the column has them, or say which it has."""
    by_text = {str(k): k for k in known}
    for value in values:
        if value not in known and str(value) not in by_text:
            listed = ", ".join(f'"{k}"' for k in known[:10]) + (", ..." if len(known) > 10 else "")
            raise ModelError(
                f'`at=`: `{name}` has no level "{value}".{did_you_mean(str(value), by_text)} It has {listed}.'
            )
    return [value if value in known else by_text[str(value)] for value in values]


def _counts(frame: pd.DataFrame, cells: list[tuple], names: list[str], counted: list[str]) -> np.ndarray:
    """Return the number of rows in each cell of the columns that `counted` names."""
    if not counted:
        return np.ones(len(cells))
    sizes = frame.groupby(counted, observed=True).size()
    found = {key if isinstance(key, tuple) else (key,): float(value) for key, value in sizes.items()}
    places = [names.index(n) for n in counted]
    return np.array([found.get(tuple(cell[i] for i in places), 0.0) for cell in cells])


def _nests(fit: Any, factors: list[str], frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the factors that are nested in others: by the formula (`a/b`), or because each level occurs in one only.

    By the formula `b` is nested in `a` where `a:b` is there, `a` is, and `b` by itself is not.
    """
    terms = [frozenset(n for v in term.variables for n in v.names) for term in fit.model.design.formula.common]
    nests: dict[str, tuple[str, ...]] = {}
    for b in factors:
        above = [
            a
            for a in factors
            if a != b
            and b not in nests.get(a, ())
            and (_one_each(frame, b, a) or ({a} in terms and {b} not in terms and any({a, b} <= t for t in terms)))
        ]
        if above:
            nests[b] = tuple(above)
    return nests


def _one_each(frame: pd.DataFrame, inner: str, outer: str) -> bool:
    """Return whether each level of `inner` occurs with one level of `outer` only."""
    pairs = frame[[inner, outer]].drop_duplicates()
    return len(pairs) == pairs[inner].nunique()
