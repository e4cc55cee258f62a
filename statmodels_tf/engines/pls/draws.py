r"""Draws of coefficients and random effects given the data, under flat priors.

Given theta, sigma^2 ~ r^2 / chi^2_nu, beta = beta_hat + sigma H_XX^{-1/2} e, and b = b_hat - U_X (beta - beta_hat)
+ sigma T^{1/2} e': exact, at the cost of one back-substitution a draw. Theta itself is held, or drawn from the
normal approximation to its likelihood, a few draws to each factorisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .evaluation import Evaluation
from .root import pack, unpack

if TYPE_CHECKING:
    from .system import PLSSystem

_CHEAP = 2000  # effects up to which each draw may have a theta of its own
_THETAS = 40  # and factorisations at most beyond
_CHUNK = 1 << 22


def posterior_draws(system: PLSSystem, rng: np.random.Generator, size: int, vary_theta: bool) -> dict[str, Any]:
    """Return `beta`, `b`, `sigma` and `factors`; see `PLSSystem.draw`."""
    evaluation = system.evaluation
    problem = evaluation.problem
    beta = np.empty((size, problem.p))
    sigma = np.empty(size)
    b = tuple(
        np.empty((size, problem.products.blocks[block].levels, len(T)))
        for (block, _), T in zip(problem.places, problem.bases, strict=True)
    )
    if not vary_theta:
        _fill(system, evaluation, rng, beta, b, sigma, np.arange(size))
        return {"beta": beta, "b": b, "sigma": sigma, "factors": problem.to_user(evaluation.factors)}
    orders, covariance = evaluation.orders, system.freedom.A[:-1, :-1]
    theta = pack(evaluation.factors, orders)
    factors = tuple(np.empty((size, len(order), len(order))) for order in orders)
    thetas = size if problem.products.size <= _CHEAP else min(size, _THETAS)
    # In random order, so that each chain that the draws are cut into meets all values of theta.
    for rows in np.array_split(rng.permutation(size), thetas):
        moved = rng.multivariate_normal(theta, covariance, method="eigh")
        at = Evaluation(problem, unpack(moved, orders), evaluation.REML, orders)
        _fill(system, at, rng, beta, b, sigma, rows)
        for out, Lambda in zip(factors, problem.to_user(at.factors), strict=True):
            out[rows] = Lambda
    return {"beta": beta, "b": b, "sigma": sigma, "factors": factors}


def _fill(system, evaluation: Evaluation, rng, beta, b, sigma, rows: np.ndarray) -> None:
    """Write draws at one theta into the given rows, a piece at a time."""
    problem = evaluation.problem
    q, p = problem.products.size, problem.p
    for piece in np.array_split(rows, max(1, len(rows) * q // _CHUNK)):
        scale = np.sqrt(evaluation.r2 / rng.chisquare(evaluation.nu, len(piece)))
        moved = np.zeros((len(piece), p))
        if p:
            moved = scale[:, None] * np.linalg.solve(evaluation.L.T, rng.standard_normal((p, len(piece)))).T
        noise = scale[:, None] * evaluation.factor.draw(rng.standard_normal((len(piece), q)))
        effects = evaluation.modes - moved @ evaluation.U[:-1] + noise
        sigma[piece] = problem.scale * np.sqrt(problem.mean_weight) * scale
        beta[piece] = (problem.beta0 + problem.scale * (evaluation.beta + moved)) @ problem.S.T
        for out, values in zip(b, system.modes(effects), strict=True):
            out[piece] = values
