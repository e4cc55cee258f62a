"""Fits of many rows, whose passes are spared: few of them, and the same estimate as of passes that are not."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit

import statmodels_tf as st
from statmodels_tf.engines.irls import memory, newton
from statmodels_tf.engines.irls.engine import IRLS
from statmodels_tf.engines.irls.fit import Options, fit_rows
from statmodels_tf.engines.irls.mean import Mean
from statmodels_tf.engines.irls.memory import memory_rows
from statmodels_tf.engines.irls.passes import Pass
from statmodels_tf.linalg import Dense

N, P = 200_000, 12


def _normal(rng, correlation):
    """Return columns each of which depends on the one before."""
    x = rng.standard_normal((N, P))
    for j in range(1, P):
        x[:, j] = correlation * x[:, j - 1] + np.sqrt(1 - correlation**2) * x[:, j]
    return x


def _problem(name):
    """Return data, family and arguments of a problem by name."""
    rng = np.random.default_rng(5)
    x, beta, level, how = _normal(rng, 0.9 if "correlated" in name else 0.3), rng.normal(size=P) * 0.3, 0.0, {}
    if "skewed" in name:
        x, beta = np.exp(x), beta / 10
    if "scales" in name:
        x[:, 3], x[:, 4], beta[3:5] = 1e3 + x[:, 3], 1e5 * x[:, 4], [0.2, 2e-6]
        level = -200.0
    level = {"rare": -7.0, "large": 8.0}.get(name.split()[-1], level)
    family = name.split()[0]
    data = pd.DataFrame({f"x{j}": x[:, j] for j in range(P)})
    eta = level + x @ beta
    if "weighted" in name:
        data["w"], data["o"] = rng.exponential(size=N), rng.normal(size=N)
        how, eta = {"weights": "w", "offset": "o"}, eta + data["o"].to_numpy()
    draw = {
        "binomial": lambda: (rng.random(N) < expit(eta)).astype(float),
        "probit": lambda: (rng.standard_normal(N) < eta).astype(float),
        "poisson": lambda: rng.poisson(np.exp(eta)).astype(float),
        "gamma": lambda: rng.gamma(2, np.exp(eta) / 2),
    }
    data["y"] = draw[family]()
    if "ordered" in name:
        data = data.sort_values("x0", ignore_index=True)
    kinds: dict[str, Any] = {"probit": st.families.Binomial("probit"), "gamma": st.families.Gamma("log")}
    return data, kinds.get(family, family), how


@pytest.mark.parametrize(
    "name",
    [
        "binomial correlated",
        "binomial skewed",
        "binomial rare",
        "binomial ordered",
        "binomial scales",
        "poisson correlated",
        "poisson rare",
        "poisson large",
        "poisson weighted",
        "probit",
        "gamma",
    ],
)
def test_few_passes_give_the_estimate_of_many(name, monkeypatch):
    data, family, how = _problem(name)
    formula = "y ~ " + " + ".join(f"x{j}" for j in range(P))
    fit = st.glm(formula, data, family, **how)
    monkeypatch.setattr(newton, "LARGE", np.inf)
    exact = st.glm(formula, data, family, engine=IRLS(tolerance=1e-26, warm=2 * N), **how)
    assert fit.diagnostics["converged"] and fit.diagnostics["iterations"] <= 7
    off = np.abs(fit.coef() - exact.coef()) / np.maximum(1, np.abs(exact.coef()))
    assert off.max() < 1e-10
    assert_allclose(fit.se(), exact.se(), rtol=1e-5)
    assert fit.deviance == pytest.approx(exact.deviance, rel=1e-13)


@pytest.fixture
def wants(monkeypatch):
    """What passes over rows in memory were asked to give."""
    asked, whole = [], memory.MemoryRows.total

    def total(self, task, label=""):
        asked.extend([task.want] if isinstance(task, Pass) else [])
        return whole(self, task, label)

    monkeypatch.setattr(memory.MemoryRows, "total", total)
    return asked


def _rows(rng, n=200_000, p=20):
    x = np.asfortranarray(np.column_stack([np.ones(n), rng.standard_normal((n, p - 1))]))
    y = (rng.random(n) < expit(x @ (rng.normal(size=p) * 0.2))).astype(float)
    return memory_rows(Dense(x), y, None, None)


def test_information_of_a_sample_serves_all_steps_but_the_last_two(wants):
    rows = _rows(np.random.default_rng(1))
    answer = fit_rows(rows, st.families.Binomial(), Options(1e-20, 100, 1e-11, 200_000))
    assert wants == ["score"] * (len(wants) - 2) + ["gram", "score"]
    assert answer.fitted.iterations == len(wants) <= 5


def test_steps_by_a_sample_are_no_sign_of_separation():
    rows, family = _rows(np.random.default_rng(6), n=40_000, p=70), st.families.Binomial()
    exact = newton.newton(rows, family, tolerance=1e-26)
    system = type(exact.last.system)(exact.last.system.estimable, 0.9 * exact.last.system.lower)
    found = newton.newton(rows, family, start=exact.beta + 0.02, borrowed=newton.Borrowed(system, 0.02), watch=True)
    assert found.iterations >= 7 and found.converged and not found.slow


def test_information_that_is_wrong_is_given_up():
    rows, family = _rows(np.random.default_rng(2)), st.families.Binomial()
    exact = newton.newton(rows, family, tolerance=1e-26)
    near = exact.beta + 0.02
    for wrong in (0.3, 3.0, 30.0):
        system = type(exact.last.system)(exact.last.system.estimable, wrong * exact.last.system.lower)
        found = newton.newton(rows, family, start=near, borrowed=newton.Borrowed(system, 0.02), single=True)
        assert found.converged
        assert_allclose(found.beta, exact.beta, rtol=0, atol=1e-10)
        assert_allclose(found.last.system.variances, exact.last.system.variances, rtol=1e-5)


def test_a_sample_is_of_different_rows_and_adds_up_like_them():
    rows = _rows(np.random.default_rng(3), n=10_003, p=3)
    some = rows.sample(2_000, 0)
    assert len(np.unique(some.positions)) == some.n and 2_000 <= some.n < 2_000 + memory.LINE
    assert some.positions.max() < rows.n
    assert some.total(Mean()).values[1] == rows.y[some.positions].sum()
    assert rows.sample(10**6, 0).n == rows.n


def test_least_squares_of_many_rows_takes_its_second_step_by_scores_alone(wants):
    rng = np.random.default_rng(4)
    x = rng.standard_normal((N, P))
    data = pd.DataFrame(x, columns=[f"x{j}" for j in range(P)]).assign(y=x @ np.arange(P) + rng.standard_normal(N))
    fit = st.lm("y ~ " + " + ".join(f"x{j}" for j in range(P)), data)
    assert wants == ["gram", "score"]
    expected = np.linalg.lstsq(np.column_stack([np.ones(N), x]), data["y"].to_numpy())[0]
    assert_allclose(fit.coef(), expected, rtol=1e-12, atol=1e-13)
