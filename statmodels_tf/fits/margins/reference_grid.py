"""The reference grid: every combination of the levels of the factors, with the numeric columns at their means.

A numeric column counts as a factor where the formula makes one of it (`factor(x)`), and both of its values are used
where it has just two. Whatever the formula computes (`log(x)`, `poly(x, 2)`) is computed at the mean of its
column; an offset is held at its own mean.

References
----------
Searle, Speed & Milliken (1980), Population marginal means in the linear model. doi:10.1080/00031305.1980.10483031
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..columns import (
    check_columns,
    coerced,
    columns_of,
    is_numeric,
    model_columns,
    repeatable,
    rows_with,
    term_columns,
    values_at,
    values_of,
)

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


def few_values(column: pd.Series) -> bool:
    """Return whether a column has two values at most."""
    return column.iloc[:1000].nunique() <= 2 and column.nunique() <= 2


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
    at, needed = values_at(fit, at), check_columns(fit, needed, "emmeans")
    design = fit.model.design
    frame, factors = model_columns(fit.model), coerced(fit)
    if design.source is not None:
        _all_given(fit, at, factors)
    levels: dict[str, list[Any]] = {}
    held: dict[str, Any] = {}
    for name in columns_of(fit):
        column = frame[name]
        if name in at:
            levels[name] = at[name]
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
    columns = {name: [cell[i] for cell in cells] for i, name in enumerate(levels)}
    grid = rows_with(frame, len(cells), columns | held)
    counted = [n for n in levels if n not in at or not is_numeric(frame[n]) or n in factors]
    counts = _counts(frame, cells, list(levels), counted)
    return Grid(grid, levels, held, counts, _nests(fit, [n for n in counted if len(levels[n]) > 1], frame))


def _all_given(fit: Any, at: Mapping[str, Any], factors: set[str]) -> None:
    """Refuse to take a mean of the few rows in memory for that of data that were read block by block."""
    for name in columns_of(fit):
        if is_numeric(model_columns(fit.model)[name]) and name not in factors and name not in at:
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
    terms = term_columns(fit)
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
