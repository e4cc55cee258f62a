"""Fits: what an engine returns, and everything that can be asked of it."""

from .base import Call, Fit, MixedSystem
from .check import Findings
from .table import Heading, Summary, Table

__all__ = ["Call", "Findings", "Fit", "Heading", "MixedSystem", "Summary", "Table"]
