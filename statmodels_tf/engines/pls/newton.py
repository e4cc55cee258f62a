r"""Newton's method on the entries of Lambda: the average information far off, the observed Hessian at the end.

Newton's model promises that the full step lowers the criterion by d = g'H^{-1}g / 2; a point where d < tol is an
optimum, if H is right. Two ways to know that it is:

* *exact*, wherever evaluations are cheap: once d is small, or the steps creep, H is taken from differences of the
  gradient, one for each parameter, and d < tol is asked of it. The average information alone is an expectation: with
  few levels it is wrong by any factor, and its own d < tol can be 1e-4 above the optimum.
* *by bounding its error*, where an evaluation is dear: if H is wrong by at most a share epsilon in every direction, a
  full step leaves epsilon^2 d. What is known of epsilon: the change of gradient over the last step, the promise kept
  in the value, and the number of levels that the gradient averages over. Near the optimum the error of the average
  information is the sampling error of a mean over levels; (sum z_j^2)^2 / sum z_j^4 counts those that matter (a third
  of them all, for normal z). While epsilon^2 d is below 6e-7 the gradient at the last point, the dear part of an
  evaluation, is never computed; otherwise it is.

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

from .evaluation import Evaluation
from .observed import observed_hessian
from .root import Orders, natural, pack, pivoted, unpack

_CURVATURE = 1e-8  # smallest eigenvalue of the Hessian, relative to the largest
_NEAR = 1e-2  # promised decrease below which the end is near
_SLOW = 0.5  # share of the last promised decrease that, still promised, shows the Hessian to be off
_STEADY = 0.1  # share below which an observed Hessian of an earlier point still serves
_LEFT = 6e-7  # bound on what is left at which a dear search ends; of 1,000 simulated fits the worst left 1.6 times it
_SHRINK = 0.3
_SHORTEST = 1e-4
_HUGE = 1e6  # relative standard deviation that stands for infinity


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
        Evaluations of the criterion, those for differences among them.
    predicted_decrease : float
        What one more step promises to gain, or the bound on it.
    hessian : array or None
        The observed Hessian near the end, where it was computed.
    """

    evaluation: Evaluation
    converged: bool
    message: str
    evaluations: int
    iterations: int
    predicted_decrease: float
    hessian: np.ndarray | None = None


