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

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ModelError
from ..arguments import coverage, one_of
from ..columns import check_columns, is_numeric, model_columns
from ..outcome.means import outcome_means
from .averaging import averages_of
from .marginal_means import MarginalMeans
from .reference_grid import Grid, grid_design, mean_offset
from .scale import scale_of

# Steps of a slope, in ranges of its column; the difference is of fourth order.
_STEP = 2e-3


def emmeans(
    fit: Any,
    specs: Any,
    by: Any,
    *,
    at: Mapping[str, Any] | None,
    type: str | None,
    weights: str,
    level: float,
    vcov: Any,
    df: str | None,
    offset: float | None,
) -> MarginalMeans:
    """Return marginal means; see `Estimate.emmeans`."""
    if fit.outcome_scales:
        return outcome_means(fit, specs, by, at=at, type=type, weights=weights, level=level, vcov=vcov, offset=offset)
    type = one_of("type", "link" if type is None else type, ("link", "response"))
    over = averages_of(fit, specs, by, at, weights)
    shift = np.full(len(over.A), mean_offset(fit) if offset is None else float(offset))
    L = over.A @ grid_design(fit, over.grid)
    made = MarginalMeans(fit, L, shift, over.labels, over.asked.by, "emmean", type, scale_of(fit), coverage(level),
                         vcov, df, over.said(), over.notes)  # fmt: skip
    return made if over.asked.contrast is None else made.with_contrasts(over.asked.contrast)


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
    over = averages_of(fit, specs, by, at, weights)
    grid = over.grid
    variables = (v for term in fit.model.design.formula.common for v in term.variables)
    curved = any(x in v.names and v.label != x for v in variables)  # else the slope is the same at all its values
    step = _STEP * float(column.max() - column.min())

    def difference(h: float) -> np.ndarray:
        return (grid_design(fit, _moved(grid, x, h)) - grid_design(fit, _moved(grid, x, -h))) / (2 * h)

    slope = (4 * difference(step) - difference(2 * step)) / 3
    made = MarginalMeans(fit, over.A @ slope, np.zeros(len(over.A)), over.labels, over.asked.by, f"{x}.trend", "link",
                         scale_of(fit), coverage(level), vcov, df, over.said(None if curved else x),
                         over.notes)  # fmt: skip
    return made if over.asked.contrast is None else made.with_contrasts(over.asked.contrast)


def _moved(grid: Grid, x: str, step: float) -> Grid:
    """Return the grid with the column `x` moved."""
    return Grid(grid.frame.assign(**{x: grid.frame[x] + step}), grid.levels, grid.held, grid.counts, grid.nests)
