"""Fits: what an engine returns, and everything that can be asked of it."""

from .anova.compare import anova
from .base import Fit
from .call import Call
from .check import Findings
from .estimate import Estimate
from .mixed.estimate import MixedEstimate
from .mixed.grouped import GroupedEstimate
from .outcome.categorical import CategoricalEstimate
from .outcome.ordinal import OrdinalEstimate
from .posterior.estimate import Posterior
from .regression.base import Totals
from .regression.estimate import GLMEstimate, LinearEstimate, RegressionEstimate
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
    "Posterior",
    "RegressionEstimate",
    "RegressionSystem",
    "Summary",
    "Table",
    "Totals",
    "anova",
]
