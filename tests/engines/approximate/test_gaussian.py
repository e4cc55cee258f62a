"""Normal distributions: densities and draws against SciPy's."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from statmodels_tf.engines.approximate.gaussian import FullGaussian, LowRankGaussian

RNG = np.random.default_rng(0)
MEAN, SCALE, COLUMNS = RNG.normal(size=4), RNG.uniform(0.5, 2, 4), RNG.normal(size=(4, 2))
LOWER = np.tril(RNG.normal(size=(4, 4))) + 2 * np.eye(4)
CASES = {
    "full": (FullGaussian(MEAN, LOWER), LOWER @ LOWER.T),
    "low rank": (
        LowRankGaussian(MEAN, SCALE, COLUMNS),
        SCALE[:, None] * (np.eye(4) + COLUMNS @ COLUMNS.T) * SCALE,
    ),
    "independent": (LowRankGaussian(MEAN, SCALE, np.zeros((4, 0))), np.diag(SCALE**2)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_density_of_draws_is_scipys(name):
    made, covariance = CASES[name]
    q, log_q = made.draw(np.random.default_rng(1), 50)
    expected = multivariate_normal(MEAN, covariance).logpdf(q)
    np.testing.assert_allclose(log_q, expected, rtol=1e-10)
    np.testing.assert_allclose(made.log_density(q), expected, rtol=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_draws_have_the_moments(name):
    made, covariance = CASES[name]
    q, _ = made.draw(np.random.default_rng(2), 40_000)
    se = np.sqrt(np.diag(covariance) / len(q))
    assert np.all(np.abs(q.mean(axis=0) - MEAN) < 4.5 * se)
    spread = np.sqrt((np.diag(covariance)[:, None] * np.diag(covariance) + covariance**2) / len(q))
    assert np.all(np.abs(np.cov(q.T) - covariance) < 4.5 * spread)
