"""The density of compound Poisson sums equals the sum written out, whatever the number of jumps."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import logsumexp

from statmodels_tf.families import Tweedie
from statmodels_tf.families.compound import jumps, log_density, log_density_and_slopes, log_positive, numbers, tails
from statmodels_tf.substrate import substrate

POWERS = [1.01, 1.2, 1.5, 1.8, 1.99]
RATIOS = np.array([1e-6, 1e-2, 0.3, 1, 7, 90])


def written_out(y, mu, phi, p):
    """Return the log of the sum over the number of jumps, every term by SciPy."""
    rate, shape, scale = jumps(mu, phi, p)
    peak = y ** (2 - p) / (phi * (2 - p))
    reach = 30 * np.sqrt(peak * (p - 1))
    j = np.arange(max(1, int(peak - reach - 50)), int(peak + reach + 120), dtype=float)
    return logsumexp(stats.poisson.logpmf(j, rate) + stats.gamma.logpdf(y, j * shape, scale=scale))


@pytest.mark.parametrize("p", POWERS)
@pytest.mark.parametrize("phi", [1e-4, 1e-2, 1, 100, 1e4])
def test_the_density_is_the_sum_over_jumps(p, phi):
    for mu in (1e-3, 1.0, 50.0):
        y = RATIOS * mu
        y = y[y ** (2 - p) / (phi * (2 - p)) < 3e5]  # SciPy's own terms lose digits beyond
        expected = [written_out(v, mu, phi, p) for v in y]
        found = log_density(y, np.full(len(y), mu), np.float64(phi), p)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8)
        fixed = log_positive(y, np.full(len(y), mu), np.full(len(y), phi), np.float64(p), np)
        np.testing.assert_allclose(fixed, found, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("p", POWERS)
def test_with_very_many_jumps_the_density_is_the_saddlepoints(p):
    y, mu, phi = np.array([0.7, 1.0, 1.4]), np.ones(3), 1e-9
    deviance = Tweedie(p).deviance(y, mu)
    expected = -0.5 * np.log(2 * np.pi * phi * y**p) - deviance / (2 * phi)
    np.testing.assert_allclose(log_density(y, mu, np.float64(phi), p), expected, rtol=1e-7, atol=1e-6)


@pytest.mark.parametrize("p", POWERS)
def test_the_density_integrates_to_the_tail_and_zeros_have_their_probability(p):
    mu, phi, low = np.array([1.3]), np.float64(1.7), 0.05
    rate, shape, scale = jumps(mu, phi, p)
    assert log_density(np.zeros(1), mu, phi, p)[0] == pytest.approx(-rate[0], rel=1e-15)
    found, _ = integrate.quad(lambda y: np.exp(log_density(np.array([y]), mu, phi, p)[0]), low, 80, limit=400)
    _, upper = tails(np.array([low]), rate, np.array([shape]), scale)
    assert found == pytest.approx(upper[0], rel=1e-7)


@pytest.mark.parametrize("p", POWERS)
@pytest.mark.parametrize("phi", [1e-3, 0.3, 20])
def test_slopes_are_those_of_the_density(p, phi):
    y, mu = np.r_[0.0, RATIOS] * 2, np.full(7, 2.0)
    found = log_density_and_slopes(y, mu, np.float64(phi), p)
    np.testing.assert_array_equal(found[:, 0], log_density(y, mu, np.float64(phi), p))
    step = 1e-5
    up, down = (log_density(y, mu, phi * np.exp(s), p) for s in (step, -step))
    np.testing.assert_allclose(found[:, 1], (up - down) / (2 * step), rtol=1e-5, atol=1e-5)
    step *= (p - 1) * (2 - p)
    up, down = (log_density(y, mu, np.float64(phi), p + s) for s in (step, -step))
    np.testing.assert_allclose(found[:, 2], (up - down) / (2 * step), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", ["tensorflow", pytest.param("jax", marks=pytest.mark.slow)])
def test_the_derivatives_by_dispersion_and_power_are_finite_and_right_on_substrates(name):
    on, y, mu = substrate(name), np.array([1e-6, 0.3, 1.0, 40.0]), np.array([1.0, 1.0, 2.0, 1e-3])

    def total(at):
        ones = on.xp.ones_like(on.array(y))
        return on.xp.sum(log_positive(on.array(y), on.array(mu), on.xp.exp(at[0]) * ones, at[1] * ones, on.xp))

    slopes = on.value_and_grad(total)
    slopes = on.jit(slopes) if name == "jax" else slopes  # the faster way of each
    for phi, p in [(1e-3, 1.5), (0.5, 1.2), (3.0, 1.9)]:
        value, slope = slopes(on.array([np.log(phi), p]))
        expected = log_density_and_slopes(y, mu, np.float64(phi), p).sum(axis=0)
        assert float(value) == pytest.approx(expected[0], rel=1e-9)
        np.testing.assert_allclose(np.asarray(slope), expected[1:], rtol=1e-6)


def test_tails_add_up_and_are_those_of_simulated_sums():
    rng, n = np.random.default_rng(0), 200_000
    rate, shape, scale = 1.7, 0.6, 0.9
    draws = rng.standard_gamma(rng.poisson(rate, n) * shape) * scale
    y = np.array([1e-3, 0.2, 1.0, 3.0, 8.0])
    lower, upper = tails(y, *(np.full(5, value) for value in (rate, shape, scale)))
    np.testing.assert_allclose(lower + upper, 1, rtol=1e-13)
    share = np.mean(draws[:, None] <= y, axis=0)
    np.testing.assert_array_less(np.abs(share - lower), 4 * np.sqrt(lower * upper / n))


@pytest.mark.parametrize("rate", [1e-3, 1.0, 30.0, 1e4, 1e9])
def test_a_few_numbers_of_jumps_hold_all_their_probability(rate):
    j, step = numbers(np.array([rate]), 256, np)
    whole = stats.poisson(rate).pmf(j) if step[0] == 1 else stats.norm(rate, np.sqrt(rate)).pdf(j)
    assert step[0] * np.sum(whole) == pytest.approx(-np.expm1(-rate), rel=1e-9)
