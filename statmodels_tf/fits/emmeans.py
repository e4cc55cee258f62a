"""Estimated marginal means: the model's means over the reference grid, averaged over what is not shown.

A mean is l'beta plus an offset, l an average of rows of the grid's design; its standard error is sqrt(l'Vl). Averages
are made on the scale of the linear predictor; `type="response"` takes means and ends of intervals through the inverse
link.

References
----------
Searle, Speed & Milliken (1980), Population marginal means in the linear model. doi:10.1080/00031305.1980.10483031
Lenth (2016), Least-squares means: the R package lsmeans. doi:10.18637/jss.v069.i01
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ModelError
from .arguments import coverage, one_of
from .columns import check_columns, is_numeric, model_columns, term_columns
from .marginal_means import MarginalMeans
from .reference_grid import Grid, grid_design, mean_offset, reference_grid
from .scale import scale_of
from .specs import Specs, read_specs

WEIGHTS = ("equal", "proportional", "outer", "cells")
# Steps of a slope, in ranges of its column; the difference is of fourth order.
_STEP = 2e-3


def emmeans(
    fit: Any,
    specs: Any,
    by: Any,
    *,
    at: Mapping[str, Any] | None,
    type: str,
    weights: str,
    level: float,
    vcov: Any,
    df: str | None,
    offset: float | None,
) -> MarginalMeans:
    """Return marginal means; see `Estimate.emmeans`."""
    one_of("type", type, ("link", "response"), ' In R\'s words, type="lp" is "link".' if type == "lp" else "")
    asked, grid, notes = _asked(fit, specs, by, at, weights)
    labels, A = _averages(fit, grid, asked, weights)
    shift = np.full(len(A), mean_offset(fit) if offset is None else float(offset))
    L = A @ grid_design(fit, grid)
    made = MarginalMeans(fit, L, shift, labels, asked.by, "emmean", type, scale_of(fit), coverage(level), vcov, df,
                         _said(grid, asked), notes)  # fmt: skip
    return made if asked.contrast is None else made.with_contrasts(asked.contrast)


def emtrends(
    fit: Any,
    x: str,
    specs: Any,
    by: Any,
    *,
    at: Mapping[str, Any] | None,
    weights: str,
    level: float,
    vcov: Any,
    df: str | None,
) -> MarginalMeans:
    """Return slopes of the linear predictor in `x`; see `Estimate.emtrends`."""
    (x,) = check_columns(fit, [x], "emtrends")
    column = model_columns(fit.model)[x]
    if not is_numeric(column):
        raise ModelError(f'`{x}` is a factor and has no slope; write `fit.emmeans("{x}").pairs()` for its differences.')
    asked, grid, notes = _asked(fit, specs, by, at, weights)
    variables = (v for term in fit.model.design.formula.common for v in term.variables)
    curved = any(x in v.names and v.label != x for v in variables)  # else the slope is the same at all its values
    step = _STEP * float(column.max() - column.min())

    def difference(h: float) -> np.ndarray:
        return (grid_design(fit, _moved(grid, x, h)) - grid_design(fit, _moved(grid, x, -h))) / (2 * h)

    slope = (4 * difference(step) - difference(2 * step)) / 3
    labels, A = _averages(fit, grid, asked, weights)
    made = MarginalMeans(fit, A @ slope, np.zeros(len(A)), labels, asked.by, f"{x}.trend", "link", scale_of(fit),
                         coverage(level), vcov, df, _said(grid, asked, None if curved else x), notes)  # fmt: skip
    return made if asked.contrast is None else made.with_contrasts(asked.contrast)


def _moved(grid: Grid, x: str, step: float) -> Grid:
    """Return the grid with the column `x` moved."""
    return Grid(grid.frame.assign(**{x: grid.frame[x] + step}), grid.levels, grid.held, grid.counts, grid.nests)


def _asked(fit: Any, specs: Any, by: Any, at: Any, weights: str) -> tuple[Specs, Grid, tuple[str, ...]]:
    """Return what to show with nesting factors added, the grid, and notes."""
    one_of("weights", weights, WEIGHTS)
    if weights != "equal" and fit.model.design.source is not None:
        raise ModelError(
            f'the data were read block by block, so how often levels occur is not known for `weights="{weights}"`; '
            'write `weights="equal"`.'
        )
    asked = read_specs(specs, by)
    columns, by = (tuple(check_columns(fit, names, "emmeans")) for names in (asked.columns, asked.by))
    asked = Specs(columns, by, asked.contrast)
    grid = reference_grid(fit, at, (*asked.columns, *asked.by))
    shown = (*asked.columns, *asked.by)
    notes = []
    for inner, outer in grid.nests.items():
        missing = tuple(name for name in outer if name not in shown)
        notes.append(f"`{inner}` is nested in {', '.join(f'`{name}`' for name in outer)}.")
        if inner in shown and missing:
            asked = Specs((*asked.columns, *missing), asked.by, asked.contrast)
            shown = (*asked.columns, *asked.by)
    unseen = [name for name in shown if name not in grid.levels]
    if unseen:
        raise ModelError(f'`{unseen[0]}` has one value in the grid; give several by `at={{"{unseen[0]}": [...]}}`.')
    averaged = [n for n, values in grid.levels.items() if n not in shown and len(values) > 1]
    groups = term_columns(fit)
    crossed = [n for n in averaged if n not in grid.nests and any(n in g and g & set(shown) for g in groups)]
    if crossed:
        listed = ", ".join(f"`{name}`" for name in crossed)
        notes.append(f"Averaged over {listed}, with which the columns shown interact: the average may mislead.")
    return asked, grid, tuple(notes)


def _averages(fit: Any, grid: Grid, asked: Specs, weights: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the labels of the means, and the matrix [means, rows of the grid] that averages the grid."""
    shown = [*asked.columns, *asked.by]
    frame = grid.frame
    codes = {name: _codes(frame[name], values) for name, values in grid.levels.items()}
    possible = _possible(fit, grid)
    size = _cell_weights(grid, codes, shown, weights) * possible
    labels, rows = [], []
    for cell in (c[::-1] for c in product(*(range(len(grid.levels[n])) for n in reversed(shown)))):
        inside = np.ones(len(frame), dtype=bool)
        for name, code in zip(shown, cell, strict=True):
            inside &= codes[name] == code
        if not (inside & possible).any():
            continue
        row = np.where(inside, size, 0.0)
        total = row.sum()
        rows.append(row / total if total > 0 else np.where(inside, np.nan, 0.0))
        labels.append([grid.levels[name][code] for name, code in zip(shown, cell, strict=True)])
    if not shown:
        return pd.DataFrame({"1": ["overall"]}), np.array(rows)
    table = pd.DataFrame({name: [label[i] for label in labels] for i, name in enumerate(shown)})
    return table, np.array(rows)


