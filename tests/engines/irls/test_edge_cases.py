"""Data on which other programs fail, silently or not: each is fitted, or said to be what it is."""

import warnings

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import ModelError

N = 2000


def numbers(seed=3, **more):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.normal(size=(N, 4)), columns=list("abcd"))
    return data.assign(**more), rng


def test_perfect_separation_stops_and_names_the_columns():
    data, _ = numbers()
    data["y"] = (data.a + 0.5 * data.b > 0).astype(float)
    fit = st.glm("y ~ a + b + c + d", data, "binomial")
    found = fit.diagnostics["separation"]
    assert fit.converged
    assert found["kind"] == "complete"
    assert {"a", "b"} <= set(found["columns"])
    assert fit.infinite[1] == fit.infinite[2] == 1
    assert np.isposinf(fit.coef()["a"])
    assert fit.deviance == pytest.approx(0, abs=1e-9)
    assert fit.diagnostics["iterations"] < 15


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "cauchit"])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_quasi_separation_leaves_the_other_estimates_finite(link, value):
    data, rng = numbers()
    data["f"] = (rng.random(N) < 0.01).astype(float)
    data["y"] = np.where(data.f == 1, value, rng.random(N) < 0.4)
    fit = st.glm("y ~ a + b + f", data, "binomial", link=link)
    others = st.glm("y ~ a + b", data[data.f == 0], "binomial", link=link)
    assert fit.diagnostics["separation"]["kind"] == "quasi"
    assert fit.diagnostics["separation"]["columns"] == ("f",)
    np.testing.assert_array_equal(fit.infinite, [0, 0, 0, 1 if value else -1])
    np.testing.assert_allclose(fit.beta[:3], others.beta, rtol=1e-7)
    np.testing.assert_allclose(fit.se()[:3], others.se(), rtol=1e-6)
    assert set(fit.diagnostics["separated_rows"]) <= set(np.flatnonzero(data.f == 1))
    np.testing.assert_allclose(fit.fitted()[data.f == 1], value, atol=0.02 if link == "cauchit" else 1e-12)


def test_separation_does_not_depend_on_how_the_columns_are_written():
    data, rng = numbers()
    data["f"] = (rng.random(N) < 0.01).astype(float)
    data["y"] = np.where(data.f == 1, 1.0, rng.random(N) < 0.4)
    one = st.glm("y ~ a + f", data, "binomial")
    other = st.glm("y ~ I(1000 * a) + I(0.001 * f) + I(a + f)", data, "binomial")
    assert other.deviance == pytest.approx(one.deviance, rel=1e-9)
    assert np.isnan(other.beta[3])
    np.testing.assert_array_equal(other.infinite, [0, 0, 1, 0])


@pytest.mark.parametrize("family,value,side", [("binomial", 0.0, -1), ("binomial", 1.0, 1), ("poisson", 0.0, -1)])
def test_responses_all_on_one_edge_give_an_infinite_intercept(family, value, side):
    data, _ = numbers(y=value)
    fit = st.glm("y ~ a + b", data, family)
    np.testing.assert_array_equal(fit.infinite, [side, 0, 0])
    assert fit.coef()["Intercept"] == side * np.inf
    assert "infinite" in fit.diagnostics["message"]
    assert fit.deviance == pytest.approx(0, abs=1e-9)


def test_a_level_without_counts_has_an_infinite_effect_and_a_reference_without_makes_all_infinite():
    data, rng = numbers()
    data["g"] = pd.Categorical(rng.integers(4, size=N).astype(str))
    counts = rng.poisson(2, N)
    inner = st.glm("y ~ g + a", data.assign(y=np.where(data.g == "2", 0, counts)), "poisson")
    np.testing.assert_array_equal(inner.infinite, [0, 0, -1, 0, 0])
    first = st.glm("y ~ g + a", data.assign(y=np.where(data.g == "0", 0, counts)), "poisson")
    np.testing.assert_array_equal(first.infinite, [-1, 1, 1, 1, 0])


def test_successes_out_of_trials_separate_too():
    data, rng = numbers()
    data["g"] = pd.Categorical(rng.integers(4, size=N).astype(str))
    data["s"] = rng.poisson(3, N).astype(float)
    data["t"] = np.where(data.g == "2", data.s, data.s + 3)
    fit = st.glm("s | trials(t) ~ g + a", data, "binomial")
    np.testing.assert_array_equal(fit.infinite, [0, 0, 1, 0, 0])


@pytest.mark.parametrize("slope", [8.0, 30.0])
def test_steep_data_that_overlap_are_not_called_separated(slope):
    data, rng = numbers()
    data["y"] = (rng.random(N) < 1 / (1 + np.exp(-slope * data.a))).astype(float)
    fit = st.glm("y ~ a + b", data, "binomial")
    assert fit.converged
    assert not fit.infinite.any()
    assert "message" not in fit.diagnostics


def test_rare_events_are_not_called_separated():
    rng = np.random.default_rng(3)
    data = pd.DataFrame(rng.normal(size=(20_000, 4)), columns=list("abcd"))
    data["y"] = (rng.random(20_000) < 1 / (1 + np.exp(8 - data.a))).astype(float)
    assert 5 < data.y.sum() < 30
    fit = st.glm("y ~ a + b + c + d", data, "binomial")
    assert fit.converged
    assert not fit.infinite.any()


