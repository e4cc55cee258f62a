r"""The profiled criterion at one Lambda, its gradient and its average information.

With T from the back-end, U = T Z'W[X y], H = [X y]'W[X y] - (Z'W[X y])'U and its Cholesky factor (last row: y),

    criterion = log|M| + (REML: log|H_XX|) + nu (1 + log(2 pi r^2 / nu)),          r^2 the last pivot squared.

*Gradient.* With z = Z'e, e = V^{-1}(y - X beta), and E = Z'V^{-1}X, the derivative in Sigma_k is

    D_k = sum_j [ Z_j'V^{-1}Z_j - (nu / r^2) z_j z_j' - (REML) E_j H_XX^{-1} E_j' ],

and d criterion / d Lambda_k = 2 D_k Lambda_k. No inverse of Lambda appears: this holds at singular Lambda, where
D_k is the score test.

*Average information.* Parameter (a, b) of Lambda_k has the working vector dV/dLambda_ab V^{-1}(y - X beta) = Z f
with, level by level, f_j = e_a (Lambda'z_j)_b + Lambda[:, b] z_ja. With G = Z'PZ and sigma^2 = r^2/nu profiled out
by a Schur complement,

    H_(kab),(mcd) = (nu / r^2) f'G f' - (nu / r^4) (z'f)(z'f') + [k = m] 2 [b = d] D_ac.

The last term is the curvature of Sigma = Lambda Lambda' itself: with it Newton's method converges to singular
optima too, where f vanishes.

References
----------
Bates et al. (2015), doi:10.18637/jss.v067.i01; Gilmour, Thompson & Cullis (1995), Average information REML,
Biometrics 51, 1440-1450. doi:10.2307/2533274
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from ...linalg.random import Factor
from .problem import Problem
from .root import Orders, natural, pack, positions
from .standardise import lower_triangular


class Evaluation:
    """The criterion of a problem at given factors (one Lambda a term, standardised scale); the rest on demand.

    Each Lambda is triangular with its effects in the order given, by default as they stand.
    """

    def __init__(self, problem: Problem, factors: Sequence[np.ndarray], REML: bool, orders: Orders | None = None):
        self.problem, self.factors, self.REML = problem, tuple(factors), REML
        self.orders = natural(factors) if orders is None else orders
        self.nu, p = problem.nu(REML), problem.p
        self.factor: Factor = problem.products.factor(problem.fuse(self.triangular))
        self.U = self.factor.shrink(problem.ZtV)
        H = problem.VtV - self.U @ problem.ZtV.T
        self.cholesky, info = lapack.dpotrf(0.5 * (H + H.T), lower=1, clean=1)
        if info != 0:
            raise np.linalg.LinAlgError("the cross-products of the common columns are not positive definite")
        self.L = self.cholesky[:p, :p]
        self.r2 = float(self.cholesky[p, p]) ** 2
        self.logdet_X = 2.0 * float(np.log(np.diag(self.L)).sum())
        profiled = self.nu * (1.0 + np.log(2.0 * np.pi * self.r2 / self.nu))
        self.value = self.factor.logdet + profiled + (self.logdet_X if REML else 0.0)

    @property
    def triangular(self) -> tuple[np.ndarray, ...]:
        """Return lower triangular factors of the same Sigma."""
        return tuple(
            Lambda if order == tuple(range(len(order))) else lower_triangular(Lambda)
            for Lambda, order in zip(self.factors, self.orders, strict=True)
        )

    @cached_property
    def beta(self) -> np.ndarray:
        """Return the coefficients of e_0 on the standardised columns [p]."""
        p = self.problem.p
        return _back(self.L, self.cholesky[p, :p]) if p else np.zeros(0)

    @cached_property
    def modes(self) -> np.ndarray:
        """Return b = Lambda u [q], for e_0."""
        return self.U[-1] - self.beta @ self.U[:-1]

    @cached_property
    def E(self) -> np.ndarray:
        """Return Z'V^{-1}[X e_0], [p + 1, q]."""
        return self.problem.ZtV - self.problem.products.apply(self.U)

    @cached_property
    def z(self) -> np.ndarray:
        """Return Z'V^{-1}(y - X beta) [q]."""
        return self.E[-1] - self.beta @ self.E[:-1]

    @cached_property
    def whitened(self) -> np.ndarray:
        """Return L^{-1}E' for the columns of X, [p, q]."""
        return _forward(self.L, self.E[:-1])

    @cached_property
    def scores(self) -> tuple[np.ndarray, ...]:
        """Return D_k, the derivative in Sigma_k, for each term [l, l]."""
        problem, out = self.problem, []
        traces = self.factor.traces()
        z = problem.products.parts(self.z[None])
        whitened = problem.products.parts(self.whitened)
        for block, where in problem.places:
            own = z[block][0, where]
            D = traces[block][where, where] - (self.nu / self.r2) * (own @ own.T)
            if self.REML and problem.p:
                rows = np.ascontiguousarray(whitened[block][:, where].transpose(1, 0, 2)).reshape(len(own), -1)
                D = D - rows @ rows.T
            out.append(0.5 * (D + D.T))
        return tuple(out)

    @cached_property
    def gradient(self) -> np.ndarray:
        """Return the gradient in the entries of Lambda, in the order of `positions`."""
        return pack([2.0 * D @ Lambda for D, Lambda in zip(self.scores, self.factors, strict=True)], self.orders)

    @cached_property
    def working(self) -> np.ndarray:
        """Return f for each parameter [parameters, q]."""
        problem = self.problem
        out = np.zeros((len(positions(self.orders)), problem.products.size))
        z, parts = problem.products.parts(self.z[None]), problem.products.parts(out)
        for row, (k, a, b) in enumerate(positions(self.orders)):
            block, where = problem.places[k]
            own, Lambda = z[block][0, where], self.factors[k]
            f = parts[block][row, where]
            f[a] += Lambda[:, b] @ own
            f += Lambda[:, b][:, None] * own[a]
        return out

    @cached_property
    def cross_sigma(self) -> np.ndarray:
        """Return z'f, minus the derivative of r^2, for each parameter."""
        return self.working @ self.z

    @cached_property
    def hessian(self) -> np.ndarray:
        """Return the average information in the entries of Lambda, sigma profiled out, with Sigma's own curvature."""
        f = self.working
        Af = self.problem.products.apply(f)
        info = f @ Af.T - Af @ self.factor.shrink(Af).T
        if self.problem.p:
            half = f @ self.whitened.T
            info = info - half @ half.T
        H = self.nu / self.r2 * (info - np.outer(self.cross_sigma, self.cross_sigma) / self.r2)
        where = positions(self.orders)
        for i, (k, a, b) in enumerate(where):
            for j, (m, c, d) in enumerate(where):
                if k == m and b == d:
                    H[i, j] += 2.0 * self.scores[k][a, c]
        return 0.5 * (H + H.T)


def _forward(L: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return L^{-1} B for B [p, m]."""
    return lapack.dtrtrs(L, right, lower=1)[0] if len(L) else right


def _back(L: np.ndarray, right: np.ndarray) -> np.ndarray:
    return lapack.dtrtrs(L, right, lower=1, trans=1)[0]
