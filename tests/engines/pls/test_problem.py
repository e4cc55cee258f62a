"""Bases, weights, offsets and pieces: the criterion and the estimates do not depend on how the arithmetic is done."""

import numpy as np
import pytest

from statmodels_tf.engines.pls import problem as problem_module
from statmodels_tf.engines.pls.evaluation import Evaluation
from statmodels_tf.engines.pls.optimum import solve
from statmodels_tf.engines.pls.problem import build_problem
from statmodels_tf.engines.pls.standardise import lower_triangular
from statmodels_tf.engines.pls.system import PLSSystem
from statmodels_tf.errors import ModelError
from statmodels_tf.linalg.coded import Coded
from statmodels_tf.linalg.dense import Dense
from statmodels_tf.linalg.random import Block
from statmodels_tf.linalg.stacked import Stacked

RNG = np.random.default_rng(2)
N = 200
CODES = RNG.integers(0, 15, N).astype(np.int32)
x = RNG.standard_normal(N)
Y = 2 + 0.7 * x + RNG.standard_normal(15)[CODES] + 0.6 * RNG.standard_normal(15)[CODES] * x + RNG.standard_normal(N)


def _fit(x, y, w=None, REML=True):
    X = np.column_stack([np.ones(len(x)), x])
    problem = build_problem(Dense(X), y, [Block(CODES, 15, X)], w=w)
    solution = solve(problem, REML=REML, tol=1e-10, max_iter=100)
    assert solution.converged
    evaluation = solution.evaluation
    return problem, PLSSystem(evaluation, np.arange(2)), evaluation.value + problem.constant(REML)


def _covariance(problem, system):
    Lambda = problem.to_user(system.evaluation.factors)[0]
    return system.sigma**2 * Lambda @ Lambda.T


@pytest.mark.parametrize("scale", [1e8, 1e-8])
@pytest.mark.parametrize("REML", [True, False])
def test_scaling_x_scales_its_effects(scale, REML):
    problem, system, value = _fit(x, Y, REML=REML)
    scaled, other, criterion = _fit(x * scale, Y, REML=REML)
    D = np.diag([1.0, scale])
    np.testing.assert_allclose(D @ other.coefficients, system.coefficients, rtol=1e-8)
    np.testing.assert_allclose(D @ _covariance(scaled, other) @ D, _covariance(problem, system), rtol=1e-5)
    # |X'V^-1 X| has the unit of x squared.
    assert np.isclose(criterion - (2 * np.log(scale) if REML else 0.0), value, atol=1e-7)


@pytest.mark.parametrize("shift", [-30.0, 1e6])
def test_shifting_x_changes_nothing_but_the_intercepts(shift):
    problem, system, value = _fit(x, Y)
    moved, other, criterion = _fit(x + shift, Y)
    back = np.array([[1.0, shift], [0.0, 1.0]])
    np.testing.assert_allclose(back @ other.coefficients, system.coefficients, rtol=1e-6)
    np.testing.assert_allclose(
        back @ _covariance(moved, other) @ back.T, _covariance(problem, system), rtol=1e-3, atol=1e-3
    )
    assert np.isclose(criterion, value, atol=1e-6)
    assert np.isclose(other.sigma, system.sigma, rtol=1e-6)


@pytest.mark.parametrize("scale", [1e12, 1e-12, 1e-100])
def test_scaling_y_scales_all_but_theta(scale):
    problem, system, value = _fit(x, Y)
    scaled, other, criterion = _fit(x, Y * scale)
    np.testing.assert_allclose(other.coefficients, system.coefficients * scale, rtol=1e-9)
    assert np.isclose(other.sigma, system.sigma * scale, rtol=1e-7)
    theta = scaled.to_user(other.evaluation.factors)[0]
    np.testing.assert_allclose(theta, problem.to_user(system.evaluation.factors)[0], atol=1e-5)
    assert np.isclose(criterion, value + 2 * (N - 2) * np.log(scale), rtol=1e-9)


@pytest.mark.parametrize("scale", [1e9, 1e-9])
def test_scaling_the_weights_scales_sigma_only(scale):
    w = RNG.uniform(0.5, 2.0, N)
    _, system, value = _fit(x, Y, w)
    _, other, criterion = _fit(x, Y, w * scale)
    assert np.isclose(criterion, value, atol=1e-6)
    assert np.isclose(other.sigma, system.sigma * np.sqrt(scale), rtol=1e-7)
    np.testing.assert_allclose(other.covariance, system.covariance, rtol=1e-5)
    np.testing.assert_allclose(other.modes()[0], system.modes()[0], rtol=1e-5, atol=1e-6)


def test_rows_of_weight_zero_are_as_good_as_absent():
    w = RNG.uniform(0.5, 2.0, N)
    w[:40] = 0.0
    codes = CODES.copy()
    codes[CODES == 3] = 4  # level 3 has only rows of weight zero
    codes[0] = 3
    X = np.column_stack([np.ones(N), x])
    fits = []
    for rows in (slice(None), slice(40, None)):
        problem = build_problem(Dense(X[rows]), Y[rows], [Block(codes[rows], 15, X[rows])], w=w[rows])
        solution = solve(problem, REML=True, tol=1e-10, max_iter=50)
        system = PLSSystem(solution.evaluation, np.arange(2))
        fits.append((solution.evaluation.value + problem.constant(True), system.modes()[0], system.covariance))
    assert np.isclose(fits[0][0], fits[1][0], atol=1e-8)
    np.testing.assert_allclose(fits[0][1], fits[1][1], atol=1e-6)
    np.testing.assert_allclose(fits[0][2], fits[1][2], rtol=1e-6)
    np.testing.assert_array_equal(fits[0][1][3], 0.0)


