"""What the fit can still be asked, against dense covariance matrices, simulation and lmerTest."""

import json
from pathlib import Path

import numpy as np
import pytest

from statmodels_tf.engines.pls import draws
from statmodels_tf.engines.pls.evaluation import Evaluation
from statmodels_tf.engines.pls.optimum import solve
from statmodels_tf.engines.pls.problem import build_problem
from statmodels_tf.engines.pls.system import PLSSystem
from statmodels_tf.linalg.dense import Dense
from statmodels_tf.linalg.random import Block


def _system(arrays, factors, REML=True):
    problem = arrays.problem()
    return PLSSystem(Evaluation(problem, problem.from_user(factors), REML), np.arange(arrays.X.shape[1]))


def _dense(arrays, terms):
    """Return Z [m, q], levels within effects within terms; a code of -1 is a row of zeros."""
    parts = []
    for term in terms:
        m = len(term.codes)
        values = np.ones((m, 1)) if term.columns is None else term.columns
        part = np.zeros((m, term.effects, term.levels))
        known = np.flatnonzero(term.codes >= 0)
        part[known, :, term.codes[known]] = values[known]
        parts.append(part.reshape(m, -1))
    return np.concatenate(parts, axis=1)


def _posterior(arrays, factors, sigma):
    """Return mean and covariance of (beta, b) under a flat prior on beta, from Henderson's equations."""
    Z, w = _dense(arrays, arrays.terms), np.ones(len(arrays.y)) if arrays.w is None else arrays.w
    both = np.concatenate([arrays.X, Z], axis=1)
    p, precision = arrays.X.shape[1], both.T @ (w[:, None] * both)
    start = p
    for Lambda, term in zip(factors, arrays.terms, strict=True):
        where = slice(start, start + term.size)
        precision[where, where] += np.kron(np.linalg.inv(Lambda @ Lambda.T), np.eye(term.levels))
        start += term.size
    inverse = np.linalg.inv(precision)
    return inverse @ (both.T @ (w * arrays.y)), sigma**2 * inverse


@pytest.fixture
def case(arrays, random_factors):
    factors = random_factors(arrays)
    system = _system(arrays, factors)
    return arrays, factors, system, *_posterior(arrays, factors, system.sigma)


