"""Exact marginalisation: Gaussian coefficients and effects integrated out, their scales sampled."""

from .engine import Marginal

__all__ = ["Marginal"]