def test_rows_taken_in_pieces(monkeypatch):
    w = np.random.default_rng(9).uniform(1, 2, N)
    whole = _fit(x, Y, w)[0]
    monkeypatch.setattr(problem_module, "_CHUNK", 70)
    pieces = _fit(x, Y, w)[0]
    np.testing.assert_allclose(pieces.VtV, whole.VtV, atol=1e-10)
    np.testing.assert_allclose(pieces.ZtV, whole.ZtV, atol=1e-10)


@pytest.mark.parametrize("chunk", [1 << 25, 90])
def test_codes_and_dense_columns_give_the_same_fit(chunk, monkeypatch):
    monkeypatch.setattr(problem_module, "_CHUNK", chunk)
    f = RNG.integers(0, 4, N).astype(np.int32)
    table = np.eye(4)[:, 1:]
    stacked = Stacked((Dense(np.column_stack([np.ones(N), x])), Coded(f, table)))
    dense = Dense(stacked.dense())
    values = []
    for common in (stacked, dense):
        problem = build_problem(common, Y, [Block(CODES, 15)])
        solution = solve(problem, REML=True, tol=1e-10, max_iter=50)
        values.append(
            (solution.evaluation.value + problem.constant(True), PLSSystem(solution.evaluation, np.arange(5)))
        )
    assert np.isclose(values[0][0], values[1][0], atol=1e-8)
    np.testing.assert_allclose(values[0][1].coefficients, values[1][1].coefficients, atol=1e-7)
    np.testing.assert_allclose(values[0][1].covariance, values[1][1].covariance, rtol=1e-6, atol=1e-10)


def test_only_estimable_columns_are_used():
    X = np.column_stack([np.ones(N), x, 2 * x, x**2])
    kept = np.array([0, 1, 3])
    some = build_problem(Dense(X), Y, [Block(CODES, 15)], estimable=kept)
    only = build_problem(Dense(X[:, kept]), Y, [Block(CODES, 15)])
    at = (np.eye(1) * 0.7,)
    assert np.isclose(
        Evaluation(some, at, True).value + some.constant(True), Evaluation(only, at, True).value + only.constant(True)
    )


def test_terms_on_one_factor_are_fused():
    other = CODES.copy()
    problem = build_problem(Dense(np.ones((N, 1))), Y, [Block(CODES, 15), Block(other, 15, x[:, None])])
    assert problem.products.name == "single"
    assert problem.places == ((0, slice(0, 1)), (0, slice(1, 2)))


def test_factors_return_from_the_users_basis():
    X = np.column_stack([np.ones(N), x + 40.0])
    problem = build_problem(Dense(X), Y, [Block(CODES, 15, X)], w=RNG.uniform(3, 9, N))
    for given in (np.array([[1.2, 0.0], [-0.3, 0.4]]), np.array([[0.0, 0.0], [0.5, 0.0]])):
        back = problem.to_user(problem.from_user([given]))[0]
        np.testing.assert_allclose(back @ back.T, given @ given.T, atol=1e-8)
        assert np.all(np.diag(back) >= 0.0) and back[0, 1] == 0.0


def test_lower_triangular_at_any_rank():
    for matrix in (np.zeros((2, 2)), np.array([[0.0, 0.0], [1.0, 2.0]]), RNG.standard_normal((3, 3))):
        L = lower_triangular(matrix)
        np.testing.assert_allclose(L @ L.T, matrix @ matrix.T, atol=1e-12)
        np.testing.assert_array_equal(L, np.tril(L))


@pytest.mark.parametrize("y", [np.full(N, 3.0), 2.0 + 5.0 * x])
def test_a_response_without_error_is_refused(y):
    with pytest.raises(ModelError, match="without error"):
        build_problem(Dense(np.column_stack([np.ones(N), x])), y, [Block(CODES, 15)])


def test_nearly_collinear_columns_keep_their_digits():
    """x and x + 1e-6 z carry the information of x and z: the estimates of one follow from those of the other."""
    z = RNG.standard_normal(N)
    plain, near = np.column_stack([np.ones(N), x, z]), np.column_stack([np.ones(N), x, x + 1e-6 * z])
    back = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1e-6]])  # near = plain @ back
    systems, values = [], []
    for X in (plain, near):
        problem = build_problem(Dense(X), Y, [Block(CODES, 15)], w=np.full(N, 2.0))
        solution = solve(problem, REML=True, tol=1e-10, max_iter=50)
        systems.append(PLSSystem(solution.evaluation, np.arange(3)))
        values.append(solution.evaluation.value + problem.constant(True))
    assert np.isclose(values[1] - 2 * np.log(1e-6), values[0], atol=1e-6)
    np.testing.assert_allclose(back @ systems[1].coefficients, systems[0].coefficients, rtol=1e-6)
    np.testing.assert_allclose(back @ systems[1].covariance @ back.T, systems[0].covariance, rtol=1e-5, atol=1e-5)
