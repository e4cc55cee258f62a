"""Pieces of plots: clouds of points, running means, quantiles. Thousands of points become a density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from .style import GREY, INK, MANY, PALE, RED

if TYPE_CHECKING:
    from ..base import Fit

# Share of the height of a panel that a line of text takes.
_LINE = 0.05


def cloud(ax: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Draw points, or their density on a log scale where they are thousands."""
    if len(x) > MANY:
        ax.hexbin(x, y, gridsize=(60, 40), bins="log", mincnt=1, cmap="Greys", lw=0.1, zorder=0)
    else:
        ax.plot(x, y, "o", color=GREY, alpha=0.5 if len(x) > 500 else 0.75, ms=4, mew=0, zorder=2)


def running_mean(ax: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the mean of y in bins of about equally many points, equal x in one bin; it should be flat."""
    bins = int(np.clip(len(x) // 15, 3, 25))
    edges = np.unique(np.quantile(x, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, x, side="left")
    count = np.bincount(place, minlength=len(edges) + 1)
    used = count > 0
    means = [np.bincount(place, values, minlength=len(count))[used] / count[used] for values in (x, y)]
    ax.plot(*means, color=RED, lw=1.5, zorder=3)
    note(ax, "mean in bins")


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


def name_points(ax: Any, labels: pd.Index, x: np.ndarray, y: np.ndarray, which: np.ndarray) -> None:
    """Write the labels of the rows at the positions `which` beside their points, towards the middle of the plot.

    A label that would lie on an earlier one goes to the other side of its point.
    """
    which = np.array([i for i in which if np.isfinite(x[i]) and np.isfinite(y[i])], dtype=int)
    if len(which) == 0:
        return
    low, high = ax.get_ylim()
    centre = sum(ax.get_xlim()) / 2
    placed: list[tuple[float, bool]] = []
    for i in which:
        left = bool(x[i] > centre)
        if any(side == left and abs(at - y[i]) < _LINE * (high - low) for at, side in placed):
            left = not left
        placed.append((y[i], left))
        place = {"xytext": (-5 if left else 5, 0), "textcoords": "offset points", "ha": "right" if left else "left"}
        ax.annotate(str(labels[i]), (x[i], y[i]), fontsize=8, color=INK, va="center", **place)
