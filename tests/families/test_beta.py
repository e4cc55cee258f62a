"""Beta regression: betareg's figures, direct maximisation, information by quadrature, digits at the extremes."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize
from scipy.special import roots_jacobi

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.families import Beta

LINKS = ["logit", "probit", "cloglog", "loglog", "cauchit", "log"]
# Prater's gasoline yields (1956): batch of crude oil, end point of the gasoline (temp), yield in percent.
BATCH = list("AAAABBBCCCDDDDEEEFFFGGGGHHHIIJJJ")
TEMP = [205, 275, 345, 407, 218, 273, 347, 212, 272, 340, 235, 300, 365, 410, 307, 367]
TEMP += [395, 267, 360, 402, 235, 275, 358, 416, 285, 365, 444, 351, 424, 365, 379, 428]
YIELD = [12.2, 22.3, 34.7, 45.7, 8, 13.1, 26.6, 7.4, 18.2, 30.4, 6.9, 15.2, 26, 33.6, 14.4, 26.8]
YIELD += [34.9, 10, 24.8, 31.7, 2.8, 6.4, 16.1, 27.8, 5, 17.6, 32.1, 14, 23.2, 8.5, 14.7, 18]


def table(link="logit", n=60, seed=0):
    """Return responses of a beta model under a link, with weights."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, n)
    eta = -1.0 + 0.5 * x
    family = Beta(link)
    y = family.simulate(eta, {"phi": np.float64(12.0)}, {}, rng)
    return pd.DataFrame({"y": y, "x": x, "w": rng.integers(1, 4, n).astype(float)})


def loss(at, data, link, weights):
    """Return minus the log-likelihood at coefficients and log(phi), by SciPy's density."""
    mu, phi = Beta(link).link.inverse(at[0] + at[1] * data["x"].to_numpy(), np), np.exp(at[2])
    if not ((mu > 0) & (mu < 1)).all():
        return np.inf
    return -np.sum(weights * stats.beta(mu * phi, (1 - mu) * phi).logpdf(data["y"]))