def test_estimates_solve_hendersons_equations(case):
    arrays, _, system, mean, covariance = case
    p = arrays.X.shape[1]
    np.testing.assert_allclose(system.coefficients, mean[:p], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(system.covariance, covariance[:p, :p], rtol=1e-6, atol=1e-10)
    modes = np.concatenate([mode.T.ravel() for mode in system.modes()])
    np.testing.assert_allclose(modes, mean[p:], rtol=1e-6, atol=1e-7)


def test_prediction_variance_of_old_and_new_rows(case):
    arrays, factors, system, _, covariance = case
    rng = np.random.default_rng(0)
    m = 50
    X = np.column_stack([np.ones(m), rng.standard_normal((m, 2)) * 3])
    rows, prior = [], np.zeros(m)
    for number, (term, Lambda) in enumerate(zip(arrays.terms, factors, strict=True)):
        same = [k for k in range(number) if np.array_equal(arrays.terms[k].codes, term.codes)]
        codes = rows[same[0]].codes if same else rng.integers(-1, term.levels, m)
        columns = None if term.columns is None else rng.standard_normal((m, term.effects))
        values = np.ones((m, 1)) if columns is None else columns
        prior += np.where(codes < 0, ((values @ Lambda) ** 2).sum(1), 0.0)
        rows.append(Block(codes, term.levels, columns))
    both = np.concatenate([X, _dense(arrays, rows)], axis=1)
    expected = np.einsum("mi,ij,mj->m", both, covariance, both) + system.sigma**2 * prior
    # Var(x'beta_hat + z'(b_hat - b)) has the sign of the joint covariance of (beta_hat, b_hat - b).
    found = system.prediction_variance(X, [(row.codes, row.columns) for row in rows])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_conditional_covariance_given_beta(case):
    arrays, factors, system, _, _ = case
    Z, w = _dense(arrays, arrays.terms), np.ones(len(arrays.y)) if arrays.w is None else arrays.w
    precision, starts = Z.T @ (w[:, None] * Z), np.cumsum([0, *(term.size for term in arrays.terms)])
    for Lambda, term, start in zip(factors, arrays.terms, starts[:-1], strict=True):
        where = slice(start, start + term.size)
        precision[where, where] += np.kron(np.linalg.inv(Lambda @ Lambda.T), np.eye(term.levels))
    inverse = system.sigma**2 * np.linalg.inv(precision)
    for k, (term, start) in enumerate(zip(arrays.terms, starts[:-1], strict=True)):
        own = inverse[start : start + term.size, start : start + term.size]
        blocks = np.einsum("ajbj->jab", own.reshape(term.effects, term.levels, term.effects, term.levels))
        np.testing.assert_allclose(system.conditional_covariance(k), blocks, rtol=1e-6, atol=1e-9)


def test_draws_have_the_posterior_mean_and_covariance(case):
    arrays, _, system, mean, covariance = case
    size, p = 4000, arrays.X.shape[1]
    drawn = system.draw(np.random.default_rng(1), size)
    assert [b.shape for b in drawn["b"]] == [(size, t.levels, t.effects) for t in arrays.terms]
    nu = len(arrays.y) - p
    values = np.concatenate([drawn["beta"], *(b.transpose(0, 2, 1).reshape(size, -1) for b in drawn["b"])], axis=1)
    # sigma varies from draw to draw: divided by it, the draws are normal.
    scaled = (values - mean) / drawn["sigma"][:, None]
    expected = covariance / system.sigma**2
    sd = np.sqrt(np.diag(expected))
    assert np.abs(scaled.mean(0) / sd).max() < 4.5 / np.sqrt(size)
    assert np.abs(np.cov(scaled.T) / np.outer(sd, sd) - expected / np.outer(sd, sd)).max() < 6.0 / np.sqrt(size)
    chi2 = nu * system.sigma**2 / drawn["sigma"] ** 2
    assert abs(chi2.mean() - nu) < 4 * np.sqrt(2 * nu / size)


@pytest.mark.parametrize(("cheap", "thetas"), [(0, 40), (2000, 400)], ids=["dear", "cheap"])
def test_draws_of_theta_follow_its_uncertainty(monkeypatch, cheap, thetas):
    monkeypatch.setattr(draws, "_CHEAP", cheap)
    rng = np.random.default_rng(8)
    codes = np.repeat(np.arange(60), 8).astype(np.int32)
    X = np.column_stack([np.ones(480), rng.standard_normal(480)])
    b = rng.standard_normal((60, 2)) @ np.array([[0.8, 0.2], [0.0, 0.5]])
    y = X @ [1.0, 2.0] + (X * b[codes]).sum(1) + rng.standard_normal(480)
    problem = build_problem(Dense(X), y, [Block(codes, 60, X)])
    solution = solve(problem, REML=True, tol=1e-8, max_iter=50)
    system = PLSSystem(solution.evaluation, np.arange(2))
    drawn = system.draw(np.random.default_rng(2), 400, vary_theta=True)
    assert drawn["factors"][0].shape == (400, 2, 2)
    spread = drawn["factors"][0][:, 0, 0]
    assert len(np.unique(spread)) == thetas
    assert len(np.unique(spread[:100])) > 30  # a chain meets most of them
    theta_sd = np.sqrt(system.freedom.A[0, 0])
    assert 0.6 < spread.std() / theta_sd < 1.5
    assert abs(spread.mean() - problem.to_user(solution.evaluation.factors)[0][0, 0]) < 4 * theta_sd / np.sqrt(thetas)


GOLDEN = Path(__file__).parents[2] / "golden"


def test_satterthwaite_of_a_balanced_design_is_exact():
    """Random intercepts and slopes on a balanced design: the df of both coefficients is levels - 1."""
    rng = np.random.default_rng(1)
    codes, x = np.repeat(np.arange(20), 7).astype(np.int32), np.tile(np.arange(7.0), 20)
    X = np.column_stack([np.ones(140), x])
    b = rng.standard_normal((20, 2)) @ np.array([[2.0, 0.3], [0.0, 0.8]])
    y = X @ [1.0, 1.0] + (X * b[codes]).sum(1) + rng.standard_normal(140)
    problem = build_problem(Dense(X), y, [Block(codes, 20, X)])
    solution = solve(problem, REML=True, tol=1e-10, max_iter=50)
    df = PLSSystem(solution.evaluation, np.arange(2)).satterthwaite(np.eye(2))
    np.testing.assert_allclose(df, 19.0, rtol=1e-4)


def test_satterthwaite_at_the_boundary_counts_residual_rows():
    """With no variance between groups the variance of the mean is sigma^2/n, so df = n - 1."""
    codes = np.repeat(np.arange(12), 6).astype(np.int32)
    y = np.tile([-1.0, 1.0, -2.0, 2.0, 0.5, -0.5], 12)
    problem = build_problem(Dense(np.ones((72, 1))), y, [Block(codes, 12)])
    solution = solve(problem, REML=True, tol=1e-10, max_iter=50)
    assert solution.singular == (True,)
    df = PLSSystem(solution.evaluation, np.arange(1)).satterthwaite(np.ones((1, 1)))
    np.testing.assert_allclose(df, 71.0, rtol=1e-6)


def test_satterthwaite_equals_lmertest():
    reference = json.loads((GOLDEN / "df_sleepstudy.json").read_text())["results"]["satterthwaite"]
    rows = np.genfromtxt(
        Path(__file__).parents[3] / "datasets" / "sleepstudy.csv",
        delimiter=",",
        names=True,
        dtype=None,
        encoding="utf8",
    )
    levels, codes = np.unique(rows["Subject"], return_inverse=True)
    X = np.column_stack([np.ones(180), rows["Days"]])
    problem = build_problem(Dense(X), rows["Reaction"], [Block(codes.astype(np.int32), len(levels), X)])
    solution = solve(problem, REML=True, tol=1e-10, max_iter=50)
    system = PLSSystem(solution.evaluation, np.arange(2))
    np.testing.assert_allclose(system.satterthwaite(np.eye(2)), reference["df"], rtol=1e-4)
    np.testing.assert_allclose(np.sqrt(np.diag(system.covariance)), reference["se"], rtol=1e-5)
