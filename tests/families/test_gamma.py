"""The gamma family: R's log-likelihood, digits at the extremes, range and fits."""

from decimal import Decimal, localcontext

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import gammaln

import statmodels_tf as st
from statmodels_tf.errors import DataError
from statmodels_tf.families import Gamma

Y, MU, A = np.array([0.5, 2.0, 3.5, 1.2]), np.array([0.8, 1.5, 3.0, 1.3]), np.array([1.0, 2.0, 0.0, 3.0])


def table(n=80, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame({"y": rng.gamma(4, np.exp(0.3 + 0.4 * x) / 4), "x": x})


def test_the_deviance_is_by_its_definition():
    np.testing.assert_allclose(Gamma().deviance(Y, MU), 2 * ((Y - MU) / MU - np.log(Y / MU)), rtol=1e-13)


def test_the_log_likelihood_is_that_of_r():
    # Gamma()$aic: -2 sum(wt * dgamma(y, 1/disp, scale = mu * disp, log = TRUE)), disp = dev / sum(wt)
    dispersion = np.sum(A * Gamma().deviance(Y, MU)) / np.sum(A)
    expected = A * stats.gamma(1 / dispersion, scale=MU * dispersion).logpdf(Y)
    np.testing.assert_allclose(Gamma().loglik(Y, MU, A, {}), expected, rtol=1e-12)


def test_a_perfect_fit_has_no_end_of_likelihood():
    assert np.all(Gamma().loglik(Y, Y, None, {}) == np.inf)


@pytest.mark.parametrize("shape", [1e-12, 1e-3, 1.0, 1e5, 1e12, 1e15])
def test_the_log_density_keeps_its_digits_at_any_shape(shape):
    near = 1 + 1 / (8 * np.sqrt(shape)) if shape > 1 else 1.5
    with localcontext() as context:
        context.prec = 50
        k, t = Decimal(shape), Decimal(float(near))
        body = k * (t.ln() - t)
        if shape > 1e3:
            stirling = 1 / (12 * k) - 1 / (360 * k**3)
            constant = (k / (2 * Decimal(str(np.pi)))).ln() / 2 + k - stirling
        else:
            constant = k * k.ln() - Decimal(float(gammaln(shape)))
        expected = float(constant + body - t.ln())
    found = Gamma("log").log_density(np.zeros(1), {"shape": np.float64(shape)}, {"y": np.array([near])}, np)
    assert found[0] == pytest.approx(expected, rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e300])
def test_working_quantities_hold_at_any_scale(scale):
    plain = Gamma("log").working(np.log(MU), Y, A)
    work = Gamma("log").working(np.log(MU * scale), Y * scale, A)
    np.testing.assert_allclose(work.weight, plain.weight, rtol=1e-12)
    np.testing.assert_allclose(work.score, plain.score, rtol=1e-11, atol=1e-12)
    assert work.objective == pytest.approx(plain.objective, rel=1e-11)


def test_a_response_that_is_not_positive_is_refused_with_its_rows():
    data = pd.DataFrame({"y": [1.0, 0.0, 2.0, -3.0]}, index=list("abcd"))
    with pytest.raises(DataError, match=r"`y` is 0 in rows b, d: a gamma model needs positive numbers.*tweedie"):
        st.glm("y ~ 1", data, "gamma")


def test_rows_of_weight_nought_say_nothing():
    data = table().assign(w=np.r_[np.zeros(5), np.ones(75)])
    with_them, without = st.glm("y ~ x", data, "gamma", weights="w"), st.glm("y ~ x", data[5:], "gamma")
    np.testing.assert_allclose(with_them.coef(), without.coef(), rtol=1e-9)
    assert with_them.loglik == pytest.approx(without.loglik, rel=1e-10)
    assert with_them.dispersion == pytest.approx(without.dispersion, rel=1e-9)


def test_the_units_of_the_response_change_the_intercept_only():
    fits = [st.glm("y ~ x", table().assign(y=table()["y"] * scale), "gamma", link="log") for scale in (1, 1e-100)]
    np.testing.assert_allclose(fits[1].coef() - fits[0].coef(), [np.log(1e-100), 0], rtol=1e-7, atol=1e-7)
    assert fits[1].deviance == pytest.approx(fits[0].deviance, rel=1e-10)
    assert fits[1].dispersion == pytest.approx(fits[0].dispersion, rel=1e-6)


def test_one_row_is_fitted_exactly():
    fit = st.glm("y ~ 1", {"y": [0.5]}, "gamma")
    assert fit.coef().iloc[0] == pytest.approx(2.0)
    assert fit.deviance == pytest.approx(0, abs=1e-12)


def test_simulated_responses_of_no_positive_mean_are_missing():
    drawn = Gamma("identity").simulate(np.array([-1.0, 1.0]), Gamma().values_at(0.5), {}, np.random.default_rng(0))
    assert np.isnan(drawn[0]) and drawn[1] > 0
