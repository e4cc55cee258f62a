r"""A Gaussian model with its coefficients and effects integrated out, at one Lambda and sigma.

In the units of `pls.problem` (e_0 the least squares residuals over their size s, delta the coefficients that remain),
with H = [X e_0]'V^{-1}[X e_0] from the elimination of the effects, kappa = s / sigma and the prior of delta
exp(r'delta - delta'P delta / 2) x constant (`coefficients`),

    A = P + kappa^2 H_XX,        a = r + kappa^2 H_Xe,        delta | y ~ N(A^{-1}a, A^{-1}),
    log p(y) = -n log(sigma) - log|M|/2 - kappa^2 H_ee/2 + a'A^{-1}a/2 - log|A|/2 + constants.

*Gradient.* With v = (-A^{-1}a, 1), E = Z'V^{-1}[X e_0] and z = E v, the derivative in Sigma_k is -D_k / 2,

    D_k = sum_j [ Z_j'V^{-1}Z_j - kappa^2 z_j z_j' - kappa^2 E_j A^{-1} E_j' ],

the score of REML with sigma and the prior in place of what REML puts there; and in sigma at a given Lambda it is
(-n + kappa^2 (v'Hv + tr A^{-1}H_XX)) / sigma.

References
----------
Bates et al. (2015), doi:10.18637/jss.v067.i01; Gelman et al. (2013), Bayesian Data Analysis, section 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from ...priors import LOG_2PI
from ..pls.problem import Problem
from .coefficients import Coefficients


class Evaluation:
    """The integrated likelihood at factors Lambda_k, relative to sigma (the user's scale), and sigma."""

    def __init__(self, problem: Problem, prior: Coefficients, factors: Sequence[np.ndarray], sigma: float):
        self.problem, self.prior, self.sigma = problem, prior, sigma
        self.kappa = problem.scale * float(np.sqrt(problem.mean_weight)) / sigma
        self.factor = problem.products.factor(problem.fuse(problem.from_user(factors)))
        self.U = self.factor.shrink(problem.ZtV)
        self.H = problem.VtV - self.U @ problem.ZtV.T
        p, n, weight = problem.p, problem.nobs, self.kappa**2
        fit = weight * float(self.H[p, p])
        self.L, self.delta = np.zeros((0, 0)), np.zeros(0)
        constant = prior.constant + n * (0.5 * np.log(problem.mean_weight) - 0.5 * LOG_2PI - np.log(sigma))
        if p:
            self.L, info = lapack.dpotrf(prior.precision + weight * self.H[:p, :p], lower=1, clean=1)
            if info != 0:
                raise np.linalg.LinAlgError("the coefficients are not determined")
            right = prior.linear + weight * self.H[:p, p]
            self.delta = lapack.dpotrs(self.L, right, lower=1)[0]
            fit -= float(right @ self.delta)
            constant -= float(np.log(np.diag(self.L)).sum())
        self.value = float(constant - 0.5 * self.factor.logdet - 0.5 * fit)

    @cached_property
    def _spread(self) -> np.ndarray:
        """Return R [p, p] with A^{-1} = RR'."""
        p = self.problem.p
        return lapack.dtrtri(self.L, lower=1)[0].T if p else np.zeros((0, 0))

    def by_sigma(self) -> float:
        """Return the derivative in sigma, the Lambda relative to it held."""
        p, v = self.problem.p, np.append(-self.delta, 1.0)
        inner = v @ self.H @ v + np.sum(self._spread * (self.H[:p, :p] @ self._spread))
        return float((self.kappa**2 * inner - self.problem.nobs) / self.sigma)

    def by_covariance(self) -> tuple[np.ndarray, ...]:
        """Return, for each term, the derivative in Sigma_k [l, l] on the user's scale.

        It overwrites the factorisation where effects are crossed: draw first.
        """
        problem, products = self.problem, self.problem.products
        E = problem.ZtV - products.apply(self.U)
        v = np.append(-self.delta, 1.0)
        rows = np.concatenate([(v @ E)[None], self._spread.T @ E[:-1]])
        parts, traces, out = products.parts(rows), self.factor.traces(), []
        for (block, where), T in zip(problem.places, problem.bases, strict=True):
            own = np.ascontiguousarray(parts[block][:, where].transpose(1, 0, 2)).reshape(len(T), -1)
            D = traces[block][where, where] - self.kappa**2 * (own @ own.T)
            half = np.linalg.solve(T.T, -0.25 * problem.mean_weight * (D + D.T))
            out.append(np.linalg.solve(T.T, half.T))
        return tuple(out)

    def draw(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """Return exact draws of delta [size, p], and of each term's effects [size, L, l] on the user's scale."""
        problem, q = self.problem, self.problem.products.size
        delta = self.delta + rng.standard_normal((size, problem.p)) @ self._spread.T
        effects = self.factor.draw(rng.standard_normal((size, q)))
        effects *= 1.0 / self.kappa
        effects += self.U[-1]
        effects -= delta @ self.U[:-1]
        effects *= problem.scale
        parts, out = problem.products.parts(effects), []
        for (block, where), T in zip(problem.places, problem.bases, strict=True):
            b = parts[block][:, where].transpose(0, 2, 1)
            out.append(b if problem.products.blocks[block].columns is None else b @ T.T)
        return delta, tuple(out)
