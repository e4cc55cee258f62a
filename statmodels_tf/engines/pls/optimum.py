"""The best optimum: from the moment start, and from others wherever the criterion may have several.

Models with several effects have several optima more often than one would think: on 60 rows one effect may do the work
of another. Where evaluations take microseconds and the data leave some parameter uncertain, such models are searched
from one start for each effect (large, the others small) besides, and from all large and all small; a search ends as
soon as it is in the basin of an optimum known already. Elsewhere a singular fit may be a false optimum (random slopes
on the radon data have one 4.94 above the best), so it alone is tried again. At the boundary itself, parameters that
are zero but for rounding are set to zero, where the criterion agrees; and where the score at zero asks for some
variance, the search goes on with a little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...linalg.random import chain
from .evaluation import Evaluation
from .newton import Optimum, newton
from .problem import Problem
from .root import Orders, pack, positions
from .standardise import lower_triangular
from .start import moment_start

SINGULAR = 1e-4
"""Standard deviation of an effect's share in a row, relative to the row's noise, that counts as none, as in lme4."""

_NEARLY = 1e-2  # and below which zero is tried
_UNBOUNDED = 1e2  # relative standard deviation at which a search that fails has run to where sigma is zero
_CHEAP = 2000  # effects up to which an evaluation takes less than a few milliseconds
_TINY = 300  # and up to which it takes a fraction of one
_LARGE, _SMALL = 2.0, 0.05
_ASKING = 1e-3  # derivative of the criterion in a variance, below zero, that is followed
_LITTLE = (0.2, 0.05, 0.01)
_TRIES = 30
_KNOWN = 18.0  # curvature in log theta: twice the inverse of a squared relative standard error of one third
_ALIKE = 0.5
_BASIN = 3.0  # height above an optimum up to which its quadratic is asked whether it explains the criterion
UNBOUNDED = "the random effects explain the response without error, so sigma is zero and theta infinite"


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
    singular : tuple of bool
        For each term, whether some combination of its effects has no variance.
    """

    evaluation: Evaluation
    converged: bool
    message: str
    evaluations: int
    iterations: int
    starts: int
    predicted_decrease: float
    singular: tuple[bool, ...]


def solve(
    problem: Problem,
    *,
    REML: bool,
    tol: float,
    max_iter: int,
    start: Sequence[np.ndarray] | None = None,
) -> Solution:
    """Return the optimum of the criterion; `start` (standardised scale) replaces the moment start."""
    exact = problem.products.size <= _CHEAP

    def evaluate(factors: Sequence[np.ndarray], orders: Orders | None = None) -> Evaluation:
        return Evaluation(problem, factors, REML, orders)

    tried: list[Optimum] = []

    def known(now: Evaluation) -> bool:
        return any(_same_basin(optimum, now) for optimum in tried)

    def search(factors: Sequence[np.ndarray]) -> Optimum:
        return newton(evaluate, factors, tol=tol, max_iter=max_iter, exact=exact, known=known if tried else None)

    first = search(moment_start(problem) if start is None else start)
    tried.append(first)
    for other in _other_starts(problem, first):
        tried.append(search(other))
    for optimum in tried[:]:
        while optimum.converged and len(tried) < _TRIES and (other := _escape(optimum, evaluate)) is not None:
            optimum = newton(evaluate, other, tol=tol, max_iter=max_iter, exact=exact)
            tried.append(optimum)
    lowest = min(o.evaluation.value for o in tried)
    level = [o for o in tried if o.evaluation.value <= lowest + 100.0 * tol]
    best = min(level, key=lambda o: (not o.converged, o.evaluation.value))
    evaluations = sum(o.evaluations for o in tried)
    best, extra = _pinned(best, evaluate, tol)
    factors = best.evaluation.factors
    converged, message = best.converged, best.message
    if not converged and max(float(np.abs(Lambda).max()) for Lambda in factors) > _UNBOUNDED:
        message = UNBOUNDED
    return Solution(
        best.evaluation,
        converged,
        message,
        evaluations + extra,
        sum(o.iterations for o in tried),
        len(tried),
        best.predicted_decrease,
        singular_terms(factors),
    )


def singular_terms(factors: Sequence[np.ndarray], tol: float = SINGULAR) -> tuple[bool, ...]:
    """Return, for each term, whether some combination of its effects has a relative standard deviation below `tol`.

    On the standardised scale, where an effect's column has size one and a typical row weight one: the unit of a
    predictor or of the weights changes nothing.
    """
    return tuple(float(np.linalg.svd(Lambda, compute_uv=False)[-1]) < tol for Lambda in factors)


