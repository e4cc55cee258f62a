"""Fits: what an engine returns, and everything that can be asked of it."""

from .base import Fit
from .call import Call
from .categorical import CategoricalEstimate
from .check import Findings
from .compare import anova
from .estimate import Estimate
from .grouped import GroupedEstimate
from .mixed import MixedEstimate
from .ordinal import OrdinalEstimate
from .regression import GLMEstimate, LinearEstimate, RegressionEstimate
from .regression_base import Totals
from .system import MixedSystem, RegressionSystem
from .table import Heading, Summary, Table

__all__ = [
    "Call",
    "CategoricalEstimate",
    "Estimate",
    "Findings",
    "Fit",
    "GLMEstimate",
    "GroupedEstimate",
    "Heading",
    "LinearEstimate",
    "MixedEstimate",
    "MixedSystem",
    "OrdinalEstimate",
    "RegressionEstimate",
    "RegressionSystem",
    "Summary",
    "Table",
    "Totals",
    "anova",
]
