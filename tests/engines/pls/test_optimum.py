"""The search finds the optimum from anywhere, at the boundary too, and says how it went."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from statmodels_tf.design import build
from statmodels_tf.engines import PLS
from statmodels_tf.engines.pls.evaluation import Evaluation
from statmodels_tf.engines.pls.newton import newton
from statmodels_tf.engines.pls.observed import observed_hessian
from statmodels_tf.engines.pls.optimum import solve
from statmodels_tf.engines.pls.problem import build_problem
from statmodels_tf.engines.pls.root import pack, pivoted, unpack
from statmodels_tf.engines.pls.start import moment_start
from statmodels_tf.linalg.dense import Dense
from statmodels_tf.linalg.random import Block
from statmodels_tf.model import build_model


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
    assert solution.converged and solution.evaluations < 400
    assert np.isclose(solution.evaluation.value, 32.329189, atol=1e-5)


def _sixty_rows(seed):
    """Return a small crossed design: y, common columns, and columns x, z with groups g, h."""
    rng = np.random.default_rng(seed)
    g, h = rng.integers(0, 6, 60), rng.integers(0, 5, 60)
    x, z = rng.normal(size=60), rng.normal(size=60)
    y = rng.normal(size=6)[g] + 0.5 * rng.normal(size=5)[h] + 0.3 * x * rng.normal(size=6)[g] + rng.normal(size=60)
    return y, x, z, g.astype(np.int32), h.astype(np.int32)


@pytest.mark.parametrize(
    ("seed", "terms", "lowest"),
    [(1298, "gxzh", 169.616703215), (95, "gx", 203.230346678), (1147, "gh", 177.177569406)],
)
def test_a_wrong_average_information_does_not_end_the_search_early(seed, terms, lowest):
    """These were left 1.5e-4, 4.8e-5 and 3.1e-5 above the optimum, and called converged."""
    y, x, z, g, h = _sixty_rows(seed)
    blocks = {"g": Block(g, 6), "x": Block(g, 6, x[:, None]), "z": Block(g, 6, z[:, None]), "h": Block(h, 5)}
    X = np.ones((60, 1)) if terms == "gh" else np.column_stack([np.ones(60), x])
    problem = build_problem(Dense(X), y, [blocks[term] for term in terms])
    solution = solve(problem, REML=True, tol=1e-8, max_iter=100)
    assert solution.converged and solution.predicted_decrease < 1e-8
    assert solution.evaluation.value + problem.constant(True) <= lowest + 1e-6


def test_every_small_fit_ends_at_a_stationary_point_of_its_own_curvature():
    """Judged by differences of the criterion's gradient, not by what the search believed of its curvature."""
    for seed in range(40):
        y, x, _, g, h = _sixty_rows(seed)
        X = np.column_stack([np.ones(60), x])
        for terms in ([Block(g, 6, X)], [Block(g, 6), Block(h, 5)], [Block(g, 6, X), Block(h, 5)]):
            problem = build_problem(Dense(X), y, terms)
            end = solve(problem, REML=True, tol=1e-8, max_iter=100).evaluation
            assert _promised(end) < 1e-7, seed


def _promised(end):
    values, vectors = np.linalg.eigh(observed_hessian(end))
    kept = values > 1e-6 * values[-1]
    return 0.5 * ((vectors.T @ end.gradient)[kept] ** 2 / values[kept]).sum()


def test_an_effect_without_variance_does_not_turn_the_search_in_circles():
    """With the first variance zero, the triangular root of the second effect is free to turn: pivoting holds it."""
    rng = np.random.default_rng(1032)
    codes, x = np.repeat(np.arange(9), 8).astype(np.int32), rng.normal(size=72)
    y = 0.6 * x * rng.normal(size=9)[codes] + rng.normal(size=72)
    y -= np.bincount(codes, y)[codes] / 8.0
    X = np.column_stack([np.ones(72), x])
    problem = build_problem(Dense(X), y, [Block(codes, 9, X)])
    turned = (np.array([[0.02, 0.0], [0.3, 0.4]]),)

    def evaluate(factors, orders=None):
        return Evaluation(problem, factors, True, orders)

    found = newton(evaluate, turned, tol=1e-8, max_iter=15, exact=True)
    assert found.converged and found.evaluation.orders == ((1, 0),)


def test_a_pivoted_root_has_the_same_sigma():
    Lambda = np.array([[1e-3, 0.0, 0.0], [0.2, 0.5, 0.0], [1.0, 0.3, 0.01]])
    (root,), orders = pivoted((Lambda,), ((0, 1, 2),))
    assert orders == ((2, 1, 0),)
    np.testing.assert_allclose(root @ root.T, Lambda @ Lambda.T, atol=1e-14)
    np.testing.assert_array_equal(np.triu(root[list(orders[0])], 1), 0.0)
    np.testing.assert_allclose(unpack(pack((root,), orders), orders)[0], root)
    assert pivoted((root,), orders)[1] == orders


SEVERAL = json.loads((Path(__file__).parents[2] / "golden" / "several_optima.json").read_text())["results"]


@pytest.mark.parametrize("case", SEVERAL, ids=["weighted", "singular", "regular"])
def test_the_best_of_several_optima_is_found(case):
    """One start ended up to 1.2 above lme4's optimum here, converged and content."""
    data = pd.DataFrame(case["data"])
    fit = PLS(REML=case["REML"]).fit(build_model(build(case["formula"], data, weights="w")))
    assert fit.diagnostics["converged"] and fit.diagnostics["starts"] > 1
    assert fit.criterion <= case["criterion"] + 1e-6
    assert fit.criterion > case["criterion"] - 1.0


def test_no_variance_is_left_where_the_score_asks_for_some():
    """The search may come to rest where a variance is zero though the criterion falls from there."""
    rng = np.random.default_rng(8)
    g, h = rng.integers(0, 12, 200).astype(np.int32), rng.integers(0, 8, 200).astype(np.int32)
    y = rng.normal(size=12)[g] + 0.7 * rng.normal(size=8)[h] + rng.normal(size=200)
    problem = build_problem(Dense(np.ones((200, 1))), y, [Block(g, 12), Block(h, 8)])
    solution = solve(problem, REML=True, tol=1e-8, max_iter=100, start=(np.eye(1), np.zeros((1, 1))))
    assert solution.converged and solution.singular == (False, False)


def test_effects_as_many_as_rows_are_reported_not_iterated():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"i": [*range(39), 0], "k": np.arange(40) % 4, "x": rng.normal(size=40)})
    data["y"] = rng.normal(size=40)
    said = PLS().fit(build_model(build("y ~ 1 + (1 | i) + (x | k)", data))).diagnostics
    assert not said["converged"]
    assert "sigma is zero" in said["message"] and "Leave out `(1 | i)`" in said["message"]
