"""Small mixed models as arrays, one for each pattern of grouping factors, and their densities by dense algebra."""

from dataclasses import dataclass

import numpy as np
import pytest

from statmodels_tf.engines.pls.problem import build_problem
from statmodels_tf.linalg.dense import Dense
from statmodels_tf.linalg.random import Block

N = 96


@dataclass(frozen=True)
class Arrays:
    X: np.ndarray
    y: np.ndarray
    w: np.ndarray | None
    terms: tuple[Block, ...]
    backend: str

    def problem(self):
        return build_problem(Dense(self.X), self.y, self.terms, w=self.w, backend=self.backend)

    def criterion(self, factors, REML):
        """Return the criterion from the n x n covariance, and the generalised least squares coefficients."""
        n, p = self.X.shape
        w = np.ones(n) if self.w is None else self.w
        V = np.diag(1.0 / w)
        for Lambda, term in zip(factors, self.terms, strict=True):
            Z = np.ones((n, 1)) if term.columns is None else term.columns
            V += (Z @ Lambda @ Lambda.T @ Z.T) * (term.codes[:, None] == term.codes)
        precision = np.linalg.inv(V)
        information = self.X.T @ precision @ self.X
        beta = np.linalg.solve(information, self.X.T @ precision @ self.y)
        residual = self.y - self.X @ beta
        r2, nu = residual @ precision @ residual, n - p if REML else n
        value = np.linalg.slogdet(V)[1] + nu * (1 + np.log(2 * np.pi * r2 / nu))
        return value + (np.linalg.slogdet(information)[1] if REML else 0.0), beta, r2 / nu, information


def _term(rng, codes, effects):
    columns = None if effects == 0 else rng.standard_normal((N, effects))
    if effects > 1:
        columns[:, 0] = 1.0
        columns[:, 1:] = 50.0 + 4.0 * columns[:, 1:]
    return Block(codes.astype(np.int32), int(codes.max()) + 1, columns)


def make(pattern, weighted, seed=11):
    """Return a problem of the pattern: its grouping factors and the number of effects of each (0: an intercept)."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.integers(0, 12, N), rng.integers(0, 7, N), rng.integers(0, 4, N)
    backend, terms = {
        "single": ("single", [(a, 0)]),
        "single-slope": ("single", [(a, 2)]),
        "single-3": ("single", [(b, 3)]),
        "single-4": ("single", [(b, 4)]),
        "fused": ("single", [(a, 0), (a, 1)]),
        "nested": ("nested", [(a, 0), (a // 3, 0)]),
        "nested-slope": ("nested", [(a // 3, 2), (a, 2), (a, 1)]),
        "crossed": ("crossed", [(a, 0), (b, 0)]),
        "crossed-slope": ("crossed", [(a, 2), (b, 2), (c, 0)]),
        "dense": ("dense", [(a, 2), (b, 0)]),
    }[pattern]
    X = np.column_stack([np.ones(N), rng.standard_normal(N), 100.0 + rng.standard_normal(N)])
    y = (
        X @ [1.0, 0.5, 0.2]
        + 0.8 * rng.standard_normal(12)[a]
        + 0.5 * rng.standard_normal(7)[b]
        + rng.standard_normal(N)
    )
    w = rng.uniform(0.3, 20.0, N) if weighted else None
    return Arrays(X, y, w, tuple(_term(rng, codes, effects) for codes, effects in terms), backend)


PATTERNS = (
    "single", "single-slope", "single-3", "single-4", "fused", "nested", "nested-slope", "crossed", "crossed-slope",
    "dense",
)  # fmt: skip


@pytest.fixture(params=PATTERNS)
def pattern(request):
    return request.param


@pytest.fixture(params=[False, True], ids=["", "weighted"])
def arrays(request, pattern):
    return make(pattern, request.param)


@pytest.fixture
def random_factors():
    """Return a function that draws factors for a problem, regular or singular."""

    def draw(arrays, kind="regular", seed=4):
        rng = np.random.default_rng(seed)
        out = []
        for k, term in enumerate(arrays.terms):
            Lambda = np.tril(rng.standard_normal((term.effects, term.effects))) * 0.7
            Lambda[np.diag_indices(len(Lambda))] = rng.uniform(0.3, 1.2, len(Lambda))
            if kind == "singular" and k == 0:
                Lambda[-1, -1] = 0.0
            out.append(Lambda)
        return tuple(out)

    return draw


@pytest.fixture
def make_arrays():
    return make
