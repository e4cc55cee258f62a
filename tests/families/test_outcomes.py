"""Families of responses in categories: probabilities of intervals, thresholds, what they refuse."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate

import statmodels_tf as st
from statmodels_tf.families import Categorical, Cumulative, as_family, as_link
from statmodels_tf.families.latent import LATENT
from statmodels_tf.families.thresholds import STRUCTURES, threshold_map, threshold_names

BY_LINK = pytest.mark.parametrize("link", LATENT)
INF = np.inf


@BY_LINK
def test_the_distribution_function_is_the_inverse_of_the_link(link):
    x = np.array([-6.0, -1.3, 0.0, 0.4, 2.0])
    F = as_link(link).inverse(x, np)
    with np.errstate(all="ignore"):
        below = np.exp(LATENT[link].log_interval(x, np.full(5, -INF)))
    np.testing.assert_allclose(below, F, rtol=1e-12)
    np.testing.assert_allclose(LATENT[link].quantile(F), x, rtol=1e-8, atol=1e-10)


@BY_LINK
def test_an_interval_is_the_integral_of_the_density(link):
    latent = LATENT[link]
    for lower, upper in [(-3.0, -2.5), (-0.5, 0.25), (0.1, 3.0), (1.0, 1.0 + 1e-3), (-20.0, -19.0), (6.0, 6.5)]:
        density = lambda x: np.exp(latent.log_density(np.array([x]))[0])  # noqa: E731
        expected = integrate.quad(density, lower, upper, epsabs=0, epsrel=1e-11)[0]
        p = np.exp(latent.log_interval(np.array([upper]), np.array([lower])))[0]
        assert p == pytest.approx(expected, rel=1e-9, abs=1e-300)


@BY_LINK
def test_slope_is_the_derivative_of_the_log_density(link):
    x, h = np.linspace(-3, 3, 13), 1e-6
    f = LATENT[link].log_density
    np.testing.assert_allclose(LATENT[link].slope(x), (f(x + h) - f(x - h)) / (2 * h), atol=1e-7)


@BY_LINK
@pytest.mark.parametrize("at", [-6.0, -3.0, 0.0, 2.0])
def test_neighbouring_thresholds_keep_their_digits(link, at):
    latent, width = LATENT[link], 2.0**-30
    log_p = latent.log_interval(np.array([at + width]), np.array([at]))[0]
    assert log_p == pytest.approx(latent.log_density(np.array([at]))[0] + np.log(width), abs=1e-6)


@BY_LINK
def test_far_tails_are_finite_and_sum_to_one(link):
    cut = np.array([-700.0, -40.0, -5.0, 0.0, 3.0, 5.0, 30.0, 36.0])
    with np.errstate(all="ignore"):
        p = np.exp(LATENT[link].log_interval(np.r_[cut, INF], np.r_[-INF, cut]))
    assert np.all(p >= 0)
    assert p.sum() == pytest.approx(1, abs=1e-12)
    with np.errstate(all="ignore"):
        ends = LATENT[link].log_interval(np.array([INF, -5.0]), np.array([5.0, -INF]))
    assert np.all(np.isfinite(ends))


def test_both_tails_of_symmetric_distributions_have_the_same_digits():
    for link in ("logit", "probit", "cauchit"):
        log = LATENT[link].log_interval
        left = log(np.array([-20.0, -9.0]), np.array([-21.0, -9.5]))
        right = log(np.array([21.0, 9.5]), np.array([20.0, 9.0]))
        np.testing.assert_allclose(left, right, rtol=1e-12)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("K", [3, 4, 5, 6, 20])
def test_thresholds_have_their_structure(structure, K):
    T = threshold_map(structure, K)
    names = threshold_names(structure, [f"c{k}" for k in range(K)])
    assert T.shape == (K - 1, len(names))
    assert np.linalg.matrix_rank(T) == T.shape[1]
    # Central ones close together, distances that grow: the thresholds are in order.
    a = np.arange(1.0, T.shape[1] + 1)
    if structure == "symmetric" and K % 2 == 0:
        a = np.r_[0.3, np.arange(1.0, T.shape[1])]
    if structure == "symmetric" and K % 2:
        a = np.r_[-0.1, 0.2, np.arange(1.0, T.shape[1] - 1)]
    theta = T @ a
    assert np.all(np.diff(theta) > 0)
    if structure.startswith("symmetric"):
        np.testing.assert_allclose(np.diff(theta), np.diff(theta)[::-1])
    if structure == "symmetric2":
        assert theta.sum() == pytest.approx(0)
    if structure == "equidistant":
        np.testing.assert_allclose(np.diff(theta), a[1])


def test_probabilities():
    p = Cumulative("probit").probabilities(np.array([0.0, 1.0]), {"threshold": np.array([-1.0, 1.0])})
    np.testing.assert_allclose(p, [[0.15865525, 0.68268949, 0.15865525], [0.02275013, 0.47724987, 0.5]], atol=1e-8)
    p = Cumulative().probabilities(np.zeros(1), {"threshold": np.array([-1.0, 1.0]), "scale": np.array([2.0])})
    assert p[0, 0] == pytest.approx(1 / (1 + np.exp(0.5)))
    p = Categorical().probabilities(np.array([[np.log(2), np.log(5)]]), {})
    np.testing.assert_allclose(p, [[1 / 8, 2 / 8, 5 / 8]])
    huge = Categorical().probabilities(np.array([[1e6, -1e6]]), {})
    np.testing.assert_allclose(huge, [[0, 1, 0]])


def test_families_by_name():
    assert as_family("cumulative", "cloglog").link.name == "cloglog"
    assert as_family("categorical").name == as_family("multinom").name == "categorical"
    assert as_family("ordinal").name == as_family("polr").name == "cumulative"
    with pytest.raises(st.ModelError, match=r"no link `log`\. Did you mean `logit`"):
        Cumulative(link="log")
    with pytest.raises(st.ModelError, match=r"no `threshold='symetric'`\. Did you mean `symmetric`"):
        Cumulative(threshold="symetric")
    with pytest.raises(st.ModelError, match="has the logit link only"):
        Categorical(link="probit")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ([1.0, 2.0, 3.0, 1.0], r"write `factor\(y\)`"),
        ([1.5, 2.5, 3.2, 1.1], r"cut it into categories, `cut\(y, \.\.\.\)`"),
        (["a", "b", "a", "b"], 'has 2 levels .* family="binomial"'),
        ([True, False, True, False], 'has 2 levels .* family="binomial"'),
        (["a", "a", "a", "a"], "has 1 level "),
    ],
)
@pytest.mark.parametrize("family", ["cumulative", "categorical"])
def test_responses_refused(column, said, family):
    data = pd.DataFrame({"y": column, "x": [1.0, 2.0, 3.0, 5.0]})
    with pytest.raises(st.DataError, match=said):
        st.glm("y ~ x", data, family)


def test_tied_thresholds_are_not_sampled_and_say_why():
    data = st.load_dataset("housing")
    with pytest.raises(
        st.EngineError, match="nuts cannot fit the cumulative family: equidistant thresholds have no prior"
    ):
        st.glm("Sat ~ Infl", data, Cumulative(threshold="equidistant"), engine="nuts")
