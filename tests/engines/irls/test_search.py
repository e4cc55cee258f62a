"""Fits that Fisher's scoring does not finish reach the largest likelihood, inside the range or on its edge."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import statmodels_tf as st
from statmodels_tf.engines.irls.memory import memory_rows
from statmodels_tf.engines.irls.search import eta_range, searched
from statmodels_tf.families import Binomial, Gamma, InverseGaussian, NegativeBinomial, Poisson
from statmodels_tf.linalg import Dense


def made(seed):
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=60), rng.uniform(size=60)
    return pd.DataFrame({"x": x, "z": z}), np.column_stack([np.ones(60), x, z]), rng


def loss(kind, X, y):
    """Return minus the log-likelihood at coefficients, and what is to be positive there."""
    if kind == "log":
        return (
            lambda b: -np.sum(np.where(y > 0, X @ b, np.log(-np.expm1(np.minimum(X @ b, -1e-300)))))
        ), lambda b: -X @ b
    return (lambda b: np.sum(X @ b - y * np.log(np.maximum(X @ b, 1e-300)))), lambda b: X @ b


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("family", [Binomial("log"), Poisson("identity")], ids=["log", "identity"])
def test_on_the_edge_the_likelihood_is_the_largest_in_the_range(family, seed):
    data, X, rng = made(seed)
    mean = np.exp(-0.7 + 0.6 * data.x + 0.3 * data.z) if family.link.name == "log" else 0.4 + 0.4 * data.x
    y = rng.random(60) < mean if family.link.name == "log" else rng.poisson(np.maximum(mean, 0))
    y = y.astype(float)
    with pytest.warns(UserWarning, match="edge of the range"):
        fit = st.glm("y ~ x + z", data.assign(y=y), family)
    assert not fit.converged
    assert "where the likelihood is largest within it" in fit.diagnostics["boundary"]
    objective, positive = loss(family.link.name, X, y)
    start = [-3.0 if family.link.name == "log" else y.mean() + 0.1, 0, 0]
    limit = {"type": "ineq", "fun": lambda b: positive(b) - 1e-11}
    best = minimize(objective, start, method="SLSQP", constraints=limit, options={"ftol": 1e-14, "maxiter": 2000})
    assert (positive(fit.beta) > 0).all()
    assert objective(fit.beta) < best.fun + 1e-6


# Scoring swings about these estimates, or creeps: the gradients of the likelihood, taken by complex steps, are zero.
INSIDE = {
    "gamma identity": (Gamma("identity"), lambda mu, y: -np.log(mu) - y / mu),
    "gaussian log": (st.families.Gaussian("log"), lambda mu, y: -0.5 * (y - mu) ** 2),
    "inverse gaussian log": (InverseGaussian("log"), lambda mu, y: -((y - mu) ** 2) / (2 * y * mu**2)),
    "cauchit": (Binomial("cauchit"), lambda mu, y: y * np.log(mu) + (1 - y) * np.log(1 - mu)),
    "negative binomial sqrt": (
        NegativeBinomial(3.0, link="sqrt"),
        lambda mu, y: y * np.log(mu) - (y + 3) * np.log(mu + 3),
    ),
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_search_inside_the_range_ends_where_the_gradient_is_zero(name):
    family, kernel = INSIDE[name]
    data, X, rng = made(1)
    X[:, 1] = data["x"] = rng.uniform(size=60)
    mean = 0.1 + 0.5 * data.x
    y = {"cauchit": lambda: rng.random(60) < mean, "negative binomial sqrt": lambda: rng.poisson(4 * mean)}.get(
        name, lambda: mean * rng.gamma(0.5, 2, 60) + 1e-3)()  # fmt: skip
    data["y"] = np.asarray(y, dtype=float)
    rows = memory_rows(Dense(X), data["y"].to_numpy(), None, None)
    start = st.glm("y ~ 1", data, family).beta[0] * np.array([1.0, 0, 0])
    found = searched(rows, family, start, np.arange(3))
    assert found.settled
    assert not found.edge

    def gradient(j):
        eta = X @ (found.beta + 1e-30j * (np.arange(3) == j))
        mu = {"cauchit": lambda e: 0.5 + np.arctan(e) / np.pi, "gamma identity": lambda e: e,
              "negative binomial sqrt": lambda e: e * e}.get(name, np.exp)(eta)  # fmt: skip
        return np.sum(kernel(mu, data["y"].to_numpy())).imag / 1e-30

    np.testing.assert_allclose([gradient(j) for j in range(3)], 0, atol=1e-9 * np.abs(data["y"]).sum())


def test_ranges_of_linear_predictors_are_those_of_link_and_family():
    ranges = [eta_range(f) for f in (Poisson(), Poisson("identity"), Binomial("log"), Binomial("identity"), Gamma())]
    assert ranges == [(-np.inf, np.inf), (0, np.inf), (-np.inf, 0), (0, 1), (0, np.inf)]


def test_rows_in_blocks_give_the_same_search():
    data, X, rng = made(2)
    y = rng.poisson(np.maximum(0.4 + 0.4 * data.x, 0)).astype(float)
    rows = [memory_rows(Dense(X), y, None, None, chunk) for chunk in (None, 7)]
    whole, parts = (searched(r, Poisson("identity"), np.array([5.0, 0, 0]), np.arange(3)) for r in rows)
    assert whole.edge
    assert parts.edge
    np.testing.assert_allclose(whole.beta, parts.beta, rtol=1e-6)
