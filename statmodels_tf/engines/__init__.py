"""Engines: ways to fit a model. `ENGINES` knows them by name."""

from .approximate import VI, LaplacePosterior, Pathfinder
from .base import ENGINES, Engine
from .irls import IRLS, QR
from .marginal import Marginal
from .newton import Newton
from .pls import PLS
from .sampling import HMC, NUTS, ChEES

__all__ = [
    "ENGINES",
    "HMC",
    "IRLS",
    "NUTS",
    "PLS",
    "QR",
    "VI",
    "ChEES",
    "Engine",
    "LaplacePosterior",
    "Marginal",
    "Newton",
    "Pathfinder",
]