def test_the_figures_of_betareg_for_gasoline_yields():
    """Cribari-Neto & Zeileis (2010), Beta Regression in R, section 4.1, doi:10.18637/jss.v034.i02."""
    batch = pd.Categorical(BATCH, categories=list("JABCDEFGHI"))
    data = pd.DataFrame({"y": np.array(YIELD) / 100, "batch": batch, "temp": TEMP})
    fit = st.glm("y ~ batch + temp", data, "beta")
    estimate = [-6.15957, 1.72773, 1.32260, 1.57231, 1.05971, 1.13375, 1.04016, 0.54369, 0.49590, 0.38579, 0.01097]
    se = [0.18232, 0.10123, 0.11790, 0.11610, 0.10236, 0.10352, 0.10604, 0.10913, 0.10893, 0.11859, 0.00041]
    np.testing.assert_allclose(fit.coef(), estimate, atol=6e-6)
    np.testing.assert_allclose(np.sqrt(fit.variances), se, atol=6e-6)
    assert fit.family.values["phi"] == pytest.approx(440.3, abs=0.05)
    assert fit.loglik == pytest.approx(84.8, abs=0.05)
    assert fit.df_model == 12


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
def test_the_fit_is_the_maximum_of_the_density(link, weighted):
    data = table(link)
    weights = data["w"].to_numpy() if weighted else np.ones(len(data))
    fit = st.glm("y ~ x", data, Beta(link), weights="w" if weighted else None)
    found = np.r_[fit.coef(), np.log(fit.family.values["phi"])]
    best = minimize(loss, found + 0.1, (data, link, weights), "Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    np.testing.assert_allclose(found, best.x, rtol=1e-5, atol=1e-5)
    assert fit.loglik == pytest.approx(-best.fun, rel=1e-10)
    assert fit.converged


@pytest.mark.parametrize("link", LINKS)
def test_the_information_is_the_mean_of_squared_scores(link):
    """Over y: of the score by eta, of its product with that by phi, and of the latter."""
    family, eta, step = Beta(link).at(30.0), np.array([-0.7]), 1e-4
    mu, slope = family.link.inverse(eta, np)[0], family.link.derivative(eta, np)[0]

    def by_phi(y):
        up, down = (stats.beta(mu * p, (1 - mu) * p).logpdf(y) for p in (30.0 + step, 30.0 - step))
        return (up - down) / (2 * step)

    nodes, weights = roots_jacobi(150, (1 - mu) * 30.0 - 1, mu * 30.0 - 1)
    nodes, weights = (1 + nodes) / 2, weights / weights.sum()

    def mean(of):
        return float(weights @ of(nodes))

    def by_eta(y):
        y = np.atleast_1d(y)
        return family.working(np.full(len(y), eta[0]), y, None).score

    def plain(y):
        up, down = (stats.beta(m * 30.0, (1 - m) * 30.0).logpdf(y) for m in (mu + step, mu - step))
        return (up - down) / (2 * step) * slope

    assert by_eta(0.37)[0] == pytest.approx(plain(0.37), rel=1e-5)
    cross, own = family.information(eta, np.array([0.5]), None)
    assert family.working(eta, np.array([0.5]), None).weight[0] == pytest.approx(
        mean(lambda y: by_eta(y) ** 2), rel=1e-6
    )
    assert cross[0, 0] == pytest.approx(mean(lambda y: by_eta(y) * by_phi(y)), rel=1e-5, abs=1e-9)
    assert own[0, 0] == pytest.approx(mean(lambda y: by_phi(y) ** 2), rel=1e-5)


def test_standard_errors_are_those_of_the_joint_information():
    fit = st.glm("y ~ x", table(), "beta")
    eta = np.asarray(fit.linear_predictor)
    y, a = fit.observations
    X = np.column_stack([np.ones(len(y)), table()["x"]])
    cross, own = fit.family.information(eta, y, a)
    weight = fit.family.working(eta, y, a).weight
    joint = np.block([[X.T @ (weight[:, None] * X), X.T @ cross], [cross.T @ X, own]])
    np.testing.assert_allclose(np.sqrt(fit.variances), np.sqrt(np.diag(np.linalg.inv(joint)))[:2], rtol=1e-5)


@pytest.mark.parametrize("phi", [0.5, 30.0, 1e6, 1e10])
@pytest.mark.parametrize("start", [1e-8, 1.0, 1e12])
def test_the_precision_is_found_from_any_start(phi, start):
    rng, mu = np.random.default_rng(0), np.linspace(0.2, 0.7, 300)
    y = np.clip(rng.beta(mu * phi, (1 - mu) * phi), 1e-300, 1 - 2.0**-53)
    found = Beta(reached=start).estimated(y, mu, None).values["phi"]
    assert found == pytest.approx(phi, rel=0.3)
    near = [Beta(phi=found * f).loglik(y, mu, None, {}).sum() for f in (0.999, 1.0, 1.001)]
    assert near[1] > max(near[0], near[2])


def test_a_perfect_fit_has_a_large_precision_and_no_error():
    mu = np.array([0.2, 0.5, 0.7])
    assert Beta().estimated(mu, mu, None).values["phi"] > 1e12


@pytest.mark.parametrize("phi", [1e-6, 1.0, 1e4, 1e13])
def test_the_log_density_keeps_its_digits_at_any_precision(phi):
    mu, y = 0.3, 0.3 + 0.2 / np.sqrt(1 + phi)
    found = Beta(phi=phi).loglik(np.array([y]), np.array([mu]), None, {})[0]
    if phi < 1e6:
        assert found == pytest.approx(stats.beta(mu * phi, (1 - mu) * phi).logpdf(y), rel=1e-10)
    else:  # nearly normal
        assert found == pytest.approx(stats.norm(mu, np.sqrt(mu * (1 - mu) / (1 + phi))).logpdf(y), abs=1e-5)


def test_means_in_the_tails_keep_their_information():
    eta, y = np.array([-300.0, -40.0, 40.0]), np.array([0.1, 0.1, 0.9])
    work = Beta(phi=5).working(eta, y, None)
    # Where a shape goes to zero so does the density of y, as the mean: log f = eta + ..., its slope one.
    np.testing.assert_allclose(work.weight, 1, rtol=1e-12)
    np.testing.assert_allclose(work.score, [1, 1, -1], rtol=1e-12)


def test_deviance_residuals_are_betaregs():
    y, mu, phi = np.array([0.2, 0.6, 0.85]), np.array([0.3, 0.5, 0.8]), 7.0
    at, saturated = (stats.beta(m * phi, (1 - m) * phi).logpdf(y) for m in (mu, y))
    expected = np.sign(y - mu) * np.sqrt(2 * np.abs(saturated - at))
    found = Beta(phi=phi).deviance_residuals(mu, {}, {"y": y})
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_fixed_precision_is_left_as_it_is():
    fit = st.glm("y ~ x", table(), Beta(phi=20.0))
    assert fit.family.values == {"phi": 20.0}
    assert fit.df_model == 2


@pytest.mark.parametrize("bad", [0.0, 1.0, -0.2, 3.0])
def test_a_response_outside_is_refused_with_its_rows_and_what_to_write(bad):
    with pytest.raises(DataError, match=rf"`y` is {bad:g} in row 1: .* strictly between 0 and 1.*\(y \* \(3 - 1\)"):
        st.glm("y ~ 1", {"y": [0.5, bad, 0.2]}, "beta")


@pytest.mark.parametrize("phi", [0, -1, np.inf, "a", True])
def test_a_precision_is_a_positive_number(phi):
    with pytest.raises(ModelError, match="is a positive number"):
        Beta(phi=phi)
