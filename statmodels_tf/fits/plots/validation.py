"""Plots of how well fits predict: Pareto shapes, differences of fits, and probability integral transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .label import name_points
from .style import BLUE, GREY, INK, PALE, RED, axes_for, style

_NAMED = 5


def pareto_shapes(shapes: pd.Series, good: float, ax: Any) -> Any:
    """Draw the Pareto shape of each row in the order of the data; those above `good` are red and named."""
    values = shapes.to_numpy(dtype=float)
    bad = ~(values <= good)
    finite = np.isfinite(values)
    with style():
        ax = axes_for(ax, (7, 3.6))
        x = np.arange(len(values))
        size = 4.5 if len(values) < 500 else 2.5
        for which, colour in ((~bad, BLUE), (bad & finite, RED)):
            ax.plot(x[which], values[which], "o", color=colour, ms=size, mew=0, alpha=0.75)
        ax.axhline(good, color=RED, lw=0.9)
        top = max(float(np.max(values[finite], initial=0.0)), good) + 0.12
        ax.set(ylim=(min(float(np.min(values[finite], initial=0.0)), 0.0) - 0.05, top), xlim=(-1, len(values)))
        ax.annotate(f"{good:.2f}: not known above", (1, good), xycoords=("axes fraction", "data"), ha="right",
                    va="bottom", xytext=(0, 2), textcoords="offset points", color=RED, fontsize=8)  # fmt: skip
        worst = np.argsort(-np.where(bad & finite, values, -np.inf), kind="stable")[: min(_NAMED, int(np.sum(bad)))]
        name_points(ax, shapes.index, x.astype(float), np.where(finite, values, np.nan), worst)
        many = int(np.sum(bad))
        title = f"Pareto k of leave-one-out, {many} of {len(values):,} rows too large" if many else "Pareto k, all good"
        ax.set(title=title, xlabel="row, in the order of the data", ylabel="Pareto k")
    return ax


def differences(table: pd.DataFrame, kind: str, ax: Any) -> Any:
    """Draw each fit's elpd less the best one's, with one and two standard errors, and its weight beside it."""
    y = np.arange(len(table), dtype=float)[::-1]
    value, se = table["difference"].to_numpy(), table["se_difference"].to_numpy()
    with style():
        ax = axes_for(ax, (7, 1.5 + 0.42 * len(table)))
        ax.axvline(0, color=GREY, lw=0.8)
        ax.hlines(y, value - 2 * se, value + 2 * se, color=PALE, lw=3)
        ax.hlines(y, value - se, value + se, color=BLUE, lw=3)
        ax.plot(value, y, "o", color=BLUE, ms=6)
        for height, weight in zip(y, table["weight"], strict=True):
            ax.annotate(f"{weight:.2f}", (1.02, height), xycoords=("axes fraction", "data"), va="center", color=INK,
                        fontsize=9, annotation_clip=False)  # fmt: skip
        ax.annotate("weight", (1.02, 1.01), xycoords="axes fraction", va="bottom", color=INK, fontsize=9)
        ax.set_yticks(y, [str(name) for name in table.index])
        ax.set_ylim(-0.6, len(table) - 0.4)
        ax.margins(x=0.08)
        what = f"elpd_{kind} less that of the best; lines: one and two standard errors"
        ax.set(title="Expected log predictive density", xlabel=what)
    return ax


def pit(values: np.ndarray, what: str, ax: Any) -> Any:
    """Draw how far the share of values below each probability is from it, in the band of a uniform sample.

    The band holds the whole curve of 95 of 100 uniform samples.

    References
    ----------
    Säilynoja, Bürkner & Vehtari (2022), doi:10.1007/s11222-022-10090-6.
    """
    n = len(values)
    at = np.linspace(0, 1, 201)
    share = np.searchsorted(np.sort(values), at, side="right") / n
    half = simultaneous(n, at)
    with style():
        ax = axes_for(ax, (7, 4))
        ax.fill_between(at, -half, half, color=PALE, alpha=0.6, lw=0)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.step(at, share - at, where="post", color=BLUE, lw=1.8)
        outside = (np.abs(share - at) > half + 1e-12) & _judged(at)
        if outside.any():
            ax.plot(at[outside], (share - at)[outside], ".", color=RED, ms=6, zorder=3)
        said = "outside the band: not calibrated" if outside.any() else "inside the band, as if calibrated"
        title = f"{what}\n{said}; band: 95% of uniform samples"
        ax.set(title=title, xlabel="probability p", ylabel="share of rows below p, less p", xlim=(0, 1))
    return ax


def simultaneous(n: int, at: np.ndarray, level: float = 0.95, samples: int = 1000) -> np.ndarray:
    """Return the half width [m] of the band that holds the whole curve of uniform samples of n with chance `level`."""
    rng = np.random.default_rng(0)
    spread = np.sqrt(at * (1 - at) / n)
    inner = _judged(at)
    worst = np.empty(samples)
    for s in range(samples):
        counts = np.histogram(rng.random(n), at)[0] if n < 10_000 else rng.multinomial(n, np.diff(at))
        below = np.concatenate([[0], np.cumsum(counts)]) / n
        worst[s] = np.max(np.abs(below - at)[inner] / spread[inner])
    return np.quantile(worst, level) * spread


def _judged(at: np.ndarray) -> np.ndarray:
    """Return which probabilities are judged: not the outermost, which a sample hardly tells of."""
    return (at > 0.01) & (at < 0.99)
