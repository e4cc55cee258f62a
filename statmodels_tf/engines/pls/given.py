"""Factors that were given: judged, not optimised."""

from __future__ import annotations

import numpy as np

from .evaluation import Evaluation
from .optimum import Solution, singular_terms

_STILL = 1e-4  # what a step may promise to gain at an optimum: far below anything that a likelihood can tell apart
_ENDLESS = 1e6  # relative standard deviation that stands for infinity


def judged(evaluation: Evaluation) -> Solution:
    """Return the factors of an evaluation as a solution, converged where a step promises next to nothing."""
    decrease, largest = promised_decrease(evaluation), max(float(np.abs(f).max()) for f in evaluation.factors)
    message, converged = "converged", decrease < _STILL and largest < _ENDLESS
    if not converged:
        message = f"one more step promises to lower the criterion by {decrease:.3g}"
    return Solution(evaluation, converged, message, 1, 0, 0, decrease, singular_terms(evaluation.factors))


def promised_decrease(evaluation: Evaluation) -> float:
    """Return g'H^-1 g / 2, what Newton's full step promises; directions without curvature count nothing."""
    gradient, hessian = evaluation.gradient, evaluation.hessian
    size = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-300))
    scaled = gradient / size
    step, *_ = np.linalg.lstsq(hessian / np.outer(size, size), scaled, rcond=1e-8)
    return float(0.5 * abs(scaled @ step))