def newton(
    evaluate: Callable[[tuple[np.ndarray, ...], Orders], Evaluation],
    start: Sequence[np.ndarray],
    *,
    tol: float,
    max_iter: int,
    exact: bool = False,
    known: Callable[[Evaluation], bool] | None = None,
) -> Optimum:
    """Return the minimum of the criterion reached from `start` (one Lambda for each term).

    Parameters
    ----------
    evaluate : callable
        The evaluation at given factors and orders.
    start : sequence of array [l, l]
    tol : float
        Promised decrease at which the search has converged.
    max_iter : int
    exact : bool
        Judge the end by the observed Hessian.
    known : callable or None
        Whether a point belongs to an optimum found before: the search ends there, not converged.
    """
    orders = natural(start)
    theta, count, decrease = pack(start), 1, np.inf
    moved: tuple[np.ndarray, np.ndarray] | None = None
    observed: np.ndarray | None = None
    now = evaluate(unpack(theta, orders), orders)
    if not np.isfinite(now.value):
        return Optimum(now, False, "the criterion is not finite at the start", count, 0, decrease)
    for iteration in range(1, max_iter + 1):
        if known is not None and known(now):
            return Optimum(now, False, "reached an optimum found before", count, iteration, decrease)
        before, hessian = decrease, now.hessian if observed is None else observed
        step, decrease = _step(now.gradient, hessian)
        floor = max(tol, 1e-13 * abs(now.value))
        creeping = moved is not None and decrease > _SLOW * before
        stale = observed is not None and decrease > max(floor, _STEADY * before)
        if exact and (stale or (observed is None and (decrease < _NEAR or creeping))):
            observed, count = _observed(now), count + len(theta)
            hessian = hessian if observed is None else observed
            step, decrease = _step(now.gradient, hessian)
        elif creeping and moved is not None and not exact:
            hessian = _secant(hessian, *moved, now.gradient)
            step, corrected = _step(now.gradient, hessian)
            decrease = max(decrease, corrected)
        if decrease < floor:
            last = _try(evaluate, unpack(theta + step, orders), orders) if exact else None
            if last is not None and last.value <= now.value:  # flat directions gain digits
                now, count = last, count + 1
            return Optimum(now, True, "converged", count, iteration, decrease, observed)
        length = _longest(theta, step, orders)
        while True:
            trial = theta + length * step
            new = _try(evaluate, unpack(trial, orders), orders)
            count += 1
            if new is not None and new.value <= now.value + floor:
                break
            length *= _SHRINK
            if length < _SHORTEST:
                return Optimum(now, False, _STUCK, count, iteration, decrease, observed)
        if float(np.abs(trial).max()) > _HUGE:
            return Optimum(new, False, "a relative standard deviation grows without end", count, iteration, decrease)
        if length == 1.0 and not exact and not creeping and decrease < _NEAR:
            broken = abs(new.value - now.value + decrease) / decrease
            left = max(broken, _sampling_error(now), _secant_error(hessian, moved, now.gradient)) ** 2 * decrease
            if left < max(_LEFT, floor):
                return Optimum(new, True, "converged", count, iteration, left)
        moved = (length * step, now.gradient) if length == 1.0 else None
        theta, now = trial, new
        factors, better = pivoted(now.factors, orders)
        if better != orders:
            orders, theta, moved, observed = better, pack(factors, better), None, None
            now, count = evaluate(factors, orders), count + 1
    return Optimum(now, False, f"no convergence in {max_iter} iterations", count, max_iter, decrease, observed)


_STUCK = "no step along Newton's direction lowers the criterion"


def _try(evaluate, factors: tuple[np.ndarray, ...], orders: Orders) -> Evaluation | None:
    try:
        evaluation = evaluate(factors, orders)
    except np.linalg.LinAlgError:
        return None
    return evaluation if np.isfinite(evaluation.value) else None


def _observed(now: Evaluation) -> np.ndarray | None:
    try:
        hessian = observed_hessian(now, central=False)
    except np.linalg.LinAlgError:
        return None
    return hessian if np.all(np.isfinite(hessian)) else None


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


def _secant_error(hessian: np.ndarray, moved: tuple[np.ndarray, np.ndarray] | None, after: np.ndarray) -> float:
    """Return the share of the last change of gradient that the Hessian does not explain, in its own norm."""
    if moved is None:
        return 0.0
    step, before = moved
    promised = float(step @ hessian @ step)
    return float(np.sqrt(2.0 * _step(after - before - hessian @ step, hessian)[1] / max(promised, 1e-300)))


def _sampling_error(now: Evaluation) -> float:
    """Return the relative error of a mean over the levels that matter, for the effect with the fewest."""
    problem, worst = now.problem, 0.0
    parts = problem.products.parts(now.z[None])
    for block, where in problem.places:
        squares = parts[block][0, where] ** 2
        total = squares.sum(1)
        share = (squares**2).sum(1) / np.where(total > 0.0, total, 1.0) ** 2
        worst = max(worst, float(np.sqrt(share.max())))
    return worst


def _longest(theta: np.ndarray, step: np.ndarray, orders: Orders) -> float:
    """Return the share of the step, at most 1, that moves no Lambda by more than 1.5 times its size (or 0.3)."""
    length = 1.0
    for Lambda, change in zip(unpack(theta, orders), unpack(step, orders), strict=True):
        allowed = 1.5 * max(float(np.linalg.norm(Lambda)), 0.2)
        length = min(length, allowed / max(float(np.linalg.norm(change)), 1e-300))
    return length
