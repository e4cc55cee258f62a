"""Approximations of the posterior by normal distributions: fast, and off by what their Pareto k says."""

from .laplace import LaplacePosterior
from .pathfinder import Pathfinder
from .variational import VI

__all__ = ["VI", "LaplacePosterior", "Pathfinder"]
