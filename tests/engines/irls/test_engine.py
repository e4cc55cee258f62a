"""The same estimates however the rows are cut, ordered, shared among threads, or their columns arranged."""

import os
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import statmodels_tf as st
from statmodels_tf.engines import threads
from statmodels_tf.engines.irls import separation
from statmodels_tf.engines.irls.engine import IRLS
from statmodels_tf.engines.irls.fit import Options, fit_rows
from statmodels_tf.engines.irls.memory import memory_rows
from statmodels_tf.engines.irls.newton import newton
from statmodels_tf.engines.irls.passes import Pass
from statmodels_tf.engines.irls.system import CholeskySystem, SchurSystem
from statmodels_tf.linalg import Coded, Dense, Stacked, split
from statmodels_tf.transforms.contrasts import indicators

OPTIONS = Options(1e-16, 100, 1e-11, None)
POISSON, BINOMIAL = st.families.Poisson(), st.families.Binomial()


def problem(n=6000, seed=0):
    rng = np.random.default_rng(seed)
    X = np.asfortranarray(np.column_stack([np.ones(n), rng.normal(size=(n, 5))]))
    offset = 0.1 * rng.normal(size=n)
    y = rng.poisson(np.exp(X @ [0.2, 0.3, -0.2, 0.1, 0, 0.1] + offset)).astype(float)
    return X, y, offset, rng.integers(0, 3, n).astype(float)


@pytest.mark.parametrize("chunk", [7000, 1000, 333])
def test_block_size_and_order_of_rows_change_nothing(chunk):
    X, y, offset, a = problem()
    once = fit_rows(memory_rows(Dense(X), y, a, offset, 6000), POISSON, OPTIONS).fitted
    shuffled = np.random.default_rng(1).permutation(len(y))
    rows = memory_rows(Dense(X[shuffled]), y[shuffled], a[shuffled], offset[shuffled], chunk)
    fitted = fit_rows(rows, POISSON, OPTIONS).fitted
    np.testing.assert_allclose(fitted.beta, once.beta, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fitted.last.system.variances, once.last.system.variances, rtol=1e-10)


def test_one_thread_and_several_add_up_alike(monkeypatch):
    X, y, offset, a = problem()
    rows = memory_rows(Dense(X), y, a, offset, 100)
    task = Pass(POISSON, np.full(6, 0.1))
    several = rows.total(task)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    one = rows.total(task)
    np.testing.assert_array_equal(several.equations.gram, one.equations.gram)
    np.testing.assert_array_equal(several.equations.score, one.equations.score)
    assert several.objective == one.objective
    assert threads.in_threads(lambda i: i + 1, [1, 2, 3]) == [2, 3, 4]


def test_tasks_can_be_sent_to_another_process():
    X, y, offset, a = problem(50)
    rows = memory_rows(Dense(X), y, a, offset)
    task = Pass(BINOMIAL, np.zeros(6))
    again = pickle.loads(pickle.dumps(task))
    y = (y > 0).astype(float)
    np.testing.assert_array_equal(rows.total(task).equations.gram, rows.total(again).equations.gram)


@pytest.fixture
def easily_apart(monkeypatch):
    """Let factors of middling size be eliminated."""
    monkeypatch.setattr(split, "MANY_LEVELS", 50)
    monkeypatch.setattr(split, "MANY_COLUMNS", 50)


def levels(n=3000, many=100):
    """Return columns with a large factor, and the same as one array."""
    rng = np.random.default_rng(2)
    a = rng.integers(6, size=n).astype(np.int32)
    b = np.concatenate([np.arange(many), rng.integers(many, size=n - many)]).astype(np.int32)
    Z = np.column_stack([np.ones(n), rng.normal(size=n)])
    columns = Stacked((Dense(np.asfortranarray(Z)), Coded(a, indicators(6, first=1, count=5)),
                       Coded(b, indicators(many, first=1, count=many - 1))))  # fmt: skip
    y = rng.poisson(np.exp(0.5 + 0.2 * Z[:, 1] + 0.1 * a)).astype(float) + 1
    return columns, y


