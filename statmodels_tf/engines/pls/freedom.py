r"""Satterthwaite's degrees of freedom, and the covariance of the variance parameters behind them.

In (Lambda, log sigma^2) the Hessian F of the criterion is

    F_ss = nu,     F_is = z'f_i / sigma^2 (minus the derivative of r^2),     F_ij = H_ij + F_is F_js / nu,

H the observed Hessian of the profiled criterion, by central differences of the analytic gradient (the average
information is 0.2 % off in the degrees of freedom). A = 2 F^{-1}; directions in which the criterion is flat, as for
variances that the data do not identify and at a singular Lambda, are left out. The variance v = c'V_beta c
has the derivatives

    dv / dLambda = 2 sigma^2 N Lambda,     N = sum_j t_j t_j',  t = E H_XX^{-1} c,          dv / dlog sigma^2 = v,

and df = 2 v^2 / (g'A g).

References
----------
Kuznetsova, Brockhoff & Christensen (2017), lmerTest, Journal of Statistical Software 82(13).
doi:10.18637/jss.v082.i13
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .evaluation import Evaluation
from .observed import observed_hessian
from .root import pack

_FLAT = 1e-5  # curvature, per unit of relative standard deviation, that differences cannot tell from none
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Freedom:
    """Hold A, the covariance of (Lambda, log sigma^2), and the evaluation it belongs to."""

    evaluation: Evaluation
    A: np.ndarray

    @classmethod
    def of(cls, evaluation: Evaluation) -> Freedom:
        """Return the covariance of the variance parameters at an optimum."""
        H, sigma2 = observed_hessian(evaluation), evaluation.r2 / evaluation.nu
        cross = evaluation.cross_sigma / sigma2
        F = np.empty((len(H) + 1, len(H) + 1))
        F[:-1, :-1] = H + np.outer(cross, cross) / evaluation.nu
        F[:-1, -1] = F[-1, :-1] = cross
        F[-1, -1] = evaluation.nu
        # In units in which one is a change that would show, a direction of no curvature is one the data say nothing of.
        norms = [max(float(np.linalg.norm(Lambda)), 1.0) for Lambda in evaluation.factors]
        orders = evaluation.orders
        size = pack([np.full((len(order),) * 2, norm) for order, norm in zip(orders, norms, strict=True)], orders)
        size = np.append(size, 1.0)
        values, vectors = np.linalg.eigh(F * np.outer(size, size))
        kept = values > max(_FLAT, _ROUNDING * values[-1])
        half = (vectors[:, kept] / np.sqrt(values[kept])) * size[:, None]
        return cls(evaluation, 2.0 * half @ half.T)

    def satterthwaite(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom [r] of contrasts [r, p] of the standardised coefficients."""
        evaluation = self.evaluation
        problem, sigma2 = evaluation.problem, evaluation.r2 / evaluation.nu
        largest = np.abs(contrasts).max(1, initial=0.0)[:, None]
        contrasts = contrasts / np.where(largest > 0.0, largest, 1.0)  # the unit of a contrast is free
        half = np.linalg.solve(evaluation.L, contrasts.T)
        v = sigma2 * (half**2).sum(0)
        t = problem.products.parts(half.T @ evaluation.whitened)
        gradient = np.empty((len(contrasts), len(self.A)))
        for r in range(len(contrasts)):
            slopes = []
            for (block, where), Lambda in zip(problem.places, evaluation.factors, strict=True):
                own = t[block][r, where]
                slopes.append(2.0 * sigma2 * (own @ own.T) @ Lambda)
            gradient[r] = [*pack(slopes, evaluation.orders), v[r]]
        spread = np.einsum("ri,ij,rj->r", gradient, self.A, gradient)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(v > 0.0, 2.0 * v**2 / spread, np.nan)
