"""The entry points: arguments to a design, a model and an engine, and the engine's fit."""

from ..dataset import datasets, load_dataset
from ..fits import anova
from .calibrate import sbc
from .general import fit
from .linear import glm, lm
from .mixed import lmer
from .several import average_predictions, compare, compare_estimates

__all__ = [
    "anova",
    "average_predictions",
    "compare",
    "compare_estimates",
    "datasets",
    "fit",
    "glm",
    "lm",
    "lmer",
    "load_dataset",
    "sbc",
]
