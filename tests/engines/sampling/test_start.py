"""Where chains start, and what cannot be sampled at all."""

import numpy as np
import pytest

import statmodels_tf as st
from statmodels_tf.design import build
from statmodels_tf.engines.sampling.start import Start, near_mode
from statmodels_tf.errors import EngineError
from statmodels_tf.model import build_model

from .small import line, logistic, mixed, separated, table


class Normal:
    """A normal density, its mean and covariance known."""

    def __init__(self, mean, covariance):
        self.mean, self.precision, self.size = mean, np.linalg.inv(covariance), len(mean)

    def value_and_gradient(self, q):
        by = self.precision @ (q - self.mean)
        return -0.5 * float(by @ (q - self.mean)), -by


def test_a_normal_density_gives_its_own_mean_and_covariance():
    mean, covariance = np.array([1.0, -2.0]), np.array([[4.0, 1.5], [1.5, 1.0]])
    found = near_mode(Normal(mean, covariance), line())
    np.testing.assert_allclose(found.centre, mean, atol=1e-4)
    np.testing.assert_allclose(found.factor @ found.factor.T, covariance, rtol=1e-5)
    np.testing.assert_allclose(found.sd, [2, 1], rtol=1e-5)
    x = np.random.default_rng(0).normal(size=(3, 4, 2))
    np.testing.assert_allclose(found.at(x), mean + x @ found.factor.T, atol=1e-3)


def test_with_effects_that_vary_the_coordinates_keep_their_directions():
    assert near_mode(mixed().flat_numeric, mixed()).factor.ndim == 1
    assert near_mode(line().flat_numeric, line()).factor.ndim == 2


def test_many_coordinates_are_scaled_by_an_estimate_of_the_diagonal():
    size = 700
    precision = 1 + 99 * np.random.default_rng(1).uniform(size=size)

    class Wide:
        def __init__(self):
            self.size = size

        def value_and_gradient(self, q):
            return -0.5 * float(precision @ q**2), -precision * q

    np.testing.assert_allclose(near_mode(Wide(), mixed()).sd, precision**-0.5, rtol=1e-4)


def test_a_chain_starts_one_standard_deviation_out_or_nearer_where_that_is_outside():
    class Half:
        size = 2

        def value_and_gradient(self, q):
            return (-np.inf if np.max(np.abs(q)) > 0.3 else 0.0), np.zeros(2)

    begin = Start(np.zeros(2), np.ones(2)).drawn(np.random.default_rng(0), Half())
    np.testing.assert_array_equal(np.abs(begin), [0.25, 0.25])
    begin = Start(np.zeros(2), np.ones(2)).drawn(np.random.default_rng(0), Normal(np.zeros(2), np.eye(2)))
    np.testing.assert_array_equal(np.abs(begin), [1.0, 1.0])


def test_a_density_that_is_no_number_is_said_with_the_row():
    data = table().assign(off=np.where(np.arange(60) == 7, 1e4, 0.0))
    model = build_model(build("up ~ x + offset(off)", data), "poisson")
    with pytest.raises(EngineError, match=r"no chain can start: .* 1 of 60 rows have none there, first the row `7`"):
        st.NUTS(draws=10, warmup=10, chains=1).fit(model)


def test_an_improper_posterior_is_refused_before_it_runs_away():
    with pytest.raises(EngineError, match=r"the posterior is improper: .* separate the responses .*priors="):
        st.NUTS(draws=10, warmup=10, chains=1).fit(separated({"b": "flat()", "Intercept": "flat()"}))
    fit = st.NUTS(draws=500, warmup=300, seed=1).fit(separated())  # the default priors hold it
    assert np.all(np.isfinite(fit.coef()))


def test_a_flat_prior_that_the_data_make_proper_is_sampled():
    fit = st.NUTS(draws=500, warmup=300, seed=1).fit(logistic({"b": "flat()", "Intercept": "flat()"}))
    ml = st.glm("up ~ x", table(), "binomial")
    assert np.all(np.abs(fit.coef() - ml.coef()) < ml.se())
