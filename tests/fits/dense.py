"""Mixed models by dense matrices, straight from the textbook: slow, exact, and independent of the engines.

V = W^-1 + Z Lambda Lambda' Z', all in units of sigma^2. With A = [X, Z Lambda] and C = A'WA + diag(0, I) the
estimates (beta_hat, u_hat) have the error covariance sigma^2 C^-1 (Henderson 1975).
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import linalg, optimize
from threadpoolctl import threadpool_limits

from statmodels_tf.fits.mixed.estimate import MixedEstimate


def indicator(codes, columns, levels):
    """Return Z [n, levels * effects] of one group term, levels slowest; code -1 gives a row of zeros."""
    n = len(codes)
    columns = np.ones((n, 1)) if columns is None else columns
    Z = np.zeros((n, levels, columns.shape[1]))
    seen = codes >= 0
    Z[np.flatnonzero(seen), codes[seen]] = columns[seen]
    return Z.reshape(n, -1)


def unpack(theta, sizes):
    """Return the factors of lower triangles stacked column by column."""
    out, at = [], 0
    for size in sizes:
        factor = np.zeros((size, size))
        columns, rows = np.triu_indices(size)
        factor[rows, columns] = theta[at : at + len(rows)]
        out.append(factor)
        at += len(rows)
    return tuple(out)


@dataclass
class DenseSystem:
    """The mixed model equations of one design at given factors, as full matrices."""

    design: object
    factors: tuple
    REML: bool
    sigma: float | None = None
    estimable: np.ndarray = field(init=False)

    def __post_init__(self):
        design = self.design
        self.estimable = np.array([j for j in range(len(design.columns)) if j not in design.aliased])
        self.X = design.common.dense()[:, self.estimable]
        self.y = design.response.values - (0 if design.offset is None else design.offset)
        self.w = np.ones(len(self.y)) if design.weights is None else design.weights
        self.Z = [indicator(b.codes, b.columns, len(b.levels)) for b in design.groups]
        self.L = [np.kron(np.eye(len(b.levels)), f) for b, f in zip(design.groups, self.factors, strict=True)]
        n, p = self.X.shape
        V = np.diag(1 / self.w) + sum(Z @ L @ L.T @ Z.T for Z, L in zip(self.Z, self.L, strict=True))
        self.V_inverse = linalg.inv(V)
        self.information = self.X.T @ self.V_inverse @ self.X
        self.beta = linalg.solve(self.information, self.X.T @ self.V_inverse @ self.y)
        e = self.y - self.X @ self.beta
        self.nu = n - p if self.REML else n
        quadratic = e @ self.V_inverse @ e
        logdet = np.linalg.slogdet(V)[1] + (np.linalg.slogdet(self.information)[1] if self.REML else 0)
        profiled = np.sqrt(quadratic / self.nu)
        self.sigma = profiled if self.sigma is None else self.sigma
        self.criterion = logdet + self.nu * np.log(2 * np.pi * self.sigma**2) + quadratic / self.sigma**2
        self.modes = tuple(
            (L @ L.T @ Z.T @ self.V_inverse @ e).reshape(len(b.levels), -1)
            for b, Z, L in zip(design.groups, self.Z, self.L, strict=True)
        )
        A = np.hstack([self.X, *(Z @ L for Z, L in zip(self.Z, self.L, strict=True))])
        ridge = np.concatenate([np.zeros(p), np.ones(A.shape[1] - p)])
        self.C_inverse = linalg.inv(A.T @ (self.w[:, None] * A) + np.diag(ridge))
        self.M_inverse = linalg.inv((A.T @ (self.w[:, None] * A) + np.diag(ridge))[p:, p:])

    def conditional_covariance(self, k):
        start = sum(L.shape[0] for L in self.L[:k])
        L, size, levels = self.L[k], len(self.factors[k]), len(self.design.groups[k].levels)
        block = self.M_inverse[start : start + len(L), start : start + len(L)]
        full = (self.sigma**2 * L @ block @ L.T).reshape(levels, size, levels, size)
        return np.stack([full[j, :, j] for j in range(levels)])

    def prediction_variance(self, X, groups):
        parts, extra = [X], np.zeros(len(X))
        for (codes, columns), b, L, factor in zip(groups, self.design.groups, self.L, self.factors, strict=True):
            parts.append(indicator(codes, columns, len(b.levels)) @ L)
            z = np.ones((len(X), 1)) if columns is None else columns
            extra += np.where(codes < 0, np.sum((z @ factor) ** 2, axis=1), 0.0)
        a = np.hstack(parts)
        return self.sigma**2 * (np.einsum("ij,jk,ik->i", a, self.C_inverse, a) + extra)

    # Small matrices on many threads are slower than on one, and on a busy machine by orders of magnitude.
    @threadpool_limits.wrap(limits=1)
    def satterthwaite(self, contrasts):
        """As lmerTest: 2 v^2 / (g'Ag), derivatives by differences in (theta, sigma)."""
        sizes = [len(f) for f in self.factors]
        start = np.concatenate([f.T[np.triu_indices(len(f))] for f in self.factors] + [[self.sigma]])

        def at(x):
            return DenseSystem(self.design, unpack(x[:-1], sizes), self.REML, x[-1])

        step = 1e-4 * np.maximum(np.abs(start), 1e-2)
        E = np.diag(step)
        k = len(start)
        H = np.empty((k, k))
        for i in range(k):
            for j in range(i + 1):
                f = [at(start + a * E[i] + b * E[j]).criterion for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
                H[i, j] = H[j, i] = (f[0] - f[1] - f[2] + f[3]) / (4 * step[i] * step[j])
        A = 2 * linalg.inv(H)

        def variance(x):
            system = at(x)
            return np.einsum("ij,jk,ik->i", contrasts, system.covariance, contrasts)

        g = np.stack([(variance(start + E[i]) - variance(start - E[i])) / (2 * step[i]) for i in range(k)], axis=1)
        return 2 * variance(start) ** 2 / np.einsum("ij,jk,ik->i", g, A, g)

    @property
    def covariance(self):
        return self.sigma**2 * linalg.inv(self.information)

    @property
    def logdet_X(self):
        return np.linalg.slogdet(self.information)[1]

    def contrast_root(self, X):
        return linalg.cholesky(self.covariance) @ X.T

    def coefficient_variance(self, X):
        return np.sum(self.contrast_root(X) ** 2, axis=0)

    def draw(self, rng, size, vary_theta=False):
        p = self.X.shape[1]
        root = linalg.cholesky(self.C_inverse, lower=True)
        error = self.sigma * rng.standard_normal((size, len(root))) @ root.T
        b, at = [], p
        for L, mode in zip(self.L, self.modes, strict=True):
            u = error[:, at : at + len(L)]
            b.append(mode + (u @ L.T).reshape(size, *mode.shape))
            at += len(L)
        return {
            "beta": self.beta + error[:, :p],
            "b": tuple(b),
            "sigma": np.full(size, self.sigma),
            "factors": self.factors,
        }


@dataclass(frozen=True)
class DenseEngine:
    """Minimises the dense criterion over theta."""

    REML: bool = True

    def at(self, model, factors, call=None):
        design = model.design
        system = DenseSystem(design, tuple(factors), self.REML)
        p = len(design.columns)
        coefficients, covariance = np.full(p, np.nan), np.full((p, p), np.nan)
        coefficients[system.estimable] = system.beta
        covariance[np.ix_(system.estimable, system.estimable)] = system.covariance
        return MixedEstimate(
            model=model,
            engine=self,
            diagnostics={"engine": "dense", "converged": True, "evaluations": 1, "seconds": 0.1},
            call=call,
            beta=coefficients,
            covariance=covariance,
            sigma=float(system.sigma),
            factors=tuple(factors),
            modes=system.modes,
            criterion=float(system.criterion),
            REML=self.REML,
            system=system,
        )

    @threadpool_limits.wrap(limits=1)
    def fit(self, model, call=None):
        sizes = [len(b.effects) for b in model.design.groups]
        start = np.concatenate([np.eye(size).T[np.triu_indices(size)] for size in sizes])
        lower = np.concatenate([np.where(np.eye(size).T[np.triu_indices(size)] > 0, 0, -np.inf) for size in sizes])
        found = optimize.minimize(
            lambda theta: DenseSystem(model.design, unpack(theta, sizes), self.REML).criterion,
            start,
            method="L-BFGS-B",
            bounds=[(a, None) for a in lower],
            options={"ftol": 1e-14, "gtol": 1e-9},
        )
        return self.at(model, unpack(found.x, sizes), call)
