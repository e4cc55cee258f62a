"""Poisson, negative binomial and quasi families against R 4.2.2 (stats, MASS) and against what they are made of."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from statmodels_tf.design import Response
from statmodels_tf.errors import ModelError
from statmodels_tf.families import NegativeBinomial, Poisson, Quasi, Quasipoisson, fractional

Y, MU = np.array([0.0, 13, 1, 8, 2, 0, 15]), np.array([1.0, 6, 2, 4, 2, 1, 5])
A = np.array([1.0, 2, 1, 1, 3, 1, 1])


@pytest.mark.parametrize(
    ("a", "theta", "se"),
    [(None, 1.5437934358488248, 1.2566096018622293), (A, 2.1458495335888808, 1.456891956195971)],
    ids=["plain", "weights"],
)
@pytest.mark.parametrize("start", [1e-3, 1.0, 1e6])
def test_theta_is_that_of_theta_ml(a, theta, se, start):
    found = NegativeBinomial(reached=start).estimated(Y, MU, a)
    assert found.values["theta"] == pytest.approx(theta, rel=1e-10)
    assert found.own == ("theta",)
    cross, own = found.information(np.log(MU), Y, a)
    assert cross is None
    assert 1 / np.sqrt(own[0, 0]) == pytest.approx(se, rel=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_theta_has_a_larger_likelihood(seed):
    rng = np.random.default_rng(seed)
    mu = np.exp(rng.normal(1, 1, 200))
    shape = np.exp(rng.uniform(-3, 3))
    y = rng.poisson(mu * rng.gamma(shape, 1 / shape, 200)).astype(float)

    def loss(log):
        return -NegativeBinomial(theta=float(np.exp(log))).loglik(y, mu, None, {}).sum()

    best = minimize_scalar(loss, bounds=(-6, 12), method="bounded", options={"xatol": 1e-10})
    found = NegativeBinomial().estimated(y, mu, None)
    assert loss(np.log(found.values["theta"])) <= best.fun + 1e-8


def test_counts_that_vary_less_than_poisson_counts_have_the_largest_theta():
    y = np.array([2.0, 3, 2, 3])
    found = NegativeBinomial().estimated(y, np.full(4, 2.5), None)
    assert found.values["theta"] == pytest.approx(1e8)
    poisson = Poisson().loglik(y, np.full(4, 2.5), None, {})
    np.testing.assert_allclose(found.loglik(y, np.full(4, 2.5), None, {}), poisson, rtol=1e-6)
    np.testing.assert_allclose(found.deviance(y, 2.5), Poisson().deviance(y, 2.5), rtol=1e-6)


def test_deviance_and_variance_of_a_fixed_theta():
    family = NegativeBinomial(theta=2)
    found = family.deviance(np.array([0.0, 1, 5]), np.array([1.0, 2, 3]))
    np.testing.assert_allclose(found, [1.6218604324326578, 0.33979807359079484, 0.39764492496292636], rtol=1e-13)
    assert family.variance(3.0) == 7.5
    assert family.own == () and family.default_priors({}) == {} and family.values_at(1.0) == {}


@pytest.mark.parametrize("theta", [0, -1, np.inf, "two"])
def test_theta_is_a_positive_number(theta):
    with pytest.raises(ModelError, match="not a positive number"):
        NegativeBinomial(theta=theta)


@pytest.mark.parametrize(
    ("variance", "deviance"),
    [
        ("constant", [0.01, 0, 0.01]),
        ("mu", [0.077258872223978092, 0, 0.017678443206045363]),
        ("mu(1-mu)", [0.088806015173764685, 0, 0.040821994520255173]),
        ("mu^2", [0.61370563888010943, 0, 0.031309780254575925]),
        ("mu^3", [5, 0, 0.055555555555555532]),
    ],
)
def test_deviances_of_rs_variance_functions(variance, deviance):
    family = Quasi("log", variance)
    found = family.deviance(np.array([0.2, 0.3, 0.5]), np.array([0.1, 0.3, 0.6]))
    np.testing.assert_allclose(found, deviance, rtol=1e-13, atol=1e-15)


def test_a_zero_counts_as_one_in_the_logarithm_of_a_quasi_gamma_deviance():
    found = Quasi("log", "mu^2").deviance(np.array([0.0, 0, 1]), np.array([0.5, 5, 1]))
    np.testing.assert_allclose(found, [0, 1.2188758248682006, 0], rtol=1e-13)


@pytest.mark.parametrize("family", [Quasi("log", "mu"), Quasipoisson()], ids=["quasi", "quasipoisson"])
def test_a_quasi_family_has_no_likelihood(family):
    assert not family.likelihood and family.unsampled
    assert np.isnan(family.loglik(Y, MU, None, {})).all()
    for ask in (
        lambda: family.log_density(np.log(MU), {}, {"y": Y}, np),
        lambda: family.simulate(np.log(MU), {}, {}, np.random.default_rng(0)),
        lambda: family.quantile_residuals(MU, {}, {"y": Y}, np.random.default_rng(0)),
        lambda: family.distribution(np.log(MU), {}, {"y": Y}, None),
        lambda: family.code("y", {}, {}),
    ):
        with pytest.raises(ModelError, match="has no likelihood"):
            ask()


@pytest.mark.parametrize(
    ("family", "value", "says"),
    [
        (Poisson(), -1, "numbers from 0 up"),
        (NegativeBinomial(), -0.5, "numbers from 0 up"),
        (Quasipoisson(), -1, "numbers from 0 up"),
        (Quasi("log", "mu^3"), 0, "positive numbers"),
        (Quasi("logit", "mu(1-mu)"), 1.5, "shares between 0 and 1"),
    ],
)
def test_responses_out_of_range_are_named(family, value, says):
    refusal = family.refuses(Response("y", np.array([0.5, value])))
    assert f"the response `y` is {value:g} in row 1" in refusal and says in refusal
    assert "has levels" in family.refuses(Response("y", np.zeros(2), levels=("a", "b", "c")))
    assert "two columns" in family.refuses(Response("y", np.zeros(2), np.ones(2)))


def test_any_number_will_do_for_a_constant_variance():
    assert Quasi().refuses(Response("y", np.array([-3.0, 4.0]))) is None


def test_counts_that_are_not_whole():
    assert "1 of 2, the first 1.5. Where" in fractional(Poisson(), {"y": np.array([1.0, 1.5])})
    assert fractional(NegativeBinomial(), {"y": np.array([1.0, 1.5])}).endswith("the first 1.5.")
    assert fractional(Quasipoisson(), {"y": np.array([1.5])}) is None
    assert np.isfinite(Poisson().loglik(np.array([1.5]), np.array([2.0]), None, {})).all()


def test_huge_counts_keep_the_digits_of_their_deviance():
    y, mu = np.array([1e12]), np.array([1e12 + 1e3])
    assert Poisson().deviance(y, mu)[0] == pytest.approx(1e-6 * (1 - 1e-9 / 3), rel=1e-8)


def test_a_predictor_that_overflows_has_no_finite_objective():
    for family in (Poisson(), NegativeBinomial()):
        assert not np.isfinite(family.working(np.array([800.0]), np.array([3.0]), None).objective)


def test_quantile_residuals_keep_both_tails():
    rng = np.random.default_rng(0)
    y = np.array([0.0, 400.0])
    for family in (Poisson(), NegativeBinomial(theta=50.0)):
        r = family.quantile_residuals(np.array([60.0, 60.0]), {}, {"y": y}, rng)
        assert np.isfinite(r).all() and r[0] < -5 and r[1] > 8
