"""Pathfinder: the best of the normal distributions that a quasi-Newton search passes on its way to the mode.

Along each of several searches from dispersed starts, the inverse Hessians that L-BFGS keeps give a normal distribution
at every step; that of the largest expected log p less log q is drawn from, and the draws of all paths are resampled by
their importance weights.

References
----------
Zhang, Carpenter, Gelman & Vehtari (2022), Pathfinder: parallel quasi-Newton variational inference, JMLR 23.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from ...errors import EngineError
from ...fits.posterior.estimate import Posterior
from ...fits.validation.pareto import importance_weights
from ...fits.validation.resample import systematic
from ...priors import LOG_2PI
from ..base import Engine, engine
from ..sampling.density import Density
from ..sampling.options import check_counts, refusal
from ..sampling.start import Start
from .draws import CHAINS, Approximation, heights, posterior

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model

MEMORY = 6
TRIED = 10
"""Draws by which the distribution at a step is judged."""
CURVED = 1e-12
"""Least curvature along a step, relative to its gradient, for the step to be remembered."""
SPREAD = 2.0
"""Starts are uniform within so many units."""


@engine("pathfinder")
@dataclass(frozen=True)
class Pathfinder(Engine[Posterior]):
    """Multi-path Pathfinder.

    Parameters
    ----------
    draws : int
        Number of draws in each of 4 chains, which are independent.
    paths : int
    seed : int, optional
    """

    draws: int = 1000
    paths: int = 8
    seed: int | None = None

    sampling = True
    by_name = True
    remedy = 'take more `paths`, or sample the model with engine="nuts"'

    def __post_init__(self) -> None:
        check_counts(self, ("draws", "paths"))

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model, or None."""
        return refusal(self.name, model)

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""
        return posterior(self, model, call, self.seed, f"Pathfinder of {self.paths} paths", self._approximate)

    def _approximate(self, density: Density, start: Start, rng: np.random.Generator) -> Approximation:
        """Return draws of all paths, as many as there are paths with a finite expectation."""
        total = CHAINS * self.draws
        found = [best for _ in range(self.paths) if (best := along(density, start, rng)) is not None]
        if not found:
            raise EngineError('no path of Pathfinder came to a finite density. Sample the model with engine="nuts".')
        each = -(-2 * total // len(found))
        drawn = [local.draw(rng, each) for local in found]
        q, log_q = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        weights, k = importance_weights(heights(density, q) - log_q)
        # With replacement: of twice as many draws, those taken without would hardly follow their weights. Copies stand
        # side by side, so that effective sample sizes tell how many different ones there are.
        mixed = rng.permutation(len(q))
        kept = np.repeat(mixed, systematic(np.exp(weights[mixed]), total, rng))
        return Approximation(q[kept], None, {"paths": len(found), "pareto_k": k})


@dataclass(frozen=True, eq=False)
class Local:
    """The normal distribution with covariance diag(alpha) + beta gamma beta' at a step of the search.

    Attributes
    ----------
    mean, alpha : array [d]
    basis : array [d, 2 m]
        Q of beta / sqrt(alpha) = Q R.
    inner : array [2 m, 2 m]
        The factor of I + R gamma R'.
    """

    mean: np.ndarray
    alpha: np.ndarray
    basis: np.ndarray
    inner: np.ndarray

    def draw(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return draws [size, d] and their log densities [size]."""
        u = rng.standard_normal((size, len(self.mean)))
        along_ = u @ self.basis
        q = self.mean + np.sqrt(self.alpha) * (u + (along_ @ self.inner.T - along_) @ self.basis.T)
        log_size = 0.5 * np.sum(np.log(self.alpha)) + np.sum(np.log(np.diag(self.inner)))
        return q, -0.5 * np.sum(u * u, axis=1) - log_size - 0.5 * len(self.mean) * LOG_2PI


def along(density: Density, start: Start, rng: np.random.Generator) -> Local | None:
    """Return the best distribution of one path, or None where none has a finite expectation."""
    d = density.size
    begin = start.centre + start.sd * rng.uniform(-SPREAD, SPREAD, d)
    best, most = None, -np.inf
    visited = path(density, begin)
    alpha = np.ones(d)
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    for (before, g_before), (at, g) in pairwise(visited):
        s, y = at - before, g_before - g  # of the negative log density
        if s @ y > CURVED * (y @ y):
            alpha = updated(alpha, s, y)
            steps = [*steps, (s, y)][-MEMORY:]
        local = localised(at, g, alpha, steps)
        if local is None:
            continue
        q, log_q = local.draw(rng, TRIED)
        gain = float(np.mean(heights(density, q) - log_q))
        if np.isfinite(gain) and gain > most:
            best, most = local, gain
    return best


def path(density: Density, begin: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the points of an L-BFGS search with the gradients of log p there."""

    def falling(q: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = density.value_and_gradient(q)
        fine = np.isfinite(value) and np.isfinite(gradient).all()
        return (-value, -gradient) if fine else (np.inf, np.zeros(len(q)))

    points = [begin]
    minimize(
        falling, begin, jac=True, method="L-BFGS-B", callback=lambda x: points.append(x.copy()),
        options={"maxiter": 1000, "maxcor": MEMORY, "ftol": 1e-11},
    )  # fmt: skip
    found = ((q, density.value_and_gradient(q)[1]) for q in points)
    return [(q, g) for q, g in found if np.isfinite(g).all()]


def updated(alpha: np.ndarray, s: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the diagonal of the inverse Hessian after a step (Gilbert & Lemaréchal 1989)."""
    a, b, c = float(y @ (alpha * y)), float(y @ s), float(s @ (s / alpha))
    return np.asarray(1 / (a / (b * alpha) + y**2 / b - a * s**2 / (b * c * alpha**2)))


def localised(at: np.ndarray, g: np.ndarray, alpha: np.ndarray, steps: list) -> Local | None:
    """Return the distribution at a point, by the inverse Hessian in L-BFGS's compact form; None where it has none."""
    if not np.all(alpha > 0) or not np.isfinite(alpha).all():
        return None
    root = np.sqrt(alpha)
    if not steps:
        return Local(at + alpha * g, alpha, np.zeros((len(at), 0)), np.eye(0))
    S, Y = (np.column_stack(part) for part in zip(*steps, strict=True))
    crossed = S.T @ Y
    inverse = solve_triangular(np.triu(crossed), np.eye(len(steps)))
    lower = inverse.T @ (np.diag(np.diag(crossed)) + Y.T @ (alpha[:, None] * Y)) @ inverse
    gamma = np.block([[np.zeros_like(lower), -inverse], [-inverse.T, lower]])
    beta = np.hstack([alpha[:, None] * Y, S])
    Q, R = np.linalg.qr(beta / root[:, None])
    try:
        inner = np.asarray(cholesky(np.eye(len(R)) + R @ gamma @ R.T, lower=True))
    except np.linalg.LinAlgError:
        return None
    return Local(at + alpha * g + beta @ (gamma @ (beta.T @ g)), alpha, Q, inner)
