"""Tweedie models: power and dispersion of largest likelihood, zeros, weights, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.families import Tweedie, as_family
from statmodels_tf.families.compound import log_density
from statmodels_tf.fits.regression.own import own_parameters

VALUES = {"phi": np.float64(1.2), "shape": np.float64(0.6)}  # p = 1.625


def table(n=150, seed=0):
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=n), rng.uniform(0.5, 2, n)
    y = Tweedie().simulate(0.3 + 0.4 * x, VALUES, {"weights": w}, rng)
    return pd.DataFrame({"y": y, "x": x, "w": w})


def loss(at, data):
    """Return minus the log-likelihood at coefficients, log(phi) and power."""
    mu = np.exp(at[0] + at[1] * data["x"].to_numpy())
    return -np.sum(log_density(data["y"].to_numpy(), mu, np.exp(at[2]) / data["w"].to_numpy(), at[3]))


@pytest.fixture(scope="module")
def fit():
    return st.glm("y ~ x", table(), "tweedie", weights="w")


def test_all_parameters_are_where_the_likelihood_is_largest(fit):
    data = table()
    assert (data["y"] == 0).mean() > 0.05
    start = np.r_[fit.coef(), 0.0, fit.family.values["power"]] + 0.05
    best = minimize(loss, start, (data,), "Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000})
    np.testing.assert_allclose(np.r_[fit.coef(), fit.family.values["power"]], best.x[[0, 1, 3]], rtol=1e-5)
    assert fit.loglik == pytest.approx(-best.fun, rel=1e-10)
    assert fit.df_model == 4


def test_of_several_maxima_the_largest_is_found():
    # Jumps are nearly equal at powers near 1, and the likelihood has maxima in power and phi for several sizes of them.
    t = [
        2.736,
        2.432,
        2.175,
        1.909,
        0.8879,
        2.007,
        0,
        4.73,
        1.04,
        3.387,
        2.818,
        1.213,
        3.684,
        1.17,
        2.306,
        4.306,
        2.184,
        0.566,
        2.165,
        0,
        0,
        2.07,
        2.417,
        0,
        0,
        2.069,
        0,
        1.521,
    ]
    x = [
        1.36,
        1.225,
        -0.5103,
        -0.298,
        -0.5274,
        0.5697,
        -0.05606,
        0.7469,
        -1.847,
        1.567,
        -0.09643,
        0.6804,
        -0.1366,
        -0.3791,
        0.4631,
        0.8245,
        -0.2025,
        -0.1528,
        0.6857,
        -0.8703,
        -1.514,
        0.395,
        -0.6706,
        -1.92,
        -0.8141,
        -0.4676,
        -1.193,
        -1.492,
    ]
    data = pd.DataFrame({"t": t, "x": x})
    fit = st.glm("t ~ x", data, "tweedie")
    assert fit.converged
    assert fit.family.values["power"] == pytest.approx(1.048, abs=0.002)
    assert fit.loglik > max(st.glm("t ~ x", data, Tweedie(power=p)).loglik for p in (1.02, 1.04, 1.05, 1.09, 1.2))


def test_the_standard_error_of_the_power_is_that_of_the_joint_information(fit):
    power, se = own_parameters(fit)["power"]
    best = minimize(lambda at: loss([*fit.coef(), at[0], power], table()), [0.0], method="Nelder-Mead",
                    options={"xatol": 1e-10}).x[0]  # fmt: skip
    at, step = np.array([*fit.coef(), best, power]), 1e-3
    hessian = np.empty((4, 4))
    for i in range(4):
        for j in range(4):
            moved = [[at + step * (s * np.eye(4)[i] + t * np.eye(4)[j]) for t in (1, -1)] for s in (1, -1)]
            values = [[loss(point, table()) for point in row] for row in moved]
            hessian[i, j] = (values[0][0] - values[0][1] - values[1][0] + values[1][1]) / (4 * step**2)
    assert se == pytest.approx(np.sqrt(np.linalg.inv(hessian)[3, 3]), rel=0.05)  # expected and observed information
    assert power == fit.family.values["power"]


def test_a_fixed_power_needs_the_deviance_only():
    data = table()

    def deviance(beta):
        return np.sum(data["w"] * Tweedie(1.4).deviance(data["y"].to_numpy(), np.exp(beta[0] + beta[1] * data["x"])))

    fit = st.glm("y ~ x", data, "tweedie(1.4)", weights="w")
    best = minimize(deviance, [0.0, 0.0], method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(fit.coef(), best.x, rtol=1e-5)
    assert fit.deviance == pytest.approx(best.fun, rel=1e-10)
    assert fit.df_model == 3
    assert fit.family.own == ()


@pytest.mark.parametrize("start", [1.02, 1.5, 1.98])
def test_the_power_is_found_from_any_start(start):
    data = table()
    mu, y, a = np.exp(0.3 + 0.4 * data["x"].to_numpy()), data["y"].to_numpy(), data["w"].to_numpy()
    found, other = (Tweedie(reached=s).estimated(y, mu, a).values["power"] for s in (start, 1.6))
    assert found == pytest.approx(other, rel=1e-7)


def test_a_large_sample_gives_the_power_back():
    rng, n = np.random.default_rng(5), 4000
    eta = rng.normal(size=n)
    y = Tweedie().simulate(eta, VALUES, {}, rng)
    found = Tweedie().estimated(y, np.exp(eta), None)
    se = 1 / np.sqrt(found.information(eta, y, None)[1][0, 0])
    assert abs(found.values["power"] - 1.625) < 4 * se
    assert se < 0.02


@pytest.mark.parametrize("p", [1.01, 1.3, 1.5, 1.99])
def test_the_deviance_is_by_its_definition_and_keeps_its_digits(p):
    y, mu = np.array([0.0, 1e-3, 0.5, 1.2, 40.0]), np.array([1.3, 1.0, 1.0, 1.25, 0.7])
    expected = 2 * (y ** (2 - p) / ((1 - p) * (2 - p)) - y * mu ** (1 - p) / (1 - p) + mu ** (2 - p) / (2 - p))
    np.testing.assert_allclose(Tweedie(p).deviance(y, mu), expected, rtol=1e-9)
    near = Tweedie(p).deviance(np.array([1 + 1e-9]), np.ones(1))[0]
    assert near == pytest.approx(1e-18, rel=1e-6)


def test_rows_of_weight_nought_say_nothing():
    data = table(60).assign(w=np.r_[np.zeros(5), np.ones(55)])
    with_them, without = st.glm("y ~ x", data, "tweedie", weights="w"), st.glm("y ~ x", data[5:], "tweedie")
    np.testing.assert_allclose(with_them.coef(), without.coef(), rtol=1e-7)
    assert with_them.loglik == pytest.approx(without.loglik, rel=1e-9)


def test_a_perfect_fit_has_no_end_of_likelihood():
    y = np.array([0.5, 1.0, 2.0])
    assert np.all(Tweedie().loglik(y, y, None, {}) == np.inf)
    assert Tweedie().estimated(y, y, None).values == {"power": 1.5}
    assert st.glm("y ~ 1", {"y": [0.5]}, "tweedie").coef().iloc[0] == pytest.approx(np.log(0.5))


def test_quantile_residuals_of_zeros_are_below_those_of_small_responses():
    rng = np.random.default_rng(0)
    y, mu = np.r_[np.zeros(500), 1e-9], np.ones(501)
    r = Tweedie(1.5).quantile_residuals(mu, Tweedie(1.5).values_at(1.0), {"y": y}, rng)
    assert r[:500].max() < r[500] + 1e-6
    assert len(np.unique(r)) == 501


def test_simulated_zeros_have_their_probability():
    drawn = Tweedie(1.5).simulate(np.zeros(40_000), {"phi": np.float64(1.0)}, {}, np.random.default_rng(0))
    assert np.mean(drawn == 0) == pytest.approx(np.exp(-2), abs=4 * np.sqrt(0.135 * 0.865 / 40_000))


def test_a_negative_response_is_refused_with_its_rows():
    with pytest.raises(DataError, match="`y` is -1 in row 2: a tweedie model needs numbers from 0 up"):
        st.glm("y ~ 1", {"y": [0.0, 1.0, -1.0]}, "tweedie")


@pytest.mark.parametrize(
    ("power", "says"),
    [
        (0, 'write family="gaussian"'),
        (1, 'write family="quasipoisson"'),
        (2, 'write family="gamma"'),
        (3, 'write family="inverse_gaussian"'),
        (2.5, "between 1 and 2"),
        (-1, "between 1 and 2"),
        (np.nan, "between 1 and 2"),
        ("a", "is no number"),
    ],
)
def test_other_powers_are_refused_by_the_family_to_use(power, says):
    with pytest.raises(ModelError, match=says):
        Tweedie(power)


def test_the_power_may_be_written_as_r_does():
    assert as_family("tweedie(var.power = 1.3)").values == {"power": 1.3}