def _codes(column: pd.Series, values: Sequence[Any]) -> np.ndarray:
    """Return the position of each row's value."""
    place = {value: i for i, value in enumerate(values)}
    return np.array([place[value] for value in column], dtype=int)


def _possible(fit: Any, grid: Grid) -> np.ndarray:
    """Return which rows of the grid have levels of nested factors that occur together."""
    frame, out = model_columns(fit.model), np.ones(len(grid.frame), dtype=bool)
    for inner, outer in grid.nests.items():
        names = [inner, *outer]
        there = set(frame[names].drop_duplicates().itertuples(index=False, name=None))
        out &= np.array([row in there for row in grid.frame[names].itertuples(index=False, name=None)])
    return out


def _cell_weights(grid: Grid, codes: dict[str, np.ndarray], shown: list[str], weights: str) -> np.ndarray:
    """Return the weight of each row of the grid among those it is averaged with."""
    if weights == "equal":
        return np.ones(len(grid.frame))
    if weights == "cells":
        return grid.counts
    others = [name for name in codes if name not in shown]
    if weights == "outer":
        return np.prod([_sums(grid.counts, [codes[n]]) for n in others], axis=0) if others else np.ones(len(grid.frame))
    return _sums(grid.counts, [codes[n] for n in others]) if others else np.ones(len(grid.frame))


def _sums(counts: np.ndarray, codes: list[np.ndarray]) -> np.ndarray:
    """Return for each row the sum of the counts of the rows with the same codes."""
    _, same = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return np.bincount(same.ravel(), counts)[same.ravel()]


def _said(grid: Grid, asked: Specs, x: str | None = None) -> str:
    """Return in words what is averaged over and what is held; a slope in `x` is not at one value of it."""
    shown = (*asked.columns, *asked.by, x)
    averaged = [n for n, values in grid.levels.items() if n not in shown and len(values) > 1]
    held = {n: v for n, v in grid.held.items() if n not in shown} | {
        n: v[0] for n, v in grid.levels.items() if n not in shown and len(v) == 1
    }
    parts = [f"averaged over {', '.join(averaged)}"] if averaged else []
    if held:
        parts.append("at " + ", ".join(f"{n} {v:.4g}" if isinstance(v, float) else f"{n} {v}" for n, v in held.items()))
    return " · ".join(parts)
