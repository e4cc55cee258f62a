"""Modes of the marginal density: BFGS from a start by moments, in coordinates that its curvature makes round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ...errors import EngineError
from ..pls.evaluation import Evaluation as Criterion
from ..pls.start import moment_start
from .density import MarginalDensity

STEP = 1e-3  # of the differences that give the Hessian
FLATTEST = 0.05  # curvature counted at least: a coordinate that only its prior knows has about one
CHEAP = 2000  # effects up to which a second start costs nothing
APART = 0.5  # distance of two modes, in standard deviations
NEGLIGIBLE = 12.0  # and how far one may lie below the other to count
FAILED = 1e100


@dataclass(frozen=True)
class Mode:
    """A maximum of the log density: where, how high, and a root R of the inverse of minus its Hessian, RR'."""

    q: np.ndarray
    value: float
    root: np.ndarray


def modes(density: MarginalDensity) -> tuple[Mode, ...]:
    """Return the maxima found, the highest first."""
    if not density.size:
        return (Mode(np.zeros(0), density.at(np.zeros(0))[0], np.zeros((0, 0))),)
    starts = [_moments(density)]
    if density.problem.products.size <= CHEAP:
        starts.append(np.zeros(density.size))
    found: list[Mode] = []
    for start in starts:
        if start is None or not np.isfinite(density.at(start)[0]):
            continue
        mode = _climb(density, start)
        if all(np.linalg.norm(np.linalg.solve(m.root, mode.q - m.q)) > APART for m in found):
            found.append(mode)
    if not found:
        raise EngineError(
            "the marginal density has no finite value to start from: are the columns of very different size? Use "
            'engine="nuts".'
        )
    found.sort(key=lambda m: -m.value)
    return tuple(m for m in found if m.value > found[0].value - NEGLIGIBLE)


def _climb(density: MarginalDensity, start: np.ndarray) -> Mode:
    """Return the maximum reached from a start."""
    root = curvature_root(density, start)

    def downhill(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = density.value_and_gradient(start + root @ x)
        return (-value, -(root.T @ gradient)) if np.isfinite(value) else (FAILED, np.zeros(len(x)))

    x = minimize(downhill, np.zeros(len(start)), jac=True, method="BFGS", options={"gtol": 1e-2}).x
    q = start + root @ x
    return Mode(q, density.at(q)[0], curvature_root(density, q))


def curvature_root(density: MarginalDensity, q: np.ndarray) -> np.ndarray:
    """Return R with RR' the inverse of minus the Hessian at q, by differences of the gradient."""
    size = len(q)
    hessian = np.empty((size, size))
    for i, step in enumerate(STEP * np.eye(size)):
        hessian[i] = density.value_and_gradient(q - step)[1] - density.value_and_gradient(q + step)[1]
    values, vectors = np.linalg.eigh((hessian + hessian.T) / (4 * STEP))
    return vectors / np.sqrt(np.maximum(values, FLATTEST))


def _moments(density: MarginalDensity) -> np.ndarray | None:
    """Return q near the REML fit: covariances by moments, sigma by the residuals; None where there are none."""
    model, problem = density.model, density.problem
    if problem.nobs <= problem.p:
        return None
    try:
        grouped = bool(model.groups)
        factors = moment_start(problem) if grouped else (np.zeros((1, 1)),)
        criterion = Criterion(problem, factors, REML=True)
    except np.linalg.LinAlgError:
        return None
    sigma = problem.scale * float(np.sqrt(criterion.r2 / criterion.nu * problem.mean_weight))
    if not sigma > 0.0:
        return None
    values = {p.name: p.prior.transform.forward(np.zeros(t.size)) for p, t, _ in density.maps}
    scale = model.family.scale
    if scale in values:
        values[scale] = np.asarray(sigma)
    for effect, Lambda in zip(model.groups, problem.to_user(factors), strict=False):
        values |= effect.covariance.values_of(Lambda * sigma, sigma)
    return density.inverse(values)
