"""The criterion against dense algebra; its gradient against differences; the Hessian where its expectation is known."""

import numpy as np
import pytest

from statmodels_tf.engines.pls.evaluation import Evaluation
from statmodels_tf.engines.pls.root import natural, pack, positions, unpack


@pytest.mark.parametrize("REML", [True, False])
@pytest.mark.parametrize("kind", ["regular", "singular"])
def test_criterion_equals_dense_algebra(arrays, random_factors, REML, kind):
    problem = arrays.problem()
    assert problem.products.name == arrays.backend
    evaluation = Evaluation(problem, random_factors(arrays, kind), REML)
    value, beta, sigma2, _ = arrays.criterion(problem.to_user(evaluation.factors), REML)
    assert np.isclose(evaluation.value + problem.constant(REML), value, rtol=1e-12, atol=1e-9)
    unit = problem.scale**2 * problem.mean_weight
    assert np.isclose(unit * evaluation.r2 / evaluation.nu, sigma2, rtol=1e-10)
    mine = problem.S @ (problem.beta0 + problem.scale * evaluation.beta)
    np.testing.assert_allclose(mine, beta, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("REML", [True, False])
@pytest.mark.parametrize("kind", ["regular", "singular"])
def test_gradient_equals_differences(arrays, random_factors, REML, kind):
    problem, factors = arrays.problem(), random_factors(arrays, kind)
    theta, orders = pack(factors), natural(factors)
    gradient = Evaluation(problem, factors, REML).gradient
    step = 1e-5

    def value(at):
        return Evaluation(problem, unpack(at, orders), REML).value

    differences = [(value(theta + e) - value(theta - e)) / (2 * step) for e in step * np.eye(len(theta))]
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-7 * np.abs(differences).max() + 1e-8)


def test_scores_give_the_derivative_at_zero(make_arrays):
    """At Lambda = 0 the gradient vanishes, and the score says whether a small variance would help."""
    arrays = make_arrays("crossed", False)
    problem = arrays.problem()
    zero = Evaluation(problem, (np.zeros((1, 1)), np.eye(1) * 0.4), True)
    small = Evaluation(problem, (np.eye(1) * 1e-3, np.eye(1) * 0.4), True)
    assert zero.gradient[0] == 0.0
    assert np.isclose((small.value - zero.value) / 1e-6, zero.scores[0][0, 0], rtol=1e-4)


def test_average_information_is_the_mean_curvature(make_arrays):
    """Over responses drawn from the model, the average information and the observed Hessian have the same mean."""
    arrays = make_arrays("single-slope", False)
    rng = np.random.default_rng(0)
    problem = arrays.problem()
    factors = (np.array([[0.9, 0.0], [0.3, 0.6]]),)
    theta = pack(factors)
    user = problem.to_user(factors)[0]
    term, n = arrays.terms[0], len(arrays.y)
    total = {"average": 0.0, "observed": 0.0}
    for _ in range(150):
        b = rng.standard_normal((term.levels, 2)) @ user.T
        y = arrays.X[:, 0] + (term.columns * b[term.codes]).sum(1) + rng.standard_normal(n)
        drawn = type(arrays)(arrays.X, y, None, arrays.terms, "single").problem()
        at = Evaluation(drawn, factors, True)
        total["average"] += at.hessian / 150
        ends = [
            [Evaluation(drawn, unpack(theta + sign * e, ((0, 1),)), True).gradient for sign in (1, -1)]
            for e in 1e-4 * np.eye(3)
        ]
        total["observed"] += np.array([(up - down) / 2e-4 for up, down in ends]) / 150
    scale = np.sqrt(np.diag(total["average"]))
    difference = (total["average"] - total["observed"]) / np.outer(scale, scale)
    assert np.abs(difference).max() < 0.1


def test_theta_is_ordered_as_lme4():
    assert positions(((0, 1), (0,))) == ((0, 0, 0), (0, 1, 0), (0, 1, 1), (1, 0, 0))
    factors = (np.array([[1.0, 0.0], [2.0, 3.0]]), np.array([[4.0]]))
    np.testing.assert_array_equal(pack(factors), [1, 2, 3, 4])
    for one, other in zip(unpack(pack(factors), natural(factors)), factors, strict=True):
        np.testing.assert_array_equal(one, other)
