"""Plots of a fit: one quiet style, colour-blind-safe, at most ten inches wide, each returning matplotlib's Axes."""

from .coefficient import coefficients
from .effect import effect
from .mixed import caterpillar, mixed_diagnostics
from .residual import residuals_fitted

__all__ = ["caterpillar", "coefficients", "effect", "mixed_diagnostics", "residuals_fitted"]
