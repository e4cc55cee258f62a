"""Pieces of plots: clouds of points, local means, quantiles. Thousands of points become a density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from .label import name_points
from .style import GREY, MANY, PALE, RED, shades

if TYPE_CHECKING:
    from ..base import Fit

_SPAN, _FULL = 2 / 3, 100
_KNOTS, _FEW = 60, 8
_LEAST, _DRAWN = 20, 6
_BINS = 1_500


def cloud(ax: Any, x: np.ndarray, y: np.ndarray, colour: str = GREY) -> None:
    """Draw points, or their density on a log scale where they are thousands."""
    if len(x) > MANY:
        ax.hexbin(x, y, gridsize=(60, 40), norm=shades(), mincnt=1, cmap="Greys", lw=0.1, zorder=0)
    else:
        ax.plot(x, y, "o", color=colour, alpha=0.5 if len(x) > 500 else 0.75, ms=4, mew=0, zorder=2)


def running_line(ax: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the local mean of y, which should be flat."""
    kept = np.isfinite(x) & np.isfinite(y)
    if np.count_nonzero(kept) < _DRAWN:
        return
    ax.plot(*local_line(x[kept], y[kept]), color=RED, lw=1.5, zorder=3)
    note(ax, "local mean")


def local_line(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points of a local straight line through (x, y): the means themselves where x takes few values.

    At each point a line is fitted by least squares to the nearest rows, with tricube weights: two thirds of them up to
    a hundred rows, but twenty at least, and a share that falls with the fifth root of their number beyond. Thousands of
    rows are put into bins first. Nothing is done against outliers: it would take the rarer of two responses for them.

    References
    ----------
    Cleveland (1979), doi:10.1080/01621459.1979.10481038.
    """
    span = max(_SPAN * min(1.0, (_FULL / len(x)) ** 0.2), min(1.0, _LEAST / len(x)))
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    starts = np.flatnonzero(np.r_[True, np.diff(x) > 0])
    if len(starts) > _BINS:
        starts = np.unique(np.searchsorted(x, x[np.linspace(0, len(x) - 1, _BINS).astype(int)]))
    count = np.diff(np.r_[starts, len(x)])
    x, y = np.add.reduceat(x, starts) / count, np.add.reduceat(y, starts) / count
    if len(x) <= _FEW:
        return x, y
    total = count.sum()
    at = np.unique(np.r_[np.quantile(x, np.linspace(0, 1, _KNOTS)), np.linspace(x[0], x[-1], _KNOTS // 2)])
    out = np.empty(len(at))
    for k, centre in enumerate(at):
        distance = np.abs(x - centre)
        near = np.argsort(distance, kind="stable")
        reach = distance[near[min(np.searchsorted(np.cumsum(count[near]), span * total), len(x) - 1)]]
        weight = count * np.clip(1 - (distance / (1.001 * max(reach, 1e-12 * np.ptp(x)))) ** 3, 0, None) ** 3
        mean = weight @ x / weight.sum()
        spread = weight @ (x - mean) ** 2
        slope = weight @ ((x - mean) * y) / spread if spread > 1e-12 * weight.sum() * np.ptp(x) ** 2 else 0.0
        out[k] = weight @ y / weight.sum() + slope * (centre - mean)
    return at, out


def note(ax: Any, text: str) -> None:
    """Write what the red lines are above the upper right corner, where no point is."""
    ax.annotate(text, (1, 1.01), xycoords="axes fraction", ha="right", va="bottom", color=RED, fontsize=9)


def quantiles(ax: Any, values: np.ndarray, colour: str, labels: pd.Index | None = None, named: int = 0) -> None:
    """Draw sorted values against normal quantiles, at most a thousand in the middle and every one in the tails.

    The `named` values farthest from zero get their `labels`.
    """
    order = np.argsort(values, kind="stable")
    values = values[order]
    n = len(values)
    normal = special.ndtri((np.arange(n) + 0.5) / n)
    shown = np.arange(n)
    if n > MANY:
        shown = np.unique(np.r_[0:300, np.linspace(300, n - 300, 1000).astype(int), n - 300 : n])
    ax.axline((0, 0), slope=1, color=GREY, lw=0.8, zorder=0)
    ax.plot(normal[shown], values[shown], "o", color=colour, ms=3.5 if n < 500 else 2.5, mew=0, alpha=0.7)
    if labels is not None:
        name_points(ax, labels[order], normal, values, np.argsort(-np.abs(values), kind="stable")[:named])


def strips(ax: Any, place: np.ndarray, y: np.ndarray, colour: str = GREY, width: float = 0.15) -> None:
    """Draw points around each place, or bars of their middle 90% and 50% where they are thousands."""
    if len(y) <= MANY:
        jitter = np.random.default_rng(0).uniform(-width, width, len(y))
        ax.plot(place + jitter, y, "o", color=colour, alpha=0.35, ms=3, mew=0)
        return
    for at in np.unique(place):
        low, first, third, high = np.quantile(y[place == at], [0.05, 0.25, 0.75, 0.95])
        ax.vlines(at, low, high, color=PALE, lw=9, alpha=0.55, zorder=1)
        ax.vlines(at, first, third, color=PALE, lw=16, zorder=2)


def counted(fit: Fit, values: pd.Series) -> np.ndarray:
    """Return the values of the rows that count; those of weight 0 have residuals of zero that say nothing."""
    weights = fit.model.design.weights
    return values.to_numpy() if weights is None else values.to_numpy()[weights > 0]
