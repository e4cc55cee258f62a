"""The mean over one column with its band and the partial residuals, for each level of a factor it interacts with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..effect_data import EffectData, Series, effect_data
from ..regression.modelled import mean_name
from .label import name_lines
from .piece import cloud, strips
from .style import BLUE, GREY, MANY, OUTCOMES, axes_for, labelled, response, style

if TYPE_CHECKING:
    from ..base import Fit

_JITTER = 0.025
_APART = 0.14
_ROOM = 0.05


def effect(fit: Fit, x: str, level: float, ax: Any) -> Any:
    """Draw the population's mean over column `x`, the other columns held, with its interval and partial residuals."""
    shown = effect_data(fit, x, level)
    frame, name = fit.model.design.frame, mean_name(fit, response(fit))
    values, points = (np.concatenate([getattr(one, part) for one in shown.series]) for part in ("values", "points"))
    many = len(values) > MANY
    with style():
        ax = axes_for(ax, (7, 4.5))
        if many:
            cloud(ax, values, points) if shown.numeric else strips(ax, values, points)
        for k, one in enumerate(shown.series):
            _series(ax, shown, one, k, points if not many else None)
        low, high = _limits(ax, shown, points)
        ax.set_ylim(low, high)
        if not shown.numeric:
            ax.set_xticks(np.arange(len(shown.grid)), [str(value) for value in shown.grid])
            ax.set_xlim(-0.6, len(shown.grid) - 0.4)
        if shown.by is not None:
            ends = [one.band["mean"].iloc[-1] for one in shown.series]
            name_lines(ax, ends, [f"{shown.by} {one.level}" for one in shown.series])
        coloured = "points" if len(shown.series) > 1 and not many else "grey"
        bars = many and not shown.numeric
        about = f"{coloured}: the middle 90% and 50% of the {shown.cloud}" if bars else f"{coloured}: {shown.cloud}"
        mean = f"Mean {name}" if fit.family.link.name == "identity" else f"{name[:1].upper()}{name[1:]}"
        title = f"{mean} over {x}, {100 * level:g}% interval{'s' if shown.by else ''}\n"
        title += "; ".join(part for part in (shown.held, about) if part)
        ax.set(title=title, xlabel=labelled(frame, x), ylabel=name)
    return ax


def _series(ax: Any, shown: EffectData, one: Series, k: int, points: np.ndarray | None) -> None:
    """Draw one mean with its band, and its points where they are few."""
    lone = len(shown.series) == 1
    colour = BLUE if lone else OUTCOMES[k % len(OUTCOMES)]
    faint = GREY if lone else colour
    lower, mean, upper = (one.band[part].to_numpy(float) for part in ("lower", "mean", "upper"))
    top = np.finfo(float).max ** 0.25
    lower, upper = np.clip(lower, -top, None), np.clip(upper, None, top)
    if shown.numeric:
        if points is not None:
            cloud(ax, one.values, _apart(one.points, points), faint)
        ax.fill_between(shown.grid, lower, upper, color=colour, alpha=0.25 if lone else 0.15, lw=0, zorder=3)
        ax.plot(shown.grid, mean, color=colour, lw=2, zorder=4)
        return
    shift = 0.0 if lone else _APART * (k - (len(shown.series) - 1) / 2)
    at = np.arange(len(shown.grid)) + shift
    if points is not None:
        strips(ax, one.values + shift, one.points, faint, 0.15 if lone else _APART / 3)
    ax.vlines(at, lower, upper, color=colour, lw=2.5, zorder=3)
    ax.plot(at, mean, "o", color=colour, ms=6, zorder=4)


def _limits(ax: Any, shown: EffectData, points: np.ndarray) -> tuple[float, float]:
    """Return the limits of the ordinate, as the points, the means and the finite ends of the intervals ask."""
    values = np.concatenate([one.band.to_numpy(float).ravel() for one in shown.series])
    low, high = ax.get_ylim()
    if np.isfinite(values).all():
        return low, high
    known = np.concatenate([values[np.isfinite(values)], points[np.isfinite(points)]])
    room = _ROOM * max(float(np.ptp(known)), 1e-300)
    return float(known.min()) - room, float(known.max()) + room


def _apart(points: np.ndarray, every: np.ndarray) -> np.ndarray:
    """Return points that take two values only a little apart, so that one does not hide the other."""
    if len(np.unique(every)) > 2:
        return points
    width = _JITTER * np.ptp(every)
    return points + np.random.default_rng(0).uniform(-width, width, len(points))
