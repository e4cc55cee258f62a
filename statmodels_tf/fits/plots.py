"""Plots of a fit: one quiet style, colour-blind-safe, at most ten inches wide, each returning matplotlib's Axes.

Colours are those of Okabe & Ito. Thousands of points become a density, thousands of intervals thin lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from ..terms import INTERCEPT
from .arguments import known_group
from .effect_data import effect_data
from .estimate import t_quantile

if TYPE_CHECKING:
    from .base import Fit

_BLUE, _RED, _GREEN, _INK, _GREY, _PALE = "#0072B2", "#D55E00", "#009E73", "#333333", "#8a8a8a", "#c9ced3"
_STYLE = {
    "axes.edgecolor": _GREY, "axes.labelcolor": _INK, "axes.titlelocation": "left", "axes.titlesize": 11,
    "axes.spines.top": False, "axes.spines.right": False, "axes.labelsize": 10, "axes.titlepad": 10,
    "xtick.color": _GREY, "ytick.color": _GREY, "xtick.labelcolor": _INK, "ytick.labelcolor": _INK,
    "xtick.labelsize": 9, "ytick.labelsize": 9, "figure.constrained_layout.use": True, "lines.linewidth": 1.5,
    "font.size": 10, "image.cmap": "Greys",
}  # fmt: skip
_MANY = 4_000
_LABELLED = 60
# Share of the height of a panel that a line of text takes, with room to spare.
_TEXT_SHARE = 0.04


def residuals_fitted(fit: Fit, ax: Any) -> Any:
    """Draw residuals against fitted values with their running mean."""
    with _style():
        ax = _axes(ax, (7, 4.5))
        fitted, residuals = _counted(fit, fit.fitted()), _counted(fit, fit.residuals("pearson"))
        _cloud(ax, fitted, residuals)
        ax.axhline(0, color=_GREY, lw=0.8, zorder=1)
        _running_mean(ax, fitted, residuals)
        kind = "residual" if fit.model.design.weights is None else "Pearson residual"
        ax.set(title="Residuals against fitted values", xlabel=f"fitted {_response(fit)}", ylabel=kind)
    return ax


def diagnostics(fit: Fit) -> Any:
    """Draw four plots that show what the model misses."""
    with _style():
        axes = _figure(2, 2, (10, 7.5))
        residuals_fitted(fit, axes[0, 0])
        fitted, scaled = _counted(fit, fit.fitted()), _counted(fit, fit.residuals("quantile"))
        _quantiles(axes[0, 1], scaled, _BLUE)
        axes[0, 1].set(title="Normal quantiles of the residuals", xlabel="normal quantile", ylabel="residual / sigma")
        root = np.sqrt(np.abs(scaled))
        _cloud(axes[1, 0], fitted, root)
        _running_mean(axes[1, 0], fitted, root)
        axes[1, 0].set(title="Spread of the residuals", xlabel=f"fitted {_response(fit)}", ylabel="√|residual / sigma|")
        _ranef_quantiles(fit, axes[1, 1])
    return axes


def caterpillar(fit: Fit, group: str | None, level: float) -> Any:
    """Draw the levels of each group in the order of their first effect, with intervals."""
    tables, plain = fit.ranef(se=True), fit.ranef()
    if group is not None:
        known_group(group, list(tables))
    panels = [(g, effect) for g in (tables if group is None else [group]) for effect in plain[g].columns]
    tallest = max(len(tables[g]) for g, _ in panels)
    height = min(10.0, max(2.5, 1.2 + 0.17 * tallest)) if tallest <= _LABELLED else 6.5
    with _style():
        axes = _figure(1, len(panels), (min(10.0, 2.2 + 3.2 * len(panels)), height))[0]
        for i, (g, effect) in enumerate(panels):
            table = tables[g].sort_values(plain[g].columns[0])
            new_group = i == 0 or panels[i - 1][0] != g
            _levels(axes[i], table[effect], table[f"se({effect})"], level, new_group)
            axes[i].set(title=f"{effect} by {g}", xlabel=f"difference from the mean, {100 * level:g}% interval")
            if new_group:
                axes[i].set_ylabel(g if len(table) <= _LABELLED else f"{len(table):,} levels of {g}, in order")
    return axes


def coefficients(fit: Fit, level: float, ax: Any) -> Any:
    """Draw estimates and intervals of the coefficients; the intercept only if there is nothing else."""
    table = fit.coef_table(level).rename(columns={"mean": "estimate"}).dropna(subset=["estimate"])
    table = table.drop(index=INTERCEPT, errors="ignore") if len(table) > 1 else table
    y = np.arange(len(table))[::-1]
    with _style():
        ax = _axes(ax, (7, 1.4 + 0.32 * len(table)))
        ax.axvline(0, color=_GREY, lw=0.8)
        ax.hlines(y, table["lower"], table["upper"], color=_BLUE, lw=2)
        ax.plot(table["estimate"], y, "o", color=_BLUE, ms=5)
        ax.set_yticks(y, table.index)
        ax.set_ylim(-0.7, len(table) - 0.3)
        ax.set(title=f"Coefficients and {100 * level:g}% intervals", xlabel=f"change in {_response(fit)}")
    return ax


def effect(fit: Fit, x: str, level: float, ax: Any) -> Any:
    """Draw the population's mean over column `x`, the other columns held, with its interval and partial residuals."""
    shown = effect_data(fit, x, level)
    band = shown.band
    with _style():
        ax = _axes(ax, (7, 4.5))
        if shown.numeric:
            _cloud(ax, shown.values, shown.points)
            ax.fill_between(shown.grid, band["lower"], band["upper"], color=_BLUE, alpha=0.25, lw=0, zorder=3)
            ax.plot(shown.grid, band["mean"], color=_BLUE, lw=2, zorder=4)
        else:
            at = np.arange(len(shown.grid))
            _strips(ax, shown.values, shown.points)
            ax.vlines(at, band["lower"], band["upper"], color=_BLUE, lw=2.5, zorder=3)
            ax.plot(at, band["mean"], "o", color=_BLUE, ms=6, zorder=4)
            ax.set_xticks(at, [str(value) for value in shown.grid])
            ax.set_xlim(-0.6, len(shown.grid) - 0.4)
        bars = not shown.numeric and len(shown.values) > _MANY
        cloud = "grey: the middle 90% and 50% of the partial residuals" if bars else "grey: partial residuals"
        title = f"Mean {_response(fit)} over {x}, {100 * level:g}% interval\n"
        title += "; ".join(part for part in (shown.held, cloud) if part)
        ax.set(title=title, xlabel=_labelled(fit.model.design.frame, x), ylabel=_response(fit))
    return ax


