"""The inverse gaussian family: R's log-likelihood, scales, range and fits."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import DataError
from statmodels_tf.families import InverseGaussian

Y, MU, A = np.array([0.5, 2.0, 3.5, 1.2]), np.array([0.8, 1.5, 3.0, 1.3]), np.array([1.0, 2.0, 0.0, 3.0])


def table(n=80, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame({"y": rng.wald(np.exp(0.3 + 0.4 * x), 5.0), "x": x})


def test_the_deviance_is_by_its_definition():
    np.testing.assert_allclose(InverseGaussian().deviance(Y, MU), (Y - MU) ** 2 / (Y * MU**2), rtol=1e-14)


def test_the_log_likelihood_is_that_of_r():
    # inverse.gaussian()$aic: sum(wt) * (log(dev / sum(wt) * 2 * pi) + 1) + 3 * sum(log(y) * wt)
    deviance = np.sum(A * InverseGaussian().deviance(Y, MU))
    aic = np.sum(A) * (np.log(deviance / np.sum(A) * 2 * np.pi) + 1) + 3 * np.sum(np.log(Y) * A)
    rows = InverseGaussian().loglik(Y, MU, A, {})
    assert rows.sum() == pytest.approx(-aic / 2, rel=1e-13)
    assert rows[2] == 0


def test_a_perfect_fit_has_no_end_of_likelihood():
    assert np.all(InverseGaussian().loglik(Y, Y, None, {}) == np.inf)


@pytest.mark.parametrize("scale", [1e-100, 1e100])
def test_working_quantities_go_with_the_scale(scale):
    plain = InverseGaussian("log").working(np.log(MU), Y, A)
    work = InverseGaussian("log").working(np.log(MU * scale), Y * scale, A)
    np.testing.assert_allclose(work.weight * scale, plain.weight, rtol=1e-12)
    np.testing.assert_allclose(work.score * scale, plain.score, rtol=1e-11, atol=1e-12)
    assert work.objective * scale == pytest.approx(plain.objective, rel=1e-11)


def test_a_response_that_is_not_positive_is_refused_with_its_rows():
    with pytest.raises(DataError, match=r"`y` is 0 in row 1: an inverse gaussian model needs positive numbers"):
        st.glm("y ~ 1", {"y": [1.0, 0.0, 2.0]}, "inverse_gaussian")


@pytest.mark.parametrize("name", ["inverse_gaussian", "inverse.gaussian"])
def test_rows_of_weight_nought_say_nothing(name):
    data = table().assign(w=np.r_[np.zeros(5), np.ones(75)])
    with_them, without = (
        st.glm("y ~ x", d, name, link="log", **w) for d, w in ((data, {"weights": "w"}), (data[5:], {}))
    )
    np.testing.assert_allclose(with_them.coef(), without.coef(), rtol=1e-8)
    assert with_them.loglik == pytest.approx(without.loglik, rel=1e-10)


def test_the_units_of_the_response_change_the_intercept_only():
    fits = [st.glm("y ~ x", table().assign(y=table()["y"] * s), "inverse_gaussian", link="log") for s in (1, 1e-80)]
    np.testing.assert_allclose(fits[1].coef() - fits[0].coef(), [np.log(1e-80), 0], rtol=1e-7, atol=1e-6)
    assert fits[1].deviance * 1e-80 == pytest.approx(fits[0].deviance, rel=1e-10)


def test_a_response_whose_cube_vanishes_is_refused():
    data = table().assign(y=table()["y"] * 1e-110)
    with pytest.raises(DataError, match="needs numbers above 1e-100, whose cubes it divides by; choose another unit"):
        st.glm("y ~ x", data, "inverse_gaussian", link="log")


def test_simulated_responses_of_no_positive_mean_are_missing():
    family = InverseGaussian("identity")
    drawn = family.simulate(np.array([-1.0, 1.0]), family.values_at(0.5), {}, np.random.default_rng(0))
    assert np.isnan(drawn[0]) and drawn[1] > 0


@pytest.mark.parametrize("shape", [1e-3, 1.0, 1e3, 1e8])
def test_quantile_residuals_are_by_scipys_distribution(shape):
    mu = 2.0
    made = stats.invgauss(mu / shape, scale=shape)
    y = made.ppf([1e-8, 0.01, 0.3, 0.6, 0.99]) if shape < 1e6 else mu + mu * np.sqrt(mu / shape) * np.linspace(-4, 4, 5)
    data, rng = {"y": y}, np.random.default_rng(0)
    found = InverseGaussian().quantile_residuals(np.full(5, mu), {"shape": np.float64(shape)}, data, rng)
    expected = np.where(made.cdf(y) < 0.5, stats.norm.ppf(made.cdf(y)), -stats.norm.ppf(made.sf(y)))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    far = InverseGaussian().quantile_residuals(
        np.array([1.0]), {"shape": np.float64(1.0)}, {"y": np.array([60.0])}, rng
    )
    assert far[0] == pytest.approx(-stats.norm.ppf(stats.invgauss(1.0).sf(60.0)), rel=1e-8)
