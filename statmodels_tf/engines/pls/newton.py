r"""Newton's method on the entries of Lambda, with the average information as Hessian.

A step is judged by what it promised. Newton's model says that the full step lowers the criterion by d = g'H^{-1}g /
2. The fit has converged

* when d < tol: nothing is left to gain; or
* when the full step was taken, d was small, and the criterion fell by d (1 + epsilon) with epsilon^2 d < tol. A
  Hessian that is wrong by a share epsilon breaks its promise by epsilon d and leaves epsilon^2 d to gain. So
  convergence is proved by the value alone, and the gradient at the last point, the dear part of an evaluation, is
  never computed.

Eigenvalues of H are made positive and kept away from zero; steps are capped relative to Lambda and halved back when
they do not descend.

References
----------
Nocedal & Wright (2006), Numerical Optimization, chapter 3; Johnson & Thompson (1995), Journal of Dairy Science 78,
449-456. doi:10.3168/jds.S0022-0302(95)76654-1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .evaluation import Evaluation, pack, unpack

_CURVATURE = 1e-8  # smallest eigenvalue of the Hessian, relative to the largest
_NEAR = 1e-2  # promised decrease below which agreement with the promise proves convergence
_SLOW = 0.5  # share of the last promised decrease that, still promised, shows the Hessian to be off
_SHRINK = 0.3
_SHORTEST = 1e-4


@dataclass(frozen=True)
class Optimum:
    """Where the search ended.

    Parameters
    ----------
    evaluation : Evaluation
        At the best point found.
    converged : bool
    message : str
    evaluations, iterations : int
    predicted_decrease : float
        What one more step promises to gain.
    """

    evaluation: Evaluation
    converged: bool
    message: str
    evaluations: int
    iterations: int
    predicted_decrease: float


def newton(
    evaluate: Callable[[tuple[np.ndarray, ...]], Evaluation],
    start: Sequence[np.ndarray],
    *,
    tol: float,
    max_iter: int,
    cheap: bool = False,
) -> Optimum:
    """Return the minimum of the criterion reached from `start` (one Lambda for each term).

    Where evaluations are `cheap` the last step is taken although it promises less than `tol`: flat directions gain
    digits.
    """
    sizes = [len(Lambda) for Lambda in start]
    theta, count, decrease = pack(start), 1, np.inf
    moved: tuple[np.ndarray, np.ndarray] | None = None
    now = evaluate(unpack(theta, sizes))
    if not np.isfinite(now.value):
        return Optimum(now, False, "the criterion is not finite at the start", count, 0, decrease)
    for iteration in range(1, max_iter + 1):
        before, (step, decrease) = decrease, _step(now.gradient, now.hessian)
        floor = max(tol, 1e-13 * abs(now.value))
        if decrease < floor:
            last = _try(evaluate, unpack(theta + step, sizes)) if cheap else None
            if last is not None and last.value <= now.value:
                now, count = last, count + 1
            return Optimum(now, True, "converged", count, iteration, decrease)
        creeping = False
        if moved is not None and decrease > _SLOW * before:
            creeping = True
            step, _ = _step(now.gradient, _secant(now.hessian, *moved, now.gradient))
        length = _longest(theta, step, sizes)
        while True:
            trial = theta + length * step
            new = _try(evaluate, unpack(trial, sizes))
            count += 1
            if new is not None and new.value <= now.value + floor:
                break
            length *= _SHRINK
            if length < _SHORTEST:
                return Optimum(now, False, _STUCK, count, iteration, decrease)
        promised = now.value - decrease
        moved = (length * step, now.gradient) if length == 1.0 else None
        theta, now = trial, new
        left = (now.value - promised) ** 2 / decrease
        if length == 1.0 and not creeping and decrease < _NEAR and left < floor:
            return Optimum(now, True, "converged", count, iteration, left)
    return Optimum(now, False, f"no convergence in {max_iter} iterations", count, max_iter, decrease)


_STUCK = "no step along Newton's direction lowers the criterion"


def _try(evaluate, factors) -> Evaluation | None:
    try:
        evaluation = evaluate(factors)
    except np.linalg.LinAlgError:
        return None
    return evaluation if np.isfinite(evaluation.value) else None


def _step(gradient: np.ndarray, hessian: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the Newton step on the Hessian made positive definite, and the decrease it promises."""
    size = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-300))
    values, vectors = np.linalg.eigh(hessian / np.outer(size, size))
    values = np.maximum(np.abs(values), _CURVATURE * np.abs(values).max())
    along = vectors.T @ (gradient / size)
    return -(vectors @ (along / values)) / size, float(0.5 * (along**2 / values).sum())


def _secant(hessian: np.ndarray, step: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return the Hessian corrected, by a matrix of rank one, to explain the change of gradient over the last step.

    The average information is an expectation: where few levels say little, the criterion's own curvature is another,
    and Newton with the one creeps along valleys of the other.
    """
    residual = after - before - hessian @ step
    along = float(residual @ step)
    if abs(along) <= 1e-8 * float(np.linalg.norm(residual) * np.linalg.norm(step)):
        return hessian
    return hessian + np.outer(residual, residual) / along


def _longest(theta: np.ndarray, step: np.ndarray, sizes: Sequence[int]) -> float:
    """Return the share of the step, at most 1, that moves no Lambda by more than 1.5 times its size (or 0.3)."""
    length = 1.0
    for Lambda, change in zip(unpack(theta, sizes), unpack(step, sizes), strict=True):
        allowed = 1.5 * max(float(np.linalg.norm(Lambda)), 0.2)
        length = min(length, allowed / max(float(np.linalg.norm(change)), 1e-300))
    return length
