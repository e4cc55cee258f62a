"""Parts of densities keep their digits where the plain formulas lose them, and have derivatives everywhere."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.special import gammaln, psi

from statmodels_tf.families.stirling import (
    HALF_LOG_2PI,
    digamma_less_log,
    excess,
    log_peak_of_gamma,
    log_peaks_of_gamma,
    remainder,
)
from statmodels_tf.substrate import substrate

X = np.array([1e-300, 1e-8, 0.1, 0.5, 1, 2, 3.7, 9.99, 10, 11, 50])


def test_stirlings_remainder_is_what_its_formula_leaves_out():
    np.testing.assert_allclose(remainder(X, np), gammaln(X) - (X - 0.5) * np.log(X) + X - HALF_LOG_2PI, atol=6e-14)
    large = np.array([1e6, 1e12, 1e300])
    np.testing.assert_allclose(remainder(large, np), 1 / (12 * large), rtol=1e-12)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_the_remainder_has_a_derivative_everywhere(name):
    on = substrate(name)
    _, slope = on.value_and_grad(lambda x: on.xp.sum(remainder(x, on.xp)))(on.array(X))
    np.testing.assert_allclose(np.asarray(slope), psi(X) - np.log(X) + 0.5 / X, rtol=1e-12, atol=1e-13)


def test_the_excess_over_the_logarithm_keeps_every_digit():
    mu = 3.0
    y = mu * np.array(
        [1e-300, 1e-20, 1e-3, 0.5, 0.9, 0.9001, 1 - 1e-5, 1 - 1e-12, 1 + 1e-12, 1.0999, 1.1, 1.2, 2, 1e300]
    )
    with localcontext() as context:
        context.prec = 60
        t = [Decimal(float(v)) / Decimal(mu) for v in y]
        exact = [float(v - 1 - v.ln()) for v in t]
    np.testing.assert_allclose(excess(y, mu, np), exact, rtol=3e-15)
    assert excess(mu, mu, np) == 0


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_the_excess_has_a_derivative_everywhere(name):
    on, y = substrate(name), np.array([1e-20, 0.5, 1 - 1e-9, 1.0, 1 + 1e-9, 1.2, 1e10])
    _, slope = on.value_and_grad(lambda x: on.xp.sum(excess(x, on.xp.ones_like(x), on.xp)))(on.array(y))
    np.testing.assert_allclose(np.asarray(slope), 1 - 1 / y, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("k", [1e-6, 0.3, 2.0, 29.9, 30.1, 5e3, 1e12])
def test_the_peak_of_a_gamma_density_and_its_slope(k):
    peak, slope = log_peak_of_gamma(k)
    assert peak == pytest.approx(0.5 * np.log(k) - HALF_LOG_2PI - float(remainder(np.float64(k), np)), rel=1e-13)
    assert slope == pytest.approx(-float(digamma_less_log(k)), rel=1e-10)
    for found, one in zip(log_peaks_of_gamma(np.array([k, 1.0])), (peak, slope), strict=True):
        assert found[0] == pytest.approx(one, rel=1e-10)
