"""Estimates of several quantities with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .style import BLUE, GREY, axes_for, style


def intervals(
    labels: Sequence[str],
    value: Any,
    lower: Any,
    upper: Any,
    title: str,
    what: str,
    ax: Any = None,
    reference: float | None = None,
) -> Any:
    """Draw points with their intervals, labelled at the left; a thin line at `reference`."""
    y = np.arange(len(labels))[::-1]
    with style():
        ax = axes_for(ax, (7, min(10.0, 1.4 + 0.32 * len(labels))))
        if reference is not None:
            ax.axvline(reference, color=GREY, lw=0.8)
        ax.hlines(y, lower, upper, color=BLUE, lw=2)
        ax.plot(value, y, "o", color=BLUE, ms=5)
        ax.set_yticks(y, labels)
        ax.set_ylim(-0.7, len(labels) - 0.3)
        ax.set(title=title, xlabel=what)
    return ax
