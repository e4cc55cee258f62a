"""Residuals against fitted values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .piece import cloud, counted, running_mean
from .style import GREY, axes_for, response, style

if TYPE_CHECKING:
    from ..base import Fit


def residuals_fitted(fit: Fit, ax: Any) -> Any:
    """Draw residuals against fitted values with their running mean."""
    with style():
        ax = axes_for(ax, (7, 4.5))
        fitted, residuals = counted(fit, fit.fitted()), counted(fit, fit.residuals("pearson"))
        cloud(ax, fitted, residuals)
        ax.axhline(0, color=GREY, lw=0.8, zorder=1)
        running_mean(ax, fitted, residuals)
        kind = "residual" if fit.model.design.weights is None else "Pearson residual"
        ax.set(title="Residuals against fitted values", xlabel=f"fitted {response(fit)}", ylabel=kind)
    return ax
