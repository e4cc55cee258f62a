"""Residuals against fitted values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..regression.modelled import mean_name
from .piece import cloud, counted, running_line
from .style import GREY, axes_for, response, style

if TYPE_CHECKING:
    from ..base import Fit


def residuals_fitted(fit: Fit, ax: Any) -> Any:
    """Draw residuals against fitted values with their local mean."""
    with style():
        ax = axes_for(ax, (7, 4.5))
        fitted, residuals = counted(fit, fit.fitted()), counted(fit, fit.residuals("pearson"))
        cloud(ax, fitted, residuals)
        ax.axhline(0, color=GREY, lw=0.8, zorder=1)
        running_line(ax, fitted, residuals)
        # A linear model without weights has one kind of residuals only.
        lone = fit.model.design.weights is None and fit.family.linear
        kind = "residual" if lone else "Pearson residual"
        on = mean_name(fit, response(fit))
        ax.set(title=f"{kind.capitalize()}s against fitted values", xlabel=f"fitted {on}", ylabel=kind)
    return ax