def _strips(ax: Any, place: np.ndarray, y: np.ndarray) -> None:
    """Draw points around each place, or bars of their middle 90% and 50% where they are thousands."""
    if len(y) <= _MANY:
        jitter = np.random.default_rng(0).uniform(-0.15, 0.15, len(y))
        ax.plot(place + jitter, y, "o", color=_GREY, alpha=0.35, ms=3, mew=0)
        return
    for at in np.unique(place):
        low, first, third, high = np.quantile(y[place == at], [0.05, 0.25, 0.75, 0.95])
        ax.vlines(at, low, high, color=_PALE, lw=9, alpha=0.55, zorder=1)
        ax.vlines(at, first, third, color=_PALE, lw=16, zorder=2)


def _levels(ax: Any, value: pd.Series, se: pd.Series, level: float, labels: bool) -> None:
    """Draw one line for each level; those whose interval leaves out zero are darker."""
    y = np.arange(len(value))
    half = float(t_quantile(np.inf, level)) * se.to_numpy()
    middle = value.to_numpy()
    clear = np.abs(middle) > half
    few = len(value) <= _LABELLED
    width = 1.6 if few else float(np.clip(300 / len(value), 0.25, 1.2))
    for chosen, colour in ((~clear, _PALE if not few else _GREY), (clear, _BLUE)):
        ax.hlines(y[chosen], (middle - half)[chosen], (middle + half)[chosen], color=colour, lw=width)
    in_order = bool(np.all(np.diff(middle) >= 0))
    ax.plot(middle, y, "o" if few else "-" if in_order else ".", color=_INK, ms=3.5 if few else 1, lw=1)
    ax.axvline(0, color=_GREY, lw=0.8, zorder=0)
    ax.set_ylim(-0.02 * len(value) - 0.5, 1.02 * len(value) - 0.5)
    ax.set_yticks(y if few else [], value.index if few and labels else [])
    if not few:
        _name_ends(ax, value.index, middle, half)


