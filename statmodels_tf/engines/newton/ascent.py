"""Newton's method with step-halving: the maximum of a likelihood, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from .likelihood import Likelihood, Point

_HALVINGS = 30
_ROUNDING = 1e-13
"""How much a log-likelihood may fall by rounding, relative to itself."""
_RIDGES = (0.0, *np.logspace(-12, 20, 33))
"""What is added to the diagonal of the information, scaled to ones, in turn."""


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the iterations ended.

    Attributes
    ----------
    parameters : array [P]
    point : Point
        Value, score and information there.
    first : Point
        The same at the start.
    decrement : float
        s'I⁻¹s: twice what one more step would gain, in units of the log-likelihood.
    iterations : int
    converged : bool
    message : str
    """

    parameters: np.ndarray
    point: Point
    first: Point
    decrement: float
    iterations: int
    converged: bool
    message: str = ""


def maximise(likelihood: Likelihood, tolerance: float, max_iterations: int) -> Maximum:
    """Return the maximum of a log-likelihood over its estimable parameters."""
    x, keep = likelihood.start, likelihood.estimable
    first, decrement = likelihood.at(x), np.inf
    here = first
    message = "" if _finite(here) else "the log-likelihood or its derivatives are not finite at the start"
    for iteration in range(max_iterations + 1):
        if message:
            break
        step, definite = _step(here.information[np.ix_(keep, keep)], here.score[keep])
        if step is None:
            message = "the information gives no step"
            break
        decrement = float(step @ here.score[keep])
        if definite and decrement <= tolerance:
            return Maximum(x, here, first, decrement, iteration, True)
        if iteration == max_iterations:
            message = f"{max_iterations} iterations were not enough"
            break
        moved = _halved(likelihood, x, keep, step, here)
        if moved is None:
            message = "no step raises the log-likelihood"
            break
        x, here = moved
    return Maximum(x, here, first, decrement, iteration, False, message)


def _step(information: np.ndarray, score: np.ndarray) -> tuple[np.ndarray | None, bool]:
    """Return the step, and whether the information was positive definite; where not, it is made so.

    There is no step where no multiple of the diagonal does that, as with numbers near the largest there are.
    """
    scale = np.sqrt(np.maximum(np.abs(np.diag(information)), np.finfo(float).tiny))
    with np.errstate(over="ignore", invalid="ignore"):
        scaled, target = information / np.outer(scale, scale), score / scale
    for ridge in _RIDGES:
        try:
            factor = cho_factor(scaled + ridge * np.eye(len(scaled)), check_finite=False)
            step: np.ndarray = cho_solve(factor, target, check_finite=False) / scale
            if np.all(np.isfinite(step)):
                return step, ridge <= 1e-10
        except LinAlgError:
            pass
    return None, False


def _halved(
    likelihood: Likelihood, x: np.ndarray, keep: np.ndarray, step: np.ndarray, here: Point
) -> tuple[np.ndarray, Point] | None:
    """Return the first of the whole step, its half, ... where all is finite and no log-likelihood is lost, or None."""
    least = here.value - _ROUNDING * abs(here.value)
    for _ in range(_HALVINGS):
        new = x.copy()
        new[keep] += step
        there = likelihood.at(new)
        if there.value >= least and _finite(there):
            return new, there
        step = step / 2
    return None


def _finite(point: Point) -> bool:
    return bool(np.isfinite(point.value) and np.isfinite(point.score).all() and np.isfinite(point.information).all())
