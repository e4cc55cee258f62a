"""Kernels of families of several outcomes are the sums of log densities and their derivatives, on every library."""

from functools import cache

import numpy as np
import pytest

from statmodels_tf.design import Response
from statmodels_tf.families import FAMILIES, CompositionFamily, as_family, is_scored
from statmodels_tf.families.latent import LATENT
from statmodels_tf.families.outcome import OutcomeFamily
from statmodels_tf.substrate import substrate

N, K = 24, 4
NAMES = "abcd"
OUTCOMES = sorted(name for name, made in FAMILIES.items() if issubclass(made, OutcomeFamily | CompositionFamily))
OWN = {
    "threshold": np.array([[-1.0, 0.2, 1.5]]),
    "phi": np.array([3.2]),
}


@cache
def library(name):
    return substrate(name)


def cases():
    """Return each family with each link, with and without what divides and what moves its thresholds."""
    for name in OUTCOMES:
        ordered = bool(as_family(name).predictors)
        for link in LATENT if ordered else ("logit",):
            each = ((), ("scale",), ("nominal",), ("scale", "nominal")) if link == "logit" else (("scale", "nominal"),)
            for more in each if ordered else ((),):
                yield pytest.param(as_family(name, link), more, id="-".join([name, link, *more]))


CASES = pytest.mark.parametrize(("family", "more"), list(cases()))


def observed(family, weights=True):
    rng = np.random.default_rng(2)
    some = rng.uniform(0.5, 2, N) if weights else None
    if isinstance(family, OutcomeFamily):
        return family.data(Response("y", rng.permutation(np.arange(N) % K).astype(float), levels=tuple(NAMES)), some)
    y = rng.dirichlet(np.ones(K), N) if family.name == "dirichlet" else rng.poisson(3, (N, K)) + 1.0
    return family.data(Response("y", y, columns=tuple(NAMES)), some)


def parameters(family, more):
    """Return linear predictors and the family's own parameters."""
    rng = np.random.default_rng(1)
    rows = {"scale": np.exp(rng.normal(size=N) / 4), "nominal": rng.uniform(-0.2, 0.2, (N, K - 1))}
    own = {name: OWN[name] for name in family.default_priors(observed(family))}
    return rng.normal(size=(N, K - 1) if family.by_outcome else N), own | {name: rows[name] for name in more}


@CASES
def test_a_kernel_is_the_sum_of_log_densities_with_its_derivatives(family, more):
    assert is_scored(family)
    on, data = library("jax"), observed(family)
    eta, own = parameters(family, more)
    there = {name: on.array(array) for name, array in data.items()}

    def total(at):
        return on.xp.sum(family.log_density(at["eta"], at["own"], there, on.xp))

    compiled = on.jit(on.value_and_grad(total))
    value, slopes = compiled({"eta": on.array(eta), "own": {k: on.array(v) for k, v in own.items()}})
    with np.errstate(all="ignore"):  # the caller's part
        score = family.kernel(data)(eta, own)
    assert score.density == pytest.approx(family.log_density(eta, own, data, np).sum(), rel=1e-12)
    assert score.density == pytest.approx(float(value), rel=1e-10)
    np.testing.assert_allclose(score.eta, slopes["eta"], rtol=1e-8, atol=1e-8)
    assert set(score.own) == set(own)
    for name, slope in score.own.items():
        np.testing.assert_allclose(slope.sum(axis=0), slopes["own"][name].sum(axis=0), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
@pytest.mark.parametrize("family", OUTCOMES)
def test_tfps_distribution_has_the_log_density(family, name):
    family = as_family(family)
    more = ("scale", "nominal") if family.predictors else ()
    on, data = library(name), observed(family, weights=False)
    eta, own = parameters(family, more)
    there = {k: on.array(v) for k, v in data.items()}

    def density(eta, own):
        return family.distribution(eta, own, there, on).log_prob(there["y"])

    compiled = on.jit(density) if name == "jax" else density  # uncompiled, JAX compiles each step by itself
    found = compiled(on.array(eta), {k: on.array(v) for k, v in own.items()})
    assert float(found) == pytest.approx(family.log_density(eta, own, data, np).sum(), rel=1e-9)


@CASES
def test_draws_in_leading_axes_are_evaluated_one_by_one(family, more):
    data = observed(family)
    eta, own = parameters(family, more)
    both = np.stack([eta, eta + 0.3])
    twice = {name: np.stack([value, value]) for name, value in own.items()}
    together = family.log_density(both, twice, data, np)
    np.testing.assert_allclose(together, [family.log_density(each, own, data, np) for each in both], rtol=1e-12)
    drawn = family.simulate(both, twice, data, np.random.default_rng(0))
    assert drawn.shape == ((2, N) if isinstance(family, OutcomeFamily) else (2, N, K))


def test_thresholds_out_of_order_have_no_probability():
    family = as_family("cumulative")
    data = {"y": np.array([1, 0])}
    own = {"threshold": np.array([[0.0, 1.0]]), "nominal": np.array([[2.0, 0.0], [2.0, 0.0]])}
    density = family.log_density(np.zeros(2), own, data, np)
    assert density[0] == -np.inf and density[1] == pytest.approx(-np.log1p(np.exp(-2)))


@pytest.mark.parametrize("name", ["sequential", "adjacent"])
def test_probabilities_follow_from_their_definition(name):
    family = as_family(name, "probit")
    theta, eta = np.array([[-0.5, 1.0, 0.3]]), np.array([0.4, -1.2])
    p = family.probabilities(eta, {"threshold": theta})
    F = family.link.inverse(theta - eta[:, None], np)
    stops = p[:, :-1] / (p[:, ::-1].cumsum(axis=1)[:, ::-1][:, :-1] if name == "sequential" else p[:, :-1] + p[:, 1:])
    np.testing.assert_allclose(stops, F, rtol=1e-10)
