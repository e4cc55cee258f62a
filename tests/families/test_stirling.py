"""Parts of densities keep their digits where the plain formulas lose them, and have derivatives everywhere."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.special import gammaln, psi

from statmodels_tf.families.stirling import HALF_LOG_2PI, excess, excess_of, remainder
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
    r = np.array([-0.999, -0.5, -0.1, -0.0999, -1e-5, -1e-12, 1e-300, 1e-12, 1e-4, 0.0999, 0.1, 0.2, 1, 1e10, 1e300])
    with localcontext() as context:
        context.prec = 60
        exact = [float(Decimal(float(v)) - (1 + Decimal(float(v))).ln()) for v in r if abs(v) > 1e-200]
    np.testing.assert_allclose(excess_of(r[np.abs(r) > 1e-200], np), exact, rtol=2e-15)
    assert excess_of(r[6], np) == 0
    assert excess(np.float64(0.5), np) == pytest.approx(np.log(2) - 0.5, rel=1e-15)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_the_excess_has_a_derivative_everywhere(name):
    on, r = substrate(name), np.array([-0.5, -1e-9, 0.0, 1e-9, 0.2, 1e10])
    _, slope = on.value_and_grad(lambda x: on.xp.sum(excess_of(x, on.xp)))(on.array(r))
    np.testing.assert_allclose(np.asarray(slope), r / (1 + r), rtol=1e-12, atol=1e-300)
