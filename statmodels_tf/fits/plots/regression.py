"""The four plots of R's `plot(lm)`: residuals, their quantiles, their spread, and leverage with Cook's distances.

Residuals of a linear model are standardised. Those of other families are randomized quantile residuals, which are
standard normal if the model is true whatever the family; deviance residuals of counts and of truth values are not.

References
----------
Cook & Weisberg (1982), Residuals and Influence in Regression.
Dunn & Smyth (1996), Randomized quantile residuals. doi:10.1080/10618600.1996.10474708
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..regression.modelled import mean_name
from .label import name_points
from .piece import cloud, note, quantiles, running_line
from .style import BLUE, GREY, RED, axes_for, figure, response, style

if TYPE_CHECKING:
    from ..regression.plotted import PlottedEstimate

_NAMED = 3
_COOK = (0.5, 1.0)
_CLOSE = 0.04


def regression_diagnostics(fit: PlottedEstimate) -> Any:
    """Draw residuals against fitted values, normal quantiles, scale and location, and leverage; Axes [2, 2]."""
    about = _rows(fit)
    with style():
        panels = figure(2, 2, (10, 8))
        _residuals(panels[0, 0], about)
        _normal(panels[0, 1], about)
        _spread(panels[1, 0], about)
        _leverage(panels[1, 1], about)
    return panels


def leverage(fit: PlottedEstimate, ax: Any) -> Any:
    """Draw standardised residuals against leverage, with contours of Cook's distance."""
    with style():
        ax = axes_for(ax, (7, 5))
        _leverage(ax, _rows(fit))
    return ax


@dataclass(frozen=True, eq=False)
class _Rows:
    """What the four plots show of the rows that count: each array is [m].

    Parameters
    ----------
    labels : Index
    fitted, raw, standard, pearson, hat, cook : array [m]
        Linear predictor, residuals as they are, standardised, standardised Pearson's, leverage, Cook's distance.
    kind, on : str
        What the residuals and what the linear predictor are called.
    standard_name : str
    rank : int
    """

    labels: pd.Index
    fitted: np.ndarray
    raw: np.ndarray
    standard: np.ndarray
    pearson: np.ndarray
    hat: np.ndarray
    cook: np.ndarray
    kind: str
    on: str
    standard_name: str
    rank: int

    def far(self, size: np.ndarray) -> np.ndarray:
        """Return the positions of the rows with the largest `size`, worst first."""
        size = np.where(np.isfinite(size), np.abs(size), -np.inf)
        return np.argsort(-size, kind="stable")[:_NAMED]


def _rows(fit: PlottedEstimate) -> _Rows:
    """Return the figures of the rows of positive weight."""
    design, linear = fit.model.design, fit.family.linear
    used = design.counted
    # A quasi family has no distribution to take quantiles of.
    kind = "response" if linear else "quantile" if fit.family.likelihood else "deviance"
    raw = fit.residuals(kind).to_numpy()[used]
    quantile = kind == "quantile"
    return _Rows(
        labels=design.index[used],
        fitted=fit.linear_predictor[used],
        raw=raw,
        standard=raw if quantile else fit.rstandard().to_numpy()[used],
        pearson=fit.rstandard("pearson").to_numpy()[used],
        hat=fit.hatvalues().to_numpy()[used],
        cook=fit.cooks_distance().to_numpy()[used],
        kind="residual" if linear else f"{kind} residual",
        on=f"fitted {response(fit)}" if linear else f"linear predictor of {mean_name(fit, response(fit))}",
        standard_name="quantile residual" if quantile else "standardised residual",
        rank=fit.rank,
    )


def _residuals(ax: Any, rows: _Rows) -> None:
    cloud(ax, rows.fitted, rows.raw)
    ax.axhline(0, color=GREY, lw=0.8, zorder=1)
    running_line(ax, rows.fitted, rows.raw)
    name_points(ax, rows.labels, rows.fitted, rows.raw, rows.far(rows.standard))
    title = "Residuals against fitted values" if rows.kind == "residual" else f"{rows.kind.capitalize()}s"
    ax.set(title=title, xlabel=rows.on, ylabel=rows.kind)


def _normal(ax: Any, rows: _Rows) -> None:
    kept = np.isfinite(rows.standard)
    quantiles(ax, rows.standard[kept], BLUE, rows.labels[kept], _NAMED)
    ax.set(title="Normal quantiles of the residuals", xlabel="normal quantile", ylabel=rows.standard_name)


def _spread(ax: Any, rows: _Rows) -> None:
    root = np.sqrt(np.abs(rows.standard))
    kept = np.isfinite(root)
    cloud(ax, rows.fitted[kept], root[kept])
    running_line(ax, rows.fitted, root)
    name_points(ax, rows.labels, rows.fitted, root, rows.far(rows.standard))
    ax.set(title="Spread of the residuals", xlabel=rows.on, ylabel=f"√|{rows.standard_name}|")


def _leverage(ax: Any, rows: _Rows) -> None:
    kept = np.isfinite(rows.pearson) & (rows.hat < 1)
    cloud(ax, rows.hat[kept], rows.pearson[kept])
    ax.axhline(0, color=GREY, lw=0.8, zorder=1)
    ax.set(title="Leverage and influence", xlabel="leverage", ylabel="standardised Pearson residual")
    ax.set_xlim(left=0)
    ax.set_xlim(right=min(ax.get_xlim()[1], 0.999))
    _contours(ax, rows.rank)
    name_points(ax, rows.labels, rows.hat, rows.pearson, rows.far(np.where(kept, rows.cook, np.nan)))
    note(ax, "dashed: Cook's distance")


def _contours(ax: Any, rank: int) -> None:
    """Draw where Cook's distance has a value, named where the contour leaves the panel, none name on another."""
    low, high = ax.get_ylim()
    right = ax.get_xlim()[1]
    hat = np.linspace(1e-3, 1, 400) * right
    for side in (1, -1):
        taken: list[np.ndarray] = []
        for distance in _COOK:
            height = side * np.sqrt(distance * rank * (1 - hat) / hat)
            ax.plot(hat, height, color=RED, lw=0.9, ls="--", zorder=1)
            inside = (height > low) & (height < high)
            if not inside.any():
                continue
            place = {"textcoords": "offset points", "color": RED, "fontsize": 8, "annotation_clip": False}
            if inside[-1]:
                at, how = (right, height[-1]), {"xytext": (3, 0), "va": "center"}
            else:
                last = np.flatnonzero(inside)[-1]
                at, how = (hat[last], height[last]), {"xytext": (3, 0), "va": "top" if side > 0 else "bottom"}
            share = np.array([at[0] / right, (at[1] - low) / (high - low)])
            if all(np.any(np.abs(share - other) > _CLOSE) for other in taken):
                ax.annotate(f"{distance:g}", at, **place, **how)
                taken.append(share)
    ax.set_ylim(low, high)
