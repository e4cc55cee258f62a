"""Plots of models with group terms: levels in their order, quantiles of random effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import known_group
from ..student import t_quantile
from .piece import cloud, counted, quantiles, running_line
from .residual import residuals_fitted
from .style import BLUE, GREEN, GREY, INK, PALE, RED, figure, response, style

if TYPE_CHECKING:
    from ..base import Fit

LABELLED = 60
# Share of the height of a panel that a line of text takes, with room to spare.
_TEXT_SHARE = 0.04


def mixed_diagnostics(fit: Fit) -> Any:
    """Draw four plots that show what the model misses."""
    with style():
        axes = figure(2, 2, (10, 7.5))
        residuals_fitted(fit, axes[0, 0])
        fitted, scaled = counted(fit, fit.fitted()), counted(fit, fit.residuals("quantile"))
        quantiles(axes[0, 1], scaled, BLUE)
        axes[0, 1].set(title="Normal quantiles of the residuals", xlabel="normal quantile", ylabel="residual / sigma")
        root = np.sqrt(np.abs(scaled))
        cloud(axes[1, 0], fitted, root)
        running_line(axes[1, 0], fitted, root)
        axes[1, 0].set(title="Spread of the residuals", xlabel=f"fitted {response(fit)}", ylabel="√|residual / sigma|")
        _ranef_quantiles(fit, axes[1, 1])
    return axes


def caterpillar(fit: Fit, group: str | None, level: float) -> Any:
    """Draw the levels of each group in the order of their first effect, with intervals."""
    tables, plain = fit.ranef(se=True), fit.ranef()
    if group is not None:
        known_group(group, list(tables))
    panels = [(g, effect) for g in (tables if group is None else [group]) for effect in plain[g].columns]
    tallest = max(len(tables[g]) for g, _ in panels)
    height = min(10.0, max(2.5, 1.2 + 0.17 * tallest)) if tallest <= LABELLED else 6.5
    with style():
        axes = figure(1, len(panels), (min(10.0, 2.2 + 3.2 * len(panels)), height))[0]
        for i, (g, effect) in enumerate(panels):
            table = tables[g].sort_values(plain[g].columns[0])
            new_group = i == 0 or panels[i - 1][0] != g
            _levels(axes[i], table[effect], table[f"se({effect})"], level, new_group)
            axes[i].set(title=f"{effect} by {g}", xlabel=f"difference from the mean, {100 * level:g}% interval")
            if new_group:
                axes[i].set_ylabel(g if len(table) <= LABELLED else f"{len(table):,} levels of {g}, in order")
    return axes


def _levels(ax: Any, value: pd.Series, se: pd.Series, level: float, labels: bool) -> None:
    """Draw one line for each level; those whose interval leaves out zero are darker."""
    y = np.arange(len(value))
    half = float(t_quantile(np.inf, level)) * se.to_numpy()
    middle = value.to_numpy()
    clear = np.abs(middle) > half
    few = len(value) <= LABELLED
    width = 1.6 if few else float(np.clip(300 / len(value), 0.25, 1.2))
    for chosen, colour in ((~clear, PALE if not few else GREY), (clear, BLUE)):
        ax.hlines(y[chosen], (middle - half)[chosen], (middle + half)[chosen], color=colour, lw=width)
    in_order = bool(np.all(np.diff(middle) >= 0))
    ax.plot(middle, y, "o" if few else "-" if in_order else ".", color=INK, ms=3.5 if few else 1, lw=1)
    ax.axvline(0, color=GREY, lw=0.8, zorder=0)
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
        ax.annotate(text, (edge, at), fontsize=8, color=INK, annotation_clip=False, **place)
    ax.margins(x=0.12)


def _ranef_quantiles(fit: Fit, ax: Any) -> None:
    """Draw the quantiles of each random effect, in units of its own spread, labelled at the line's end."""
    colours = [BLUE, RED, GREEN, "#CC79A7", "#56B4E9", "#E69F00"]
    drawn = [
        (group, effect, table[effect].to_numpy())
        for group, table in fit.ranef().items()
        for effect in table.columns
        if table[effect].std() > 0
    ]
    for i, (group, effect, values) in enumerate(drawn):
        colour = colours[i % len(colours)]
        quantiles(ax, values / values.std(), colour)
        text = f"{effect} by {group}" if any(e != effect for _, e, _ in drawn) else group
        ax.annotate(text, (0.03, 0.96 - 0.075 * i), xycoords="axes fraction", color=colour, va="top", fontsize=9)
    ax.set(title="Normal quantiles of the random effects", xlabel="normal quantile", ylabel="random effect / its sd")
