"""Links invert, differentiate and keep their digits in the tails, on every array library."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from statmodels_tf.errors import ModelError
from statmodels_tf.families import LINKS, Log, Power, as_link
from statmodels_tf.families.links import ProbabilityLink
from statmodels_tf.substrate import substrate

ALL = [*LINKS.values(), Power(0.3), Power(-1.5)]
LINK = pytest.mark.parametrize("link", ALL, ids=lambda link: link.name)
PROBABILITY = pytest.mark.parametrize(
    "link", [link for link in ALL if isinstance(link, ProbabilityLink)], ids=lambda link: link.name
)
TAILS = np.array([-600.0, -37.5, -8.0, -1.0, 0.0, 1.0, 8.0, 37.5, 600.0])


def means(link):
    return (
        np.array([0.02, 0.3, 0.5, 0.77, 0.99]) if isinstance(link, ProbabilityLink) else np.array([0.1, 0.5, 2.0, 7.0])
    )


@LINK
def test_links_invert_and_differentiate(link):
    mu = means(link)
    eta = link.link(mu, np)
    assert link.valid(eta)
    np.testing.assert_allclose(link.inverse(eta, np), mu, rtol=1e-13)
    step = 1e-6 * np.abs(eta).clip(0.1)
    slope = (link.inverse(eta + step, np) - link.inverse(eta - step, np)) / (2 * step)
    np.testing.assert_allclose(link.derivative(eta, np), slope, rtol=1e-7)


@LINK
@pytest.mark.parametrize("on", ["tensorflow", "jax"])
def test_links_agree_on_all_substrates(link, on):
    on, mu = substrate(on), means(link)
    eta = link.link(mu, np)
    np.testing.assert_allclose(link.link(on.array(mu), on.xp), eta, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(link.inverse(on.array(eta), on.xp), mu, rtol=1e-12)
    np.testing.assert_allclose(link.derivative(on.array(eta), on.xp), link.derivative(eta, np), rtol=1e-12)


@LINK
def test_the_text_is_the_inverse(link):
    import tensorflow as tf

    on, eta = substrate("tensorflow"), link.link(means(link), np)
    written = eval(link.code("eta"), {"tf": tf, "tfp": on.tfp, "np": np, "eta": on.array(eta)})
    np.testing.assert_allclose(written, means(link), rtol=1e-12)


@PROBABILITY
def test_logarithms_of_both_tails_keep_their_digits(link):
    made = {
        "logit": stats.logistic,
        "probit": stats.norm,
        "cauchit": stats.cauchy,
        "cloglog": stats.gumbel_l,
        "loglog": stats.gumbel_r,
    }[link.name]
    eta = TAILS if link.name in ("logit", "cauchit") else TAILS[2:7] if "loglog" in link.name else TAILS[1:8]
    mu, rest, slope = link.logs(eta, np)
    with np.errstate(all="ignore"):
        expected = made.logcdf(eta), made.logsf(eta), made.logpdf(eta)
    if link.name == "cauchit":  # SciPy's own tail cancels
        expected = np.log(stats.cauchy.cdf(eta)), np.log(stats.cauchy.sf(eta)), expected[2]
    for found, exact in zip((mu, rest, slope), expected, strict=True):
        np.testing.assert_allclose(found, exact, rtol=1e-9)


@PROBABILITY
def test_no_mean_rounds_to_one_or_to_zero(link):
    mu = link.inverse(TAILS, np)
    assert np.all((mu > 0) & (mu < 1)) and np.all(np.diff(mu) >= 0)


@PROBABILITY
@pytest.mark.parametrize("on", ["tensorflow", "jax"])
def test_gradients_of_the_logarithms_are_finite_in_the_tails(link, on):
    on = substrate(on)
    eta = np.array([-30.0, -3.0, 0.0, 3.0, 30.0])
    for k in (0, 1):
        _, gradient = on.value_and_grad(lambda eta, k=k: on.xp.sum(link.logs(eta, on.xp)[k]))(on.array(eta))
        mu, rest, slope = link.logs(eta, np)
        expected = np.exp(slope - mu) if k == 0 else -np.exp(slope - rest)
        np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-280)


def test_where_links_have_no_inverse():
    assert not as_link("inverse").valid(np.array([1.0, 0.0]))
    assert as_link("inverse").valid(np.array([1.0, -1.0]))
    for name in ("sqrt", "1/mu^2", "power(0.3)"):
        assert not as_link(name).valid(np.array([1.0, 0.0]))
    for link in ALL:
        assert not link.valid(np.array([1.0, np.nan]))


def test_softplus_is_nearly_the_predictor_where_it_is_large():
    assert as_link("softplus").inverse(np.array([800.0]), np) == 800
    np.testing.assert_allclose(as_link("softplus").inverse(np.array([-40.0]), np), np.exp(-40.0), rtol=1e-12)
    np.testing.assert_allclose(as_link("softplus").derivative(np.array([-3.0, 3.0]), np), expit([-3.0, 3.0]))


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("inverse_squared", as_link("1/mu^2")),
        ("power(0.3)", Power(0.3)),
        (" power( -1.5 ) ", Power(-1.5)),
        ("power(lambda = 1/3)", Power(1 / 3)),
        ("power(1)", as_link("identity")),
        (Log(), Log()),
    ],
)
def test_links_by_text(text, link):
    assert as_link(text) == link
    assert as_link(as_link(text).name) == link


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lgoit", "Did you mean `logit`"),
        ("power(0)", '0 would be "log"'),
        ("power(1/0)", "has no number"),
        ("power(--1)", "has no number"),
        ("nonsense", "Known: identity, log, logit"),
    ],
)
def test_links_that_there_are_not(text, says):
    with pytest.raises(ModelError, match=says.replace("(", r"\(")):
        as_link(text)
