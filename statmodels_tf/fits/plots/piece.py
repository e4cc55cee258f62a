"""Pieces of plots: clouds of points, running means, quantiles. Thousands of points become a density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from .style import GREY, MANY, PALE, RED

if TYPE_CHECKING:
    from ..base import Fit


def cloud(ax: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Draw points, or their density on a log scale where they are thousands."""
    if len(x) > MANY:
        ax.hexbin(x, y, gridsize=(60, 40), bins="log", mincnt=1, cmap="Greys", lw=0.1, zorder=0)
    else:
        ax.plot(x, y, "o", color=GREY, alpha=0.5 if len(x) > 500 else 0.75, ms=4, mew=0, zorder=2)


def running_mean(ax: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the mean of y in bins of equally many points; it should be flat."""
    bins = int(np.clip(len(x) // 15, 3, 25))
    parts = np.array_split(np.argsort(x, kind="stable"), bins)
    ax.plot([x[p].mean() for p in parts], [y[p].mean() for p in parts], color=RED, lw=1.5, zorder=3)
    ax.annotate("mean in bins", (0.99, 0.98), xycoords="axes fraction", ha="right", va="top", color=RED, fontsize=9)


def quantiles(ax: Any, values: np.ndarray, colour: str) -> None:
    """Draw sorted values against normal quantiles, at most a thousand in the middle and every one in the tails."""
    values = np.sort(values)
    n = len(values)
    normal = special.ndtri((np.arange(n) + 0.5) / n)
    shown = np.arange(n)
    if n > MANY:
        shown = np.unique(np.r_[0:300, np.linspace(300, n - 300, 1000).astype(int), n - 300 : n])
    ax.axline((0, 0), slope=1, color=GREY, lw=0.8, zorder=0)
    ax.plot(normal[shown], values[shown], "o", color=colour, ms=3.5 if n < 500 else 2.5, mew=0, alpha=0.7)


def strips(ax: Any, place: np.ndarray, y: np.ndarray) -> None:
    """Draw points around each place, or bars of their middle 90% and 50% where they are thousands."""
    if len(y) <= MANY:
        jitter = np.random.default_rng(0).uniform(-0.15, 0.15, len(y))
        ax.plot(place + jitter, y, "o", color=GREY, alpha=0.35, ms=3, mew=0)
        return
    for at in np.unique(place):
        low, first, third, high = np.quantile(y[place == at], [0.05, 0.25, 0.75, 0.95])
        ax.vlines(at, low, high, color=PALE, lw=9, alpha=0.55, zorder=1)
        ax.vlines(at, first, third, color=PALE, lw=16, zorder=2)


def counted(fit: Fit, values: pd.Series) -> np.ndarray:
    """Return the values of the rows that count; those of weight 0 have residuals of zero that say nothing."""
    weights = fit.model.design.weights
    return values.to_numpy() if weights is None else values.to_numpy()[weights > 0]
