"""Solve: normal equations -> a step, the system behind it, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg.lapack import dpocon, dpotrf

from ...fits.system import RegressionSystem
from ...linalg.normal import Normal, Triangle
from ...linalg.split import SplitNormal
from ...linalg.symmetric import weighted_gram
from .system import CholeskySystem, SchurSystem

TRUSTED = 1e-11
"""Reciprocal condition of the scaled cross-product above which Cholesky and steps by scores are accurate."""

APART = 1e-10
"""The part of a column's squared norm that must be left beside a large factor for it to be eliminated."""


@dataclass(frozen=True, eq=False)
class Solved:
    """A step [p] (zero where a column is aliased), its decrement s'G⁻¹s, and the system it came from.

    Attributes
    ----------
    condition : float
        The reciprocal condition number of the scaled cross-product.
    """

    step: np.ndarray
    decrement: float
    system: RegressionSystem
    condition: float


def solved(equations: Any, kept: np.ndarray, p: int) -> Solved | None:
    """Return the solution of equations in the columns kept, or None if they are too ill-conditioned for it."""
    if isinstance(equations, Triangle):
        return _by_triangle(equations.factor, kept, p)
    if isinstance(equations, SplitNormal):
        return _by_elimination(equations)
    return _by_cholesky(equations, kept, p)


def _factored(gram: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Return L with gram = L L' and the reciprocal condition of the scaled gram."""
    if not len(gram):
        return gram, 1.0
    scale = np.sqrt(np.diag(gram))
    if not (np.isfinite(scale).all() and scale.all()):
        return None
    scaled = gram / scale / scale[:, None]
    lower, info = dpotrf(scaled, lower=1, clean=1)
    if info:
        return None
    condition, _ = dpocon(lower, np.abs(scaled).sum(axis=0).max(), uplo="L")
    return lower * scale[:, None], float(condition)


def _by_cholesky(normal: Normal, kept: np.ndarray, p: int) -> Solved | None:
    whole = len(kept) == p
    factored = _factored(normal.gram if whole else normal.gram[np.ix_(kept, kept)])
    if factored is None or factored[1] < TRUSTED:
        return None
    system = CholeskySystem(kept, factored[0])
    return _step(system, normal.score[kept], p, factored[1])


@np.errstate(over="ignore", invalid="ignore")
def _step(system, score, p, condition):
    step = np.zeros(p)
    step[system.estimable] = system.solve(score)
    return Solved(step, float(step[system.estimable] @ score), system, condition)


def by_system(system: RegressionSystem, score: np.ndarray, p: int) -> Solved:
    """Return the step that an earlier system gives for a new score [p]."""
    return _step(system, score[system.estimable], p, 1.0)


@np.errstate(over="ignore", invalid="ignore")
def _by_triangle(factor: np.ndarray, kept: np.ndarray, p: int) -> Solved | None:
    reduced = np.zeros((len(kept) + 1, len(kept) + 1))
    made = np.linalg.qr(factor[:, [*kept, p]], mode="r")
    reduced[: len(made)] = made
    upper = reduced[:-1, :-1]
    diagonal = np.diag(upper)
    if not np.isfinite(reduced).all() or (diagonal == 0).any():
        return None
    system = CholeskySystem(kept, (upper * np.sign(diagonal)[:, None]).T)
    step = np.zeros(p)
    target = reduced[:-1, -1] * np.sign(diagonal)
    step[kept] = np.linalg.solve(system.lower.T, target) if len(kept) else target
    return Solved(step, float(target @ target), system, 0.0)


def _by_elimination(normal: SplitNormal) -> Solved | None:
    d, between = normal.diagonal, normal.between
    if not (d > 0).all() or not np.isfinite(between).all():
        return None
    half = between / np.sqrt(d)[:, None]
    schur = normal.inner - (weighted_gram(half) if half.shape[1] else 0.0)
    factored = _factored(schur)
    if factored is None or (np.diag(schur) < APART * np.diag(normal.inner)).any() or factored[1] < TRUSTED:
        return None
    system = SchurSystem(normal, factored[0])
    plan = normal.plan
    effects, rest = system.internal(normal.score_levels, normal.score_rest)
    step = np.empty(plan.p)
    step[plan.spanned], step[plan.rest] = plan.to_coefficients @ effects, rest
    return Solved(step, float(effects @ normal.score_levels + rest @ normal.score_rest), system, factored[1])