def _other_starts(problem: Problem, first: Optimum) -> list[tuple[np.ndarray, ...]]:
    """Return where else to begin: many places if the model is tiny and weakly known, a few if it looks doubtful."""
    factors = first.evaluation.factors
    eyes = [np.eye(len(Lambda)) for Lambda in factors]
    effects = [(k, a) for k, eye in enumerate(eyes) for a in range(len(eye))]
    tiny = len(effects) > 1 and problem.products.size <= _TINY
    if tiny and not _well_known(first) and not _nested_intercepts(problem):
        starts = [tuple(size * eye for eye in eyes) for size in (1.0, _LARGE, _SMALL)]
        for k, a in effects:
            starts.append(tuple(_SMALL * eye for eye in eyes))
            starts[-1][k][a, a] = _LARGE
        flattened = tuple(_flattened(Lambda) for Lambda in factors)
        return starts if len(effects) == len(factors) else [*starts, flattened]
    if first.converged and not any(singular_terms(factors, _NEARLY)):
        return []
    starts = [tuple(eyes)]
    if any(len(Lambda) > 1 for Lambda in factors):
        starts.append(tuple(0.2 * eye for eye in eyes))
    return starts


def _nested_intercepts(problem: Problem) -> bool:
    """Return whether every term is an intercept and the factors nest: none of 1,200 random ones had two optima."""
    blocks = problem.products.blocks
    return all(block.columns is None for block in blocks) and chain(blocks) is not None


def _flattened(Lambda: np.ndarray) -> np.ndarray:
    """Return the root of a Sigma with little but the direction of largest variance left: its effects correlated."""
    left, values, _ = np.linalg.svd(Lambda)
    return lower_triangular(left * np.where(np.arange(len(values)) == 0, values, _SMALL))


def _well_known(optimum: Optimum) -> bool:
    """Return whether the data know every parameter to a third of its effect: none could do the work of another."""
    if optimum.hessian is None or not optimum.converged:
        return False
    factors, orders = optimum.evaluation.factors, optimum.evaluation.orders
    size = np.array([np.linalg.norm(factors[k][a]) for k, a, _ in positions(orders)])
    return bool(np.linalg.eigvalsh(optimum.hessian * np.outer(size, size))[0] > _KNOWN)


def _same_basin(optimum: Optimum, now: Evaluation) -> bool:
    """Return whether the quadratic about an optimum explains the criterion here, and where its gradient points."""
    if optimum.hessian is None or not optimum.converged or now.orders != optimum.evaluation.orders:
        return False
    (theta, signs), (lowest, _) = _upright(now), _upright(optimum.evaluation)
    pull = optimum.hessian @ (theta - lowest)
    above = 0.5 * float((theta - lowest) @ pull)
    if above > _BASIN or abs(now.value - optimum.evaluation.value - above) > _ALIKE * above + 1e-6:
        return False
    unexplained = now.gradient * signs - pull
    values, vectors = np.linalg.eigh(optimum.hessian)
    if values[0] <= 0.0:
        return False
    return bool(0.5 * ((vectors.T @ unexplained) ** 2 / values).sum() < _ALIKE**2 * above + 1e-6)


def _upright(evaluation: Evaluation) -> tuple[np.ndarray, np.ndarray]:
    """Return theta with its pivots not negative, and the signs applied; the signs of the columns of Lambda are free."""
    columns = [
        np.where(Lambda[list(order), range(len(order))] < 0.0, -1.0, 1.0)
        for Lambda, order in zip(evaluation.factors, evaluation.orders, strict=True)
    ]
    signs = np.array([columns[k][b] for k, _, b in positions(evaluation.orders)])
    return pack(evaluation.factors, evaluation.orders) * signs, signs


def _escape(optimum: Optimum, evaluate) -> tuple[np.ndarray, ...] | None:
    """Return lower factors with a little variance where there is none and the score asks for some, if any are.

    Where Lambda is singular the gradient vanishes in the directions it lacks, whether the criterion rises in them or
    falls: its derivative in Sigma tells.
    """
    now = optimum.evaluation
    if not any(singular_terms(now.factors, _NEARLY)):
        return None
    for k, (Lambda, D) in enumerate(zip(now.factors, now.scores, strict=True)):
        values, vectors = np.linalg.eigh(D)
        if values[0] > -_ASKING:
            continue
        for size in _LITTLE:
            moved = list(now.triangular)
            joined = np.column_stack([Lambda, size * vectors[:, 0]])
            moved[k] = lower_triangular(joined)
            try:
                if evaluate(tuple(moved)).value < now.value:
                    return tuple(moved)
            except np.linalg.LinAlgError:
                continue
    return None


def _pinned(best: Optimum, evaluate, tol: float) -> tuple[Optimum, int]:
    """Return the optimum with its vanishing directions set to zero, if that costs nothing, and the evaluations made."""
    factors = best.evaluation.factors
    if not any(singular_terms(factors, _NEARLY)):
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