def test_a_large_factor_eliminated_gives_what_the_whole_matrix_gives(easily_apart):
    columns, y = levels()
    apart = newton(memory_rows(columns, y, None, None), POISSON)
    whole = newton(memory_rows(Dense(columns.dense()), y, None, None), POISSON)
    schur, cholesky = apart.last.system, whole.last.system
    assert isinstance(schur, SchurSystem)
    assert isinstance(cholesky, CholeskySystem)
    np.testing.assert_allclose(apart.beta, whole.beta, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(schur.variances, cholesky.variances, rtol=1e-7)
    b = np.random.default_rng(0).normal(size=(len(apart.beta), 2))
    np.testing.assert_allclose(schur.solve(b), cholesky.solve(b), rtol=1e-6, atol=1e-8)
    some = np.arange(0, 3000, 500)
    expected = cholesky.prediction_variance(columns.take(some))
    np.testing.assert_allclose(schur.prediction_variance(columns.take(some)), expected, rtol=1e-7)
    np.testing.assert_allclose(schur.prediction_variance(Dense(columns.dense(some))), expected, rtol=1e-7)


def test_an_aliased_column_beside_a_large_factor_falls_back(easily_apart):
    columns, y = levels()
    doubled = Stacked((*columns.blocks, Dense(2 * columns.blocks[0].values[:, 1:])))
    fitted = newton(memory_rows(doubled, y, None, None), POISSON)
    assert fitted.converged
    np.testing.assert_array_equal(np.setdiff1d(np.arange(doubled.shape[1]), fitted.kept), [doubled.shape[1] - 1])


def test_rows_of_weight_zero_do_not_count_but_have_fitted_values():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=100), "w": 1.0})
    data["y"] = rng.poisson(2, 100).astype(float)
    data.loc[:9, "w"] = 0.0
    data.loc[:9, "y"] = 1e6
    fit, without = st.glm("y ~ x", data, "poisson", weights="w"), st.glm("y ~ x", data[10:], "poisson")
    np.testing.assert_allclose(fit.coef(), without.coef(), rtol=1e-12)
    assert (fit.rank, fit.df_residual, len(fit.fitted())) == (2, 88, 100)
    assert fit.deviance == pytest.approx(without.deviance, rel=1e-12)
    assert fit.null_deviance == pytest.approx(without.null_deviance, rel=1e-12)


def test_a_start_from_a_sample_of_sorted_rows_gives_the_same_estimate():
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(60_000, 3)), columns=list("abc")).sort_values("a", ignore_index=True)
    data["y"] = (rng.random(60_000) < expit(data.a - 2)).astype(float)
    warm = st.glm("y ~ a + b + c", data, "binomial", engine=IRLS(warm=50_000))
    cold = st.glm("y ~ a + b + c", data, "binomial")
    assert warm.diagnostics["iterations"] < cold.diagnostics["iterations"]
    np.testing.assert_allclose(warm.coef(), cold.coef(), rtol=1e-10)
    np.testing.assert_allclose(warm.se(), cold.se(), rtol=1e-7)


def test_thrifty_passes_end_at_the_same_estimate():
    rng = np.random.default_rng(0)
    X = np.asfortranarray(np.column_stack([np.ones(30_000), rng.normal(size=(30_000, 79))]))
    y = (rng.random(30_000) < expit(X[:, :5] @ [-0.5, 1, 1, -1, 0.5])).astype(float)
    rows = memory_rows(Dense(X), y, None, None)
    near = newton(memory_rows(Dense(X[:5000]), y[:5000], None, None), BINOMIAL, rough=True).beta
    thrifty = newton(rows, BINOMIAL, start=near, single=True)
    plain = newton(memory_rows(Dense(X), y, None, None), BINOMIAL, tolerance=1e-24)
    np.testing.assert_allclose(thrifty.beta, plain.beta, rtol=0, atol=1e-10)
    np.testing.assert_allclose(thrifty.last.system.variances, plain.last.system.variances, rtol=1e-5)


def test_a_tight_tolerance_changes_nothing_that_can_be_seen():
    data = st.load_dataset("infert")
    formula, cauchit = "case ~ spontaneous + induced + age", st.families.Binomial(link="cauchit")
    fit, tight = st.glm(formula, data, cauchit), st.glm(formula, data, cauchit, engine=IRLS(tolerance=1e-26))
    np.testing.assert_allclose(fit.coef(), tight.coef(), rtol=1e-7)
    np.testing.assert_allclose(fit.se(), tight.se(), rtol=1e-7)


@pytest.mark.parametrize("offset", [None, "log(x + 2)"])
def test_null_deviance_is_that_of_the_model_of_the_intercept(offset):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.random(80)})
    data["y"] = rng.poisson(2 * (data.x + 2)).astype(float)
    fit = st.glm("y ~ x", data, "poisson", offset=offset)
    assert fit.null_deviance == pytest.approx(st.glm("y ~ 1", data, "poisson", offset=offset).deviance, rel=1e-10)


def test_a_level_of_a_large_factor_without_counts_is_infinite(easily_apart, monkeypatch):
    monkeypatch.setattr(separation, "WIDEST", 50)
    columns, y = levels()
    y[columns.blocks[2].codes == 7] = 0
    answer = fit_rows(memory_rows(columns, y, None, None), POISSON, OPTIONS)
    np.testing.assert_array_equal(np.flatnonzero(answer.infinite), [2 + 5 + 6])
    assert answer.infinite.min() == -1
