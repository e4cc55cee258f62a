"""The variational objective: gradients against differences, and the exact answer where the posterior is normal."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from statmodels_tf.engines.approximate.gaussian import FullGaussian, LowRankGaussian
from statmodels_tf.engines.approximate.objective import Full, Independent, LowRank, Objective, antithetic
from statmodels_tf.engines.approximate.stochastic import ascended

D = 3
SHAPES = {"independent": Independent(D), "full": Full(D), "low rank": LowRank(D, 2)}
CENTRE = np.array([1.0, -2.0, 0.5])
COVARIANCE = np.array([[1.0, 0.6, 0.1], [0.6, 2.0, -0.3], [0.1, -0.3, 0.5]])
PRECISION = np.linalg.inv(COVARIANCE)


def normal(x):
    away = PRECISION @ (x - CENTRE)
    return -0.5 * float((x - CENTRE) @ away), -away


def curved(x):
    value = -np.sum(np.cosh(x - CENTRE)) - 0.1 * x[0] * x[1]
    return float(value), -np.sinh(x - CENTRE) - 0.1 * np.array([x[1], x[0], 0.0])


def gaussian(shape, at):
    mean, scale, columns = shape.moments(at)
    return FullGaussian(mean, scale) if columns is None else LowRankGaussian(mean, scale, columns)


@pytest.mark.parametrize("name", SHAPES)
def test_gradients_are_those_of_differences(name):
    shape, rng = SHAPES[name], np.random.default_rng(0)
    objective = Objective(shape, curved, antithetic(rng, 8, shape.width))
    at = shape.begin + 0.2 * rng.normal(size=len(shape.begin))
    expected = approx_fprime(at, lambda v: objective(v)[0], 1e-7)
    np.testing.assert_allclose(objective(at)[1], expected, atol=2e-5)


@pytest.mark.parametrize("name", SHAPES)
def test_points_entropy_and_score_are_those_of_the_distribution(name):
    shape, rng = SHAPES[name], np.random.default_rng(1)
    at = shape.begin + 0.3 * rng.normal(size=len(shape.begin))
    made = gaussian(shape, at)
    points = shape.points(at, rng.standard_normal((5, shape.width)))
    step = 1e-6
    differences = [
        (made.log_density(points + step * e) - made.log_density(points - step * e)) / (2 * step) for e in np.eye(D)
    ]
    np.testing.assert_allclose(shape.away(at, points), -np.column_stack(differences), rtol=1e-6)
    q, log_q = made.draw(np.random.default_rng(2), 200_000)
    constant = 0.5 * D * (1 + np.log(2 * np.pi))
    assert shape.entropy(at)[0] + constant == pytest.approx(-log_q.mean(), abs=4 * log_q.std() / np.sqrt(len(q)))


def test_a_normal_posterior_is_found_exactly():
    shape = Full(D)
    at, settled, _ = Objective(shape, normal, antithetic(np.random.default_rng(3), 4000, D)).minimum(500)
    mean, factor, _ = shape.moments(at)
    assert settled
    np.testing.assert_allclose(mean, CENTRE, atol=1e-3)
    np.testing.assert_allclose(factor @ factor.T, COVARIANCE, rtol=0.1, atol=0.05)


def test_linear_response_gives_the_covariances_that_independence_leaves_out():
    shape = Independent(D)
    objective = Objective(shape, normal, antithetic(np.random.default_rng(4), 60, D))
    at, _, _ = objective.minimum(500)
    _, scale, _ = shape.moments(at)
    np.testing.assert_allclose(scale**2, 1 / np.diag(PRECISION), rtol=0.3)  # too small, as it must be
    found = np.linalg.inv(objective.curvature(at))[:D, :D]
    np.testing.assert_allclose(found, COVARIANCE, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["full", "low rank"])
def test_fresh_draws_lead_to_the_same_distribution(name):
    shape = SHAPES[name]
    at, evaluations = ascended(shape, normal, np.random.default_rng(5), 3000)
    made = gaussian(shape, at)
    q, log_q = made.draw(np.random.default_rng(6), 20_000)
    gap = log_q - multivariate_normal(CENTRE, COVARIANCE).logpdf(q)
    assert evaluations == 30_000
    assert gap.mean() < 2e-3
