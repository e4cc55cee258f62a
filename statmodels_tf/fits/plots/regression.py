"""The four plots of R's `plot(lm)`: residuals, their quantiles, their spread, and leverage with Cook's distances.

Residuals of a linear model are standardised. Those of other families are randomized quantile residuals, which are
standard normal if the model is true whatever the family; deviance residuals of counts and of truth values are not.

References
----------
Cook & Weisberg (1982), Residuals and Influence in Regression.
Dunn & Smyth (1996), Randomized quantile residuals. doi:10.1080/10618600.1996.10474708
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .piece import cloud, name_points, note, quantiles, running_mean
from .style import BLUE, GREY, RED, axes_for, figure, response, style

if TYPE_CHECKING:
    from ..regression_base import RegressionEstimate

_NAMED = 3
_COOK = (0.5, 1.0)


def regression_diagnostics(fit: RegressionEstimate) -> Any:
    """Draw residuals against fitted values, normal quantiles, scale and location, and leverage; Axes [2, 2]."""
    about = _Rows(fit)
    with style():
        panels = figure(2, 2, (10, 8))
        _residuals(panels[0, 0], about)
        _normal(panels[0, 1], about)
        _spread(panels[1, 0], about)
        _leverage(panels[1, 1], about)
    return panels


def leverage(fit: RegressionEstimate, ax: Any) -> Any:
    """Draw standardised residuals against leverage, with contours of Cook's distance."""
    with style():
        ax = axes_for(ax, (7, 5))
        _leverage(ax, _Rows(fit))
    return ax


class _Rows:
    """What the four plots show of the rows that count."""

    def __init__(self, fit: RegressionEstimate):
        design = fit.model.design
        used = slice(None) if design.weights is None else np.flatnonzero(design.weights > 0)
        self.labels = design.index[used]
        self.fitted = fit.linear_predictor[used]
        self.linear = fit.family.linear
        self.on = f"fitted {response(fit)}" if self.linear else f"linear predictor of {response(fit)}"
        # A quasi family has no distribution to take quantiles of.
        kind = "response" if self.linear else "quantile" if fit.family.likelihood else "deviance"
        self.raw = fit.residuals(kind).to_numpy()[used]
        self.raw_name = "residual" if self.linear else f"{kind} residual"
        self.standard = self.raw if kind == "quantile" else fit.rstandard().to_numpy()[used]
        self.standard_name = self.raw_name if kind == "quantile" else "standardised residual"
        self.pearson = fit.rstandard("pearson").to_numpy()[used]
        self.hat = fit.hatvalues().to_numpy()[used]
        self.cook = fit.cooks_distance().to_numpy()[used]
        self.rank = fit.rank

    def far(self, size: np.ndarray) -> np.ndarray:
        """Return the positions of the rows with the largest `size`, worst first."""
        size = np.where(np.isfinite(size), np.abs(size), -np.inf)
        return np.argsort(-size, kind="stable")[:_NAMED]


def _residuals(ax: Any, rows: _Rows) -> None:
    cloud(ax, rows.fitted, rows.raw)
    ax.axhline(0, color=GREY, lw=0.8, zorder=1)
    running_mean(ax, rows.fitted, rows.raw)
    name_points(ax, rows.labels, rows.fitted, rows.raw, rows.far(rows.standard))
    ax.set(title="Residuals against fitted values", xlabel=rows.on, ylabel=rows.raw_name)


def _normal(ax: Any, rows: _Rows) -> None:
    values = rows.standard[np.isfinite(rows.standard)]
    quantiles(ax, values, BLUE, rows.labels[np.isfinite(rows.standard)], _NAMED)
    ax.set(title="Normal quantiles of the residuals", xlabel="normal quantile", ylabel=rows.standard_name)


def _spread(ax: Any, rows: _Rows) -> None:
    root = np.sqrt(np.abs(rows.standard))
    kept = np.isfinite(root)
    cloud(ax, rows.fitted[kept], root[kept])
    running_mean(ax, rows.fitted[kept], root[kept])
    name_points(ax, rows.labels, rows.fitted, root, rows.far(rows.standard))
    ax.set(title="Spread of the residuals", xlabel=rows.on, ylabel=f"√|{rows.standard_name}|")


def _leverage(ax: Any, rows: _Rows) -> None:
    kept = np.isfinite(rows.pearson) & (rows.hat < 1)
    cloud(ax, rows.hat[kept], rows.pearson[kept])
    ax.axhline(0, color=GREY, lw=0.8, zorder=1)
    name_points(ax, rows.labels, rows.hat, rows.pearson, rows.far(np.where(kept, rows.cook, np.nan)))
    ax.set(title="Leverage and influence", xlabel="leverage", ylabel="standardised Pearson residual")
    ax.set_xlim(left=0)
    low, high = ax.get_ylim()
    right = min(ax.get_xlim()[1], 0.999)
    hat = np.linspace(1e-3, right, 200)
    for distance in _COOK:
        height = np.sqrt(distance * rows.rank * (1 - hat) / hat)
        for side in (1, -1):
            ax.plot(hat, side * height, color=RED, lw=0.9, ls="--", zorder=1)
            end = side * height[-1]
            if low < end < high:
                place = {"xytext": (3, 0), "textcoords": "offset points", "va": "center", "color": RED, "fontsize": 8}
                ax.annotate(f"{distance:g}", (right, end), annotation_clip=False, **place)
    ax.set_ylim(low, high)
    note(ax, "dashed: Cook's distance")
