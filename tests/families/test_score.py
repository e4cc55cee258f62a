"""Kernels are the sums of log densities and their derivatives: every scored family, with every link it takes."""

from functools import cache

import numpy as np
import pytest

from statmodels_tf.design import Response
from statmodels_tf.families import FAMILIES, LINKS, ExponentialFamily, as_family, as_link, family_text, is_scored
from statmodels_tf.substrate import substrate

N = 9
SCORED = sorted(n for n, made in FAMILIES.items() if made.scored and issubclass(made, ExponentialFamily))
FAR = np.array([-200.0, -50.0, -20.0, -1.0, 0.1, 1.5, 20.0, 50.0, 200.0])
VALUES = {"sigma": 0.7, "theta": 2.3, "shape": 1.9, "phi": 3.1}


def linked(name):
    """Return the family with each link that has values at some of its means, and an inverse."""
    made = as_family(name)
    for link in [*LINKS, "power(0.3)"]:
        with np.errstate(all="ignore"):
            eta = as_link(link).link(means(made), np)
            known = as_link(link).valid(eta) and np.allclose(as_link(link).inverse(eta, np), means(made))
        if known:
            yield as_family(family_text(made).replace(f'link="{made.link.name}"', f'link="{link}"'))


def means(family):
    """Return means [N] in the range of a family."""
    if not family.valid(np.array([2.0])):
        return np.linspace(0.08, 0.93, N)
    return np.linspace(0.3, 6, N) if not family.valid(np.array([-1.0])) else np.linspace(-2, 3, N)


def own(family, by_row):
    """Return the own parameters with an axis of one, or each row with its own."""
    rng = np.random.default_rng(3)
    names = family.default_priors(observed(family, "plain")[1])
    return {name: VALUES[name] * (rng.uniform(0.5, 2, N) if by_row else np.ones(1)) for name in names}


def observed(family, kind):
    """Return linear predictor and data: without weights, with them, or with trials and weights."""
    rng, mu = np.random.default_rng(5), means(family)
    weights = None if kind == "plain" else rng.integers(1, 5, N).astype(float)
    if family.shares:
        trials = None if kind != "trials" else rng.integers(1, 9, N).astype(float)
        y = rng.integers(0, 2, N) if trials is None else np.floor(trials * rng.uniform(size=N))
        return family.link.link(mu, np), family.data(Response("y", y.astype(float), trials=trials), weights)
    y = mu * rng.uniform(0.6, 1.05, N)
    if family.whole:
        y = np.round(y)
    elif family.valid(np.array([2.0])) and family.refuses(Response("y", np.zeros(N))) is None:
        y[2] = 0.0
    return family.link.link(mu, np), family.data(Response("y", y), weights)


def cases():
    """Return every family with every link, kind of weights and shape of the own parameters, by name."""
    for name in SCORED:
        for family in linked(name):
            for kind in ("plain", "weights", "trials") if family.shares else ("plain", "weights"):
                for by_row in (False, True) if own(family, False) else (False,):
                    text = f"{name}-{family.link.name}-{kind}" + "-rows" * by_row
                    yield pytest.param(family, kind, by_row, id=text)


def added(family, eta, values, data):
    """Return the sum of the log densities, and its derivatives on JAX."""
    on = jax()
    there = {name: on.array(array) for name, array in data.items()}

    def total(at):
        return on.xp.sum(family.log_density(at["eta"], at["own"], there, on.xp))

    _, slopes = on.value_and_grad(total)({"eta": on.array(eta), "own": {k: on.array(v) for k, v in values.items()}})
    expected = float(np.sum(family.log_density(eta, values, data, np)))
    return expected, np.asarray(slopes["eta"]), {name: np.asarray(slopes["own"][name]) for name in values}


@cache
def jax():
    return substrate("jax")


def over_rows(array, like):
    """Return derivatives, added up over rows where the parameter is one for all."""
    return array.sum(axis=0, keepdims=True) if len(like) == 1 else array


@pytest.mark.parametrize(("family", "kind", "by_row"), list(cases()))
def test_kernels_are_log_densities_and_their_derivatives(family, kind, by_row):
    assert is_scored(family)
    (eta, data), values = observed(family, kind), own(family, by_row)
    evaluate = family.kernel(data)
    evaluate(eta[::-1].copy(), values)
    found, (density, by_eta, by_own) = evaluate(eta, values), added(family, eta, values, data)
    assert found.density == pytest.approx(density, rel=1e-10, abs=1e-10)
    np.testing.assert_allclose(found.eta, by_eta, rtol=1e-8, atol=1e-9)
    assert set(found.own) == set(values)
    for name, slopes in by_own.items():
        np.testing.assert_allclose(over_rows(found.own[name], values[name]), slopes, rtol=1e-8, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", SCORED)
def test_derivatives_are_differences(name):
    for family in linked(name):
        (eta, data), values = observed(family, "weights"), own(family, True)
        found = family.kernel(data)(eta, values)
        expected = difference(lambda at: family.log_density(at, values, data, np), eta)  # noqa: B023
        np.testing.assert_allclose(found.eta, expected, rtol=1e-6, atol=1e-6)
        for key, like in values.items():
            expected = difference(lambda at: family.log_density(eta, values | {key: at}, data, np), like)  # noqa: B023
            np.testing.assert_allclose(found.own[key], expected, rtol=1e-6, atol=1e-6)


def difference(function, at, step=1e-6):
    """Return the slope of a function row by row."""
    return (function(at + step) - function(at - step)) / (2 * step)


@pytest.mark.parametrize("name", SCORED)
def test_kernels_are_right_far_out(name):
    for family in linked(name):
        (near, data), values = observed(family, "weights"), own(family, False)
        for turn in (0, 3):
            eta = far_out(family, np.roll(FAR, turn), near, values, data)
            with np.errstate(all="ignore"):
                found, (density, slopes, _) = family.kernel(data)(eta, values), added(family, eta, values, data)
            assert found.density == pytest.approx(density, rel=1e-9), family.link.name
            known = np.isfinite(slopes)
            np.testing.assert_allclose(found.eta[known], slopes[known], rtol=1e-6, atol=1e-8, err_msg=family.link.name)


def far_out(family, far, near, values, data):
    """Return predictors far out where the family has a finite density there, near ones elsewhere."""
    with np.errstate(all="ignore"):
        usable = [family.link.valid(at) and family.valid(family.link.inverse(at, np)) for at in far[:, None]]
        eta = np.where(usable, far, near)
        return np.where(np.isfinite(family.log_density(eta, values, data, np)), eta, near)
