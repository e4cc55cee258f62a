"""Profiles of the deviance: the signed root over the value of each coefficient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .style import BLUE, GREY, INK, RED, figure, style

if TYPE_CHECKING:
    from ..uncertainty.profiled import Profiled

_ACROSS = 3


def profiles(profile: Profiled) -> Any:
    """Draw for each coefficient the signed root, its tangent at the estimate, and the interval; return the Axes."""
    terms = list(profile.ends.index)
    across = min(len(terms), _ACROSS)
    down = -(-len(terms) // across)
    with style():
        axes = figure(down, across, (3.3 * across, 2.9 * down))
        for ax, term in zip(axes.flat, terms, strict=False):
            points = profile.figures[profile.figures["term"] == term]
            estimate, lower, upper = profile.ends.loc[term]
            _curve(ax, points["value"].to_numpy(), points["z"].to_numpy(), estimate)
            for end, z in ((lower, -profile.quantile), (upper, profile.quantile)):
                if np.isfinite(end):
                    ax.plot([end, end], [0, z], color=RED, lw=1)
            ax.hlines(0, *np.clip([lower, upper], *ax.get_xlim()), color=RED, lw=2.5)
            ax.axhline(0, color=GREY, lw=0.8, zorder=0)
            ax.plot(estimate, 0, "o", color=INK, ms=4)
            ax.set(title=term, xlabel="value", ylabel="signed root")
        for ax in axes.flat[len(terms) :]:
            ax.set_axis_off()
        wide = f"{100 * profile.level:g}% intervals in red; dashed: as if the likelihood were normal"
        axes[0, 0].figure.suptitle(wide, x=0.01, ha="left", fontsize=10, color=INK)
    return axes


def _curve(ax: Any, value: np.ndarray, z: np.ndarray, estimate: float) -> None:
    """Draw a profile, and its tangent at the estimate if that is finite."""
    ax.plot(value, z, color=BLUE, lw=2)
    if not np.isfinite(estimate):
        return
    near = np.argsort(np.abs(value - estimate))[:3]
    slope = np.polyfit(value[near], z[near], 1)[0]
    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())
    ax.plot(value, slope * (value - estimate), color=GREY, lw=1, ls="--", zorder=1)
