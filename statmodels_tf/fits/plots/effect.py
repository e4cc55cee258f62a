"""The mean over one column with its band and the partial residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..effect_data import effect_data
from .piece import cloud, strips
from .style import BLUE, MANY, axes_for, labelled, response, style

if TYPE_CHECKING:
    from ..base import Fit

_JITTER = 0.025


def effect(fit: Fit, x: str, level: float, ax: Any) -> Any:
    """Draw the population's mean over column `x`, the other columns held, with its interval and partial residuals."""
    shown = effect_data(fit, x, level)
    band = shown.band
    with style():
        ax = axes_for(ax, (7, 4.5))
        if shown.numeric:
            cloud(ax, shown.values, _apart(shown.points))
            ax.fill_between(shown.grid, band["lower"], band["upper"], color=BLUE, alpha=0.25, lw=0, zorder=3)
            ax.plot(shown.grid, band["mean"], color=BLUE, lw=2, zorder=4)
        else:
            at = np.arange(len(shown.grid))
            strips(ax, shown.values, shown.points)
            ax.vlines(at, band["lower"], band["upper"], color=BLUE, lw=2.5, zorder=3)
            ax.plot(at, band["mean"], "o", color=BLUE, ms=6, zorder=4)
            ax.set_xticks(at, [str(value) for value in shown.grid])
            ax.set_xlim(-0.6, len(shown.grid) - 0.4)
        bars = not shown.numeric and len(shown.values) > MANY
        points = f"grey: the middle 90% and 50% of the {shown.cloud}" if bars else f"grey: {shown.cloud}"
        title = f"Mean {response(fit)} over {x}, {100 * level:g}% interval\n"
        title += "; ".join(part for part in (shown.held, points) if part)
        ax.set(title=title, xlabel=labelled(fit.model.design.frame, x), ylabel=response(fit))
    return ax


def _apart(points: np.ndarray) -> np.ndarray:
    """Return points that take two values only a little apart, so that one does not hide the other."""
    if len(points) > MANY or len(np.unique(points)) > 2:
        return points
    width = _JITTER * np.ptp(points)
    return points + np.random.default_rng(0).uniform(-width, width, len(points))
