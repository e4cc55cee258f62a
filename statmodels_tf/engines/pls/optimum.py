"""The best optimum: from the moment start, and from others where the first ends at the boundary or nowhere.

A singular fit may be a false optimum (random slopes on the radon data have one 4.94 above the best), so it is tried
again from other starts. At the boundary itself, parameters that are zero but for rounding are set to zero, where
the criterion agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .evaluation import Evaluation
from .newton import Optimum, newton
from .problem import Problem
from .standardise import lower_triangular
from .start import moment_start

_SINGULAR = 1e-4  # relative standard deviation below which a direction counts as without variance, as in lme4
_NEARLY = 1e-2  # and below which zero is tried
_UNBOUNDED = 1e6
_CHEAP = 2000  # effects up to which an evaluation takes less than a few milliseconds


@dataclass(frozen=True)
class Solution:
    """The optimum chosen and how it was found.

    Parameters
    ----------
    evaluation : Evaluation
    converged : bool
    message : str
    evaluations, iterations, starts : int
    predicted_decrease : float
    singular : bool
    """

    evaluation: Evaluation
    converged: bool
    message: str
    evaluations: int
    iterations: int
    starts: int
    predicted_decrease: float
    singular: bool


def solve(
    problem: Problem,
    *,
    REML: bool,
    tol: float,
    max_iter: int,
    start: Sequence[np.ndarray] | None = None,
) -> Solution:
    """Return the optimum of the criterion; `start` (standardised scale) replaces the moment start."""

    def evaluate(factors: Sequence[np.ndarray]) -> Evaluation:
        return Evaluation(problem, factors, REML)

    def search(factors: Sequence[np.ndarray]) -> Optimum:
        return newton(evaluate, factors, tol=tol, max_iter=max_iter, cheap=problem.products.size <= _CHEAP)

    first = search(moment_start(problem) if start is None else start)
    tried, best = [first], first
    if is_singular(first.evaluation.factors, _NEARLY) or not first.converged:
        for other in _other_starts(first.evaluation.factors):
            tried.append(search(other))
        lowest = min(o.evaluation.value for o in tried)
        level = [o for o in tried if o.evaluation.value <= lowest + 100.0 * tol]
        best = min(level, key=lambda o: (not o.converged, o.evaluation.value))
    evaluations = sum(o.evaluations for o in tried)
    best, extra = _pinned(best, evaluate, tol)
    factors = best.evaluation.factors
    converged, message = best.converged, best.message
    if max(float(np.abs(Lambda).max()) for Lambda in factors) > _UNBOUNDED:
        converged, message = False, "the groups explain the response without error, so sigma is zero and theta infinite"
    return Solution(
        best.evaluation,
        converged,
        message,
        evaluations + extra,
        sum(o.iterations for o in tried),
        len(tried),
        best.predicted_decrease,
        is_singular(factors, _SINGULAR),
    )


def is_singular(factors: Sequence[np.ndarray], tol: float = _SINGULAR) -> bool:
    """Return whether some combination of effects has a relative standard deviation below `tol`."""
    return any(float(np.linalg.svd(Lambda, compute_uv=False)[-1]) < tol for Lambda in factors)


def _other_starts(factors: Sequence[np.ndarray]) -> list[tuple[np.ndarray, ...]]:
    """Return lme4's start, Lambda = I, and for vector effects one with small variances."""
    starts = [tuple(np.eye(len(Lambda)) for Lambda in factors)]
    if any(len(Lambda) > 1 for Lambda in factors):
        starts.append(tuple(0.2 * np.eye(len(Lambda)) for Lambda in factors))
    return starts


def _pinned(best: Optimum, evaluate, tol: float) -> tuple[Optimum, int]:
    """Return the optimum with its vanishing directions set to zero, if that costs nothing, and the evaluations made."""
    factors = best.evaluation.factors
    if not is_singular(factors, _NEARLY):
        return best, 0
    pinned = []
    for Lambda in factors:
        left, values, _ = np.linalg.svd(Lambda)
        pinned.append(lower_triangular(left * np.where(values < _NEARLY, 0.0, values)))
    try:
        zero = evaluate(tuple(pinned))
    except np.linalg.LinAlgError:
        return best, 1
    if zero.value <= best.evaluation.value + tol:
        return replace(best, evaluation=zero), 1
    return best, 1
