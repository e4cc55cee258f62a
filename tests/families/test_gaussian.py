"""The gaussian family: densities are SciPy's, weights divide the variance, links invert."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import Response
from statmodels_tf.errors import ModelError
from statmodels_tf.families import LINKS, Gaussian, as_family, as_link
from statmodels_tf.substrate import substrate

Y, ETA, W = np.array([1.0, 2.0, 4.0]), np.array([0.5, 1.0, 1.2]), np.array([1.0, 4.0, 0.25])


def observed(weights):
    """Return the observations as the family makes them."""
    return Gaussian().data(Response("y", Y), weights)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("weights", [None, W], ids=["plain", "weights"])
def test_log_density_is_the_normals(link, weights):
    family = Gaussian(link)
    mean = as_link(link).inverse(ETA, np)
    expected = stats.norm(mean, 0.7 / np.sqrt(1 if weights is None else weights)).logpdf(Y)
    found = family.log_density(ETA, {"sigma": np.float64(0.7)}, observed(weights), np)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
@pytest.mark.parametrize("weights", [None, W], ids=["plain", "weights"])
def test_tfps_distribution_has_the_same_density(name, weights):
    on, family = substrate(name), Gaussian()
    values = {"sigma": on.array(0.7)}
    data = {key: on.array(array) for key, array in observed(weights).items()}
    made = family.distribution(on.array(ETA), values, data, on)
    expected = family.log_density(ETA, {"sigma": np.float64(0.7)}, observed(weights), np).sum()
    assert float(made.log_prob(on.array(Y))) == pytest.approx(expected, rel=1e-13)


def test_simulated_responses_have_the_variance_sigma_squared_over_weight():
    eta = np.broadcast_to(ETA, (40_000, 3))
    y = Gaussian().simulate(eta, {"sigma": np.full((40_000, 1), 0.7)}, {"weights": W}, np.random.default_rng(0))
    np.testing.assert_allclose(y.mean(axis=0), ETA, atol=4 * 1.4 / 200)
    np.testing.assert_allclose(y.std(axis=0), 0.7 / np.sqrt(W), rtol=4 / np.sqrt(2 * 40_000))


@pytest.mark.parametrize("link", LINKS.values(), ids=lambda link: link.name)
def test_links_invert_and_differentiate(link):
    mu = link.inverse(ETA, np)
    np.testing.assert_allclose(link.link(mu, np), ETA, rtol=1e-13)
    step = 1e-6
    slope = (link.inverse(ETA + step, np) - link.inverse(ETA - step, np)) / (2 * step)
    np.testing.assert_allclose(link.derivative(ETA, np), slope, rtol=1e-8)


def test_default_priors_are_in_the_units_of_the_response():
    assert str(Gaussian().default_priors({"y": Y})["sigma"]) == f"exponential({1 / Y.std(ddof=1):.4g})"
    assert Gaussian().default_scale({"y": Y}) == (Y.mean(), Y.std(ddof=1))
    assert Gaussian("log").default_scale({"y": Y}) == (0.0, 1.0)
    assert str(Gaussian("log").default_priors({"y": Y})["sigma"]) == f"exponential({1 / Y.std(ddof=1):.4g})"
    assert Gaussian().default_scale({"y": np.ones(3)})[1] == 1.0


def test_the_observations_are_what_a_response_has():
    assert set(Gaussian().data(Response("y", Y), None)) == {"y"}
    assert set(Gaussian().data(None, W)) == {"weights"}
    assert Gaussian().data(Response("y", np.array([True, False])), None)["y"].dtype == float


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (Response("cbind(a, b)", Y, trials=Y + 1), "has two columns"),
        (Response("dept", np.zeros(3), levels=("a", "b", "c", "d")), "has levels ('a', 'b', 'c', ...)"),
    ],
)
def test_responses_that_are_no_numbers_are_refused(response, says):
    assert says in Gaussian().refuses(response)


def test_truth_values_and_numbers_are_not_refused():
    assert Gaussian().refuses(Response("y > 1", np.zeros(3), levels=("False", "True"))) is None
    assert Gaussian().refuses(Response("y", Y)) is None


@pytest.mark.parametrize("weights", [None, W], ids=["plain", "weights"])
def test_residuals(weights):
    given, root = ({"sigma": 0.7}, observed(weights)), np.sqrt(1 if weights is None else weights)
    for kind in ("pearson", "deviance"):
        np.testing.assert_allclose(getattr(Gaussian(), f"{kind}_residuals")(ETA, *given), root * (Y - ETA), rtol=1e-14)
    np.testing.assert_allclose(Gaussian().quantile_residuals(ETA, *given, None), root * (Y - ETA) / 0.7, rtol=1e-14)


def test_only_the_identity_link_makes_a_linear_model():
    assert Gaussian().linear
    assert not Gaussian("log").linear


def test_variance_and_deviance():
    np.testing.assert_array_equal(Gaussian().variance(ETA), 1)
    np.testing.assert_allclose(Gaussian().deviance(Y, ETA), (Y - ETA) ** 2)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: as_family("gausian"), "Did you mean `gaussian`"),
        (lambda: as_family("gaussian", "lgo"), "Did you mean `log`|Known: identity, log, logit"),
        (lambda: as_family(Gaussian(), "log"), "write the link inside"),
        (lambda: as_link("identty"), "Did you mean `identity`"),
    ],
)
def test_unknown_names_get_the_nearest(make, says):
    with pytest.raises(ModelError, match=says):
        make()
