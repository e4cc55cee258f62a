"""Densities of what hypotheses are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .predictive import density
from .style import BLUE, GREY, INK, PALE, axes_for, style

_GRID = 400


def hypotheses_plot(table: pd.DataFrame, draws: pd.DataFrame, signs: Sequence[str], ax: Any) -> Any:
    """Draw each difference as a density above its own line, blue where it agrees with the hypothesis, and zero."""
    count = len(table)
    reach = np.array([np.quantile(draws[name], [0.002, 0.998]) for name in table.index])
    low, high = min(reach[:, 0].min(), 0), max(reach[:, 1].max(), 0)
    room = 0.05 * (high - low)
    grid = np.linspace(low - room, high + room, _GRID)
    with style():
        ax = axes_for(ax, (7, 1.4 + 0.9 * count))
        for k, (name, row) in enumerate(table.iterrows()):
            base, height = count - 1 - k, density(draws[name].to_numpy(), grid)
            height = 0.8 * height / height.max()
            agrees = grid < 0 if signs[k] == "<" else grid > 0 if signs[k] == ">" else np.zeros(_GRID, dtype=bool)
            ax.fill_between(grid, base, base + height, color=PALE, lw=0, zorder=2)
            ax.fill_between(grid, base, base + height, where=agrees, color=BLUE, alpha=0.6, lw=0, zorder=3)
            ax.plot(grid, base + height, color=INK, lw=0.8, zorder=4)
            if np.isfinite(row["probability"]):
                ax.annotate(f"P = {row['probability']:.3f}", (1.01, base + 0.2), xycoords=("axes fraction", "data"),
                            color=INK, fontsize=9, annotation_clip=False)  # fmt: skip
        ax.axvline(0, color=GREY, lw=0.9, zorder=1)
        ax.set_yticks(np.arange(count)[::-1] + 0.2, [str(name) for name in table.index])
        ax.tick_params(axis="y", length=0)
        ax.set(title="Posterior of left less right side; blue agrees with the hypothesis", xlabel="difference",
               xlim=(grid[0], grid[-1]), ylim=(-0.1, count))  # fmt: skip
    return ax
