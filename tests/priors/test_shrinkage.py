"""Shrinkage priors: the gradient is JAX's, draws have the moments of the papers."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.priors import parse
from statmodels_tf.substrate import substrate

TEXTS = ["horseshoe()", "horseshoe(3, 0.5, 2, 1.5, 5)", "hs()", "R2D2(0.3, 4, 0.5)"]


@pytest.mark.parametrize("p", [1, 4])
@pytest.mark.parametrize("text", TEXTS)
def test_pullback_is_the_gradient_of_jax(text, p):
    on, prior, rng = substrate("jax"), parse(text), np.random.default_rng(5)
    parts = {name: each.sample(rng, ()) for name, each in prior.parts(p, 100).items()}
    g, error = rng.normal(size=p), 1.7
    found, by_error = prior.pullback(parts, error, g)
    assert list(found) == list(parts)

    def inner(values, error):
        return on.xp.sum(g * prior.coefficients(values, error, on.xp))

    there = {name: on.array(value) for name, value in parts.items()}
    for name in parts:
        _, slope = on.value_and_grad(lambda x, name=name: inner({**there, name: x}, on.array(error)))(there[name])
        np.testing.assert_allclose(found[name], slope, rtol=1e-10)
    assert by_error == pytest.approx(float(on.value_and_grad(lambda e: inner(there, e))(on.array(error))[1]), rel=1e-10)


@pytest.mark.parametrize("text", TEXTS)
def test_coefficients_take_a_batch(text):
    prior, rng = parse(text), np.random.default_rng(6)
    parts = {name: each.sample(rng, (3, 2)) for name, each in prior.parts(4, 100).items()}
    b = prior.coefficients(parts, np.ones((3, 2)), np)
    assert b.shape == (3, 2, 4)
    one = prior.coefficients({name: x[1, 1] for name, x in parts.items()}, np.float64(1.0), np)
    np.testing.assert_allclose(b[1, 1], one)


def test_explained_variance_of_r2d2_is_beta():
    prior, rng = parse("R2D2(0.3, 4)"), np.random.default_rng(7)
    parts = {name: each.sample(rng, (4000,)) for name, each in prior.parts(5, 100).items()}
    explained = np.sum(prior.scales(parts, np.ones(4000), np) ** 2, axis=-1)
    assert stats.kstest(explained / (1 + explained), stats.beta(1.2, 2.8).cdf).pvalue > 0.001


def test_horseshoe_is_bounded_by_its_slab_and_shrinks_towards_zero():
    prior, rng = parse("horseshoe(scale_global=0.01, scale_slab=2)"), np.random.default_rng(8)
    parts = {name: each.sample(rng, (4000,)) for name, each in prior.parts(3, 100).items()}
    s = prior.scales(parts, np.ones(4000), np)
    assert np.all(s < 2 * np.sqrt(parts["slab"])[:, None])
    assert np.median(s) < 0.02


def test_expected_ratio_sets_the_global_scale():
    assert parse("horseshoe(par_ratio=0.2)").parts(3, 400)["global"].scale == pytest.approx(0.01)
