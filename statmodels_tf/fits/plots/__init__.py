"""Plots of a fit: one quiet style, colour-blind-safe, at most ten inches wide, each returning matplotlib's Axes."""

from .calibration import calibration
from .coefficient import coefficients
from .effect import effect
from .mixed import caterpillar, mixed_diagnostics
from .outcome import outcome_effect, outcome_residuals
from .predictive import predictive_check
from .profile import profiles
from .rank import ranks
from .regression import leverage, regression_diagnostics
from .residual import residuals_fitted
from .rootogram import rootogram

__all__ = [
    "calibration",
    "caterpillar",
    "coefficients",
    "effect",
    "leverage",
    "mixed_diagnostics",
    "outcome_effect",
    "outcome_residuals",
    "predictive_check",
    "profiles",
    "ranks",
    "regression_diagnostics",
    "residuals_fitted",
    "rootogram",
]