def _name_ends(ax: Any, names: pd.Index, middle: np.ndarray, half: np.ndarray) -> None:
    """Name the first and the last level, outside the intervals of all levels that the text stands beside."""
    beside = max(1, round(_TEXT_SHARE * len(names)))
    ends = ((0, slice(None, beside), -1, "right"), (len(names) - 1, slice(-beside, None), 1, "left"))
    for at, near, side, align in ends:
        edge = side * np.max(side * middle[near] + half[near])
        text = str(names[at])
        place = {"xytext": (4 * side, 0), "textcoords": "offset points", "ha": align, "va": "center"}
        ax.annotate(text, (edge, at), fontsize=8, color=_INK, annotation_clip=False, **place)
    ax.margins(x=0.12)


def _ranef_quantiles(fit: Fit, ax: Any) -> None:
    """Draw the quantiles of each random effect, in units of its own spread, labelled at the line's end."""
    colours = [_BLUE, _RED, _GREEN, "#CC79A7", "#56B4E9", "#E69F00"]
    drawn = [
        (group, effect, table[effect].to_numpy())
        for group, table in fit.ranef().items()
        for effect in table.columns
        if table[effect].std() > 0
    ]
    for i, (group, effect, values) in enumerate(drawn):
        colour = colours[i % len(colours)]
        _quantiles(ax, values / values.std(), colour)
        text = f"{effect} by {group}" if any(e != effect for _, e, _ in drawn) else group
        ax.annotate(text, (0.03, 0.96 - 0.075 * i), xycoords="axes fraction", color=colour, va="top", fontsize=9)
    ax.set(title="Normal quantiles of the random effects", xlabel="normal quantile", ylabel="random effect / its sd")


def _quantiles(ax: Any, values: np.ndarray, colour: str) -> None:
    """Draw sorted values against normal quantiles, at most a thousand in the middle and every one in the tails."""
    values = np.sort(values)
    n = len(values)
    normal = special.ndtri((np.arange(n) + 0.5) / n)
    shown = np.arange(n)
    if n > _MANY:
        shown = np.unique(np.r_[0:300, np.linspace(300, n - 300, 1000).astype(int), n - 300 : n])
    ax.axline((0, 0), slope=1, color=_GREY, lw=0.8, zorder=0)
    ax.plot(normal[shown], values[shown], "o", color=colour, ms=3.5 if n < 500 else 2.5, mew=0, alpha=0.7)


def _cloud(ax: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Draw points, or their density on a log scale where they are thousands."""
    if len(x) > _MANY:
        ax.hexbin(x, y, gridsize=(60, 40), bins="log", mincnt=1, cmap="Greys", lw=0.1, zorder=0)
    else:
        ax.plot(x, y, "o", color=_GREY, alpha=0.5 if len(x) > 500 else 0.75, ms=4, mew=0, zorder=2)


def _running_mean(ax: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the mean of y in bins of equally many points; it should be flat."""
    bins = int(np.clip(len(x) // 15, 3, 25))
    parts = np.array_split(np.argsort(x, kind="stable"), bins)
    ax.plot([x[p].mean() for p in parts], [y[p].mean() for p in parts], color=_RED, lw=1.5, zorder=3)
    ax.annotate("mean in bins", (0.99, 0.98), xycoords="axes fraction", ha="right", va="top", color=_RED, fontsize=9)


def _counted(fit: Fit, values: pd.Series) -> np.ndarray:
    """Return the values of the rows that count; those of weight 0 have residuals of zero that say nothing."""
    weights = fit.model.design.weights
    return values.to_numpy() if weights is None else values.to_numpy()[weights > 0]


def _response(fit: Fit) -> str:
    """Return the label of the response."""
    return _labelled(fit.model.design.frame, fit.model.design.response.name)


def _labelled(frame: pd.DataFrame, name: str) -> str:
    """Return a column's name with its unit, if the data carry one in `attrs`."""
    unit = frame.attrs.get("units", {}).get(name)
    return f"{name} ({unit})" if unit else name


def _style() -> Any:
    """Return a context in which figures have the package's style."""
    import matplotlib as mpl

    return mpl.rc_context(_STYLE)


def _figure(rows: int, columns: int, size: tuple[float, float]) -> Any:
    """Return the Axes [rows, columns] of a new figure."""
    import matplotlib.pyplot as plt

    return plt.subplots(rows, columns, figsize=size, squeeze=False)[1]


def _axes(ax: Any, size: tuple[float, float]) -> Any:
    """Return `ax`, or the Axes of a new figure."""
    return _figure(1, 1, size)[0, 0] if ax is None else ax
