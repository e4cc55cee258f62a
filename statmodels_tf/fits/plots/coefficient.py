"""Coefficients with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...terms import INTERCEPT
from .style import BLUE, GREY, axes_for, response, style

if TYPE_CHECKING:
    from ..base import Fit


def coefficients(fit: Fit, level: float, ax: Any) -> Any:
    """Draw estimates and intervals of the coefficients; the intercept only if there is nothing else."""
    table = fit.coef_table(level).rename(columns={"mean": "estimate"}).dropna(subset=["estimate"])
    plain = [name for name in table.index if name != INTERCEPT and not name.endswith(f":{INTERCEPT}")]
    table = table.loc[plain] if plain else table
    y = np.arange(len(table))[::-1]
    with style():
        ax = axes_for(ax, (7, 1.4 + 0.32 * len(table)))
        ax.axvline(0, color=GREY, lw=0.8)
        ax.hlines(y, table["lower"], table["upper"], color=BLUE, lw=2)
        ax.plot(table["estimate"], y, "o", color=BLUE, ms=5)
        ax.set_yticks(y, table.index)
        ax.set_ylim(-0.7, len(table) - 0.3)
        ax.set(title=f"Coefficients and {100 * level:g}% intervals", xlabel=_unit(fit))
    return ax


def _unit(fit: Fit) -> str:
    """Return what coefficients change: the response, or its mean on the scale of the link."""
    if not fit.family.has_mean:
        outcomes = " and ".join(fit.family.outcomes(fit.model.design.response, None)[:1])
        odds = f"change in the log odds of each {response(fit)} against {outcomes}"
        return odds if fit.family.by_outcome else f"shift of {response(fit)} on its latent scale"
    link = fit.family.link.name
    return f"change in {response(fit)}" if link == "identity" else f"change in the {link} of the mean {response(fit)}"
