"""The search finds the optimum from anywhere, at the boundary too, and says how it went."""

import numpy as np
import pytest
from scipy.optimize import minimize

from statmodels_tf.engines.pls.evaluation import Evaluation
from statmodels_tf.engines.pls.optimum import solve
from statmodels_tf.engines.pls.problem import build_problem
from statmodels_tf.engines.pls.root import pack, unpack
from statmodels_tf.engines.pls.start import moment_start
from statmodels_tf.linalg.dense import Dense
from statmodels_tf.linalg.random import Block


@pytest.mark.parametrize("REML", [True, False])
def test_no_other_search_gets_lower(arrays, random_factors, REML):
    problem = arrays.problem()
    solution = solve(problem, REML=REML, tol=1e-8, max_iter=100)
    assert solution.converged
    orders = tuple(tuple(range(term.effects)) for term in arrays.terms)

    def value_and_gradient(theta):
        at = Evaluation(problem, unpack(theta, orders), REML)
        return at.value, at.gradient

    for seed in (1, 2):
        start = pack(random_factors(arrays, seed=seed))
        found = minimize(value_and_gradient, start, jac=True, method="BFGS", options={"gtol": 1e-5})
        assert solution.evaluation.value <= found.fun + 1e-6


def test_the_optimum_does_not_depend_on_the_start(arrays, random_factors):
    problem = arrays.problem()
    best = solve(problem, REML=True, tol=1e-10, max_iter=100)
    other = solve(problem, REML=True, tol=1e-10, max_iter=100, start=random_factors(arrays))
    assert abs(best.evaluation.value - other.evaluation.value) < 1e-6


def test_moments_start_near_the_optimum():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 200, 4000).astype(np.int32), rng.integers(0, 90, 4000).astype(np.int32)
    y = 0.5 * rng.standard_normal(200)[a] + 0.3 * rng.standard_normal(90)[b] + rng.standard_normal(4000)
    problem = build_problem(Dense(np.ones((4000, 1))), y, [Block(a, 200), Block(b, 90)])
    start = np.ravel(moment_start(problem))
    solution = solve(problem, REML=True, tol=1e-8, max_iter=50)
    np.testing.assert_allclose(start, np.ravel(solution.evaluation.factors), atol=0.05)
    assert solution.evaluations <= 6 and solution.starts == 1


def test_no_variance_is_exactly_none():
    """Values balanced within each level leave less between levels than chance would."""
    rng = np.random.default_rng(1)
    codes = np.repeat(np.arange(20), 6).astype(np.int32)
    y = np.tile([-1.0, 1.0, -2.0, 2.0, 0.5, -0.5], 20) + 1e-3 * rng.standard_normal(120)
    problem = build_problem(Dense(np.ones((120, 1))), y, [Block(codes, 20)])
    solution = solve(problem, REML=True, tol=1e-8, max_iter=50)
    assert solution.converged and solution.singular == (True,) and solution.starts > 1
    assert solution.evaluation.factors[0][0, 0] == 0.0
    assert solution.evaluation.scores[0][0, 0] > 0.0


def test_perfect_correlation_is_singular():
    rng = np.random.default_rng(3)
    codes = np.repeat(np.arange(30), 20).astype(np.int32)
    x = np.tile(np.linspace(-1, 1, 20), 30)
    X = np.column_stack([np.ones(600), x])
    u = rng.standard_normal(30)
    y = u[codes] * (1 + 0.5 * x) + 0.5 * rng.standard_normal(600)
    problem = build_problem(Dense(X), y, [Block(codes, 30, X)])
    solution = solve(problem, REML=True, tol=1e-8, max_iter=100)
    assert solution.converged and solution.singular == (True,)
    assert np.linalg.svd(solution.evaluation.factors[0], compute_uv=False)[-1] < 1e-10


def test_groups_that_explain_everything_are_reported():
    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(8), 5).astype(np.int32)
    problem = build_problem(Dense(np.ones((40, 1))), rng.standard_normal(8)[codes], [Block(codes, 8)])
    solution = solve(problem, REML=True, tol=1e-8, max_iter=100)
    assert not solution.converged and "sigma is zero" in solution.message


def test_too_few_iterations_are_reported():
    rng = np.random.default_rng(5)
    codes = np.repeat(np.arange(30), 5).astype(np.int32)
    y = rng.standard_normal(30)[codes] + rng.standard_normal(150)
    problem = build_problem(Dense(np.ones((150, 1))), y, [Block(codes, 30)])
    solution = solve(problem, REML=True, tol=1e-12, max_iter=1, start=(np.eye(1) * 9.0,))
    assert not solution.converged and "1 iterations" in solution.message


def test_a_misleading_average_information_is_overcome():
    """Without a common intercept the random one is far from its mean, and the information far from its expectation."""
    rng = np.random.default_rng(6)
    codes, days = np.repeat(np.arange(18), 10).astype(np.int32), np.tile(np.arange(10.0), 18)
    b = rng.standard_normal((18, 2)) @ np.array([[25.0, 1.0], [0.0, 6.0]])
    y = 250 + 10 * days + b[codes, 0] + b[codes, 1] * days + 25 * rng.standard_normal(180)
    both = np.column_stack([np.ones(180), days])
    problem = build_problem(Dense(days[:, None]), y, [Block(codes, 18, both)])
    solution = solve(problem, REML=True, tol=1e-8, max_iter=100)
    assert solution.converged and solution.evaluations < 200
    assert np.isclose(solution.evaluation.value, 32.329189, atol=1e-5)
