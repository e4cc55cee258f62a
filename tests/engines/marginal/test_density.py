"""The marginal density against the dense normal distribution, quadrature of the joint density, and differences."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from statmodels_tf.design import build
from statmodels_tf.engines.marginal.density import marginal_density
from statmodels_tf.model import build_model
from tests.model.cases import CASES, model_of, toy

NORMAL = [case for case in CASES if case != "priors"]


def moments(model):
    """Return mean and covariance of the coefficients that can be estimated, in the model's order."""
    common = model.common
    width = len(common.columns)
    loc, sd = np.zeros(width), np.zeros(width)
    if common.intercept is not None:
        loc[common.estimable[0]], sd[common.estimable[0]] = common.intercept.loc, common.intercept.scale
    for _, prior, positions in common.slopes:
        loc[positions], sd[positions] = prior.loc, prior.scale
    return loc, sd


def dense(model, values):
    """Return log p(y | covariances, sigma) from the n x n covariance of the response."""
    design = model.design
    n = design.nobs if design.weights is None else len(design.weights)
    weights = np.ones(n) if design.weights is None else design.weights
    y = model.data["likelihood"]["y"] - (0 if design.offset is None else design.offset)
    mean, V = np.zeros(n), np.diag(values["sigma"] ** 2 / weights)
    if model.common is not None:
        X = design.common.dense() - model.common.centre
        loc, sd = moments(model)
        mean, V = X @ loc, V + (X * sd**2) @ X.T
    for effect in model.groups:
        factor = effect.factor(values, np)
        columns = np.ones((n, 1)) if effect.columns is None else effect.columns
        half = columns @ factor
        V = V + (half @ half.T) * (effect.codes[:, None] == effect.codes)
    return multivariate_normal(mean, V).logpdf(y)


def agrees(model, seed=0):
    density = marginal_density(model)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        q = 0.5 * rng.normal(size=density.size)
        value, values, evaluation = density.at(q)
        assert evaluation.value == pytest.approx(dense(model, values), rel=1e-11, abs=1e-9)
        prior = sum(p.prior.log_density(values[p.name], np) + t.log_jacobian(q[part]) for p, t, part in density.maps)
        assert value == pytest.approx(evaluation.value + float(prior), rel=1e-12)
        again, gradient = density.value_and_gradient(q)
        assert again == value
        for k, step in enumerate(1e-5 * np.eye(density.size)):
            difference = (density.at(q + step)[0] - density.at(q - step)[0]) / 2e-5
            assert gradient[k] == pytest.approx(difference, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("case", NORMAL)
def test_it_is_the_density_of_the_response_and_has_its_gradient(case):
    agrees(model_of(case))


@pytest.mark.parametrize("rows", [3, 4, 6, 10])
def test_few_rows_and_as_many_coefficients(rows):
    agrees(build_model(build("y ~ x + arm", toy().head(rows).assign(arm=list("abcdabcdab")[:rows]))))


def test_standard_deviations_with_priors_of_their_own():
    agrees(build_model(build("y ~ x + (1 + x | g)", toy()), priors={"sd": "half_normal(2)", "cor": "lkj(2)"}))


def test_a_group_without_variance():
    model = model_of("intercept")
    density = marginal_density(model)
    values = {"sigma": np.float64(1.5), "tau(1 | g)": np.float64(1e-12)}
    assert density.evaluate(values).value == pytest.approx(dense(model, values), rel=1e-11)


def test_it_is_the_integral_of_the_joint_density():
    """Of six rows in two groups: over the intercept and both effects, on a grid."""
    table = pd.DataFrame({"y": [1.0, 2.5, 0.3, 2.0, 3.1, 2.2], "g": list("aabbab")})
    model = build_model(build("y ~ 1 + (1 | g)", table), priors={"Intercept": "normal(1, 2)"})
    density = marginal_density(model)
    values = density.values(np.array([0.3, -0.4]))
    grids = [np.linspace(-12, 14, 131), np.linspace(-8, 8, 81), np.linspace(-8, 8, 81)]
    points = np.array(list(product(*grids)))
    joint = {
        **{name: np.broadcast_to(value, len(points)) for name, value in values.items()},
        "Intercept": points[:, 0],
        model.groups[0].latent: points[:, 1:, None],
    }
    volume = np.prod([grid[1] - grid[0] for grid in grids])
    found = logsumexp(model.log_density(joint)) + np.log(volume)
    prior = sum(p.prior.log_density(values[p.name], np) for p, _, _ in density.maps)
    assert density.evaluate(values).value + prior == pytest.approx(found, abs=1e-6)


def test_draws_have_the_moments_of_the_conditional_normal():
    """Coefficients and effects at one point against their joint normal distribution, written densely."""
    model = model_of("weights")
    density = marginal_density(model)
    values = density.values(np.array([-0.5, 0.2]))
    effect, sigma = model.groups[0], float(values["sigma"])
    loc, sd = moments(model)
    X = model.design.common.dense() - model.common.centre
    Z = (effect.codes[:, None] == np.arange(len(effect.levels))) * float(effect.factor(values, np)[0, 0])
    A, mean = np.hstack([X, Z]), np.append(loc, np.zeros(Z.shape[1]))
    precision = np.diag(np.append(1 / sd**2, np.ones(Z.shape[1])))
    weighted = A.T * model.design.weights / sigma**2
    covariance = np.linalg.inv(precision + weighted @ A)
    expected = covariance @ (precision @ mean + weighted @ model.data["likelihood"]["y"])
    delta, effects = density.evaluate(values).draw(np.random.default_rng(2), 20_000)
    c = density.prior.values(delta)
    z = effects[0][..., 0] / float(effect.factor(values, np)[0, 0])
    drawn = np.column_stack([c["Intercept"], c["b"], z])
    away = (drawn.mean(0) - expected) / np.sqrt(np.diag(covariance) / len(drawn))
    assert np.abs(away).max() < 4
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    assert np.cov(root @ drawn.T) == pytest.approx(np.eye(len(mean)), abs=4 * np.sqrt(2 / len(drawn)))