def test_counts_of_a_trillion_converge():
    data, rng = numbers()
    data["y"] = rng.poisson(1e12 * np.exp(0.1 * data.a)).astype(float)
    fit = st.glm("y ~ a + b", data, "poisson")
    assert fit.converged
    np.testing.assert_allclose(fit.coef(), [np.log(1e12), 0.1, 0], atol=1e-6)
    assert fit.diagnostics["iterations"] <= 8
    assert fit.deviance == pytest.approx(N, rel=0.2)


def test_poisson_predictors_of_thirty_converge():
    data, rng = numbers()
    eta = np.clip(9 * data.a, -30, 30)
    data["y"] = rng.poisson(np.exp(eta)).astype(float)
    data["x"] = eta
    fit = st.glm("y ~ x", data, "poisson")
    assert fit.converged
    np.testing.assert_allclose(fit.coef(), [0, 1], atol=1e-4)


@pytest.mark.parametrize("family", ["poisson", "gaussian", "binomial"])
def test_an_aliased_column_is_listed_and_the_first_is_kept(family):
    data, rng = numbers()
    data["e"] = 2 * data.a
    data["y"] = (rng.random(N) < 0.3).astype(float)
    fit = st.glm("y ~ a + e + b", data, family)
    assert fit.diagnostics["aliased"] == ("e",)
    assert np.isnan(fit.coef()["e"])
    np.testing.assert_allclose(fit.coef().dropna(), st.glm("y ~ a + b", data, family).coef(), rtol=1e-9)


def test_missing_cells_are_dropped_and_counted():
    data, rng = numbers()
    data["y"] = (rng.random(N) < 0.3).astype(float)
    data.loc[[3, 5], "a"] = np.nan
    fit = st.glm("y ~ a", data, "binomial")
    assert (fit.nobs, fit.diagnostics["dropped"]) == (N - 2, 2)


def test_shares_without_trials_are_fitted_with_a_warning():
    data, rng = numbers()
    data["y"] = rng.random(N)
    with pytest.warns(match="whole|integer"):
        fit = st.glm("y ~ a", data, "binomial")
    assert fit.converged


EXACT = [
    ("1e-4", 2e-14, 0),
    ("1e-6", 1e-12, 0),
    ("1e-7", 9e-11, 1),
    ("1e-8", 3e-10, 1),
    ("year", 4e-7, 0),
    ("units", 4e-16, 0),
]


def exact(case):
    """Return y = Xb without error for a near-collinear X, and b."""
    n = 100_000
    rng = np.random.default_rng(3)
    a, b, noise = rng.standard_normal((3, n))
    if case == "year":
        year = 2000 + 20 * rng.random(n)
        data, beta = pd.DataFrame({"a": year, "b": year**2}), np.array([1.0, 2, 3])
    elif case == "units":
        data = pd.DataFrame({"a": 1e6 * a, "b": 1e-6 * b, "c": noise})
        beta = np.array([1, 2e-6, 3e6, 4])
    else:
        data, beta = pd.DataFrame({"a": a, "b": b, "c": a + b + float(case) * noise}), np.arange(1.0, 5)
    return data.assign(y=np.column_stack([np.ones(n), data]) @ beta), beta


@pytest.mark.parametrize("case,limit,aliased", EXACT)
def test_near_collinear_columns_cost_no_more_digits_than_qr(case, limit, aliased):
    data, beta = exact(case)
    formula = "y ~ " + " + ".join(data.columns[:-1])
    fit = st.glm(formula, data)
    assert np.abs(fit.beta / beta - 1).max() <= limit
    assert np.count_nonzero(np.isnan(st.lm(formula, data).beta)) == aliased


def test_fewer_rows_than_columns_alias_the_last_and_say_so():
    data, _ = numbers()
    fit = st.lm("d ~ a + b + c", data[:3])
    assert fit.diagnostics["aliased"] == ("c",)
    assert "3 rows cannot tell 4 columns apart" in fit.diagnostics["message"]
    assert fit.df_residual == 0


def test_no_columns_at_all():
    data, rng = numbers()
    data["y"] = (rng.random(N) < 0.3).astype(float)
    fit = st.glm("y ~ 0", data, "binomial")
    assert fit.rank == 0
    assert fit.deviance == fit.null_deviance == pytest.approx(2 * N * np.log(2))


@pytest.mark.parametrize("weight", [1e-6, 1e-20, 1e-300])
def test_the_unit_of_the_weights_does_not_end_the_iterations_early(weight):
    d = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5], "y": [1.0, 0, 2, 4, 3, 9]})
    plain = st.glm("y ~ x", d, "poisson").coef()
    np.testing.assert_allclose(st.glm("y ~ x", d, "poisson", weights=np.full(6, weight)).coef(), plain, rtol=1e-10)


def test_a_start_that_overflows_does_not_advise_the_link_it_has():
    d = pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [1.0, 0, 2, 4]})
    with pytest.raises(ModelError, match="choose units in which they and the offset are not huge") as caught:
        st.glm("y ~ x", d, "poisson", offset=np.full(4, 1e300))
    assert "take a link" not in str(caught.value)


def test_a_boundary_is_said_to_be_one():
    data, rng = numbers()
    data["y"] = rng.poisson(np.clip(0.5 + 0.3 * data.a, 0.02, None)).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = st.glm("y ~ a", data, "poisson", link="identity")
    assert not fit.converged
    assert "edge of the range" in fit.diagnostics["boundary"]
    assert (fit.fitted() > 0).all()
