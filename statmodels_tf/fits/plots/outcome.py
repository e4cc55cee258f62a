"""Models of categories: the probability of each outcome over one column, and quantile residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..effect_data import held_over
from .label import name_lines
from .piece import cloud, running_line
from .style import GREY, OUTCOMES, axes_for, labelled, response, style

if TYPE_CHECKING:
    from ..outcome.estimate import OutcomeEstimate

_APART = 0.12


def outcome_effect(fit: OutcomeEstimate, x: str, level: float, ax: Any) -> Any:
    """Draw the probability of each outcome over column `x`, the other columns held, with its interval."""
    shown = held_over(fit, x)
    asked = shown.asked
    table = asked.predict(shown.rows(shown.grid), interval="confidence", level=level)
    with style():
        ax = axes_for(ax, (7, 4.5))
        for k, outcome in enumerate(fit.outcomes):
            mean, lower, upper = (table[part, outcome].to_numpy() for part in ("mean", "lower", "upper"))
            colour, mark = OUTCOMES[k % len(OUTCOMES)], {"label": outcome, "zorder": 4}
            if shown.numeric:
                ax.fill_between(shown.grid, lower, upper, color=colour, alpha=0.18, lw=0, zorder=3)
                ax.plot(shown.grid, mean, color=colour, lw=2, **mark)
            else:
                at = np.arange(len(shown.grid)) + _APART * (k - (len(fit.outcomes) - 1) / 2)
                ax.vlines(at, lower, upper, color=colour, lw=2.5, zorder=3)
                ax.plot(at, mean, "o", color=colour, ms=6, **mark)
        if not shown.numeric:
            ax.set_xticks(np.arange(len(shown.grid)), [str(value) for value in shown.grid])
        title = f"Probability of each {response(fit)} over {x}, {100 * level:g}% intervals\n{shown.said()}"
        ax.set(title=title.rstrip(), xlabel=labelled(fit.model.design.frame, x), ylabel="probability")
        ax.set_ylim(0, 1)
        name_lines(ax, [table["mean", outcome].iloc[-1] for outcome in fit.outcomes], list(map(str, fit.outcomes)))
    return ax


def outcome_residuals(fit: OutcomeEstimate, ax: Any) -> Any:
    """Draw quantile residuals against the expected position among the outcomes, with their local mean."""
    expected = fit.means @ np.arange(1.0, len(fit.outcomes) + 1)
    residuals = fit.residuals("quantile").to_numpy()
    kept = np.isfinite(residuals)
    with style():
        ax = axes_for(ax, (7, 4.5))
        cloud(ax, expected[kept], residuals[kept])
        ax.axhline(0, color=GREY, lw=0.8, zorder=1)
        running_line(ax, expected[kept], residuals[kept])
        first, last = fit.outcomes[0], fit.outcomes[-1]
        where = f"expected position of {response(fit)}, 1 {first} to {len(fit.outcomes)} {last}"
        ax.set(title="Quantile residuals against what is expected", xlabel=where, ylabel="quantile residual")
    return ax
