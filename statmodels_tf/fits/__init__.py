"""Fits: what an engine returns, and everything that can be asked of it."""

from .base import Call, Fit
from .check import Findings
from .compare import anova
from .estimate import Estimate
from .grouped import GroupedEstimate
from .mixed import MixedEstimate
from .system import MixedSystem
from .table import Heading, Summary, Table

__all__ = [
    "Call",
    "Estimate",
    "Findings",
    "Fit",
    "GroupedEstimate",
    "Heading",
    "MixedEstimate",
    "MixedSystem",
    "Summary",
    "Table",
    "anova",
]
